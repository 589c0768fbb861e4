import datetime as dt
import re

import pytest

from bulou.command.arrivals.asked import JourneysAsked
from bulou.command.arrivals.rows import in_batches
from bulou.command.arrivals.tests import build
from bulou.command.tests.world import COUNTY, ELSEWHERE, HOME, TOWN, identity
from bulou.kernel import clock

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12


def page_of(browser, **asked) -> str:
    answer = browser.get("/arrivals", asked)
    assert answer.status_code == 200
    return answer.content.decode()


def numbers(page: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r"FX22-\d{6}", page)))


def tab(page: str, title: str) -> int:
    found = re.search(rf'{title} <span class="num">([\d,]+)</span>', page)
    assert found, title
    return int(found[1].replace(",", ""))


def test_the_list_says_whose_hands_when_where_and_what_is_decided(log_in, hands):
    build.risky()
    build.journey(stops=[build.stop()], wheelchair=True)
    page = page_of(log_in("owner"))
    for words in ("在途", "唐兴镇 乡镇接返专班", "翼城东站", "D2521", "中风险地区", "等待定级", "轮椅"):
        assert words in page
    assert 'href="tel:19900009031"' in page


def test_names_and_numbers_are_masked(log_in, hands):
    build.journey()
    page = page_of(log_in("owner"))
    assert "归***" in page
    for secret in ("归某50", identity(50), "19900000050", "外省某市某街"):
        assert secret not in page


def test_a_journey_moves_between_the_tabs_and_each_counts_its_list(log_in, hands):
    first, second, third = (build.journey(n) for n in (50, 51, 52))
    build.take(second, hands.driver)
    build.give(third, hands.desk, hands.driver)
    browser = log_in("county")
    page = page_of(browser)
    assert [tab(page, title) for title in ("未结束", "在途", "已接", "交接中", "已结束")] == [3, 1, 1, 1, 0]
    for state, one in (("expected", first), ("held", second), ("between", third)):
        assert numbers(page_of(browser, state=state)) == [one.number]
    assert numbers(page_of(browser, state="ended")) == []


def test_what_is_broken_is_said_and_can_be_asked_for(log_in, hands):
    build.journey(50)
    one_sided, alone, late = (build.journey(n) for n in (51, 52, 53))
    build.take(one_sided, hands.driver, hands.desk)
    build.take(alone, hands.village)
    browser = log_in("county")
    with clock.at(late.arrives_at + dt.timedelta(minutes=1)):
        page = page_of(browser, state="open", broken="1")
        assert "到点未接到" in page
    page = page_of(browser, broken="1")
    assert set(numbers(page)) == {one_sided.number, alone.number}
    assert "交出方未确认" in page
    assert "未经乡镇,自行接返" in page


def test_filters_narrow_list_and_counts_alike(log_in, hands):
    build.risky()
    near, far = build.journey(50, stops=[build.stop()], infant=True), build.journey(51)
    later = build.journey(52, arrives_at=clock.now() + dt.timedelta(days=2), station=None)
    browser = log_in("county")
    day = clock.local(later.arrives_at).date().isoformat()
    for asked, wanted in (
        ({"exposure": "40"}, {near}),
        ({"exposure": "0", "decision": "waiting"}, {far, later}),
        ({"decision": "decided"}, set()),
        ({"urgent": "1"}, {near}),
        ({"day": day}, {later}),
        ({"station": str(near.station_id)}, {near, far}),
        ({"place": ELSEWHERE}, set()),
        ({"place": TOWN}, {near, far, later}),
    ):
        page = page_of(browser, **asked)
        assert set(numbers(page)) == {one.number for one in wanted}, asked
        assert tab(page, "未结束") == len(wanted), asked


def test_those_with_needs_come_first_then_by_arrival(log_in, hands):
    soon, sooner = build.journey(50), build.journey(51, arrives_at=clock.now() + dt.timedelta(hours=1))
    chair = build.journey(52, arrives_at=clock.now() + dt.timedelta(hours=9), wheelchair=True)
    assert numbers(page_of(log_in("county"))) == [one.number for one in (chair, sooner, soon)]


def test_pages_follow_each_other_without_a_gap(log_in, hands, monkeypatch):
    monkeypatch.setattr("bulou.command.worklists.asked.PAGE_SIZE", 2)
    monkeypatch.setattr("bulou.command.arrivals.views.PAGE_SIZE", 2)
    made = [build.journey(n) for n in range(50, 55)]
    browser = log_in("county")
    page, seen = page_of(browser), []
    while True:
        seen += numbers(page)
        after = re.search(r'rel="next" href="\?([^"]+)"', page)
        if not after:
            break
        page = browser.get("/arrivals?" + after[1].replace("&amp;", "&")).content.decode()
    assert seen == [one.number for one in made]
    before = re.search(r'rel="prev" href="\?([^"]+)"', page)
    page = browser.get("/arrivals?" + before[1].replace("&amp;", "&")).content.decode()
    assert numbers(page) == [one.number for one in made[2:4]]


@pytest.mark.parametrize("who", ["stranger", "neighbour"])
def test_somebody_elses_arrivals_are_not_there(log_in, hands, who):
    build.journey()
    assert numbers(page_of(log_in(who))) == []
    assert log_in(who).get("/arrivals", {"place": HOME}).status_code == 404


def test_who_sees_only_numbers_sees_no_list(log_in, hands):
    assert log_in("colleague").get("/arrivals").status_code == 403


def test_many_rows_ask_no_more_than_few(log_in, hands):
    browser = log_in("county")
    asked = []
    for serials in (range(50, 52), range(52, 70)):
        for serial in serials:
            build.take(build.journey(serial), hands.village)
        asked.append(build.queries(browser, "/arrivals"))
    assert asked[1] == asked[0] <= MOST_QUERIES, asked


def test_the_list_is_taken_out_row_for_row(hands):
    for serial in (50, 51):
        build.journey(serial)
    rows = list(in_batches(JourneysAsked.read({}, COUNTY)))
    assert [row.journey.number for row in rows] == ["FX22-000001", "FX22-000002"]
    assert rows[0].full == {"name": "归某50", "phone": "19900000050"}

import re

import pytest

from bulou.arrivals.models import Break, Journey, Proposal, Side
from bulou.command.arrivals.tests import build
from bulou.command.tests.world import ELSEWHERE, NEXT_DOOR
from bulou.kernel import clock
from bulou.kernel.ids import uuid7
from bulou.kernel.models import AuditLine
from bulou.people.lookups import UNMASKED

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12


def address(journey, act="") -> str:
    return f"/arrivals/{journey.number}" + (f"/{act}" if act else "")


def page_of(browser, journey) -> str:
    answer = browser.get(address(journey))
    assert answer.status_code == 200
    return answer.content.decode()


def do(browser, journey, act, **given):
    return browser.post(address(journey, act), {"key": str(uuid7()), **given})


def card(page: str, title: str) -> str:
    """A card of the page by its title."""
    start = page.index(f">{title}</h2>")
    return page[start : page.index("</section>", start)]


def test_who_has_this_person_now_stands_first(log_in, hands):
    journey = build.journey()
    browser = log_in("owner")
    assert "唐兴镇 乡镇接返专班" in card(page_of(browser, journey), "现在谁负责")
    build.take(journey, hands.driver, hands.station)
    now = card(page_of(browser, journey), "现在谁负责")
    assert "唐兴镇 接返司机" in now
    assert "已接" in now


def test_a_missing_side_is_named_with_its_owner(log_in, hands):
    journey = build.journey()
    build.give(journey, hands.desk, hands.driver)
    line = card(page_of(log_in("county"), journey), "交接经过")
    assert "应由谁确认" in line
    assert line.count("没有确认") == 1
    assert "接手33" in line


def test_the_office_tells_a_side_that_is_missing(log_in, hands):
    journey = build.journey()
    build.give(journey, hands.desk, hands.driver)
    browser, page = log_in("county"), page_of(log_in("county"), journey)
    form = browser.get(re.search(r'href="([^"]+/take\?handover=[^"]+)"', page)[1]).content.decode()
    key = re.search(r'name="key" value="([^"]+)"', form)[1]
    assert f'value="{hands.driver.pk}" selected' in form
    given = {"key": key, "post": hands.driver.pk, "other": hands.desk.pk, "at": "2022-04-16T14:00"}
    assert browser.post(address(journey, "take"), given).status_code == 302
    assert browser.post(address(journey, "take"), given).status_code == 302
    assert "应由谁确认" not in page_of(browser, journey)
    assert journey.handovers.count() == 1


def test_a_side_is_told_only_for_a_post_of_ones_own_places(log_in, hands):
    journey = build.journey()
    given = {"post": hands.driver.pk, "at": "2022-04-16T14:00"}
    refused = do(log_in("owner"), journey, "take", **given)
    assert refused.status_code in {400, 422}
    assert "只能替本辖区内的岗位记录" in refused.content.decode()
    assert not Side.objects.exists()


def test_nothing_is_told_ahead_of_its_time(log_in, hands):
    journey = build.journey()
    given = {"post": hands.driver.pk, "at": "2022-04-16T15:00"}
    assert "晚于现在" in do(log_in("county"), journey, "take", **given).content.decode()
    assert not Side.objects.exists()


def test_a_break_is_explained_on_its_form(log_in, hands):
    journey = build.journey()
    build.take(journey, hands.village)
    broken = Break.objects.get()
    browser = log_in("county")
    assert "没有说明" in page_of(browser, journey)
    short = do(browser, journey, "explain", **{"break": broken.pk, "note": "急"})
    assert "请写明脱节的原因" in short.content.decode()
    assert (
        do(browser, journey, "explain", **{"break": broken.pk, "note": "凌晨到站,车辆故障"}).status_code
        == 302
    )
    page = page_of(browser, journey)
    assert "已说明" in page
    assert "凌晨到站" not in page


def test_a_side_told_by_mistake_is_withdrawn_with_its_reason(log_in, hands):
    journey = build.journey()
    build.take(journey, hands.driver)
    side = Side.objects.get()
    browser = log_in("county")
    assert "唐兴镇 接返司机" in browser.get(address(journey, "withdraw")).content.decode()
    assert do(browser, journey, "withdraw", side=side.pk, note="错").status_code != 302
    assert do(browser, journey, "withdraw", side=side.pk, note="选错了人").status_code == 302
    assert "唐兴镇 乡镇接返专班" in card(page_of(browser, journey), "现在谁负责")


def test_a_side_of_another_places_post_is_not_withdrawn(log_in, hands):
    journey = build.journey()
    build.take(journey, hands.driver)
    refused = do(log_in("owner"), journey, "withdraw", side=Side.objects.get().pk, note="选错了人")
    assert refused.status_code != 302
    assert Side.objects.count() == 1


def test_another_day_another_place(log_in, hands):
    journey = build.journey()
    browser = log_in("county")
    assert do(browser, journey, "redate", arrives_at="2022-04-17T09:30").status_code == 302
    assert do(browser, journey, "redirect", place=NEXT_DOOR).status_code == 302
    found = Journey.objects.get()
    assert (f"{clock.local(found.arrives_at):%d %H:%M}", found.place) == ("17 09:30", NEXT_DOOR)


def test_nobody_sends_somebody_to_a_place_that_is_not_theirs(log_in, hands):
    journey = build.journey()
    assert do(log_in("owner"), journey, "redirect", place=ELSEWHERE).status_code == 403
    assert Journey.objects.get().place == journey.place


def test_the_journey_ends_with_its_reason_once(log_in, hands):
    journey = build.journey()
    browser = log_in("owner")
    assert do(browser, journey, "end", reason="").status_code != 302
    given = {"reason": "not_coming", "note": "本人来电改在外地过节"}
    assert do(browser, journey, "end", **given).status_code == 302
    assert "行程已结束:不来了" in page_of(browser, journey)
    assert do(browser, journey, "end", **given).status_code == 409
    assert AuditLine.objects.filter(action="arrivals.ended").count() == 1


def test_who_decides_nothing_releases_nobody(log_in, hands):
    journey = build.journey()
    browser = log_in("owner")
    assert "已解除" not in browser.get(address(journey, "end")).content.decode()
    assert do(browser, journey, "end", reason="released").status_code == 403
    assert Journey.objects.get().ended_at is None


def test_what_is_sealed_opens_with_a_reason_that_is_recorded(log_in, hands):
    journey = build.journey(stops=[build.stop()])
    browser = log_in("owner")
    secrets = ("上海市浦东新区", "外省某市某街", "无症状", "19900000050")
    page = page_of(browser, journey)
    assert not [one for one in secrets if one in page]
    refused = browser.post(address(journey, "look"), {"reason": "看"})
    assert refused.status_code == 422
    assert not [one for one in secrets if one in refused.content.decode()]
    shown = browser.post(address(journey, "look"), {"reason": "核对行程"}).content.decode()
    assert [one for one in secrets if one not in shown] == []
    line = AuditLine.objects.get(action=UNMASKED)
    assert (line.subject, line.reason) == (f"person:{journey.person_id}", "核对行程")
    assert line.detail == {"field": "journey", "journey": journey.number}


def test_the_area_that_a_question_hangs_on_tells_where_the_person_was(log_in, hands):
    build.risky()
    journey = build.journey(stops=[build.stop()])
    browser = log_in("owner")
    assert Proposal.objects.get(journey=journey).area.name not in page_of(browser, journey)
    shown = browser.post(address(journey, "look"), {"reason": "核对行程"}).content.decode()
    assert Proposal.objects.get(journey=journey).area.source in shown


def test_what_the_sources_disagree_on_is_said(log_in, hands):
    journey = build.journey()
    build.journey(origin="railway", details={"from": "外省某市某街", "trip": "D2522"})
    page = page_of(log_in("owner"), journey)
    for words in ("村(社区)代报", "铁路推送", "各方说法不一致:车次、航班或车牌"):
        assert words in page
    assert "D2521" in page and "D2522" in page


def test_companions_are_shown_with_their_state(log_in, hands):
    from bulou.arrivals.registration import register_many

    many = [build.registration(n, party="一家") for n in (50, 51)]
    first, second = register_many(many, by=build.BY)
    build.take(second, hands.driver)
    party = card(page_of(log_in("owner"), first), "同行人")
    assert second.number in party
    assert "已接" in party


@pytest.mark.parametrize("who", ["stranger", "neighbour"])
def test_somebody_elses_journey_is_not_there(log_in, hands, who):
    journey = build.journey()
    browser = log_in(who)
    for method, path in (
        ("get", address(journey)),
        ("post", address(journey, "look")),
        ("get", address(journey, "end")),
    ):
        assert getattr(browser, method)(path).status_code == 404


def test_the_page_asks_little_however_much_happened(log_in, hands):
    build.risky()
    journey = build.journey(stops=[build.stop()])
    browser, asked = log_in("county"), []
    for posts in ((hands.station,), (hands.driver, hands.village, hands.point, hands.driver)):
        for post in posts:
            build.take(journey, post)
        build.journey(origin=f"api{len(posts)}", details={"trip": str(len(posts))})
        asked.append(build.queries(browser, address(journey)))
    assert asked[1] == asked[0] <= MOST_QUERIES, asked


def test_a_journey_is_found_by_its_number(log_in, hands):
    journey = build.journey()
    found = log_in("owner").post("/search", {"q": journey.number.lower()}).content.decode()
    assert f'href="/arrivals/{journey.number}"' in found
    assert f'href="/arrivals/{journey.number}"' not in (
        log_in("neighbour").post("/search", {"q": journey.number}).content.decode()
    )


def test_where_somebody_boarded_is_sealed(log_in, hands):
    journey = build.journey(origin="railway", details={"boarded": "外省某某站", "trip": "D2521"})
    page = log_in("owner").get(f"/arrivals/{journey.number}").content.decode()
    assert "外省某某站" not in page
    assert "D2521" in page

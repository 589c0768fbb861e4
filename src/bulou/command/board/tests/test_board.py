import re
from html import unescape

import pytest

from bulou.command.board import figures, held
from bulou.command.board.asked import Asked
from bulou.command.tests.world import COUNTY, ELSEWHERE, HOME, NEXT_DOOR, VILLAGE
from bulou.kernel import clock
from bulou.obligations import engine
from bulou.obligations.balance import Counts
from bulou.places.models import Place

pytestmark = pytest.mark.django_db
DAY = "2022-04-16"


def numbers(page) -> list[tuple[str, int]]:
    """Each number of the board that is a link: (address, number)."""
    found = re.findall(r'<a class="(?:badge|plain)[^"]*" href="([^"]*/?duties[^"]*)">(.*?)</a>', page, re.S)
    return [(unescape(href), int(re.sub(r"<[^>]*>|,", "", inner))) for href, inner in found]


@pytest.mark.parametrize("who", ["owner", "colleague", "county", "neighbour", "stranger"])
def test_the_board_of_ones_own_scope_is_shown(log_in, who):
    page = log_in(who).get("/")
    assert page.status_code == 200
    assert "应落实" in page.content.decode()


def test_whoever_is_logged_out_goes_to_the_log_in(client, world):
    page = client.get("/?place=141022")
    assert page.status_code == 302
    assert page["Location"].startswith("/login?next=")


@pytest.fixture
def whole_lists(monkeypatch):
    """Lists that are not cut into pages."""
    for module in ("views", "asked"):
        monkeypatch.setattr(f"bulou.command.worklists.{module}.PAGE_SIZE", 1000)


def test_every_number_is_the_length_of_the_list_behind_it(log_in, whole_lists):
    browser = log_in("county")
    seen = 0
    for place in (COUNTY, VILLAGE, HOME, NEXT_DOOR):
        found = numbers(browser.get(f"/?place={place}&day={DAY}").content.decode())
        seen += len(found)
        for href, number in found:
            listed = browser.get(href).context
            assert (listed["page"].total, len(listed["rows"])) == (number, number), href
    assert seen > 60


def test_the_headline_is_the_length_of_the_gaps_list(log_in, whole_lists):
    browser = log_in("county")
    for place in (COUNTY, VILLAGE, HOME, NEXT_DOOR):
        page = browser.get(f"/?place={place}&day={DAY}").content.decode()
        found = re.findall(r'<a href="([^"]*)" class="tile[^"]*">\s*<span class="stat">([\d,]+)', page)
        assert len(found) == 3
        for href, number in found:
            listed = browser.get(unescape(href)).context
            assert (listed["page"].total, len(listed["rows"])) == (int(number), int(number)), href


def test_what_is_overdue_from_before_is_as_many_as_its_list(log_in, whole_lists):
    with clock.at("2022-04-17T13:00+08:00"):
        engine.tick()
        browser = log_in("county")
        board = browser.get("/").context["live"].html
        told = int(re.search(r"此前各日还有 ([\d,]+) 项", board)[1].replace(",", ""))
        listed = browser.get(f"/gaps?place={COUNTY}&day=all&gap=undone").context["page"].total
        today = browser.get(f"/gaps?place={COUNTY}&gap=undone").context["page"].total
        assert told == listed - today > 0


def test_the_equation_holds_on_every_line(log_in):
    browser = log_in("county")
    village = Place.objects.get(pk=VILLAGE)
    assert browser.get(f"/?place={VILLAGE}").status_code == 200
    board = figures.board(Asked(VILLAGE, clock.today()), village.name, clock.now())
    for line in [*board.kinds, board.total, *board.children, board.rest, board.children_total]:
        c = line.counts
        assert c.universe == c.met + c.late + c.open + c.overdue + c.excused
        assert c.universe == c.owned + c.unowned


@pytest.mark.parametrize("who", ["owner", "neighbour", "stranger", "colleague"])
@pytest.mark.parametrize("page", ["/", "/duties", "/gaps"])
@pytest.mark.parametrize(
    "place", [COUNTY, VILLAGE, HOME, NEXT_DOOR, ELSEWHERE, "141022999", "12", "x", "１４１０２２"]
)
def test_no_place_outside_the_scope_answers(log_in, world, who, page, place):
    inside = place.startswith({"owner": HOME, "colleague": HOME, "neighbour": NEXT_DOOR}.get(who, ELSEWHERE))
    answer = log_in(who).get(page, {"place": place})
    if who == "colleague" and page != "/":
        assert answer.status_code == 403
    else:
        assert answer.status_code == (200 if inside else 404)


def test_who_may_see_only_numbers_gets_no_rows_and_no_links(log_in):
    page = log_in("colleague").get("/").content.decode()
    assert "/duties" not in page
    assert 'href="/gaps' not in page
    assert 'href="/people' not in page
    for rows in ("/duties", "/gaps"):
        assert log_in("colleague").get(rows).status_code == 403


def test_small_numbers_are_said_to_be_small(log_in):
    assert "数少" in log_in("owner").get("/").content.decode()


def test_a_day_without_duties_says_so_and_what_to_do(log_in):
    page = log_in("owner").get("/?day=2022-04-01").content.decode()
    assert "没有应落实的事项" in page
    assert "看今天" in page


@pytest.mark.parametrize(
    "page", ["/", "/?sort=rate", f"/?place={VILLAGE}", "/board/live", "/board/hour?hour=9"]
)
def test_queries_do_not_grow_with_rows_and_stay_few(log_in, page, django_assert_max_num_queries):
    browser = log_in("county")
    browser.get(page)
    held.forget()
    with django_assert_max_num_queries(12):
        assert browser.get(page).status_code == 200


@pytest.mark.parametrize("name", ["", "name", "rate", "undone", "nonsense"])
def test_places_are_sorted_as_asked(log_in, name):
    lines = figures.board(Asked(COUNTY, clock.today(), sort=name or "undone"), "", clock.now()).children
    assert log_in("county").get(f"/?sort={name}").status_code == 200
    names = [str(line.title) for line in lines]
    assert names == {"name": ["南梁镇", "唐兴镇"]}.get(name, ["唐兴镇", "南梁镇"])


def test_by_rate_the_few_come_last_whatever_their_rate():
    many = figures.Line("a", "a", Counts(universe=100, met=99))
    worse = figures.Line("b", "b", Counts(universe=100, met=50))
    few = figures.Line("c", "c", Counts(universe=19))
    none = figures.Line("d", "d", Counts())
    assert figures._sorted([none, few, many, worse], "rate") == [worse, many, few, none]

"""The day by hour and the differences to yesterday: every number of the past has its page."""

import re
from html import unescape

import pytest

from bulou.command.board import held
from bulou.command.tests.world import COUNTY, HOME, NOW, TOWN, VILLAGE
from bulou.kernel import clock
from bulou.obligations import directives, snapshots
from bulou.obligations.snapshot_models import Snapshot

pytestmark = pytest.mark.django_db
KIND = "monitoring.health_report"


@pytest.fixture
def yesterday(world):
    """14:00 of the day before, at which two of three reports were overdue in the village."""
    hour = clock.parse_instant(NOW) - clock.DAY
    snapshots.take(hour, hour)
    counts = {"universe": 3, "met": 1, "late": 0, "open": 0, "overdue": 2, "excused": 0, "owned": 3}
    for place in (COUNTY, TOWN, VILLAGE):
        Snapshot.objects.create(
            place=place, hour_id=hour, kind_id=directives.kind_id(KIND), unknown=0, adrift=1, **counts
        )
    held.forget()


def totals(page):
    """The line "合计" of each table of an hour's page, as numbers by their label."""
    rows = re.findall(r'<tr class="total">(.*?)</tr>', page, re.S)
    cell = r'data-label="([^"]+)">(.*?)</td>'
    return [
        {name: re.sub(r"<[^>]*>|,", "", inner) for name, inner in re.findall(cell, row, re.S)} for row in rows
    ]


@pytest.mark.parametrize("kind", ["", KIND])
@pytest.mark.parametrize("place", [COUNTY, VILLAGE])
def test_each_point_of_the_day_is_the_total_of_the_page_behind_it(log_in, place, kind):
    browser = log_in("county")
    page = browser.get(f"/?place={place}&kind={kind}").content.decode()
    table = re.search(r'id="trend-table".*?</table>', page, re.S)[0]
    rows = re.findall(r'<a href="([^"]*/board/hour[^"]*)">(\d+:00)</a>.*?</tr>', table, re.S)
    bodies = re.findall(r"/board/hour.*?</tr>", table, re.S)
    assert len(rows) == 14
    for (href, at), body in zip(rows, bodies, strict=True):
        mine = [int(n.replace(",", "")) for n in re.findall(r'class="num"[^>]*>([\d,]+)</td>', body)]
        hour = browser.get(unescape(href)).content.decode()
        assert f" {int(at[:2])}:00" in hour
        # The page of a kind has its total in the table of places, that of all in both.
        last = totals(hour)[-1] if not kind or len(totals(hour)) > 1 else None
        if last:
            done = int(last["按时完成"]) + int(last["迟到完成"])
            there = [int(last["应落实"]), done, int(last["逾期"]), int(last["没做完也无人负责"])]
            assert mine == there, href


def test_each_difference_is_what_lies_between_now_and_the_page_behind_it(log_in, yesterday):
    browser = log_in("county")
    page = browser.get("/").content.decode()
    tile = re.search(
        r'class="stat">([\d,]+)</span>.*?比昨日此时.*?href="([^"]*)".*?class="num">(.*?)</span>', page, re.S
    )
    now, href, said = int(tile[1]), unescape(tile[2]), tile[3]
    then = int(totals(browser.get(href).content.decode())[0]["逾期"])
    assert then == 2
    assert said == (f"多 {now - then}" if now > then else f"少 {then - now}" if then > now else "持平")
    below = re.search(r'id="below".*', page, re.S)[0]
    row = re.search(r"<tr>(?:(?!</tr>).)*唐兴镇.*?</tr>", below, re.S)[0]
    here = int(re.sub(r"<[^>]*>|,", "", re.search(r'data-label="逾期">.*?</span>(.*?)</td>', row, re.S)[1]))
    href, said = re.search(r'class="more" href="([^"]*)".*?class="num">(.*?)</span>', row, re.S).groups()
    then = int(totals(browser.get(unescape(href)).content.decode())[0]["逾期"])
    assert said == (f"多 {here - then}" if here > then else f"少 {then - here}" if then > here else "持平")


def test_a_difference_never_stands_on_colour_alone(log_in, yesterday):
    page = log_in("county").get("/").content.decode()
    assert re.search(r"[▲▼＝]</span> <span class=\"num\">(多|少|持平)", page)


def test_without_yesterday_nothing_is_compared(log_in):
    page = log_in("county").get("/").content.decode()
    assert "比昨日此时" not in page


def test_below_the_village_there_are_no_hours_and_the_page_says_so(log_in):
    assert "记到村(社区)" in log_in("owner").get(f"/?place={HOME}").content.decode()


def test_hours_that_were_made_up_are_said_to_be(log_in):
    browser = log_in("county")
    assert "补记" in browser.get("/").content.decode()
    assert "那个整点没有运行" in browser.get("/board/hour?hour=9").content.decode()
    assert "是当时所知" in browser.get("/board/hour?hour=14").content.decode()
    assert "没有记录" in browser.get("/board/hour?hour=20").content.decode()


@pytest.mark.parametrize("hour", ["0", "25", "x", "", "１", "99999999999"])
def test_an_hour_that_is_none_is_not_found(log_in, hour):
    assert log_in("county").get(f"/board/hour?hour={hour}").status_code == 404

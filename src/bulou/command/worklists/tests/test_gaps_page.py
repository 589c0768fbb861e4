import re
from uuid import uuid4

import pytest

from bulou.command.tests.world import HOME, NEXT_DOOR, VILLAGE
from bulou.kernel import clock
from bulou.kernel.models import AuditLine, Event
from bulou.obligations import followup, gaps

pytestmark = pytest.mark.django_db


def first_undone(place: str = HOME) -> int:
    return gaps.gaps(place, gap="undone")[0].id


def calls() -> int:
    return Event.objects.filter(kind__name=followup.CALLED).count()


def form(outcome: str = "doing", note: str = "", key: str | None = None) -> dict[str, str]:
    return {"outcome": outcome, "note": note, "key": key or str(uuid4()), "back": "/gaps?gap=undone"}


def test_undone_stand_with_owner_phone_and_lateness(log_in):
    page = log_in("owner").get("/gaps").content.decode()
    assert 'href="tel:19900009003"' in page
    assert "逾期 2 小时" in page


def test_those_with_needs_stand_first(log_in, world):
    for page in ("/gaps", "/duties"):
        rows = log_in("owner").get(page).context["rows"]
        assert rows[0].face.needs == ("透析",)
    assert rows[0].source.place == world.cases["home"][3].place


def test_what_nobody_answers_for_says_so(log_in):
    page = log_in("neighbour").get("/gaps?gap=unowned").content.decode()
    assert "无人负责" in page
    assert "tel:" not in page


def test_a_call_is_recorded_and_shown(log_in):
    browser, obligation = log_in("owner"), first_undone()
    answer = browser.post(f"/gaps/{obligation}/call", form("no_answer", "下午再打"), follow=True)
    assert answer.redirect_chain == [("/gaps?gap=undone", 302)]
    assert "无人接听" in answer.content.decode()
    assert AuditLine.objects.get(action=followup.CALLED).reason == "下午再打"


def test_a_second_click_records_nothing(log_in):
    browser, obligation = log_in("owner"), first_undone()
    once = form()
    for second in (0, 1):
        with clock.at(clock.now() + second * clock.DAY / 86400):
            assert browser.post(f"/gaps/{obligation}/call", once).status_code == 302
    assert (calls(), AuditLine.objects.filter(action=followup.CALLED).count()) == (1, 1)


def test_htmx_gets_the_row_alone(log_in):
    answer = log_in("owner").post(f"/gaps/{first_undone()}/call", form(), headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.content.decode().lstrip().startswith("<tr")
    assert "马上补办" in answer.content.decode()


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
@pytest.mark.parametrize(("outcome", "note"), [("", ""), ("nonsense", ""), ("other", " ")])
def test_a_call_without_outcome_is_asked_for_it(log_in, headers, outcome, note):
    answer = log_in("owner").post(f"/gaps/{first_undone()}/call", form(outcome, note), headers=headers)
    assert answer.status_code == 422
    assert "请选择电话的结果" in answer.content.decode()
    assert calls() == 0


@pytest.mark.parametrize("who", ["neighbour", "stranger"])
def test_a_call_about_others_gaps_finds_nothing(log_in, who):
    assert log_in(who).post(f"/gaps/{first_undone()}/call", form()).status_code == 404
    assert calls() == 0


def test_a_call_by_one_who_sees_only_numbers_is_refused(log_in):
    assert log_in("colleague").post(f"/gaps/{first_undone()}/call", form()).status_code == 403


def test_the_way_back_never_leads_to_another_host(log_in):
    posted = form() | {"back": "https://elsewhere.example/"}
    assert log_in("owner").post(f"/gaps/{first_undone()}/call", posted)["Location"] == "/gaps"


def test_the_three_counts_are_the_lengths_of_the_three_lists(log_in, monkeypatch):
    for module in ("asked", "views"):
        monkeypatch.setattr(f"bulou.command.worklists.{module}.PAGE_SIZE", 1000)
    browser = log_in("county")
    for day in ("2022-04-16", "all"):
        for gap in gaps.Gap:
            context = browser.get(f"/gaps?place={VILLAGE}&day={day}&gap={gap}").context
            counted = next(tile.count for tile in context["tiles"] if tile.gap == gap)
            assert counted == context["part"].total == len(context["rows"])


@pytest.mark.parametrize("page", ["gaps", "duties"])
def test_pages_of_a_long_list_have_every_row_once_both_ways(log_in, monkeypatch, page):
    for module in ("asked", "views"):
        monkeypatch.setattr(f"bulou.command.worklists.{module}.PAGE_SIZE", 3)
    browser, seen, address = log_in("owner"), [], f"/{page}"
    while True:
        context = browser.get(address).context
        seen.append([row.source.id for row in context["rows"]])
        if not context["part"].after:
            break
        address = f"/{page}?after={context['part'].after}&page={len(seen) + 1}"
    flat = [id for part in seen for id in part]
    assert len(flat) == len(set(flat)) == context["part"].total
    back = browser.get(f"/{page}?before={context['part'].before}").context
    assert [row.source.id for row in back["rows"]] == seen[-2]


@pytest.mark.parametrize("text", ["x", "W10", "bnVsbA", "WzEsMSwwLDEsIjEiLDk5OTk5OTk5OTk5OTk5OTk5OTk5XQ"])
def test_a_position_that_is_none_is_the_beginning(log_in, text):
    browser = log_in("owner")
    rows = [row.source.id for row in browser.get("/gaps").context["rows"]]
    assert [row.source.id for row in browser.get(f"/gaps?after={text}").context["rows"]] == rows


def test_no_neighbours_row_is_on_the_page(log_in, world):
    page = log_in("owner").get("/gaps?day=all").content.decode()
    for case in (*world.cases["next_door"], *world.cases["elsewhere"]):
        assert case.number not in page
    assert not re.search(NEXT_DOOR, page)

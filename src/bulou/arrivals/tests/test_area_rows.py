"""Lists of risk areas: read by name or code, recorded once, put right, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from bulou.arrivals import area_rows, deciding
from bulou.arrivals.measures import Measure
from bulou.arrivals.models import AreaKey, Exposure, Proposal, RiskArea
from bulou.arrivals.registration import Stop, register
from bulou.arrivals.tests import build
from bulou.arrivals.tests.build import minutes, registration
from bulou.kernel import clock, events
from bulou.sheets import undo
from bulou.sheets.checking import Batch
from bulou.sheets.columns import Counts, kind_named
from bulou.sheets.context import Context
from bulou.sheets.models import ImportRun

pytestmark = pytest.mark.django_db

SINCE = date(2022, 4, 5)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    build.county()
    with clock.at(minutes(0)):
        yield


def row(**changes: Any) -> dict[str, Any]:
    return {"area": "上海市浦东新区", "level": "medium", "since": SINCE, "source": "国务院客户端", **changes}


def bring_in(*rows: dict[str, Any]) -> tuple[Context, Counts]:
    kind = kind_named("risk_areas")
    context = Context(kind, "user:1")
    batch = Batch(
        rows=[tuple(one.get(name) for name in kind.names) for one in rows],
        refs=[("名单", number) for number, _one in enumerate(rows, 3)],
        headers={"名单": tuple(column.title for column in kind.columns)},
    )
    first = events.newest_seq()
    counts = area_rows.apply([batch], context)
    ImportRun.objects.create(
        id=context.run,
        kind="risk_areas",
        by="user:1",
        started_at=clock.now(),
        first_seq=first,
        last_seq=events.newest_seq(),
    )
    context.keep_traces()
    return context, counts


def told(context: Context) -> list[tuple[str, str]]:
    return [(problem.action, problem.code) for problem in context.problems]


def exposure() -> int:
    return Proposal.objects.get(superseded_at__isnull=True).exposure


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "310115"),
        ({"area": "上海市浦东新区周浦镇"}, "310115132"),
        ({"area": "周浦镇", "from_province": "上海市", "from_county": "浦东新区"}, "310115132"),
        ({"area": "", "code": "310115132"}, "310115132"),
        ({"area": "某新设街道", "code": "310115999"}, "310115999"),
    ],
)
def test_an_area_is_the_division_that_its_name_or_its_code_means(given, code):
    context, counts = bring_in(row(**given))
    assert (counts, told(context)) == (Counts(new=1), [])
    assert RiskArea.objects.get().code == code


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"area": "某地"}, "area-unknown"),
        ({"area": "朝阳区"}, "area-several"),
        ({"area": "上海市"}, "area-too-wide"),
        ({"area": ""}, "area-nameless"),
        ({"source": ""}, "area-source"),
    ],
)
def test_a_row_that_names_no_area_says_what_to_write(given, code):
    context, counts = bring_in(row(**given))
    assert (counts, told(context)) == (Counts(), [("refused", code)])


def test_a_place_within_a_division_is_that_division_and_is_told():
    context, _counts = bring_in(row(area="上海市浦东新区周浦镇某小区"))
    assert told(context) == [("repaired", "area-read")]
    assert RiskArea.objects.get().name == "上海市浦东新区周浦镇某小区"


def test_the_same_list_again_changes_nothing_and_a_last_day_is_put_right():
    bring_in(row())
    newest = events.newest_seq()
    assert bring_in(row())[1] == Counts(unchanged=1)
    assert events.newest_seq() == newest
    context, counts = bring_in(row(until=date(2022, 4, 8)))
    assert counts == Counts(updated=1)
    assert context.changes.changed[0].fields == [("until", "", "2022-04-08")]


def test_one_area_with_two_last_days_contradicts_itself():
    context, counts = bring_in(row(), row(), row(until=date(2022, 4, 8)))
    assert counts == Counts(new=1, unchanged=1)
    assert told(context) == [("ignored", "row-repeated"), ("refused", "row-contradicts")]


def test_whoever_was_there_is_asked_about_and_an_undo_asks_again_without():
    register(registration(stops=[Stop("310115", "x", SINCE, SINCE)]), by="user:1")
    context, _counts = bring_in(row())
    assert exposure() == Exposure.MEDIUM
    undoing = undo.undo(context.run, by="user:1")
    assert (undoing.taken_back, undoing.kept, exposure()) == (1, [], Exposure.NONE)
    assert not (RiskArea.objects.exists() or AreaKey.objects.exists())


def test_an_undo_puts_the_last_day_back():
    register(registration(stops=[Stop("310115", "x", SINCE, SINCE)]), by="user:1")
    bring_in(row(since=date(2022, 3, 1)))
    context, _counts = bring_in(row(since=date(2022, 3, 1), until=date(2022, 3, 9)))
    assert exposure() == Exposure.NONE
    undo.undo(context.run, by="user:1")
    assert (RiskArea.objects.get().until, exposure()) == (None, Exposure.MEDIUM)


def test_an_area_on_which_somebody_decided_stays():
    register(registration(stops=[Stop("310115", "x", SINCE, SINCE)]), by="user:1")
    context, _counts = bring_in(row())
    proposal = Proposal.objects.get(superseded_at__isnull=True)
    measure: Measure = deciding.measure_for(proposal.exposure, proposal.journey.place)
    decision = deciding.Decision(
        measure=measure, ground="某法第三十九条", decided_by="县指挥部", appeal="可复议"
    )
    deciding.decide(proposal, decision, by="user:2")
    undoing = undo.undo(context.run, by="user:1")
    assert [kept.what.split(":")[0] for kept in undoing.kept] == ["risk_area"]
    assert RiskArea.objects.count() == 1

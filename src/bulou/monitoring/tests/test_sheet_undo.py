"""An import of cases or reports taken back: the books owe what they owed, and can be recomputed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bulou.facts import monitoring as facts
from bulou.kernel import clock, events, seal
from bulou.kernel.events import kind_id
from bulou.kernel.models import Event
from bulou.monitoring import actions, report_rows, sheet_rows
from bulou.monitoring.models import AbnormalReport, Case, CaseSeat
from bulou.monitoring.obligations import FiveSeats
from bulou.monitoring.tests import test_monitoring_sheet as lists
from bulou.monitoring.tests.build import VILLAGE, at, person
from bulou.obligations import engine
from bulou.obligations.balance import balance
from bulou.obligations.models import Obligation
from bulou.obligations.reconcile import reconcile
from bulou.people import keys
from bulou.people import queries as people
from bulou.places.models import Holding, Place, Post, Worker
from bulou.sheets import undo
from bulou.sheets.checking import Batch
from bulou.sheets.columns import Counts, kind_named
from bulou.sheets.context import Context
from bulou.sheets.models import ImportRun

pytestmark = pytest.mark.django_db

NUMBER = lists.NUMBERS[0]
APPLY = {"monitoring": sheet_rows.apply, "health_reports": report_rows.apply}


@pytest.fixture(autouse=True)
def _evening() -> Iterator[None]:
    rows = (
        ("141022", "county", "翼城县", None),
        ("141022100", "township", "唐兴镇", "141022"),
        (VILLAGE, "village", "文昌社区", "141022100"),
    )
    for code, level, name, parent in rows:
        Place.objects.get_or_create(
            code=code, defaults={"level": level, "name": name, "plain": name, "parent_id": parent}
        )
    with clock.at(at("16 20:30")):
        yield


def bring_in(kind_name: str, *rows: dict[str, Any]) -> tuple[Context, Counts]:
    """Rows as one import, with its run and traces."""
    kind = kind_named(kind_name)
    context = Context(kind, "user:1")
    batch = Batch(
        rows=[tuple(one.get(name) for name in kind.names) for one in rows],
        refs=[("数据", number) for number, _one in enumerate(rows, 3)],
        headers={"数据": tuple(column.title for column in kind.columns)},
    )
    first = events.newest_seq()
    counts = APPLY[kind_name]([batch], context)
    ImportRun.objects.create(
        id=context.run,
        kind=kind_name,
        by="user:1",
        started_at=clock.now(),
        first_seq=first,
        last_seq=events.newest_seq(),
    )
    context.keep_traces()
    return context, counts


def report(**changes: Any) -> dict[str, Any]:
    said = {"name": "王某", "identity": NUMBER, "date": date(2022, 4, 16), "window": "am"}
    return {**said, "temperature": Decimal("36.6"), "symptoms": "", **changes}


def monitored() -> Case:
    somebody = person()
    somebody.id_key = keys.id_key(NUMBER)
    somebody.save()
    with clock.at(at("15 10:00")):
        return actions.admit(
            person=somebody.pk,
            place=VILLAGE,
            starts_at=at("15"),
            ends_at=at("22"),
            measure="居家健康监测",
            ground="传染病防治法第三十九条",
            evidence="自中风险地区返回",
            decided_by="县疫情防控指挥部",
            by="post:1",
        )


def owed(*, kind: str = "") -> list[tuple[Any, ...]]:
    """What the books say is owed, what was excused apart."""
    found = Obligation.objects.filter(excused_at__isnull=True).order_by("window_id", "subject", "opens_at")
    if kind:
        found = found.filter(window__kind__name=kind)
    return list(found.values_list("window__kind__name", "window__label", "subject", "post_id", "met_at"))


def take_back(context: Context) -> undo.Undoing:
    undoing = undo.undo(context.run, by="user:1")
    engine.tick()
    assert reconcile() == []
    return undoing


@pytest.mark.parametrize("celsius", ["36.6", "38.2"])
def test_law_reports_undone_reopen_what_they_met(celsius):
    monitored()
    engine.tick()
    before = owed()
    for _again in range(2):
        context, counts = bring_in("health_reports", report(temperature=Decimal(celsius)))
        engine.tick()
        assert counts == Counts(new=1) and owed() != before
        assert take_back(context).kept == []
        assert owed() == before
        assert not AbnormalReport.objects.filter(voided_at__isnull=True).exists()


def test_law_a_corrected_report_stands_again():
    monitored()
    engine.tick()
    bring_in("health_reports", report())
    engine.tick()
    before = owed()
    for _again in range(2):
        context, counts = bring_in("health_reports", report(temperature=Decimal("37.9")))
        assert counts == Counts(updated=1)
        take_back(context)
        assert owed(kind="monitoring.health_report") == [one for one in before if "health_report" in one[0]]
        void = Event.objects.filter(corrects__isnull=False).values("corrects")
        standing = Event.objects.filter(kind_id=kind_id(facts.HealthReported.kind)).exclude(id__in=void)
        assert [one.data["temperature"] for one in standing] == ["36.6"]
    assert bring_in("health_reports", report())[1] == Counts(unchanged=1)


def test_law_cases_undone_owe_nothing_and_can_come_again():
    engine.tick()
    before = owed()
    counted = (people.count("141022"), Post.objects.count(), Holding.objects.count(), Worker.objects.count())
    context, counts = bring_in("monitoring", lists.row(), lists.row(identity=lists.NUMBERS[1]))
    engine.tick()
    assert counts == Counts(new=2) and owed() != before
    undoing = take_back(context)
    assert (owed(), undoing.kept) == (before, [])
    assert set(Case.objects.values_list("end_reason", flat=True)) == {facts.MISTAKEN}
    assert people.count("141022") == counted[0]
    assert Holding.objects.count() == counted[2]
    assert not Post.objects.filter(closed_at__isnull=True).exists()
    again, counts = bring_in("monitoring", lists.row())
    engine.tick()
    assert (counts.refused, reconcile()) == (0, [])
    assert Case.objects.filter(ended_at__isnull=True).count() == 1 and owed() != before
    assert people.count("141022") == 1
    take_back(again)
    assert owed() == before


def test_law_a_case_put_right_is_as_before():
    bring_in("monitoring", lists.row())
    engine.tick()
    stood, before = Case.objects.values().get(), owed()
    seats = set(CaseSeat.objects.filter(ends_at__isnull=True).values_list("seat", "post_id"))
    with clock.at(at("16 20:40")):
        changed = lists.row(
            ends=date(2022, 4, 18), measure="集中", address="别处", doctor=("吴某", "19900000099")
        )
        context, counts = bring_in("monitoring", changed)
        assert counts == Counts(updated=1)
    with clock.at(at("16 20:50")):
        assert take_back(context).kept == []
        assert set(CaseSeat.objects.filter(ends_at__isnull=True).values_list("seat", "post_id")) == seats
        now = Case.objects.values().get()
        told = ("starts_at", "ends_at", "measure", "ground", "row_key")
        assert [now[name] for name in told] == [stood[name] for name in told]
        assert seal.unseal(now["sealed"]) == seal.unseal(stood["sealed"])
        assert [one for one in owed() if one[3]] == [one for one in before if one[3]]


def test_a_case_on_which_somebody_worked_stays_and_is_named():
    context, _counts = bring_in("monitoring", lists.row())
    (one,) = Case.objects.all()
    actions.record(case=one, fact=facts.Contacted(seat="doctor", method="call"), by="post:1")
    with clock.at(clock.now() + timedelta(minutes=1)):
        kept = take_back(context).kept
    assert (f"case:{one.pk}", "built-on") in kept
    one.refresh_from_db()
    assert one.ended_at is None


def test_a_report_corrected_by_hand_since_stays():
    one = monitored()
    context, _counts = bring_in("health_reports", report())
    (told,) = Event.objects.filter(kind_id=kind_id(facts.HealthReported.kind))
    mended = facts.HealthReported(temperature=Decimal("36.9"), window="am", date=date(2022, 4, 16))
    actions.record(case=one, fact=mended, by="post:1", corrects=told.id)
    assert take_back(context).kept == [(f"case:{one.pk}", "built-on")]


EMPTY = dict.fromkeys(("township_cadre", "village_cadre", "grid_worker", "doctor", "police"))


def teams_told() -> list[str]:
    """What was told of complete teams and of their taking back."""
    numbers = {kind_id(fact.kind): fact.kind for fact in (facts.SeatsCompleted, facts.SeatsWithdrawn)}
    told = Event.objects.filter(kind_id__in=numbers).order_by("seq").values_list("kind_id", flat=True)
    return [numbers[one].rpartition("_")[2] for one in told]


def test_law_seats_filled_by_a_list_that_is_taken_back_are_owed_again():
    bring_in("monitoring", lists.row(**EMPTY))
    engine.tick()
    before = owed(kind=FiveSeats.name)
    assert [one[-1] for one in before] == [None]
    for _again in range(2):
        with clock.at(clock.now() + timedelta(minutes=1)):
            context, counts = bring_in("monitoring", lists.row())
            engine.tick()
            assert counts == Counts(updated=1) and [one[-1] for one in owed(kind=FiveSeats.name)] != [None]
        with clock.at(clock.now() + timedelta(minutes=2)):
            assert take_back(context).kept == []
            assert owed(kind=FiveSeats.name) == before
    assert teams_told() == ["completed", "withdrawn"] * 2


def test_a_team_that_was_complete_before_a_list_stays_complete_without_it():
    bring_in("monitoring", lists.row())
    engine.tick()
    before = owed(kind=FiveSeats.name)
    with clock.at(clock.now() + timedelta(minutes=1)):
        context, counts = bring_in("monitoring", lists.row(doctor=("吴某", "19900000099")))
        assert counts == Counts(updated=1)
    with clock.at(clock.now() + timedelta(minutes=2)):
        take_back(context)
        assert owed(kind=FiveSeats.name) == before
    assert teams_told() == ["completed"]


TERMS = st.tuples(st.integers(8, 17), st.integers(0, 8)).map(
    lambda term: {"starts": date(2022, 4, term[0]), "ends": date(2022, 4, sum(term))}
)
ROWS = st.lists(
    st.builds(
        lambda identity, term, doctor: lists.row(identity=identity, doctor=doctor, **term),
        st.sampled_from(lists.NUMBERS),
        TERMS,
        st.sampled_from((None, ("钱某", "19900000014"), ("吴某", "19900000099"))),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda row: row["identity"],
)


def books() -> dict[str, tuple[int, ...]]:
    """By kind what a board shows, what was excused apart."""
    shown = {}
    for one in balance("141022"):
        if one.kind != FiveSeats.name and one.place == "141022" and one.universe != one.excused:
            shown[one.kind] = (one.universe - one.excused, one.met, one.late, one.open, one.overdue)
    return shown


def teams() -> set[tuple[int, bool]]:
    """Of each case that has begun: whether its team is complete by the books.

    One that is yet to begin may have begun for a while by the import; its team was complete then, too.
    """
    begun = Case.objects.filter(starts_at__lte=clock.now())
    found = Obligation.objects.filter(window__kind__name=FiveSeats.name, subject__in=begun.values("pk"))
    return {(one.subject, one.met_at is not None) for one in found if one.met_at or not one.excused_at}


@settings(max_examples=5, phases=[Phase.explicit, Phase.generate])
@given(ROWS, ROWS)
def test_law_whatever_cases_came_the_books_are_as_before(rolled_back, earlier, later):
    """Apart from what had opened because of the import: that stays, excused."""
    with rolled_back():
        bring_in("monitoring", *earlier)
        engine.tick()
        before = books()
        context, _counts = bring_in("monitoring", *later)
        engine.tick()
        with clock.at(clock.now() + timedelta(minutes=1)):
            assert take_back(context).kept == []
            assert books() == before

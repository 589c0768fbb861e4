"""A list of arrivals: registered once, kept apart by source, unchanged the second time, and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bulou.arrivals import actions, sheet_rows
from bulou.arrivals.models import Journey, Proposal, Source, Visit
from bulou.arrivals.registration import disagreements, register
from bulou.arrivals.tests import build
from bulou.arrivals.tests.build import identity, minutes, registration
from bulou.facts.arrivals import JourneyEnd
from bulou.kernel import clock, events, seal
from bulou.people.models import Person
from bulou.places.models import Place
from bulou.sheets import undo
from bulou.sheets.checking import Batch
from bulou.sheets.columns import Counts, kind_named
from bulou.sheets.context import Context
from bulou.sheets.models import ImportRun

pytestmark = pytest.mark.django_db

DAY = date(2022, 4, 9)


@pytest.fixture(autouse=True)
def posts() -> Iterator[build.Posts]:
    posts = build.county()
    for code, name in (("141022", "翼城县"), ("141022100", "唐兴镇"), ("141022101", "南梁镇")):
        Place.objects.filter(code=code).update(name=name, plain=name)
    for code, name in ((build.VILLAGE, "文昌社区"), (build.OTHER_VILLAGE, "庄里村")):
        Place.objects.filter(code=code).update(name=name, plain=name)
    with clock.at(minutes(0)):
        yield posts


def row(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "name": f"王某{'甲乙丙丁戊己庚辛'[number % 8]}",
        "identity": identity(number),
        "phone": f"1990000{number:04}",
        "township": "唐兴镇",
        "village": "文昌社区",
        "home": "绿苑小区3号楼2单元302",
        "from": "上海市浦东新区",
        "trip": "D1234",
        "arrives": (DAY, time(18, 30), ""),
        **changes,
    }


def bring_in(*rows: dict[str, Any], kind: str = "arrivals", scope: str = "") -> tuple[Context, Counts]:
    """Rows as one import, with its run and traces."""
    sheet = kind_named(kind)
    context = Context(sheet, "user:1", scope=scope)
    batch = Batch(
        rows=[tuple(one.get(name) for name in sheet.names) for one in rows],
        refs=[("数据", number) for number, _one in enumerate(rows, 3)],
        headers={"数据": tuple(column.title for column in sheet.columns)},
    )
    first = events.newest_seq()
    counts = sheet_rows.APPLY[kind]([batch], context)
    ImportRun.objects.create(
        id=context.run,
        kind=kind,
        by="user:1",
        started_at=clock.now(),
        first_seq=first,
        last_seq=events.newest_seq(),
    )
    context.keep_traces()
    return context, counts


def told(context: Context) -> list[tuple[str, str]]:
    return [(problem.action, problem.code) for problem in context.problems]


def test_a_row_is_a_journey_with_its_visit_and_what_the_list_says(posts):
    context, counts = bring_in(row(needs="wheelchair", single_room="yes", companions="李某"))
    assert (counts, told(context)) == (Counts(new=1), [])
    one = Journey.objects.get()
    assert (one.place, one.desk_id, one.way) == (build.VILLAGE, posts.desk.pk, "train")
    assert clock.local(one.arrives_at).strftime("%m-%d %H:%M") == "04-09 18:30"
    assert (one.wheelchair, one.infant, one.single_room) == (True, False, True)
    said = seal.unseal(one.sealed)
    assert (said["from"], said["trip"], said["companions"]) == ("上海市浦东新区", "D1234", "李某")
    visit = Visit.objects.get()
    assert seal.unseal(visit.sealed) == {"code": "310115", "name": "上海市浦东新区"}
    assert (visit.since, visit.until) == (date(2022, 3, 26), DAY)
    assert Source.objects.get().origin == "township"


def test_the_same_list_again_changes_nothing():
    bring_in(row(1), row(2))
    newest = events.newest_seq()
    context, counts = bring_in(row(1), row(2))
    assert (counts, told(context)) == (Counts(unchanged=2), [])
    assert (Source.objects.count(), Visit.objects.count(), events.newest_seq()) == (2, 2, newest)


def test_what_the_list_says_of_measures_decides_nothing_and_the_row_is_told():
    context, _counts = bring_in(row(measure="集中隔离14天", starts="4.9-4.23"))
    assert told(context) == [("ignored", "measure-is-words")]
    assert seal.unseal(Journey.objects.get().sealed)["measure"] == "集中隔离14天"
    assert not Proposal.objects.filter(decided_at__isnull=False).exists()


def test_a_date_alone_means_from_midnight_and_is_told():
    context, _counts = bring_in(row(arrives=(DAY, None, "")))
    assert told(context) == [("ignored", "arrival-without-time")]
    assert Journey.objects.get().arrives_at == clock.start_of(DAY)


def test_a_row_without_a_place_visited_is_registered_and_told():
    context, counts = bring_in(row(**{"from": ""}))
    assert (counts.new, told(context)) == (1, [("ignored", "no-visit")])
    assert not Visit.objects.exists()


def test_twice_in_one_file_is_one_journey_with_both_sources():
    context, counts = bring_in(row(), row(trip="D4321"), row())
    assert counts == Counts(new=1, updated=1, unchanged=1)
    assert told(context) == [("ignored", "same-person-in-list"), ("ignored", "row-repeated")]
    one = Journey.objects.get()
    assert disagreements(one)["trip"] == {"D1234": ["township"], "D4321": ["township"]}


def test_another_list_is_another_source_and_what_differs_stands_among_the_changes():
    bring_in(row())
    railway = row(trip="D4321", boarded="上海虹桥", station="翼城东", **{"from": ""})
    context, counts = bring_in(railway, kind="arrivals_railway")
    assert counts == Counts(updated=1)
    assert told(context) == [("ignored", "visit-wider"), ("ignored", "other-words")]
    (change,) = context.changes.changed
    assert ("trip", "D1234", "D4321") in change.fields
    assert [one.origin for one in Journey.objects.get().sources.order_by("pk")] == ["township", "railway"]


def test_a_list_that_does_not_say_where_waits_at_the_county_until_a_township_does(posts):
    railway = row(township="", village="", home="", boarded="上海虹桥", station="翼城东")
    context, _counts = bring_in(railway, kind="arrivals_railway")
    assert told(context) == [("ignored", "home-missing")]
    assert (Journey.objects.get().place, Journey.objects.get().desk_id) == ("141022", None)
    bring_in(row())
    one = Journey.objects.get()
    assert (one.place, one.desk_id) == (build.VILLAGE, posts.desk.pk)
    assert one.stretches.get().post_id == posts.desk.pk


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ({"township": "", "village": "", "home": "山西省临汾市翼城县唐兴镇文昌社区绿苑小区"}, build.VILLAGE),
        ({"township": "", "village": "", "home": "翼城县南梁镇庄里村"}, build.OTHER_VILLAGE),
        ({"township": "", "village": "文昌", "home": ""}, build.VILLAGE),
        ({"township": "唐兴", "village": "", "home": ""}, build.TOWNSHIP),
        ({"township": "唐兴镇", "village": "", "home": "文昌社区"}, build.VILLAGE),
    ],
)
def test_where_somebody_will_live_is_read_out_of_what_there_is(where, place):
    bring_in(row(**where))
    assert Journey.objects.get().place == place


def test_a_township_may_not_bring_in_rows_of_another():
    context, counts = bring_in(row(), scope=build.OTHER_TOWNSHIP)
    assert (counts, told(context)) == (Counts(), [("refused", "import-outside-scope")])


def test_what_another_townships_journey_says_is_not_shown_to_a_township():
    bring_in(row())
    theirs = row(township="南梁镇", village="庄里村", trip="D4321")
    context, counts = bring_in(theirs, scope=build.OTHER_TOWNSHIP)
    assert (counts, told(context)) == (Counts(updated=1), [("ignored", "other-words")])
    assert context.changes.changed == []
    assert bring_in({**theirs, "trip": "D5555"})[0].changes.changed


def test_a_township_that_names_no_place_speaks_of_itself():
    bring_in(row(township="", village="", home=""), scope=build.OTHER_TOWNSHIP)
    assert Journey.objects.get().place == build.OTHER_TOWNSHIP


def test_those_who_name_each_other_are_one_party():
    bring_in(row(1, companions="妻子王某丙、儿子(3岁)"), row(2), row(3))
    parties = list(Journey.objects.order_by("pk").values_list("party", flat=True))
    assert parties == ["FX22-000001", "FX22-000001", "FX22-000003"]


def test_a_journey_that_has_ended_does_not_begin_anew_by_an_old_list():
    bring_in(row())
    actions.end(journey=Journey.objects.get(), reason=JourneyEnd.NOT_COMING, by="user:1")
    context, counts = bring_in(row())
    assert (counts, told(context)) == (Counts(unchanged=1), [("ignored", "trip-over")])
    later = row(arrives=(DAY + timedelta(days=20), time(9), ""))
    assert bring_in(later)[1] == Counts(new=1)


def test_an_undo_ends_what_nobody_worked_on_and_takes_the_words_back():
    before = register(registration(2), by="user:2")
    context, _counts = bring_in(row(1), row(2))
    undoing = undo.undo(context.run, by="user:1")
    assert (undoing.taken_back, undoing.kept) == (2, [])
    one = Journey.objects.exclude(pk=before.pk).get()
    assert (one.end_reason, one.stretches.get(ends_at__isnull=True).state) == ("mistaken", "ended")
    before.refresh_from_db()
    assert (before.ended_at, before.sources.count(), before.visits.count()) == (None, 1, 0)
    assert Person.objects.get(pk=one.person_id).left_at is not None


def test_an_undo_leaves_what_somebody_worked_on(posts):
    context, _counts = bring_in(row(1), row(2))
    handed = Journey.objects.order_by("pk").first()
    build.took(handed, posts.station, None, 1)
    undoing = undo.undo(context.run, by="user:1")
    assert [kept.what for kept in undoing.kept] == [f"journey:{handed.pk}", f"person:{handed.person_id}"]
    handed.refresh_from_db()
    assert handed.ended_at is None


def test_what_was_taken_back_can_be_brought_in_again():
    context, _counts = bring_in(row())
    undo.undo(context.run, by="user:1")
    assert bring_in(row())[1] == Counts(new=1)
    assert Journey.objects.filter(ended_at__isnull=True).count() == 1


def test_an_undo_puts_back_where_and_with_what_needs_a_journey_was(posts):
    bring_in(row(township="", village="", home="", boarded="上海", station="翼城东"), kind="arrivals_railway")
    context, _counts = bring_in(row(needs="infant"))
    undo.undo(context.run, by="user:1")
    one = Journey.objects.get()
    assert (one.place, one.desk_id, one.infant, one.ended_at) == ("141022", None, False, None)


BATCHES = 10
"""An INSERT takes so many rows at once: twenty times as many rows may take a few more of them."""


def statements(*rows: dict[str, Any], **how: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        bring_in(*rows, **how)
    return len(asked)


def test_the_number_of_statements_does_not_grow_with_the_rows():
    bring_in(row(0))
    few, many = [row(number) for number in range(10, 20)], [row(number) for number in range(100, 300)]
    assert statements(*many) <= statements(*few) + BATCHES
    other = [[{**one, "trip": "D9999", "needs": "infant"} for one in part] for part in (few, many)]
    assert statements(*other[1]) <= statements(*other[0]) + BATCHES
    assert Journey.objects.filter(infant=True).count() == 210


def test_the_number_of_statements_of_an_undo_does_not_grow_with_the_rows():
    runs = [bring_in(*[row(number) for number in part])[0] for part in (range(10, 20), range(100, 300))]
    asked = []
    for context in runs:
        with CaptureQueriesContext(connection) as captured:
            undo.undo(context.run, by="user:1")
        asked.append(len(captured))
    assert asked[1] <= asked[0] + BATCHES

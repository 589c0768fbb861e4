"""Reconcile finds each difference that is planted, and nothing where there is none."""

from datetime import timedelta

import pytest

from bulou.kernel.database import run
from bulou.obligations import reconcile as room
from bulou.obligations.models import Cursor, Obligation, RollUp
from bulou.obligations.reconcile import Difference, reconcile
from bulou.obligations.tests.world import CHANGED, GRID, EarlyNotice, Notice, Once, Twice, at, post

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def day(twice):
    """A day with everything in it: met, late, corrected, excused by death and by term, undone."""
    held = post()
    well, slow, dead, gone, silent, wrong = (twice.person(post=held) for _ in range(6))
    twice.prove(well, "16 08:00")
    twice.prove(well, "16 07:00")
    twice.prove(slow, "16 13:00", "20220416am")
    void = twice.prove(wrong, "16 08:00")
    twice.tick("16 13:00")
    twice.change(dead, died="16 11:00")
    twice.change(gone, until="16 12:00")
    twice.event(CHANGED, wrong, "16 13:00", corrects=void.id)
    twice.tick("16 21:00")
    twice.well, twice.slow, twice.dead, twice.gone, twice.silent = well, slow, dead, gone, silent
    return twice


def of(books, person):
    return Obligation.objects.filter(subject=person.pk).order_by("opens_at")


def test_books_that_are_right_have_no_difference(day):
    assert reconcile() == []


def test_nothing_owed_and_nothing_run_is_no_difference(twice):
    assert reconcile() == []
    twice.person()
    assert reconcile() == []
    twice.tick("15")
    assert reconcile() == []


def test_a_proof_that_was_not_matched(day):
    of(day, day.well).filter(met_at__isnull=False).update(met_at=None, met_by=None)
    found = [one for one in reconcile() if one.what == "met_at"]
    assert found == [
        Difference(Twice.name, "met_at", day.well.pk, at("16 06:00"), "", "2022-04-15T23:00:00+00:00")
    ]


def test_a_match_that_no_proof_bears(day):
    line = of(day, day.silent).first()
    other = of(day, day.well).filter(met_at__isnull=False).first()
    Obligation.objects.filter(pk=line.pk).update(met_at=at("16 08:00"), met_by=other.met_by)
    found = [one for one in reconcile() if one.what == "met_at"]
    assert [(one.subject, one.books, one.events) for one in found] == [
        (day.silent.pk, "2022-04-16T00:00:00+00:00", "")
    ]


def test_a_match_by_a_proof_that_is_not_the_earliest(day):
    of(day, day.well).filter(met_at__isnull=False).update(met_at=at("16 08:00"))
    assert [one.what for one in reconcile()] == ["met_at"]


def test_a_match_by_a_void_proof(twice):
    someone = twice.person(until="16 07:00")
    void = twice.prove(someone, "16 08:00")
    twice.tick("16 09:00")
    twice.event(CHANGED, someone, "16 10:00", corrects=void.id)
    assert "met_at" in twice.differences()
    twice.tick("16 09:01")
    assert twice.differences() == []


def test_a_line_that_is_missing(day):
    of(day, day.silent).last().delete()
    found = [one for one in reconcile() if one.what == "missing"]
    assert found == [Difference(Twice.name, "missing", day.silent.pk, at("16 12:00"), "", "owed")]


def test_a_line_that_nobody_owes(day):
    line = of(day, day.silent).first()
    Obligation.objects.create(
        window=line.window, subject=999, place=line.place, opens_at=line.opens_at, due_at=line.due_at
    )
    found = [one for one in reconcile() if one.what == "excused"]
    assert [(one.subject, one.events) for one in found] == [(999, "term")]


def test_an_excuse_that_is_not_the_nouns(day):
    of(day, day.silent).filter(opens_at=at("16 06:00")).update(excused_at=at("16 08:00"), excuse="died")
    found = [one for one in reconcile() if one.what == "excused"]
    assert [(one.subject, one.at) for one in found] == [(day.silent.pk, at("16 06:00"))]
    assert "died" in found[0].books
    assert found[0].events == "(None, '')"


def test_an_excuse_that_was_forgotten(day):
    of(day, day.dead).update(excused_at=None, excuse="")
    found = [one for one in reconcile() if one.what == "excused"]
    # The afternoon opened after the death that was learnt of later: it stays in the books, excused.
    assert {one.subject for one in found} == {day.dead.pk}
    assert len(found) == 2


def test_an_excuse_of_another_time(day):
    of(day, day.dead).filter(opens_at=at("16 06:00")).update(excused_at=at("16 10:00"))
    assert [one.what for one in reconcile()] == ["excused"]


@pytest.mark.parametrize("column", ["universe", "met", "late", "excused"])
def test_a_roll_up_that_counts_wrongly(day, column):
    cell = RollUp.objects.filter(opens_at=at("16 06:00")).get()
    right = getattr(cell, column)
    wrong = right + (1 if column == "universe" else -1)
    run(
        f"UPDATE obligations_rollup SET {column} = %s WHERE opens_at = %s",
        (wrong, int(at("16 06:00").timestamp()) * 10**6),
    )
    found = reconcile()
    assert [(one.what, one.books, one.events) for one in found] == [
        (f"roll-up {column} {GRID}", str(wrong), str(right))
    ]
    assert (found[0].at, found[0].subject, found[0].kind) == (at("16 06:00"), cell.post, Twice.name)


def test_a_roll_up_that_is_missing_and_one_too_many(day):
    cell = RollUp.objects.filter(opens_at=at("16 06:00")).get()
    run("UPDATE obligations_rollup SET place = '14102210000300199' WHERE place = %s", (GRID,))
    assert len({one.what for one in reconcile()}) >= 6
    assert cell.universe == 6


def test_who_owes_is_asked_only_up_to_where_the_engine_came(day):
    Cursor.objects.update(opened_until=at("16 11:59"))
    found = reconcile()
    # The afternoon is in the books, and nobody asked for it yet.
    assert {one.at for one in found} == {at("16 12:00")}


def test_a_difference_as_json():
    line = Difference("k", "met_at", 1, at("16 06:00"), "a", "b")
    assert line.as_json() == {
        "kind": "k",
        "what": "met_at",
        "subject": 1,
        "at": "2022-04-16T06:00:00+08:00",
        "books": "a",
        "events": "b",
    }
    assert Difference("k", "w", 1, None, "", "").as_json()["at"] is None


def test_rooms_put_their_own_checks_beside(twice, monkeypatch):
    one = Difference("room", "noun", 1, None, "", "")
    monkeypatch.setattr(room, "NOUN_CHECKS", [lambda: [one]])
    assert reconcile() == [one]


def test_each_kind_is_looked_at(only):
    twice, daily = only(Twice, Once)
    twice.person(until="16 07:00")
    twice.tick("16 08:00")
    for books in (twice, daily):
        books.obligations().delete()
    assert {(one.kind, one.what) for one in reconcile() if one.what == "missing"} == {
        (Twice.name, "missing"),
        (Once.name, "missing"),
    }


def test_the_judge_follows_windows_as_the_page_says(twice):
    people = {
        (when, window): twice.person(until="16 13:00")
        for when, window in (
            ("16 06:00", ""),
            ("16 05:59", ""),
            ("16 12:00", ""),
            ("16 12:00", "20220416am"),
            ("17 12:00", "20220416am"),
            ("17 12:01", "20220416am"),
            ("16 09:00", "20220416pm"),
        )
    }
    for (when, window), someone in people.items():
        twice.prove(someone, when, window)
    twice.tick("18")
    assert reconcile() == []
    met = {
        key: [said is not None for said in of(twice, someone).values_list("met_at", flat=True)]
        for key, someone in people.items()
    }
    assert met == {
        ("16 06:00", ""): [True, False],
        ("16 05:59", ""): [False, False],
        ("16 12:00", ""): [False, True],
        ("16 12:00", "20220416am"): [True, False],
        ("17 12:00", "20220416am"): [True, False],
        ("17 12:01", "20220416am"): [False, False],
        ("16 09:00", "20220416pm"): [False, True],
    }
    Obligation.objects.update(met_at=None, met_by=None)
    assert sum(one.what == "met_at" for one in reconcile()) == 5


def test_the_judge_follows_one_time_duties(only):
    strict, early = only(Notice, EarlyNotice)
    before, on, after = (strict.person("16 08:00") for _ in range(3))
    for someone, when in ((before, "16 07:59"), (on, "16 08:00"), (after, "20 08:00")):
        strict.prove(someone, when)
    strict.tick("16 09:30")
    assert reconcile() == []
    Obligation.objects.update(met_at=None, met_by=None)
    found = [(one.kind, one.subject) for one in reconcile() if one.what == "met_at"]
    assert sorted(found) == sorted(
        [(Notice.name, one.pk) for one in (on, after)]
        + [(EarlyNotice.name, one.pk) for one in (before, on, after)]
    )
    assert early.lines()

"""What proves, when, and in which order it came in (docs/books.md, 2 and 3)."""

import pytest

from bulou.obligations import engine, matching
from bulou.obligations.models import Window
from bulou.obligations.tests.world import (
    CHANGED,
    GRID,
    EarlyNotice,
    Notice,
    Once,
    Shown,
    Told,
    Twice,
    at,
)

pytestmark = pytest.mark.django_db
AM, PM = "20220416am", "20220416pm"


@pytest.fixture
def opened(twice):
    """Somebody with both windows of the day open."""
    someone = twice.person()
    twice.tick("16 20:30")
    return twice, someone


@pytest.mark.parametrize(
    ("when", "window", "met"),
    [
        ("16 05:59", "", []),
        ("16 06:00", "", ["am"]),
        ("16 11:59", "", ["am"]),
        ("16 12:00", "", ["pm"]),
        ("16 20:00", "", ["pm"]),
        ("17 05:59", "", ["pm"]),
        ("17 06:00", "", []),
        ("16 03:00", AM, ["am"]),
        ("16 12:00", AM, ["am"]),
        ("17 12:00", AM, ["am"]),
        ("17 12:01", AM, []),
        ("16 10:00", PM, ["pm"]),
        ("16 10:00", "20220417am", []),
    ],
)
def test_a_proof_counts_for_the_window_it_names_or_in_which_it_happened(opened, when, window, met):
    books, someone = opened
    assert books.prove_at_once(someone, when, window) == len(met)
    lines = books.lines()
    assert [name for name, line in zip(("am", "pm"), lines, strict=True) if "met" in line] == met
    books.tick("18")
    assert books.lines()[:2] == lines
    assert books.differences() == []


def test_a_proof_counts_at_once_and_the_tick_after_it_finds_nothing_to_do(opened):
    books, someone = opened
    assert books.prove_at_once(someone, "16 08:00") == 1
    assert books.cells()[0][3:] == (1, 1, 0, 0)
    assert books.tick("16 20:31")[1] == 0
    assert books.differences() == []


def test_what_has_nothing_to_do_with_a_kind_is_not_matched(opened):
    books, someone = opened
    before = engine.newest_event()
    books.prove(someone, "16 08:00")
    assert engine.settle({"testing.something_else"}, before) == 0
    assert engine.settle({Told.kind}, before) == 1


def test_the_earliest_counts_in_whatever_order_they_come_in(opened):
    books, someone = opened
    assert books.prove_at_once(someone, "16 14:00", AM) == 1
    assert books.cells()[0][3:] == (1, 0, 1, 0)
    assert books.prove_at_once(someone, "16 11:00", AM) == 0
    assert books.cells()[0][3:] == (1, 1, 0, 0)
    assert books.prove_at_once(someone, "16 11:30", AM) == 0
    assert books.lines()[0] == "16 06:00-12:00 met 16 11:00"
    assert books.differences() == []


def test_of_several_that_come_in_together_the_earliest_counts(opened):
    books, someone = opened
    for when in ("16 10:00", "16 08:00", "16 09:00"):
        last = books.prove(someone, when)
    assert books.tick("16 20:31")[1] == 1
    first = books.obligations()[0]
    assert (books.lines()[0], first.met_by.id == last.id) == ("16 06:00-12:00 met 16 08:00", False)
    assert first.met_by.happened_at == at("16 08:00")


def test_what_comes_in_together_meets_the_windows_of_its_first_and_of_its_last(opened):
    books, someone = opened
    for when in ("16 13:00", "16 08:00"):
        books.prove(someone, when)
    assert books.tick("16 20:31")[1] == 2
    assert books.lines() == ["16 06:00-12:00 met 16 08:00", "16 12:00-20:00 met 16 13:00"]


@pytest.mark.parametrize("order", [(Shown, Told), (Told, Shown)])
def test_of_two_kinds_of_proof_the_earlier_counts_with_its_own_number(opened, order):
    books, someone = opened
    early = books.event(order[0].kind, someone, "16 07:00")
    books.event(order[1].kind, someone, "16 09:00")
    assert books.tick("16 20:31")[1] == 1
    assert books.obligations()[0].met_by.id == early.id
    assert books.lines()[0] == "16 06:00-12:00 met 16 07:00"
    assert books.differences() == []


def test_of_two_at_one_instant_the_first_received_counts(opened):
    books, someone = opened
    first = books.prove(someone, "16 08:00")
    books.prove(someone, "16 08:00")
    books.tick("16 20:31")
    assert books.obligations()[0].met_by.id == first.id
    books.prove_at_once(someone, "16 08:00")
    assert books.obligations()[0].met_by.id == first.id


def test_one_persons_proof_meets_nobody_elses(opened):
    books, someone = opened
    other = books.person()
    books.tick("16 20:31")
    assert books.prove_at_once(other, "16 08:00") == 1
    assert "met" not in books.lines()[0]
    assert someone.pk < other.pk


def test_the_due_instant_is_still_in_time(opened):
    books, someone = opened
    books.prove_at_once(someone, "16 12:00", AM)
    books.prove_at_once(someone, "16 20:00:00.000001", PM)
    assert [cell[3:] for cell in books.cells()] == [(1, 1, 0, 0), (1, 0, 1, 0)]


def test_a_corrected_proof_is_void_and_the_correction_counts(opened):
    books, someone = opened
    wrong = books.prove(someone, "16 08:00")
    books.tick("16 20:31")
    right = books.prove(someone, "16 13:00", AM, corrects=wrong.id)
    books.tick("16 20:32")
    assert books.lines()[0] == "16 06:00-12:00 met 16 13:00"
    assert books.obligations()[0].met_by.id == right.id
    assert books.cells()[0][3:] == (1, 0, 1, 0)
    assert books.differences() == []


def test_a_correction_counts_at_once(opened):
    books, someone = opened
    wrong = books.prove(someone, "16 08:00")
    books.tick("16 20:31")
    books.prove_at_once(someone, "16 09:00", corrects=wrong.id)
    assert books.lines()[0] == "16 06:00-12:00 met 16 09:00"
    assert books.differences() == []


def test_with_the_correction_in_another_window_the_line_is_undone_again_and_climbs(twice):
    someone = twice.person()
    wrong = twice.prove(someone, "16 08:00")
    twice.tick("16 20:30")
    assert twice.levels() == [0, 1]
    twice.prove(someone, "16 15:00", corrects=wrong.id)
    assert twice.tick("16 20:30") == (0, 1, 5)
    assert twice.lines() == ["16 06:00-12:00", "16 12:00-20:00 met 16 15:00"]
    assert twice.levels() == [5, 1]
    assert twice.cells()[0][3:] == (1, 0, 0, 0)
    assert twice.differences() == []


def test_what_is_left_meets_again_when_a_proof_is_corrected(opened):
    books, someone = opened
    wrong = books.prove(someone, "16 08:00")
    books.prove(someone, "16 10:00")
    books.prove(someone, "16 09:00")
    books.tick("16 20:31")
    books.prove(someone, "16 15:00", corrects=wrong.id)
    books.tick("16 20:32")
    assert books.lines()[0] == "16 06:00-12:00 met 16 09:00"
    assert books.cells()[0][3:] == (1, 1, 0, 0)
    assert books.differences() == []


def test_a_correction_may_be_corrected(opened):
    books, someone = opened
    first = books.prove(someone, "16 08:00")
    second = books.prove(someone, "16 09:00", corrects=first.id)
    books.tick("16 20:31")
    books.prove(someone, "16 10:00", corrects=second.id)
    books.tick("16 20:32")
    assert books.lines()[0] == "16 06:00-12:00 met 16 10:00"
    assert books.differences() == []


def test_a_correction_that_came_in_before_the_last_tick_is_not_taken_up_again(opened):
    books, someone = opened
    wrong = books.prove(someone, "16 08:00")
    books.prove(someone, "16 09:00", corrects=wrong.id)
    books.tick("16 20:31")
    newest = engine.newest_event()
    assert matching.rematch_corrected(books.kind, matching.Received.since(newest)) == []
    assert books.lines()[0] == "16 06:00-12:00 met 16 09:00"


def test_a_late_one_that_is_corrected_gives_its_place_back(opened):
    books, someone = opened
    wrong = books.prove(someone, "16 14:00", AM)
    books.tick("16 20:31")
    assert books.cells()[0][3:] == (1, 0, 1, 0)
    books.event(CHANGED, someone, "16 15:00", corrects=wrong.id)
    books.tick("16 20:32")
    assert books.cells()[0][3:] == (1, 0, 0, 0)
    assert books.differences() == []


def test_met_wins_over_excused_and_a_corrected_proof_gives_the_excuse_back(twice):
    someone = twice.person(died="16 11:00")
    twice.tick("16 13:00")
    assert twice.cells()[0][3:] == (1, 0, 0, 1)
    proof = twice.prove(someone, "16 10:00")
    twice.tick("16 13:01")
    assert twice.lines() == ["16 06:00-12:00 met 16 10:00 died 16 11:00"]
    assert twice.cells()[0][3:] == (1, 1, 0, 0)
    twice.event(CHANGED, someone, "16 15:00", corrects=proof.id)
    twice.tick("16 13:02")
    assert twice.lines() == ["16 06:00-12:00 died 16 11:00"]
    assert twice.cells()[0][3:] == (1, 0, 0, 1)
    assert twice.differences() == []


def test_a_better_proof_of_an_excused_line_does_not_move_the_excuse_twice(twice):
    someone = twice.person(died="16 11:00")
    twice.tick("16 13:00")
    twice.prove_at_once(someone, "16 10:00")
    twice.prove_at_once(someone, "16 09:00")
    assert twice.cells()[0][3:] == (1, 1, 0, 0)
    assert twice.differences() == []


def test_a_window_without_a_name_takes_what_happened_in_it_whatever_it_names(daily):
    someone = daily.person()
    daily.tick("17 12:00")
    assert daily.prove_at_once(someone, "16 10:00", AM) == 1
    assert daily.lines() == ["16 00:00-17 00:00 met 16 10:00", "17 00:00-18 00:00"]
    assert daily.differences() == []


def test_one_time_duties_are_met_from_their_own_opening_on(only):
    strict, early = only(Notice, EarlyNotice)
    someone = strict.person("16 08:00")
    strict.tick("16 08:10")
    strict.prove_at_once(someone, "16 07:00")
    assert (strict.lines(), early.lines()) == (["16 08:00-09:00"], ["16 08:00-09:00 met 16 07:00"])
    strict.prove_at_once(someone, "16 08:00")
    assert strict.lines() == ["16 08:00-09:00 met 16 08:00"]
    assert early.lines() == ["16 08:00-09:00 met 16 07:00"]
    assert strict.differences() == []


def test_a_proof_for_one_kind_counts_for_every_kind_that_it_proves(only):
    twice, daily = only(Twice, Once)
    someone = twice.person()
    twice.tick("16 13:00")
    before = engine.newest_event()
    twice.event(Told.kind, someone, "16 08:00")
    assert engine.settle({Told.kind}, before) == 2
    assert twice.cells()[0][3:] == daily.cells()[0][3:] == (1, 1, 0, 0)


@pytest.mark.parametrize("many", [0, 20_000])
def test_many_proofs_and_few_are_matched_alike(opened, monkeypatch, many):
    books, someone = opened
    monkeypatch.setattr(matching, "MANY", many)
    books.prove(someone, "16 13:00", AM)
    books.prove(someone, "16 13:00")
    assert books.tick("16 20:31")[1] == 2
    assert [cell[3:] for cell in books.cells()] == [(1, 0, 1, 0), (1, 1, 0, 0)]


def test_only_windows_that_a_proof_can_meet_are_looked_at(twice):
    someone = twice.person("14")
    twice.tick("16 20:30")
    after, last_old = engine.newest_event(), twice.obligations().last().pk
    looked = {}
    for when, window in (("15 08:00", ""), ("15 08:00", "20220414pm"), ("15 12:00", "")):
        books_new = twice.prove(someone, when, window)
        new = matching._new_proofs(Shown, matching.Received.since(after))
        found = matching._windows_proven(twice.kind, new, last_old)
        looked[when, window] = [one.label for one in found]
        after = engine.newest_event()
        assert books_new
    assert looked == {
        ("15 08:00", ""): ["20220415am"],
        ("15 08:00", "20220414pm"): ["20220414pm", "20220415am"],
        ("15 12:00", ""): ["20220415pm"],
    }
    assert matching._windows_proven(twice.kind, new, 0) == []
    assert matching._new_proofs(Shown, matching.Received.since(after)) is None


def received(after, until):
    return matching.Received(after, until, corrections=False, void=False)


def test_nothing_is_matched_twice_and_nothing_before_its_turn(opened):
    books, someone = opened
    before = engine.newest_event()
    books.prove(someone, "16 08:00")
    newest, last_old = engine.newest_event(), books.obligations().last().pk
    assert matching.match_events(books.kind, received(newest, newest), last_old=last_old) == 0
    assert matching.match_events(books.kind, received(before, before), last_old=last_old) == 0
    assert matching.match_events(books.kind, received(before, newest), last_old=0) == 0
    assert matching.match_events(books.kind, received(before, newest), last_old=last_old) == 1
    assert matching.match_events(books.kind, received(before, newest), last_old=last_old) == 0
    assert books.cells()[0] == ("16 06:00", GRID, 0, 1, 1, 0, 0)


def test_a_window_that_only_this_run_opened_holds_nothing_old(opened):
    books, _someone = opened
    window = Window.objects.order_by("pk").first()
    first = books.obligations().first().pk
    assert matching._holds_old(window, first)
    assert not matching._holds_old(window, first - 1)

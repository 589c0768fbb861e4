"""Climbing: each step once, whenever the engine comes to it."""

import pytest

from bulou.obligations import directives, ladders
from bulou.obligations.models import LadderStep
from bulou.obligations.tests.world import Once, Twice, at

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("when", "level"),
    [
        ("16 12:00", 0),
        ("16 12:01", 1),
        ("16 13:00", 1),
        ("16 13:01", 2),
        ("16 14:00", 2),
        ("16 14:01", 3),
        ("16 16:00", 3),
        ("16 16:01", 4),
        ("16 20:00", 4),
        ("16 20:01", 5),
    ],
)
def test_what_is_overdue_climbs_from_the_owner_to_the_county(twice, when, level):
    twice.person(until="16 07:00")
    twice.tick("16 06:00")
    assert twice.tick(when)[2] == level
    assert twice.levels() == [level]
    assert twice.steps() == [(step, when) for step in range(1, level + 1)]


def test_each_step_is_recorded_once_at_its_own_tick(twice):
    twice.person(until="16 07:00")
    for when in ("16 12:01", "16 12:30", "16 13:01", "16 13:01", "16 14:30"):
        twice.tick(when)
    assert twice.steps() == [(1, "16 12:01"), (2, "16 13:01"), (3, "16 14:30")]


def test_what_was_climbed_stays_when_a_proof_comes_late_and_nothing_more_is_climbed(twice):
    someone = twice.person(until="16 07:00")
    twice.tick("16 12:30")
    twice.prove_at_once(someone, "16 12:40", "20220416am")
    assert twice.tick("16 21:00")[2] == 0
    assert (twice.levels(), twice.steps()) == ([1], [(1, "16 12:30")])


def test_excused_and_met_lines_do_not_climb_beside_one_that_does(twice):
    proven, gone, silent = (twice.person(until="16 07:00") for _ in range(3))
    twice.prove(proven, "16 08:00")
    twice.change(gone, died="16 09:00")
    assert twice.tick("16 12:30")[2] == 1
    assert twice.levels() == [0, 0, 1]
    assert silent.pk


def test_a_window_opened_long_after_it_was_due_climbs_at_once(twice):
    twice.person("17")
    twice.tick("18 13:30")
    twice.person("16", until="16 07:00")
    assert twice.tick("18 13:30")[2] == 5


def test_steps_of_a_span_that_passed_without_a_tick_are_climbed_together(twice):
    twice.person(until="16 07:00")
    twice.tick("16 12:00")
    assert twice.tick("18")[2] == 5


def test_one_that_opened_after_the_first_steps_climbs_with_the_others(twice):
    twice.person(until="16 07:00")
    twice.tick("16 13:30")
    twice.person(until="16 07:00")
    assert twice.tick("16 13:31")[2] == 2
    assert twice.levels() == [2, 2]


def test_the_clock_before_the_last_tick_climbs_nothing(twice):
    twice.person(until="16 07:00")
    twice.tick("16 14:30")
    twice.person(until="16 07:00")
    assert twice.tick("16 12:30")[2] == 1
    assert twice.levels() == [3, 1]
    assert twice.tick("16 14:30")[2] == 0


def test_a_kind_may_have_a_ladder_of_its_own(only):
    twice, daily = only(Twice, Once)
    LadderStep.objects.create(kind=Twice.name, step=2, after_minutes=30, told="village")
    LadderStep.objects.create(kind=Twice.name, step=1, after_minutes=10, told="grid")
    assert [step.step for step in ladders.steps_of(Twice.name)] == [1, 2]
    assert [step.step for step in ladders.steps_of(Once.name)] == [1, 2, 3, 4, 5]
    twice.person(until="16 07:00")
    twice.tick("16 12:10")
    assert twice.levels() == [0]
    twice.tick("16 12:11")
    assert twice.levels() == [1]
    twice.tick("16 12:31")
    assert twice.levels() == [2]
    assert daily.levels() == [0]


def test_the_general_steps_are_in_order_whatever_order_they_were_written_in(twice):
    LadderStep.objects.all().delete()
    for step, minutes in ((3, 90), (1, 0), (2, 45)):
        LadderStep.objects.create(step=step, after_minutes=minutes, told="grid")
    twice.person(until="16 07:00")
    twice.tick("16 12:50")
    assert [step.step for step in ladders.steps_of("")] == [1, 2, 3]
    assert twice.levels() == [2]


def test_only_windows_with_something_undone_that_passed_a_step_are_walked(twice):
    someone = twice.person(until="16 13:00")
    twice.tick("16 20:01")
    am, pm = (one.window_id for one in twice.obligations())
    hour, minute = 3_600_000_000, 60_000_000
    noon = int(at("16 12:00").timestamp()) * 1_000_000

    def walked(passed, span, touched=frozenset()):
        return sorted(ladders._windows_with_undone(twice.kind, span, passed, set(touched)))

    assert walked({1: noon + 1}, hour) == [am]
    assert walked({1: noon}, hour) == walked({1: noon}, hour, {am}) == []
    assert walked({1: noon + hour}, hour) == [am]
    assert walked({1: noon + hour + 1}, hour) == []
    assert walked({1: noon + 2 * hour}, hour, {am, pm}) == [am]
    assert walked({1: noon, 2: noon + minute}, hour, {am}) == [am]
    twice.prove_at_once(someone, "16 08:00")
    assert walked({1: noon + 1}, hour, {am}) == []
    assert walked({1: noon + 9 * hour}, 9 * hour) == [pm]


def test_another_kinds_windows_are_not_climbed(only):
    twice, daily = only(Twice, Once)
    twice.person(until="16 07:00")
    twice.tick("16 12:30")
    day = [one.window_id for one in daily.obligations()]
    assert ladders.lapse(twice.kind, at("16 12:30"), at("17 02:00"), day) == 4
    assert daily.levels() == [0]
    assert directives.kind_id(Once.name) != directives.kind_id(Twice.name)

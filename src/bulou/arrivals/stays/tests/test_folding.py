"""The stays of a journey as a function of what was decided and whose hands the person was in."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bulou.arrivals.models import StayOver, Where
from bulou.arrivals.stays.folding import Decision, Held, Planned, fold
from bulou.arrivals.stays.hands import FITTING, Hands

FIRST = datetime.fromisoformat("2022-04-09T00:00:00+08:00")


def day(number: float) -> datetime:
    """A moment so many days after 00:00 of the first day."""
    return FIRST + timedelta(days=number)


def planned(part, where, first, count):
    return Planned(part, where, day(first), day(first + count))


CENTRAL_THEN_WATCH = Decision(day(0.5), [planned(1, Where.CENTRAL, 0, 14), planned(2, Where.WATCH, 14, 7)])
AT_HOME = Decision(day(0.5), [planned(1, Where.HOME, 0, 14)])


def story(decisions, held, now=30.0, released=None):
    """Part, run, begun, over (in days) and why, in the order in which they were due."""
    found = fold(
        decisions,
        [Held(day(at), hands) for at, hands in held],
        expected_at=day(0.5),
        now=day(now),
        released={key: day(at) for key, at in (released or {}).items()},
    )
    return [
        (one.planned.part, one.run, days(one.begun_at), days(one.over_at), one.reason) for one in found.runs
    ], days(found.finished_at)


def days(moment):
    return None if moment is None else (moment - FIRST) / timedelta(days=1)


def test_each_part_begins_in_the_hands_that_fit_it_and_the_last_ends_the_journey():
    held = [(0.6, Hands.ON_THE_WAY), (0.7, Hands.CENTRAL), (14.4, Hands.ON_THE_WAY), (14.5, Hands.HOME)]
    assert story([CENTRAL_THEN_WATCH], held) == (
        [(1, 0, 0.7, 14, "served"), (2, 0, 14.5, 21, "served")],
        21,
    )


def test_whoever_goes_home_on_the_last_day_has_served():
    held = [(0.7, Hands.CENTRAL), (13.75, Hands.HOME)]
    assert story([CENTRAL_THEN_WATCH], held)[0] == [
        (1, 0, 0.7, 13.75, "served"),
        (2, 0, 13.75, 21, "served"),
    ]


def test_whoever_goes_home_before_has_left_and_the_rest_waits():
    held = [(0.7, Hands.CENTRAL), (5, Hands.HOME)]
    assert story([CENTRAL_THEN_WATCH], held, now=6)[0] == [
        (1, 0, 0.7, 5, "left"),
        (1, 1, None, None, ""),
        (2, 0, None, None, ""),
    ]


def test_from_hospital_the_rest_goes_on():
    held = [(0.7, Hands.HOME), (3, Hands.HOSPITAL), (6, Hands.ON_THE_WAY), (6.1, Hands.HOME)]
    assert story([AT_HOME], held) == ([(1, 0, 0.7, 3, "hospital"), (1, 1, 6.1, 14, "served")], 14)


def test_what_is_in_hospital_until_the_end_lapses_and_at_home_the_journey_ends():
    held = [(0.7, Hands.HOME), (3, Hands.HOSPITAL), (16, Hands.HOME)]
    assert story([AT_HOME], held) == ([(1, 0, 0.7, 3, "hospital"), (1, 1, None, 14, "lapsed")], 16)


def test_a_release_ends_a_part_before_its_term():
    assert story([AT_HOME], [(0.7, Hands.HOME)], released={(1, 0): 13}) == (
        [(1, 0, 0.7, 13, "released")],
        13,
    )


def test_a_new_decision_replaces_what_runs_and_what_waits():
    other = Decision(day(3), [planned(3, Where.HOME, 0, 10)])
    held = [(0.7, Hands.CENTRAL), (4, Hands.HOME)]
    assert story([CENTRAL_THEN_WATCH, other], held) == (
        [(1, 0, 0.7, 3, "replaced"), (2, 0, None, 3, "replaced"), (3, 0, 4, 10, "served")],
        10,
    )


def test_what_was_decided_after_its_term_has_lapsed():
    late = Decision(day(15), [planned(1, Where.HOME, 0, 14)])
    assert story([late], [(0.7, Hands.HOME)]) == ([(1, 0, None, 15, "lapsed")], 15)


def test_the_end_of_the_journey_ends_all():
    held = [(0.7, Hands.CENTRAL), (5, Hands.ENDED)]
    assert story([CENTRAL_THEN_WATCH], held) == (
        [(1, 0, 0.7, 5, "ended"), (2, 0, None, 5, "ended")],
        None,
    )


MOMENTS = st.integers(0, 30 * 8).map(lambda eighths: eighths / 8)
PARTS = st.lists(
    st.tuples(st.sampled_from([Where.CENTRAL, Where.HOME, Where.FREE, Where.WATCH]), st.integers(1, 9)),
    min_size=1,
    max_size=3,
)


@st.composite
def histories(draw):
    """Decisions whose parts follow each other, hands at ascending moments, releases, and now."""
    decisions, number = [], 0
    for at in sorted(draw(st.sets(MOMENTS, min_size=1, max_size=3))):
        parts, first = [], draw(st.integers(0, 10))
        for where, count in draw(PARTS):
            parts.append(planned(number, where, first, count))
            number, first = number + 1, first + count
        decisions.append(Decision(day(at), parts))
    moments = sorted(draw(st.sets(MOMENTS, max_size=6)))
    held = [(at, draw(st.sampled_from(list(Hands)))) for at in moments]
    released = draw(
        st.dictionaries(st.tuples(st.integers(0, number - 1), st.integers(0, 2)), MOMENTS, max_size=2)
    )
    return decisions, held, draw(MOMENTS), released


@given(histories())
def test_law_at_most_one_stay_runs_it_fits_the_hands_and_none_is_forgotten(history):
    decisions, held, now, released = history
    runs, _finished = story(decisions, held, now, released)
    where = {part.part: part for one in decisions for part in one.parts}
    begun = sorted((one for one in runs if one[2] is not None), key=lambda one: (one[2], one[3] or now))
    for one, after in pairwise(begun):
        assert one[3] is not None
        assert one[3] <= after[2]
    for part, _run, began, _over, _reason in begun:
        hands = [one for at, one in held if at <= began]
        assert hands
        assert hands[-1] == FITTING[where[part].where]
    last = max(
        (one for one in decisions if one.decided_at <= day(now)), key=lambda one: one.decided_at, default=None
    )
    if last:
        assert {part.part for part in last.parts} <= {one[0] for one in runs}
    for part, run, _began, over, reason in runs:
        again = [one for one in runs if one[0] == part and one[1] == run + 1]
        assert bool(again) == (reason in (StayOver.LEFT, StayOver.HOSPITAL))
        assert (over is None) == (reason == "")
        assert over is None or over <= now


@given(histories(), st.integers(0, 8))
def test_law_what_is_known_later_only_adds(history, more):
    """What was over stays as it was when time goes on and nothing else is heard."""
    decisions, held, now, released = history
    until = [one for one in decisions if one.decided_at <= day(now)]
    heard = [(at, hands) for at, hands in held if at <= now]
    freed = {key: at for key, at in released.items() if at <= now}
    before, after = story(until, heard, now, freed)[0], story(until, heard, now + more, freed)[0]
    assert {one for one in before if one[3] is not None} <= set(after)

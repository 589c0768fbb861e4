from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulou.planning.checking.pickups import violations
from bulou.planning.pickups.changing import lock
from bulou.planning.pickups.model import Driver, Party, Rules, Stop, Task, Travel, Vehicle
from bulou.planning.pickups.planning import first, plan
from bulou.planning.pickups.running import renew
from bulou.planning.pickups.sample import sample
from bulou.planning.pickups.tests.county import HOUR, MINUTE, party, task
from bulou.planning.pickups.travel import by_air

LEVELS = ("high", "medium", "low")


def test_it_is_shorter_than_the_first_plan_and_keeps_the_rules():
    asked = sample(40, vehicles=12)
    made, before = plan(asked, iterations=150), first(asked)
    assert violations(asked, made) == []
    assert made.objective < before.objective


def test_the_same_seed_and_iterations_give_the_same_plan():
    asked = sample(30, vehicles=9)
    one, other = (plan(asked, iterations=50, seed=3) for _ in range(2))
    assert replace(one, seconds=0) == replace(other, seconds=0)


def test_locked_routes_stay_when_all_else_is_planned_again():
    asked = sample(30, vehicles=9)
    before = first(asked)
    locked = lock(before, before.routes[0].driver)
    made = plan(asked, iterations=50, keep=locked)
    assert violations(asked, made) == []
    (same,) = (route for route in made.routes if route.driver == before.routes[0].driver)
    assert same.trips == before.routes[0].trips


def test_nothing_to_do_is_a_plan():
    made = plan(task(), iterations=1)
    assert (made.routes, made.objective, made.bound) == ((), 0, 0)


def test_everybody_uncovered_is_a_plan():
    asked = task(party("a", size=40))
    made = plan(asked, iterations=1)
    assert violations(asked, made) == []


def test_air_lines_are_stretched_to_roads():
    travel = by_air([Stop("a", 35.0, 111.0), Stop("b", 36.0, 111.0)], road_factor=1.0, kmh=60)
    assert travel.metres[0, 1] == pytest.approx(111_195, abs=2)
    assert travel.seconds[0, 1] == pytest.approx(111_195 / 1000 * 60, abs=2)
    assert (travel.metres == travel.metres.T).all()


@st.composite
def tasks(draw: st.DrawFn) -> Task:
    """Small and awkward: few vehicles, crowded hours, all levels, wheelchairs, infants, an uneven matrix."""
    stops = ("base", "other", "s1", "s2", "d1", "d2", "d3")
    minutes = np.array(
        draw(st.lists(st.lists(st.integers(1, 50), min_size=7, max_size=7), min_size=7, max_size=7))
    )
    np.fill_diagonal(minutes, 0)
    travel = Travel(stops, minutes * 900, minutes * MINUTE)
    bases = st.sampled_from(stops[:2])
    vehicles = tuple(
        Vehicle(
            f"v{n}", draw(bases), draw(st.integers(1, 8)), draw(st.integers(0, 1)), draw(st.integers(0, 2)),
            draw(st.integers(2, 12)), draw(st.sampled_from(((), ("high",), ("medium", "low")))),
        )
        for n in range(draw(st.integers(1, 4)))
    )  # fmt: skip
    drivers = tuple(
        Driver(f"d{n}", draw(bases), start := draw(st.integers(6, 14)) * HOUR, start + 8 * HOUR,
               draw(st.sampled_from((2 * HOUR, 5 * HOUR, 8 * HOUR))))
        for n in range(draw(st.integers(0, 5)))
    )  # fmt: skip
    parties = tuple(draw(people(n)) for n in range(draw(st.integers(0, 9))))
    return Task(parties, vehicles, drivers, travel, Rules(kits_a_person=draw(st.integers(0, 2))))


@st.composite
def people(draw: st.DrawFn, number: int) -> Party:
    size = draw(st.integers(1, 5))
    wheelchairs = draw(st.integers(0, min(1, size)))
    return Party(
        f"p{number}",
        size,
        draw(st.sampled_from(LEVELS)),
        draw(st.sampled_from(("s1", "s2"))),
        draw(st.sampled_from(("d1", "d2", "d3"))),
        draw(st.integers(36, 90)) * 10 * MINUTE,
        draw(st.sampled_from((0, 10 * MINUTE, HOUR))),
        draw(st.sampled_from(("", "K1"))),
        wheelchairs,
        draw(st.integers(0, size - wheelchairs)),
        draw(st.sampled_from((None, 15 * MINUTE))),
    )


@given(tasks())
def test_a_first_plan_keeps_every_rule(asked):
    assert violations(asked, first(asked)) == []


@given(tasks(), st.integers(0, 3))
@settings(max_examples=20)
def test_a_solved_plan_keeps_every_rule(asked, seed):
    assert violations(asked, plan(asked, iterations=20, seed=seed)) == []


@given(tasks(), st.data(), st.integers(0, 150))
def test_a_running_plan_keeps_every_rule_and_promise(asked, data, minutes):
    """New arrivals, delays and no-shows at any moment, twice in a row."""
    before, now = first(asked), 6 * HOUR + minutes * 5 * MINUTE
    for turn in range(2):
        told = before.pickup_times()
        parties = []
        for one in asked.parties:
            aboard = one.id in told and told[one.id] <= now
            fate = data.draw(st.sampled_from(("comes", "comes", "late", "stays away")))
            if aboard or fate == "comes":
                parties.append(one)
            elif fate == "late":
                parties.append(replace(one, delay=one.delay + 40 * MINUTE))
        fresh = data.draw(people(100 + turn))
        asked = replace(asked, parties=(*parties, fresh))
        after = renew(asked, before, now)
        assert violations(asked, after, before=before, now=now) == []
        before, now = after, now + HOUR

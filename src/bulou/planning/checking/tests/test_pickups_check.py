"""Each rule is planted a fault, which the checker finds, and finds nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bulou.planning.checking.pickups import violations
from bulou.planning.pickups.model import Driver, Task, Vehicle
from bulou.planning.pickups.plan import Plan, Route, Trip, Uncovered, Visit
from bulou.planning.pickups.planning import first
from bulou.planning.pickups.tests.county import CAR, DAY, HOUR, MINUTE, NOON, party, task

WIDE = Driver("day", "base", 0, 24 * HOUR, 24 * HOUR)


def asked() -> Task:
    """Two families on one trip, a third four hours later."""
    people = party("a", size=2), party("b", size=2, to="west"), party("c", NOON + 4 * HOUR, to="north")
    return task(*people, vehicles=[CAR], drivers=[WIDE])


def changed(plan: Plan, trips: Callable[[tuple[Trip, ...]], tuple[Trip, ...]], **more: Any) -> Plan:
    """The plan with other trips on its only route."""
    (route,) = plan.routes
    return replace(plan, routes=(replace(route, trips=trips(route.trips), **more),))


def visit(plan: Plan, number: int, **more: Any) -> Plan:
    """The plan with another visit of that number on its first trip."""

    def trips(before: tuple[Trip, ...]) -> tuple[Trip, ...]:
        visits = list(before[0].visits)
        visits[number] = replace(visits[number], **more)
        return (replace(before[0], visits=tuple(visits)), *before[1:])

    return changed(plan, trips)


def moved(seconds: int) -> Callable[[tuple[Trip, ...]], tuple[Trip, ...]]:
    """The first trip so much later."""

    def later(one: Visit) -> Visit:
        times = (one.arrives + seconds, one.begins + seconds, one.leaves + seconds)
        return replace(one, arrives=times[0], begins=times[1], leaves=times[2])

    def trips(before: tuple[Trip, ...]) -> tuple[Trip, ...]:
        trip = before[0]
        times = {"leaves": trip.leaves + seconds, "returns": trip.returns + seconds}
        return (replace(trip, visits=tuple(map(later, trip.visits)), **times), *before[1:])

    return trips


def swapped(one: int, other: int) -> Callable[[tuple[Trip, ...]], tuple[Trip, ...]]:
    """Two visits of the first trip in each other's place, with the other's times and figures."""

    def trips(before: tuple[Trip, ...]) -> tuple[Trip, ...]:
        visits = list(before[0].visits)
        a, b = visits[one], visits[other]
        visits[one] = replace(a, stop=b.stop, pickup=b.pickup, parties=b.parties)
        visits[other] = replace(b, stop=a.stop, pickup=a.pickup, parties=a.parties)
        return (replace(before[0], visits=tuple(visits)), *before[1:])

    return trips


def rules_broken(task: Task, plan: Plan, **more: Any) -> set[str]:
    return {found.rule for found in violations(task, plan, **more)}


def party_of(before: Task, name: str, **more: Any) -> Task:
    """The task with that party changed behind the plan's back."""
    return replace(before, parties=tuple(replace(p, **more) if p.id == name else p for p in before.parties))


def vehicle(before: Task, **more: Any) -> Task:
    return replace(before, vehicles=(replace(before.vehicles[0], **more),))


def test_a_good_plan_breaks_nothing():
    assert violations(asked(), first(asked())) == []


PLANTED: dict[str, Callable[[Task, Plan], tuple[Task, Plan]]] = {
    "not_once": lambda t, p: (t, replace(p, uncovered=(_left("a", t),), objective=p.objective + 600_000)),
    "unknown_party": lambda t, p: (t, replace(p, uncovered=(Uncovered("x", 0, "all_busy", ("r",)),))),
    "too_fast": lambda t, p: (t, visit(p, 0, arrives=NOON - 60)),
    "stay_too_short": lambda t, p: (t, visit(p, 3, leaves=p.routes[0].trips[0].visits[3].begins)),
    "before_arrival": lambda t, p: (party_of(t, "a", delay=600), p),
    "waits_too_long": lambda t, p: (t, changed(p, moved(HOUR + 1))),
    "too_long_on_the_way": lambda t, p: (replace(t, rules=replace(t.rules, most_detour=-HOUR)), p),
    "wrong_stop": lambda t, p: (party_of(t, "a", destination="north"), p),
    "levels_mixed": lambda t, p: (party_of(t, "b", level="high"), p),
    "level_not_allowed": lambda t, p: (vehicle(t, levels=("high",)), p),
    "seats": lambda t, p: (vehicle(t, seats=3), p),
    "wheelchairs": lambda t, p: (party_of(t, "a", wheelchairs=1), p),
    "infant_seats": lambda t, p: (party_of(vehicle(t, infant_seats=0), "a", infants=1), p),
    "kits": lambda t, p: (vehicle(t, kits=3), p),
    "wrong_load": lambda t, p: (t, visit(p, 0, on_board=1)),
    "out_of_shift": lambda t, p: (replace(t, drivers=(replace(WIDE, ends=14 * HOUR),)), p),
    "too_many_hours": lambda t, p: (replace(t, drivers=(replace(WIDE, most=HOUR),)), p),
    "unknown_crew": lambda t, p: (replace(t, drivers=(replace(WIDE, id="nobody"),)), p),
    "other_base": lambda t, p: (replace(t, drivers=(replace(WIDE, base="west"),)), p),
    "not_cleaned": lambda t, p: (replace(t, rules=replace(t.rules, cleaning=3 * HOUR)), p),
    "wrong_distance": lambda t, p: (t, visit(p, 0, metres=1)),
    "wrong_objective": lambda t, p: (t, replace(p, objective=p.objective + 1)),
    "bound_above": lambda t, p: (t, replace(p, bound=p.objective + 1)),
    "promise_moved": lambda t, p: (party_of(t, "b", promised=NOON + 20 * MINUTE), p),
}  # fmt: skip


def _left(name: str, task: Task) -> Uncovered:
    return Uncovered(name, task.party[name].size, "all_busy", ("something",))  # type: ignore[arg-type]


@pytest.mark.parametrize("rule", PLANTED)
def test_a_planted_fault_is_found(rule):
    task, plan = PLANTED[rule](asked(), first(asked()))
    assert rules_broken(task, plan) == {rule}


def test_nobody_gets_in_after_somebody_got_out():
    plan = changed(first(asked()), swapped(1, 2))
    assert "not_cleaned" in rules_broken(asked(), plan)


def test_nobody_gets_out_who_is_not_on_board():
    plan = changed(first(asked()), swapped(0, 2))
    assert "not_on_board" in rules_broken(asked(), plan)


def test_nobody_stays_on_board():
    def trips(before: tuple[Trip, ...]) -> tuple[Trip, ...]:
        return (replace(before[0], visits=before[0].visits[:-1]), *before[1:])

    assert {"left_on_board", "not_once"} <= rules_broken(asked(), changed(first(asked()), trips))


def test_a_driver_is_in_one_vehicle():
    plan = first(asked())
    (route,) = plan.routes
    halves: tuple[Route, ...] = (
        replace(route, trips=route.trips[:1], metres=route.trips[0].metres),
        replace(route, trips=route.trips[1:], metres=route.trips[1].metres),
    )
    cost = asked().rules.shift_cost
    assert rules_broken(asked(), replace(plan, routes=halves, objective=plan.objective + cost)) == {
        "driver_twice"
    }


def test_a_route_without_trips_is_none():
    plan = changed(first(asked()), lambda trips: ())
    assert "empty" in rules_broken(asked(), plan)


def test_who_is_left_out_has_a_remedy():
    left = task(party("a", size=20), vehicles=[Vehicle("v", "base", 4)], drivers=[DAY])
    plan = first(left)
    bare = replace(plan, uncovered=(replace(plan.uncovered[0], remedies=()),))
    assert rules_broken(left, bare) == {"no_remedy"}


def test_what_was_told_by_the_plan_before_is_a_promise():
    before = first(asked())
    later = changed(before, moved(11 * MINUTE))
    assert rules_broken(asked(), later, before=before) == {"promise_moved"}
    assert rules_broken(asked(), changed(before, moved(10 * MINUTE)), before=before) == set()


def test_what_had_begun_stands():
    before = first(asked())
    later = changed(before, moved(5 * MINUTE))
    assert rules_broken(asked(), later, before=before, now=NOON) == {"begun_changed"}
    assert rules_broken(asked(), later, before=before, now=NOON - 1) == set()

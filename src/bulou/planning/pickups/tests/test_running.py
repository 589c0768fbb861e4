from __future__ import annotations

from dataclasses import replace

import pytest

from bulou.planning.checking.pickups import violations
from bulou.planning.pickups.changing import NoPlaceError, lock, move, take_out
from bulou.planning.pickups.model import Task
from bulou.planning.pickups.plan import Plan
from bulou.planning.pickups.planning import first
from bulou.planning.pickups.running import renew
from bulou.planning.pickups.tests.county import (
    BUS,
    CAR,
    DAY,
    HOUR,
    MINUTE,
    NOON,
    OTHER,
    party,
    task,
    with_parties,
)


def kept(asked: Task, before: Plan, now: int) -> Plan:
    """The renewed plan, which the checker has nothing against."""
    after = renew(asked, before, now)
    assert violations(asked, after, before=before, now=now) == []
    return after


def route_of(plan: Plan, name: str) -> str:
    return next(
        r.driver for r in plan.routes for t in r.trips for v in t.visits if v.pickup and name in v.parties
    )


def test_a_new_arrival_rides_with_the_vehicle_that_goes_there_anyway():
    before = first(task(party("a")))
    after = kept(task(party("a"), party("b", NOON + 5 * MINUTE)), before, NOON - HOUR)
    assert route_of(after, "a") == route_of(after, "b")
    assert after.metres == before.metres


def test_a_new_arrival_gets_in_while_the_vehicle_stands_at_the_station():
    asked = task(party("a"), party("b", NOON + 20 * MINUTE), vehicles=[BUS], drivers=[DAY])
    before = first(asked)
    after = kept(
        with_parties(asked, *asked.parties, party("c", NOON + 10 * MINUTE)), before, NOON + 5 * MINUTE
    )
    assert len(after.routes[0].trips) == 1


def test_who_is_on_board_is_not_kept_from_home_by_who_comes_later():
    """Taking b home first is as short a way, but a would be too late."""
    people = party("a", most_wait=5 * MINUTE), party("c", NOON + 40 * MINUTE, "west")
    asked = task(*people, vehicles=[BUS], drivers=[DAY], most_detour=55 * MINUTE)
    before = first(asked)
    assert len(before.routes[0].trips) == 1
    fresh = party("b", NOON + 55 * MINUTE, "north", size=3)
    after = kept(with_parties(asked, *people, fresh), before, NOON + 5 * MINUTE)
    assert [visit.parties for visit in after.routes[0].trips[0].visits[3:4]] == [("a",)]


def test_no_promise_moves_by_more_than_ten_minutes():
    asked = task(party("a"), vehicles=[BUS], drivers=[DAY])
    late = with_parties(asked, party("a"), party("b", NOON + 15 * MINUTE, "west"))
    after = kept(late, first(asked), NOON - HOUR)
    assert after.pickup_times()["a"] - NOON <= 10 * MINUTE


def test_a_late_train_keeps_its_place_or_finds_another():
    asked = task(party("a", train="K1"), party("b", train="K1"), party("c", to="west"))
    before = first(asked)
    late = with_parties(asked, *(replace(p, delay=50 * MINUTE) if p.train else p for p in asked.parties))
    after = kept(late, before, NOON - HOUR)
    assert after.uncovered == ()
    assert after.pickup_times()["a"] >= NOON + 50 * MINUTE
    assert after.pickup_times()["c"] == before.pickup_times()["c"]


def test_a_vehicle_on_its_way_waits_for_the_late_train():
    asked = task(party("a"), vehicles=[CAR], drivers=[DAY])
    late = with_parties(asked, party("a", delay=20 * MINUTE))
    before = first(asked)
    after = kept(late, before, NOON - 10 * MINUTE)
    (trip,) = after.routes[0].trips
    assert trip.leaves == before.routes[0].trips[0].leaves
    assert trip.visits[0].begins == NOON + 20 * MINUTE


def test_it_does_not_wait_when_others_would_come_home_too_late():
    people = party("a", most_wait=5 * MINUTE), party("b", NOON + 20 * MINUTE, "west")
    asked = task(*people, vehicles=[BUS], drivers=[DAY], most_detour=40 * MINUTE)
    before = first(asked)
    assert len(before.routes[0].trips) == 1
    late = with_parties(asked, people[0], replace(people[1], delay=HOUR))
    after = kept(late, before, NOON + 10 * MINUTE)
    one, other = after.routes[0].trips
    assert [visit.parties for visit in one.visits] == [("a",), ("a",)]
    assert [visit.parties for visit in other.visits] == [("b",), ("b",)]


def test_who_does_not_come_is_not_waited_for():
    before = first(task(party("a"), party("b", NOON + 30 * MINUTE)))
    after = kept(task(party("a")), before, NOON - HOUR)
    assert set(after.pickup_times()) == {"a"}


def test_who_is_on_board_rides_to_the_end_whatever_changes():
    asked = task(party("a"), vehicles=[CAR], drivers=[DAY])
    before = first(asked)
    after = renew(with_parties(asked, party("a", delay=HOUR)), before, NOON + 10 * MINUTE)
    assert after.routes[0].trips == before.routes[0].trips


def test_a_vehicle_that_broke_down_before_it_left_is_replaced():
    before = first(task(party("a")))
    there = {"car": CAR, "bus": BUS}
    gone = before.routes[0].vehicle
    left = [vehicle for name, vehicle in there.items() if name != gone]
    after = kept(task(party("a"), vehicles=left), before, NOON - HOUR)
    assert after.routes[0].vehicle != gone


def test_a_vehicle_on_its_way_cannot_vanish():
    asked = task(party("a"), vehicles=[CAR], drivers=[DAY])
    before = first(asked)
    with pytest.raises(ValueError, match="car"):
        renew(task(party("a"), vehicles=[BUS], drivers=[DAY]), before, NOON)


def test_a_party_is_moved_to_another_vehicle_by_hand():
    asked = task(party("a", train="K1"), party("b", train="K1"))
    before = first(asked)
    other = next(name for name in ("day", "other") if name != route_of(before, "a"))
    after = move(asked, before, "a", other)
    assert route_of(after, "a") == other
    assert route_of(after, "b") == route_of(before, "b")
    assert violations(asked, after, before=before) == []


def test_a_party_is_moved_to_whichever_of_two_equal_idle_vehicles_is_asked_for():
    cars = [replace(CAR, id=f"car{n}") for n in range(3)]
    asked = task(party("a"), vehicles=cars, drivers=[replace(DAY, id=f"d{n}") for n in range(3)])
    before = first(asked)
    for driver in ("d0", "d1", "d2"):
        if driver != route_of(before, "a"):
            assert route_of(move(asked, before, "a", driver), "a") == driver


def test_a_party_is_not_moved_where_it_does_not_fit():
    asked = task(party("a", size=6), vehicles=[BUS, CAR], drivers=[DAY, OTHER])
    before = first(asked)
    other = next(name for name in ("day", "other") if name != route_of(before, "a"))
    with pytest.raises(NoPlaceError):
        move(asked, before, "a", other)
    with pytest.raises(NoPlaceError):
        move(asked, before, "a", "nobody")


def test_a_party_on_board_is_not_moved():
    asked = task(party("a"))
    before = first(asked)
    with pytest.raises(NoPlaceError):
        move(asked, before, "a", "other", NOON + MINUTE)


def test_a_party_that_is_taken_out_is_uncovered():
    asked = task(party("a"), party("b"))
    after = take_out(asked, first(asked), "a")
    assert [one.party for one in after.uncovered] == ["a"]
    assert violations(asked, after) == []


def test_a_locked_route_is_planned_no_more():
    asked = task(party("a"))
    before = lock(first(asked), "day")
    assert before.routes[0].locked
    more = with_parties(asked, party("a"), party("b"))
    assert route_of(kept(more, before, NOON - HOUR), "b") == "other"
    again = first(more, keep=before)
    assert again.routes[0].trips == before.routes[0].trips
    assert not lock(before, "day", locked=False).routes[0].locked

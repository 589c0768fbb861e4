from __future__ import annotations

import json

import pytest

from bulou.planning.checking.pickups import violations
from bulou.planning.pickups.greedy import one_by_one
from bulou.planning.pickups.loads import crews, merged
from bulou.planning.pickups.model import Driver, Vehicle
from bulou.planning.pickups.planning import first
from bulou.planning.pickups.sample import sample
from bulou.planning.pickups.tests.county import BUS, CAR, DAY, HOUR, MINUTE, NOON, OTHER, party, task


def test_people_of_one_train_ride_together_as_far_as_there_is_room():
    asked = task(party("a", size=2), party("b", size=2, to="west"), vehicles=[CAR], drivers=[DAY])
    made = first(asked)
    (route,) = made.routes
    (trip,) = route.trips
    assert trip.leaves == NOON - 30 * MINUTE
    assert [visit.stop for visit in trip.visits[:2]] == ["station", "station"]
    assert {visit.stop for visit in trip.visits[2:]} == {"east", "west"}
    assert [visit.on_board for visit in trip.visits] == [2, 4, 2, 0]
    assert made.metres == 30_000 + 40_000 + 20_000 + 10_000
    assert made.objective == made.metres + asked.rules.shift_cost
    assert violations(asked, made) == []


def test_a_vehicle_is_cleaned_before_its_next_trip():
    asked = task(party("a"), party("b", NOON + 2 * HOUR), vehicles=[CAR], drivers=[DAY])
    one, other = first(asked).routes[0].trips
    assert other.leaves - one.returns >= asked.rules.cleaning


def test_two_levels_never_share_a_shift():
    made = first(task(party("a"), party("b", level="high"), vehicles=[BUS], drivers=[DAY]))
    assert len(made.routes) == 1
    assert [one.party for one in made.uncovered] == ["b"]


def test_a_vehicle_carries_only_the_levels_that_it_may():
    only_high = Vehicle("v", "base", 4, levels=("high",))
    made = first(task(party("a"), party("b", level="high"), vehicles=[only_high], drivers=[DAY]))
    assert [route.level for route in made.routes] == ["high"]


def test_kits_and_infant_seats_are_places_too():
    asked = task(
        party("a", size=3, infants=2),
        party("b", size=1, to="west"),
        vehicles=[Vehicle("v", "base", 6, infant_seats=2, kits=3)],
        drivers=[DAY],
    )
    assert [one.party for one in first(asked).uncovered] == ["b"]


def test_a_wheelchair_user_takes_no_seat():
    vehicle = Vehicle("v", "base", seats=1, wheelchair_places=1)
    asked = task(party("a", size=2, wheelchairs=1), vehicles=[vehicle], drivers=[DAY])
    assert first(asked).uncovered == ()


@pytest.mark.parametrize(
    ("change", "reason", "help"),
    [
        ({"parties": [party("a", size=9)]}, "no_vehicle", "vehicle"),
        ({"parties": [party("a", NOON + 7 * HOUR)]}, "no_driver", "driver"),
        ({"parties": [party("a", 6 * HOUR - 50 * MINUTE, size=2)]}, "too_far", "wait"),
        ({"parties": [party(to, size=4, to=to) for to in ("east", "west", "north")],
          "vehicles": [CAR]}, "all_busy", "wait"),
    ],
)  # fmt: skip
def test_who_is_left_out_is_told_why_and_what_would_help(change, reason, help):
    made = first(task(*change.pop("parties"), **{"drivers": [DAY], **change}))
    left = made.uncovered[0]
    assert left.reason == reason
    assert left.remedies[0].help == help


def test_the_wait_that_would_help_does_help():
    late = party("a", 6 * HOUR - 50 * MINUTE)
    (left,) = first(task(late, drivers=[DAY])).uncovered
    longer = task(late, drivers=[DAY], most_wait=HOUR + left.remedies[0].seconds)
    assert first(longer).uncovered == ()
    too_short = task(late, drivers=[DAY], most_wait=HOUR + left.remedies[0].seconds - 601)
    assert first(too_short).uncovered != ()


def test_the_driver_that_would_help_does_help():
    late = party("a", NOON + 7 * HOUR)
    (left,) = first(task(late, drivers=[DAY])).uncovered
    remedy = left.remedies[0]
    assert remedy.starts is not None
    assert remedy.ends is not None
    more = Driver("more", remedy.base, remedy.starts, remedy.ends, remedy.ends - remedy.starts)
    assert first(task(late, drivers=[DAY, more])).uncovered == ()


def test_the_vehicle_that_would_help_does_help():
    group = party("a", size=9, wheelchairs=2)
    (left,) = first(task(group)).uncovered
    help = left.remedies[0]
    van = Vehicle("van", help.base, help.seats, help.wheelchair_places, help.infant_seats, help.kits)
    assert (help.seats, help.wheelchair_places) == (7, 2)
    assert first(task(group, vehicles=[van], drivers=[DAY])).uncovered == ()


def test_parties_of_one_train_level_and_place_are_one_load():
    asked = task(
        *(party(name, train="K1") for name in "abc"),
        party("d", train="K1", to="west"),
        party("e", train="K1", level="high"),
        party("f", train="K2"),
    )
    assert {load.parties for load in merged(asked, asked.parties)} == {
        ("a", "b", "c"), ("d",), ("e",), ("f",)
    }  # fmt: skip


def test_a_load_fits_the_smallest_vehicle():
    asked = task(*(party(str(number), size=2, train="K1") for number in range(4)))
    assert {load.people for load in merged(asked, asked.parties)} == {4}


def test_a_vehicle_goes_from_driver_to_driver_when_it_is_clean():
    late = Driver("late", "base", 18 * HOUR, 24 * HOUR, 6 * HOUR)
    later = Driver("later", "base", 18 * HOUR + 1800, 24 * HOUR, 6 * HOUR)
    asked = task(party("a"), vehicles=[CAR], drivers=[DAY, OTHER, late, later])
    assert [(crew.vehicle, crew.driver) for crew in crews(asked)] == [("car", "day"), ("car", "later")]


def test_one_by_one_nobody_shares():
    made = one_by_one(task(party("a"), party("b")))
    assert [len(route.trips) for route in made.routes] == [1, 1]


def test_the_plan_is_json():
    read = json.loads(json.dumps(first(task(party("a"), party("b", size=20))).as_json()))
    assert read["uncovered"][0]["reason"] == "no_vehicle"
    assert {"objective", "bound", "seconds", "routes"} <= read.keys()


@pytest.mark.parametrize("seed", range(3))
def test_the_bound_is_below_and_the_books_balance(seed):
    asked = sample(60, seed, vehicles=12)
    made = first(asked)
    assert violations(asked, made) == []
    assert made.bound is not None
    assert 0 < made.bound <= made.objective
    assert made.objective < one_by_one(asked).objective


def test_what_no_plan_can_be_made_from_is_refused():
    with pytest.raises(ValueError, match="nowhere"):
        task(party("a", to="nowhere"))
    with pytest.raises(ValueError, match="unique"):
        task(party("a"), party("a"))
    with pytest.raises(ValueError, match="nobody"):
        task(party("a", size=1, wheelchairs=1, infants=1))

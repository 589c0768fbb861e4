"""Tours as a plan."""

from __future__ import annotations

from collections.abc import Iterable

from bulou.planning.pickups import plan as plans
from bulou.planning.pickups.model import Metres
from bulou.planning.pickups.placing import Tours
from bulou.planning.pickups.reasons import uncovered
from bulou.planning.pickups.tours import Ground, Tour, Trip, TripTimes


def written(
    tours: Tours,
    left: Iterable[int],
    seconds: float,
    *,
    bound: Metres | None = None,
    seed: int = 0,
    iterations: int | None = None,
) -> plans.Plan:
    """The plan of these tours, which leaves these loads uncovered."""
    ground, missing = tours.ground, uncovered(tours, list(left))
    routes = [
        _route(ground, tour, times) for tour, times in zip(tours.all, tours.times, strict=True) if times
    ]
    routes.sort(key=lambda route: (route.trips[0].leaves, route.vehicle))
    metres = sum(route.metres for route in routes)
    return plans.Plan(
        tuple(routes),
        tuple(missing),
        metres,
        metres + price(ground, len(routes), sum(one.people for one in missing)),
        bound,
        round(seconds, 3),
        seed,
        iterations,
    )


def price(ground: Ground, shifts: int, people: int) -> Metres:
    """What shifts and people who are not fetched count beside the metres."""
    rules = ground.task.rules
    return shifts * rules.shift_cost + people * rules.unserved_cost


def _route(ground: Ground, tour: Tour, times: list[TripTimes]) -> plans.Route:
    crew, stops = ground.crews[tour.crew], ground.task.travel.stops
    trips = [_trip(ground, crew.base, trip, at) for trip, at in zip(tour.trips, times, strict=True)]
    metres = sum(trip.metres for trip in trips)
    base = stops[crew.base]
    return plans.Route(
        *(crew.vehicle, crew.driver, tour.level, base, metres, tuple(trips)), tour.not_before, tour.locked
    )


def _trip(ground: Ground, base: int, trip: Trip, times: TripTimes) -> plans.Trip:
    visits: list[plans.Visit] = []
    place, clock, on_board = base, times.left, 0
    for (load, pickup), begins in zip(ground.stops(trip), times.begins, strict=True):
        there = load.origin if pickup else load.destination
        arrives = min(clock + ground.seconds[place][there], begins)
        clock = begins + (load.boarding if pickup else load.alighting)
        on_board += load.people if pickup else -load.people
        stop, way = ground.task.travel.stops[there], ground.metres[place][there]
        visits.append(plans.Visit(stop, pickup, load.parties, arrives, begins, clock, on_board, way))
        place = there
    metres = ground.trip_length(base, trip)
    return plans.Trip(times.left, times.back, metres, tuple(visits))

"""Tours made shorter by PyVRP, level by level, from tours that exist already.

How the task is told to it (docs/adr/0019): a load is a *shipment* with a window at each end; a level's tours
are a problem of their own, so levels cannot mix; and what happens between two trips (back to the base, clean,
out again) is in the matrix, as the way from a place where people get out to one where people get in. PyVRP's
own reloads cannot be used: none of its moves takes a shipment to the other side of a reload.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyvrp
import pyvrp.stop
from numpy.typing import NDArray
from pyvrp.exceptions import PenaltyBoundWarning

from bulou.planning.pickups.loads import KITS, Crew, Load
from bulou.planning.pickups.model import Rules, Seconds, Travel
from bulou.planning.pickups.tours import Ground, Tour, Trip

UNIT = 10
"""Metres in PyVRP's unit of cost. With single metres the prices of its penalties reach their upper end."""

NEVER = 1_000_000
"""Cost of a way that no vehicle may take (10,000 km): more than any load is worth."""

# It tells that some load cannot be carried at all; the plan says so of each party, with the reason.
warnings.filterwarnings("ignore", category=PenaltyBoundWarning)

PARAMETERS = pyvrp.SolveParams(
    ils=pyvrp.IteratedLocalSearchParams(history_length=100),
    penalty=pyvrp.PenaltyParams(solutions_between_updates=50),
)
"""For seconds, not minutes: PyVRP itself corrects its penalties after 500 iterations only, a second here."""


@dataclass(frozen=True, slots=True)
class Effort:
    """When to stop: after so many seconds, or iterations, which give the same plan every time."""

    seconds: float
    iterations: int | None = None

    def share(self, part: float, beside: int) -> Effort:
        """What falls to one of the problems that run side by side, which has that part of the loads.

        All have the same share of the cores while they run; smaller ones leave them to the larger sooner.
        """
        rounds = None if self.iterations is None else round(self.iterations * part)
        return Effort(self.seconds * min(1.0, part * beside), rounds)

    def stop(self) -> Any:
        """As PyVRP's criterion."""
        if self.iterations is not None:
            return pyvrp.stop.MaxIterations(self.iterations)
        return pyvrp.stop.MaxRuntime(self.seconds)


@dataclass(frozen=True, slots=True)
class Level:
    """One level's loads and crews (numbers in the ground's lists) as a problem of PyVRP.

    `types`: the crews of each vehicle type, which differ in nothing but their names.
    """

    ground: Ground
    loads: list[int]
    types: list[list[int]]
    data: pyvrp.ProblemData


def shorten(
    ground: Ground,
    loads: list[int],
    tours: Sequence[Tour],
    crews: Sequence[int],
    effort: Effort,
    seed: int,
) -> list[Tour]:
    """These loads of one level, arranged anew over these crews; what is not worth a way is left out.

    Args:
        tours: where the search begins: the level's tours, with none but these loads and crews.
    """
    problem = told(ground, loads, crews)
    start = _solution(problem, tours)
    result = pyvrp.solve(
        problem.data, effort.stop(), seed, collect_stats=False, params=PARAMETERS, initial_solution=start
    )
    return _tours(problem, tours[0].level, result.best)


def told(ground: Ground, loads: list[int], crews: Sequence[int]) -> Level:
    """The problem in PyVRP's terms: places by what is done there, a matrix for each base."""
    asked = [ground.loads[number] for number in loads]
    bases = sorted({ground.crews[crew].base for crew in crews})
    origins = sorted({load.origin for load in asked})
    ends = sorted({load.destination for load in asked})
    places = np.array([*origins, *ends, *bases])
    travel, rules = ground.task.travel, ground.task.rules
    # Any: PyVRP's stubs ask for ndarray[int], which numpy's types refuse.
    matrices: list[tuple[Any, Any]] = [
        _matrix(travel, rules, places, len(origins), len(ends), base) for base in bases
    ]
    types = _alike(ground.crews, crews)
    scarce = _scarce(asked, [ground.crews[crew] for crew in crews])
    data = pyvrp.ProblemData(
        [pyvrp.Location(0, 0) for _ in places],
        [],
        [pyvrp.Depot(len(origins) + len(ends) + number) for number in range(len(bases))],
        [_type(ground.crews[alike[0]], len(alike), bases, rules, scarce) for alike in types],
        [metres for metres, _ in matrices],
        [seconds for _, seconds in matrices],
        shipments=[_shipment(load, origins, ends, scarce) for load in asked],
    )
    return Level(ground, loads, types, data)


def _matrix(
    travel: Travel, rules: Rules, places: NDArray[np.int64], origins: int, ends: int, base: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cost and seconds between origins, destinations and bases (in this order) for vehicles of one base.

    From a destination to an origin the way goes through the base, where the vehicle is cleaned. From an
    origin home, or from the base to a destination, there is no way: nobody is left on board or gets out of
    an empty vehicle.
    """
    metres, seconds = travel.metres[np.ix_(places, places)], travel.seconds[np.ix_(places, places)]
    first, then, last = slice(origins), slice(origins, origins + ends), slice(origins + ends, None)
    for matrix, whole, extra in ((metres, travel.metres, 0), (seconds, travel.seconds, rules.cleaning)):
        home, out = whole[places[then], base], whole[base, places[first]]
        matrix[then, first] = home[:, None] + extra + out
    cost = -(-metres // UNIT)
    cost[first, last] = cost[last, then] = NEVER
    for matrix in (cost, seconds):
        np.fill_diagonal(matrix, 0)
    return cost, seconds


def _scarce(loads: list[Load], crews: list[Crew]) -> list[int]:
    """Kinds of place that can run out: seats, and those of the others of which some vehicle has too few.

    Each kind that is left out makes every move of the search cheaper to judge.
    """
    kits = max(load.amount[KITS] / load.people for load in loads)
    enough = all(kits * (crew.capacity[0] + crew.capacity[1]) <= crew.capacity[KITS] for crew in crews)
    used = [kind for kind in (1, 2) if any(load.amount[kind] for load in loads)]
    return [0, *used, *([] if enough else [KITS])]


def _alike(all_crews: Sequence[Crew], crews: Sequence[int]) -> list[list[int]]:
    kinds: dict[tuple[object, ...], list[int]] = {}
    for number in crews:
        crew = all_crews[number]
        kinds.setdefault((crew.base, crew.capacity, crew.opens, crew.closes, crew.most), []).append(number)
    return list(kinds.values())


def _type(crew: Crew, count: int, bases: list[int], rules: Rules, scarce: list[int]) -> pyvrp.VehicleType:
    base = bases.index(crew.base)
    return pyvrp.VehicleType(
        count,
        [crew.capacity[kind] for kind in scarce],
        base,
        base,
        fixed_cost=rules.shift_cost // UNIT,
        tw_early=max(crew.opens, 0),
        tw_late=crew.closes,
        shift_duration=crew.most,
        profile=base,
    )


def _shipment(load: Load, origins: list[int], ends: list[int], scarce: list[int]) -> pyvrp.Shipment:
    return pyvrp.Shipment(
        origins.index(load.origin),
        len(origins) + ends.index(load.destination),
        load.opens,
        load.closes,
        load.boarding,
        0,
        load.due,
        load.alighting,
        [load.amount[kind] for kind in scarce],
        load.unserved_cost // UNIT,
        required=False,
    )


def _solution(problem: Level, tours: Sequence[Tour]) -> pyvrp.Solution:
    type_of = {crew: number for number, alike in enumerate(problem.types) for crew in alike}
    place_of = {load: number for number, load in enumerate(problem.loads)}
    routes = []
    for tour in tours:
        activities = []
        for trip in tour.trips:
            pickup, delivery = pyvrp.ActivityType.PICKUP, pyvrp.ActivityType.DELIVERY
            activities += [pyvrp.Activity(pickup, place_of[load]) for load in trip.pickups]
            activities += [pyvrp.Activity(delivery, place_of[load]) for load in trip.drops]
        routes.append(pyvrp.Route(problem.data, activities, type_of[tour.crew]))
    return pyvrp.Solution(problem.data, routes)


def _tours(problem: Level, level: str, solution: pyvrp.Solution) -> list[Tour]:
    """PyVRP's routes as tours; crews of one type are taken in their order."""
    crews = [list(alike) for alike in problem.types]
    tours = []
    for route in solution.routes():
        tour = Tour(crews[route.vehicle_type()].pop(0), level, _trips(problem, route))
        tours.append(_timed(problem.ground, tour, route.start_time()))
    return tours


def _timed(ground: Ground, tour: Tour, start: Seconds) -> Tour:
    """The tour, kept back to PyVRP's start if only that keeps it within its driver's hours."""
    if ground.times(tour) is None:
        tour.not_before = start
    return tour


def _trips(problem: Level, route: pyvrp.Route) -> list[Trip]:
    """Split where somebody gets in after somebody got out.

    PyVRP may leave people on board there; they get out before the vehicle goes to be cleaned.
    """
    trips = [Trip()]
    activities = [activity for activity in route if activity.is_shipment()]
    for number, activity in enumerate(activities):
        load = problem.loads[activity.idx]
        if activity.is_pickup():
            if number and activities[number - 1].is_delivery():
                trips.append(Trip())
            trips[-1].pickups.append(load)
    for trip in trips:
        order = [problem.loads[a.idx] for a in activities if a.is_delivery()]
        trip.drops = [load for load in order if load in trip.pickups]
    return trips

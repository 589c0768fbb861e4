"""Plans at once: each load at its cheapest place, and the naive plan, which others are measured by."""

from __future__ import annotations

from time import perf_counter

from bulou.planning.pickups.loads import crews, load_of
from bulou.planning.pickups.model import Task
from bulou.planning.pickups.placing import Tours
from bulou.planning.pickups.plan import Plan
from bulou.planning.pickups.tours import Ground
from bulou.planning.pickups.writing import written


def fill(tours: Tours, loads: list[int]) -> list[int]:
    """Put each load where it costs the fewest metres, the most urgent first; those without a place."""
    order = sorted(loads, key=lambda number: (tours.ground.loads[number].closes, number))
    left = [load for load in order if not tours.add(load)]
    # Places that came with later loads may do for earlier ones.
    return [load for load in left if not tours.add(load)]


def one_by_one(task: Task) -> Plan:
    """Each party on a trip of its own, in the order of arrival: how a desk sends cars by telephone."""
    started = perf_counter()
    loads = sorted((load_of(task, [party]) for party in task.parties), key=lambda load: load.opens)
    tours = Tours(Ground(task, loads, crews(task)), sharing=False)
    left = [number for number in range(len(loads)) if not tours.add(number)]
    return written(tours, left, perf_counter() - started)

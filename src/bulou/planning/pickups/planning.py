"""From a task to a plan."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import perf_counter

from bulou.planning.pickups.bounds import radial
from bulou.planning.pickups.greedy import fill
from bulou.planning.pickups.loads import crews, merged
from bulou.planning.pickups.model import Metres, Task
from bulou.planning.pickups.placing import Tours
from bulou.planning.pickups.plan import Plan
from bulou.planning.pickups.running import resumed
from bulou.planning.pickups.tours import BEFORE_ALL, Ground, Tour
from bulou.planning.pickups.writing import price, written


def first(task: Task, *, keep: Plan | None = None) -> Plan:
    """A feasible plan at once: each load at its cheapest place."""
    started = perf_counter()
    tours, loose = begun(task, keep)
    left = fill(tours, loose)
    return written(tours, left, perf_counter() - started, bound=radial(task, tours.ground.crews))


def plan(
    task: Task,
    *,
    seconds: float = 10.0,
    iterations: int | None = None,
    seed: int = 0,
    keep: Plan | None = None,
) -> Plan:
    """The best plan found within `seconds`, or within so many `iterations`.

    The same task, seed and number of iterations give the same plan; a time limit gives one that depends on
    the machine. Of the plan `keep` the locked routes stay as they are.
    """
    started = perf_counter()
    before, loose = begun(task, keep)
    left = fill(before, loose)
    rest = max(seconds - (perf_counter() - started), 0.1)
    after, still = improved(before, rest, iterations, seed)
    if weight(after, still) > weight(before, left):
        after, still = before, left
    bound = radial(task, after.ground.crews)
    took = perf_counter() - started
    return written(after, still, took, bound=bound, seed=seed, iterations=iterations)


def begun(task: Task, keep: Plan | None) -> tuple[Tours, list[int]]:
    """What is settled before planning begins, and the loads that are not."""
    if keep is None:
        ground = Ground(task, merged(task, task.parties), crews(task))
        return Tours(ground), list(range(len(ground.loads)))
    locked = replace(keep, routes=tuple(route for route in keep.routes if route.locked))
    return resumed(task, locked, BEFORE_ALL)


def weight(tours: Tours, left: list[int]) -> Metres:
    """The objective of these tours."""
    ground = tours.ground
    people = sum(ground.loads[load].people for load in left)
    return sum(map(ground.length, tours.all)) + price(ground, len(tours.all), people)


def improved(before: Tours, seconds: float, iterations: int | None, seed: int) -> tuple[Tours, list[int]]:
    """All levels solved side by side; then what was left out is tried again."""
    # Half a second of start, with numpy and PyVRP: only who plans waits for it.
    from bulou.planning.pickups.solving import Effort, shorten

    ground, effort, shares = before.ground, Effort(seconds, iterations), shared(before)
    tours = [tour for tour in before.all if tour.locked]
    settled = {load for tour in tours for trip in tour.trips for load in trip.pickups}
    open_loads = [number for number in range(len(ground.loads)) if number not in settled]

    def solved(level: str) -> list[Tour]:
        mine = [tour for tour in before.all if tour.level == level and not tour.locked]
        loads = [number for number in open_loads if ground.loads[number].level == level]
        part = effort.share(len(loads) / len(open_loads), len(shares))
        return shorten(ground, loads, mine, shares[level], part, seed)

    # PyVRP lets go of the interpreter while it searches, so threads use all cores.
    with ThreadPoolExecutor(max(len(shares), 1)) as levels:
        for some in levels.map(solved, sorted(shares)):
            tours += some
    return settle(ground, tours)


def shared(tours: Tours) -> dict[str, list[int]]:
    """Each level's crews: those of its tours, and idle ones by the number of its tours."""
    crews_of: dict[str, list[int]] = {}
    for tour in tours.all:
        if not tour.locked:
            crews_of.setdefault(tour.level, []).append(tour.crew)
    used = {level: len(some) for level, some in crews_of.items()}
    for number in tours.idle:
        crew = tours.ground.crews[number]
        able = [level for level in sorted(crews_of) if crew.may_carry(level)]
        if able:
            least = min(able, key=lambda level: len(crews_of[level]) / used[level])
            crews_of[least].append(number)
    return {level: sorted(some) for level, some in crews_of.items()}


def settle(ground: Ground, tours: list[Tour]) -> tuple[Tours, list[int]]:
    """Tours that keep to the clock stay; the others' loads go where they fit, or first to their own vehicle.

    Whichever of the two is the better plan.
    """
    return min((_settled(ground, tours, own) for own in (True, False)), key=lambda made: weight(*made))


def _settled(ground: Ground, tours: list[Tour], own: bool) -> tuple[Tours, list[int]]:
    kept = Tours(ground, [tour for tour in tours if ground.times(tour) is not None])
    for tour in tours if own else ():
        if tour.crew in kept.idle:
            loads = [load for trip in tour.trips for load in trip.pickups]
            for load in sorted(loads, key=lambda number: (ground.loads[number].closes, number)):
                kept.add(load, only=tour.crew)
    placed = {load for tour in kept.all for trip in tour.trips for load in trip.pickups}
    return kept, fill(kept, [load for load in range(len(ground.loads)) if load not in placed])

"""What a duty desk changes by hand. A plan comes out; `checking.pickups` says what it breaks."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

from bulou.planning.pickups.greedy import fill
from bulou.planning.pickups.model import Seconds, Task
from bulou.planning.pickups.placing import Tours
from bulou.planning.pickups.plan import Plan
from bulou.planning.pickups.running import resumed
from bulou.planning.pickups.tours import BEFORE_ALL
from bulou.planning.pickups.writing import written


class NoPlaceError(Exception):
    """The party does not fit there: no room, another level, or no time in which everybody keeps theirs."""


def move(task: Task, before: Plan, party: str, driver: str, now: Seconds = BEFORE_ALL) -> Plan:
    """The plan with this party (without those it was merged with) on that driver's vehicle.

    Everybody else keeps their vehicle and, within the rules' `promise_shift`, their time.

    Raises:
        NoPlaceError: it does not fit there, is on board already, or the driver has no vehicle.
    """
    started = perf_counter()
    tours, loose = resumed(task, before, now, taken_out=[party])
    mine = [number for number in loose if party in tours.ground.loads[number].parties]
    crew = next((n for n, one in enumerate(tours.ground.crews) if one.driver == driver), None)
    if not mine or crew is None or not tours.add(mine[0], only=crew):
        raise NoPlaceError(party)
    return _rest(tours, [number for number in loose if number != mine[0]], started)


def take_out(task: Task, before: Plan, party: str, now: Seconds = BEFORE_ALL) -> Plan:
    """The plan without a place for this party: it is uncovered until somebody gives it one."""
    started = perf_counter()
    tours, loose = resumed(task, before, now, taken_out=[party])
    out = [number for number in loose if party in tours.ground.loads[number].parties]
    return _rest(tours, [number for number in loose if number not in out], started, out)


def lock(before: Plan, driver: str, *, locked: bool = True) -> Plan:
    """The plan with that driver's route locked: planning, insertion and moves leave it alone."""
    routes = tuple(
        replace(route, locked=locked) if route.driver == driver else route for route in before.routes
    )
    return replace(before, routes=routes)


def _rest(tours: Tours, loose: list[int], started: float, out: list[int] | None = None) -> Plan:
    return written(tours, [*fill(tours, loose), *(out or [])], perf_counter() - started)

"""A plan that is being driven: what has begun stays, promises move by minutes, the new finds its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from time import perf_counter

from bulou.planning.pickups import plan as plans
from bulou.planning.pickups.greedy import fill
from bulou.planning.pickups.loads import Load, crews, load_of, merged
from bulou.planning.pickups.model import Party, Seconds, Task
from bulou.planning.pickups.placing import Tours
from bulou.planning.pickups.plan import Plan
from bulou.planning.pickups.tours import Ground, Tour, Trip
from bulou.planning.pickups.writing import written


def renew(task: Task, before: Plan, now: Seconds) -> Plan:
    """The running plan for the task as it is now.

    Parties that are new, that were uncovered, or whose train will be later than the vehicle (`delay`) are put
    where they fit; parties that are no longer in the task are left out. Nobody else's pick-up moves by more
    than the rules' `promise_shift`, and nothing that has begun changes: parties on board stay in the task.

    Raises:
        ValueError: a vehicle that is on its way, or its driver, is no longer in the task or has less time
            left than it needs.
    """
    started = perf_counter()
    tours, loose = resumed(task, before, now)
    return written(tours, fill(tours, loose), perf_counter() - started)


def resumed(
    task: Task, before: Plan, now: Seconds, *, taken_out: Iterable[str] = ()
) -> tuple[Tours, list[int]]:
    """The plan's tours for the task as it is now, and the loads that must find a place.

    `taken_out`: parties that lose their place unless they are on board.
    """
    rebuilt, ground = _rebuilt(task, before, now, _Rebuilt(task, now, set(taken_out)))
    # A vehicle waits at the station for a late train, unless that is too long for its other people.
    turning = {rebuilt.routes[tour.crew].driver for tour in rebuilt.tours if ground.times(tour) is None}
    if turning:
        rebuilt, ground = _rebuilt(task, before, now, _Rebuilt(task, now, set(taken_out), turning))
    loose = list(range(len(rebuilt.loads), len(ground.loads)))
    for tour in rebuilt.tours:
        loose += _eased(ground, tour)
    return Tours(ground, [tour for tour in rebuilt.tours if tour.trips]), loose


def _rebuilt(task: Task, before: Plan, now: Seconds, rebuilt: _Rebuilt) -> tuple[_Rebuilt, Ground]:
    for route in before.routes:
        rebuilt.add(route)
    placed = {party for load in rebuilt.loads for party in load.parties}
    fresh = merged(task, [party for party in task.parties if party.id not in placed])
    pairs = [(route.vehicle, route.driver) for route in rebuilt.routes]
    return rebuilt, Ground(task, [*rebuilt.loads, *fresh], crews(task, pairs), now)


def _eased(ground: Ground, tour: Tour) -> list[int]:
    """Loads taken off the end of a tour until it keeps to the clock; mostly none."""
    off: list[int] = []
    while tour.trips and ground.times(tour) is None:
        last = tour.trips[-1]
        if len(last.pickups) <= len(last.fixed):
            raise ValueError(f"{ground.crews[tour.crew].vehicle} cannot end what it has begun")
        off.append(last.pickups.pop())
        last.drops.remove(off[-1])
        if not last.pickups:
            tour.trips.pop()
    return off


@dataclass
class _Rebuilt:
    """Routes turned back into tours. Crews are numbered as the routes are, since those pairs are kept.

    `turning`: drivers who turn round when the train that they are on their way to is late.
    """

    task: Task
    now: Seconds
    taken_out: set[str]
    turning: set[str] = field(default_factory=set)
    loads: list[Load] = field(default_factory=list)
    tours: list[Tour] = field(default_factory=list)
    routes: list[plans.Route] = field(default_factory=list)

    def add(self, route: plans.Route) -> None:
        """One more route, unless nothing of it is left."""
        there = {v.id for v in self.task.vehicles}, {d.id for d in self.task.drivers}
        usable = route.vehicle in there[0] and route.driver in there[1]
        if not usable:
            self._refuse_if_begun(route)
            return
        tour = Tour(len(self.routes), route.level, locked=route.locked)
        for trip in route.trips:
            kept = self._trip(trip, waits=route.driver not in self.turning)
            if kept.pickups:
                tour.trips.append(kept)
            elif trip.leaves <= self.now:
                tour.not_before = max(tour.not_before, self._turned(trip.leaves))
        if tour.trips:
            # A start that was put off to keep the driver's hours stays put off.
            tour.not_before = max(tour.not_before, route.not_before)
            self.tours.append(tour)
            self.routes.append(route)

    def _refuse_if_begun(self, route: plans.Route) -> None:
        if any(trip.leaves <= self.now < trip.returns for trip in route.trips):
            raise ValueError(f"{route.vehicle} is on its way and no longer in the task")

    def _turned(self, left: Seconds) -> Seconds:
        """When a vehicle that left then can be back where it left."""
        return self.now + (self.now - left)

    def _trip(self, trip: plans.Trip, *, waits: bool) -> Trip:
        begun = trip.leaves <= self.now
        kept = Trip(left=trip.leaves if begun else None)
        numbers: dict[tuple[str, ...], int] = {}
        left, fixed = trip.leaves, []
        for visit in trip.visits:
            under_way, number = begun and left <= self.now, numbers.get(visit.parties)
            if visit.pickup:
                number = self._kept(visit, may_wait=waits and under_way)
                if number is not None:
                    numbers[visit.parties] = number
                    kept.pickups.append(number)
            elif number is not None:
                kept.drops.append(number)
                # Who comes home late by the plan comes no later.
                load = self.loads[number]
                self.loads[number] = replace(load, due=max(load.due, visit.begins))
            if under_way and number is not None:
                fixed.append(self._begins(visit, number))
            elif under_way:
                kept.free = self._turned(left)
            left = visit.leaves
        kept.fixed = tuple(fixed)
        return kept

    def _begins(self, visit: plans.Visit, number: int) -> Seconds:
        """When a stop that nothing may change begins: as planned, or when the late train is there."""
        waits = visit.pickup and visit.begins > self.now
        return max(visit.begins, self.loads[number].opens) if waits else visit.begins

    def _kept(self, visit: plans.Visit, *, may_wait: bool) -> int | None:
        """The load of those who stay in their place, with the window that was promised to them."""
        known = self.task.party
        on_board = visit.begins <= self.now
        parties = [known[name] for name in visit.parties if name in known]
        stay = [p for p in parties if on_board or self._stays(p, visit.begins, may_wait=may_wait)]
        if not stay:
            return None
        self.loads.append(self._promised(stay, visit.begins))
        return len(self.loads) - 1

    def _stays(self, party: Party, planned: Seconds, *, may_wait: bool) -> bool:
        return party.id not in self.taken_out and (party.ready <= planned or may_wait)

    def _promised(self, parties: list[Party], planned: Seconds) -> Load:
        load, shift = load_of(self.task, parties), self.task.rules.promise_shift
        told = [planned if p.promised is None else p.promised for p in parties]
        opens, closes = max(load.opens, max(told) - shift), min(load.closes, min(told) + shift)
        # A promise that the plan broke already holds where it is.
        ready = max(party.ready for party in parties)
        return replace(load, opens=max(min(opens, planned), ready), closes=max(closes, planned, ready))

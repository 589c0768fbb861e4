"""Can this plan of pick-ups be driven, and does it keep the rules? Every figure is computed anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from bulou.planning.pickups.model import Driver, Party, Task, Vehicle
from bulou.planning.pickups.plan import Plan, Route, Trip, Visit


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that the plan breaks: its code, who or what it concerns, and the figures."""

    rule: str
    subject: str
    detail: str = ""


def violations(
    task: Task, plan: Plan, *, before: Plan | None = None, now: int | None = None
) -> list[Violation]:
    """Everything that is wrong with the plan, in no order.

    Args:
        before: the plan that was running until `now`: what it had begun must stand in this one, and what it
            promised may have moved by no more than the rules allow, unless the train itself is late.
    """
    found = [*_books(task, plan), *_pairs(task, plan), *_sums(task, plan)]
    for route in plan.routes:
        found += _route(task, route)
    found += _promises(task, plan, before)
    if before is not None and now is not None:
        found += _frozen(task, plan, before, now)
    return found


def _visits(plan: Plan) -> Iterator[Visit]:
    return (visit for route in plan.routes for trip in route.trips for visit in trip.visits)


def _books(task: Task, plan: Plan) -> Iterator[Violation]:
    """Each party is fetched once, set down once, or uncovered once; never two of these, never none."""
    fetched = Counter(party for visit in _visits(plan) if visit.pickup for party in visit.parties)
    down = Counter(party for visit in _visits(plan) if not visit.pickup for party in visit.parties)
    left = Counter(one.party for one in plan.uncovered)
    for party in {p.id for p in task.parties} | fetched.keys() | down.keys() | left.keys():
        if party not in {p.id for p in task.parties}:
            yield Violation("unknown_party", party)
        elif (fetched[party], down[party], left[party]) not in {(1, 1, 0), (0, 0, 1)}:
            counts = f"fetched {fetched[party]}, set down {down[party]}, uncovered {left[party]} times"
            yield Violation("not_once", party, counts)


def _pairs(task: Task, plan: Plan) -> Iterator[Violation]:
    """A driver has one route; a vehicle's routes do not overlap, cleaning included; both are of its base."""
    drivers = {driver.id: driver for driver in task.drivers}
    vehicles = {vehicle.id: vehicle for vehicle in task.vehicles}
    for name, times in Counter(route.driver for route in plan.routes).items():
        if times > 1:
            yield Violation("driver_twice", name, f"{times} routes")
    for route in plan.routes:
        driver, vehicle = drivers.get(route.driver), vehicles.get(route.vehicle)
        if driver is None or vehicle is None:
            yield Violation("unknown_crew", f"{route.vehicle}/{route.driver}")
        elif not driver.base == vehicle.base == route.base:
            yield Violation("other_base", route.vehicle, f"{driver.base}, {vehicle.base}, {route.base}")
    for vehicle_id in {route.vehicle for route in plan.routes}:
        trips = [trip for route in plan.routes if route.vehicle == vehicle_id for trip in route.trips]
        trips.sort(key=lambda trip: trip.leaves)
        for one, other in pairwise(trips):
            if other.leaves < one.returns + task.rules.cleaning:
                yield Violation("not_cleaned", vehicle_id, f"back {one.returns}, off {other.leaves}")


def _sums(task: Task, plan: Plan) -> Iterator[Violation]:
    """The plan's totals are those of its parts."""
    size = {party.id: party.size for party in task.parties}
    people = sum(size.get(one.party, 0) for one in plan.uncovered)
    metres = sum(trip.metres for route in plan.routes for trip in route.trips)
    rules = task.rules
    objective = metres + len(plan.routes) * rules.shift_cost + people * rules.unserved_cost
    if plan.metres != metres or any(r.metres != sum(t.metres for t in r.trips) for r in plan.routes):
        yield Violation("wrong_distance", "plan", f"{plan.metres}, not {metres}")
    if plan.objective != objective:
        yield Violation("wrong_objective", "plan", f"{plan.objective}, not {objective}")
    if plan.bound is not None and plan.bound > objective:
        yield Violation("bound_above", "plan", f"{plan.bound} above {objective}")
    for one in plan.uncovered:
        if not one.remedies:
            yield Violation("no_remedy", one.party, one.reason)


def _route(task: Task, route: Route) -> Iterator[Violation]:
    driver = next((d for d in task.drivers if d.id == route.driver), None)
    vehicle = next((v for v in task.vehicles if v.id == route.vehicle), None)
    parties = {party.id: party for party in task.parties}
    if driver is None or vehicle is None:
        return
    yield from _hours(driver, route)
    if vehicle.levels and route.level not in vehicle.levels:
        yield Violation("level_not_allowed", vehicle.id, route.level)
    for trip in route.trips:
        yield from _way(task, route, trip, parties)
        yield from _order(trip)
        yield from _room(task, vehicle, trip, parties)
        for visit in trip.visits:
            for name in visit.parties:
                if name in parties:
                    yield from _party(task, route, visit, parties[name])


def _hours(driver: Driver, route: Route) -> Iterator[Violation]:
    """Within the shift, and no longer than the driver may work."""
    if not route.trips:
        yield Violation("empty", route.vehicle)
        return
    leaves, returns = route.trips[0].leaves, route.trips[-1].returns
    if leaves < driver.starts or returns > driver.ends:
        yield Violation("out_of_shift", driver.id, f"{leaves} to {returns}")
    if returns - leaves > driver.most:
        yield Violation("too_many_hours", driver.id, f"{returns - leaves} of {driver.most}")


def _way(task: Task, route: Route, trip: Trip, parties: dict[str, Party]) -> Iterator[Violation]:
    """Each leg takes its time and its metres, each stop what people need to get in or out."""
    rows = {stop: row for row, stop in enumerate(task.travel.stops)}
    place, clock, metres, rules = rows[route.base], trip.leaves, 0, task.rules
    for visit in trip.visits:
        there = rows[visit.stop]
        way, takes = int(task.travel.metres[place, there]), int(task.travel.seconds[place, there])
        people = sum(parties[name].size for name in visit.parties if name in parties)
        stay = people * (rules.boarding if visit.pickup else rules.alighting)
        if visit.arrives < clock + takes or visit.begins < visit.arrives:
            yield Violation("too_fast", route.vehicle, f"{visit.stop}: {visit.begins} after {clock}")
        if visit.leaves < visit.begins + stay:
            yield Violation("stay_too_short", route.vehicle, visit.stop)
        if visit.metres != way:
            yield Violation("wrong_distance", route.vehicle, f"{visit.stop}: {visit.metres}, not {way}")
        place, clock, metres = there, visit.leaves, metres + way
    home = rows[route.base]
    if trip.returns < clock + int(task.travel.seconds[place, home]):
        yield Violation("too_fast", route.vehicle, f"home at {trip.returns} after {clock}")
    if trip.metres != metres + int(task.travel.metres[place, home]):
        yield Violation("wrong_distance", route.vehicle, f"trip of {trip.leaves}: {trip.metres}")


def _order(trip: Trip) -> Iterator[Violation]:
    """Everybody gets in before anybody gets out, and who gets in gets out on the same trip."""
    inside: set[str] = set()
    out = False
    for visit in trip.visits:
        if visit.pickup:
            if out:
                yield Violation("not_cleaned", ",".join(visit.parties), "gets in after others got out")
            inside |= set(visit.parties)
        else:
            out = True
            if strangers := set(visit.parties) - inside:
                yield Violation("not_on_board", ",".join(sorted(strangers)), visit.stop)
            inside -= set(visit.parties)
    if inside:
        yield Violation("left_on_board", ",".join(sorted(inside)))


def _room(task: Task, vehicle: Vehicle, trip: Trip, parties: dict[str, Party]) -> Iterator[Violation]:
    """Seats, wheelchair places and infant seats at every moment, kits for the whole trip."""
    seats = chairs = infants = people = fetched = 0
    for visit in trip.visits:
        sign = 1 if visit.pickup else -1
        for party in (parties[name] for name in visit.parties if name in parties):
            people += sign * party.size
            seats += sign * (party.size - party.wheelchairs)
            chairs += sign * party.wheelchairs
            infants += sign * party.infants
            fetched += party.size if visit.pickup else 0
        if visit.on_board != people:
            yield Violation("wrong_load", vehicle.id, f"{visit.stop}: {visit.on_board}, not {people}")
        places = (vehicle.seats, vehicle.wheelchair_places, vehicle.infant_seats)
        for name, need, there in zip(
            ("seats", "wheelchairs", "infant_seats"), (seats, chairs, infants), places, strict=True
        ):
            if need > there:
                yield Violation(name, vehicle.id, f"{need} of {there}")
    if fetched * task.rules.kits_a_person > vehicle.kits:
        yield Violation("kits", vehicle.id, f"{fetched} people, {vehicle.kits} kits")


def _party(task: Task, route: Route, visit: Visit, party: Party) -> Iterator[Violation]:
    """The party's own level, stops, waiting time and time on its way."""
    rules, rows = task.rules, {stop: row for row, stop in enumerate(task.travel.stops)}
    ready = party.scheduled + party.delay
    wait = rules.most_wait if party.most_wait is None else min(party.most_wait, rules.most_wait)
    if party.level != route.level:
        yield Violation("levels_mixed", party.id, f"{party.level} with {route.level}")
    if visit.stop != (party.origin if visit.pickup else party.destination):
        yield Violation("wrong_stop", party.id, visit.stop)
    if visit.pickup:
        if visit.begins < ready:
            yield Violation("before_arrival", party.id, f"{visit.begins}, ready {ready}")
        elif visit.begins > ready + wait:
            yield Violation("waits_too_long", party.id, f"{visit.begins - ready} of {wait}")
        return
    direct = int(task.travel.seconds[rows[party.origin], rows[party.destination]])
    latest = ready + wait + party.size * rules.boarding + direct + rules.most_detour
    if visit.begins > latest:
        yield Violation("too_long_on_the_way", party.id, f"{visit.begins}, latest {latest}")


def _promises(task: Task, plan: Plan, before: Plan | None) -> Iterator[Violation]:
    """No promised time has moved by more than the rules allow, unless the party itself comes later."""
    told = {party.id: party.promised for party in task.parties if party.promised is not None}
    if before is not None:
        told = {name: at for route in before.routes for name, at in _told(route)} | told
    ready = {party.id: party.scheduled + party.delay for party in task.parties}
    for visit in _visits(plan):
        for name in visit.parties if visit.pickup else ():
            promise = told.get(name)
            if promise is None or ready.get(name, 0) > promise:
                continue
            if abs(visit.begins - promise) > task.rules.promise_shift:
                yield Violation("promise_moved", name, f"{promise} to {visit.begins}")


def _told(route: Route) -> Iterator[tuple[str, int]]:
    for trip in route.trips:
        for visit in trip.visits:
            if visit.pickup:
                yield from ((name, visit.begins) for name in visit.parties)


def _frozen(task: Task, plan: Plan, before: Plan, now: int) -> Iterator[Violation]:
    """Who was on board at `now` is in the same vehicle, with the same driver, fetched at the same time."""
    known = {party.id for party in task.parties}
    after = {(name, route.vehicle, route.driver, at) for route in plan.routes for name, at in _told(route)}
    for route in before.routes:
        for name, at in _told(route):
            if at <= now and name in known and (name, route.vehicle, route.driver, at) not in after:
                yield Violation("begun_changed", name, f"{route.vehicle} at {at}")

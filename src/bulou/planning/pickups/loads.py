"""The task in the solvers' terms: loads (merged parties) and crews (a vehicle with a driver for a shift)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from bulou.planning.pickups.model import Driver, Metres, Party, Seconds, Task, Vehicle

Amount = tuple[int, int, int, int]
"""Seats, wheelchair places, infant seats and kits that are taken, or that there are."""

KITS = 3
"""Where in an amount the kits are."""


@dataclass(frozen=True, slots=True)
class Load:
    """Parties of one train (or one moment), level, origin and destination that are carried as one.

    `opens` and `closes` bound when boarding begins, `due` when alighting begins. Stops
    are rows of the matrix.
    """

    parties: tuple[str, ...]
    level: str
    origin: int
    destination: int
    amount: Amount
    people: int
    opens: Seconds
    closes: Seconds
    due: Seconds
    boarding: Seconds
    alighting: Seconds
    unserved_cost: Metres


@dataclass(frozen=True, slots=True)
class Crew:
    """A vehicle driven by one driver for one shift, from its base and back to it."""

    vehicle: str
    driver: str
    base: int
    capacity: Amount
    opens: Seconds
    closes: Seconds
    most: Seconds
    levels: tuple[str, ...]

    def may_carry(self, level: str) -> bool:
        """Whether the vehicle may be given to this level."""
        return not self.levels or level in self.levels


def fits(amount: Amount, capacity: Amount) -> bool:
    """Whether so much finds a place."""
    return all(need <= there for need, there in zip(amount, capacity, strict=True))


def merged(task: Task, parties: Iterable[Party]) -> list[Load]:
    """Parties as loads, none larger than the smallest vehicle that may carry its level.

    Smallest, so that merging takes no freedom from the solver: what is joined would fit anywhere.
    """
    loads = []
    for _, group in groupby(sorted(parties, key=_likeness), _likeness):
        alike = list(group)
        room = _smallest(task, alike[0].level)
        loads += [load_of(task, some) for some in _packed(task, alike, room)]
    return sorted(loads, key=lambda load: (load.opens, load.parties))


def _likeness(party: Party) -> tuple[object, ...]:
    promised = -1 if party.promised is None else party.promised
    wait = -1 if party.most_wait is None else party.most_wait
    return (party.level, party.origin, party.destination, party.ready, party.train, wait, promised)


def amount(task: Task, parties: Iterable[Party]) -> Amount:
    """What these parties take together."""
    some = list(parties)
    people = sum(p.size for p in some)
    wheelchairs = sum(p.wheelchairs for p in some)
    infants = sum(p.infants for p in some)
    return (people - wheelchairs, wheelchairs, infants, people * task.rules.kits_a_person)


def _smallest(task: Task, level: str) -> Amount:
    there = [capacity(v) for v in task.vehicles if v.may_carry(level)]
    return min(there, default=(0, 0, 0, 0))


def _packed(task: Task, parties: list[Party], room: Amount) -> list[list[Party]]:
    """First fit, largest first; what does not fit the room stays by itself."""
    packs: list[list[Party]] = []
    for party in sorted(parties, key=lambda p: (-p.size, p.id)):
        for pack in packs:
            if fits(amount(task, [*pack, party]), room):
                pack.append(party)
                break
        else:
            packs.append([party])
    return packs


def load_of(task: Task, parties: list[Party]) -> Load:
    """These parties as one load; they must be alike but for their sizes."""
    rules, index = task.rules, task.travel.index
    first, people = parties[0], sum(p.size for p in parties)
    opens, closes = _window(task, first)
    return Load(
        tuple(p.id for p in parties),
        first.level,
        index[first.origin],
        index[first.destination],
        amount(task, parties),
        people,
        opens,
        closes,
        min(latest_arrival(task, p) for p in parties),
        people * rules.boarding,
        people * rules.alighting,
        people * rules.unserved_cost,
    )


def _window(task: Task, party: Party) -> tuple[Seconds, Seconds]:
    """When boarding may begin: within what was promised, if that can still be kept."""
    opens, closes = party.ready, latest_pickup(task, party)
    if party.promised is None:
        return opens, closes
    shift = task.rules.promise_shift
    kept = max(opens, party.promised - shift), min(closes, party.promised + shift)
    return kept if kept[0] <= kept[1] else (opens, closes)


def latest_pickup(task: Task, party: Party) -> Seconds:
    """When the party must have been met."""
    own = task.rules.most_wait if party.most_wait is None else party.most_wait
    return party.ready + min(own, task.rules.most_wait)


def latest_arrival(task: Task, party: Party) -> Seconds:
    """When the party must be at its destination, getting in included."""
    index = task.travel.index
    direct = int(task.travel.seconds[index[party.origin], index[party.destination]])
    boarding = party.size * task.rules.boarding
    return latest_pickup(task, party) + boarding + direct + task.rules.most_detour


def capacity(vehicle: Vehicle) -> Amount:
    """What the vehicle holds."""
    return (vehicle.seats, vehicle.wheelchair_places, vehicle.infant_seats, vehicle.kits)


def crews(task: Task, kept: Iterable[tuple[str, str]] = ()) -> list[Crew]:
    """Drivers on vehicles: who begins first takes, at the base, the free vehicle that was used least so far.

    A vehicle is free when all its other shifts are over and cleaned up before, or begin later. Drivers
    without a free vehicle are left over. `kept`: vehicles and drivers that are together already.
    """
    vehicles, drivers = {v.id: v for v in task.vehicles}, {d.id: d for d in task.drivers}
    found = [_crew(task, vehicles[vehicle], drivers[driver]) for vehicle, driver in kept]
    busy: dict[str, list[Crew]] = {vehicle: [] for vehicle in vehicles}
    for crew in found:
        busy[crew.vehicle].append(crew)
        del drivers[crew.driver]
    for driver in sorted(drivers.values(), key=lambda d: (d.starts, d.id)):
        there = [v for v in task.vehicles if v.base == driver.base and _free(task, driver, busy[v.id])]
        if there:
            best = min(there, key=lambda v: (len(busy[v.id]), -v.wheelchair_places, -v.seats, v.id))
            found.append(_crew(task, best, driver))
            busy[best.id].append(found[-1])
    return found


def _free(task: Task, driver: Driver, shifts: list[Crew]) -> bool:
    pause = task.rules.cleaning
    return all(driver.ends + pause <= s.opens or s.closes + pause <= driver.starts for s in shifts)


def _crew(task: Task, vehicle: Vehicle, driver: Driver) -> Crew:
    base = task.travel.index[vehicle.base]
    hours = (driver.starts, driver.ends, driver.most)
    return Crew(vehicle.id, driver.id, base, capacity(vehicle), *hours, vehicle.levels)

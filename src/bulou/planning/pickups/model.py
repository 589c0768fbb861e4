"""What a plan of pick-ups is made from.

Times are whole seconds after the plan's own zero (the room chooses it, usually midnight of the first day),
lengths whole metres. A *level* is a risk level's code; people of two levels never share a vehicle's shift.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Seconds = int
Metres = int


@dataclass(frozen=True, slots=True)
class Stop:
    """A point where people get in or out, or where vehicles stand: station, toll exit, home, base."""

    id: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Party:
    """People who travel together and are never parted: a family, or one person.

    `size` counts everybody, infants and wheelchair users too. `scheduled` is the timetable's arrival, `delay`
    what is known of its lateness. `most_wait` narrows the rules' waiting time for this party. `promised` is
    the pick-up time that the party was told, if any.
    """

    id: str
    size: int
    level: str
    origin: str
    destination: str
    scheduled: Seconds
    delay: Seconds = 0
    train: str = ""
    wheelchairs: int = 0
    infants: int = 0
    most_wait: Seconds | None = None
    promised: Seconds | None = None

    @property
    def ready(self) -> Seconds:
        """When the party can be picked up."""
        return self.scheduled + self.delay


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle at its base. `levels` empty: it may carry any level, one in each driver's shift.

    A wheelchair user takes a wheelchair place and no seat, an infant a seat and an infant seat. `kits` are
    the protective sets on board when it leaves its base, where it is filled up between trips.
    """

    id: str
    base: str
    seats: int
    wheelchair_places: int = 0
    infant_seats: int = 2
    kits: int = 100
    levels: tuple[str, ...] = ()

    def may_carry(self, level: str) -> bool:
        """Whether the vehicle may be given to this level."""
        return not self.levels or level in self.levels


@dataclass(frozen=True, slots=True)
class Driver:
    """Who drives from a base, between `starts` and `ends`, and no more than `most` seconds in one shift."""

    id: str
    base: str
    starts: Seconds
    ends: Seconds
    most: Seconds


@dataclass(frozen=True, slots=True)
class Rules:
    """What the directive asks. Each is a parameter of a directive; the defaults are examples.

    `most_detour`: how much longer than waiting at most and driving directly a party may be on its way.
    `cleaning`: at the base, between setting down the last and leaving for the next trip.
    `promise_shift`: how far a promised pick-up time may move.
    `shift_cost`, `unserved_cost` (for each person) are the weights of the objective in metres.
    """

    most_wait: Seconds = 3600
    most_detour: Seconds = 3600
    cleaning: Seconds = 1800
    boarding: Seconds = 60
    alighting: Seconds = 30
    kits_a_person: int = 1
    promise_shift: Seconds = 600
    shift_cost: Metres = 10_000
    unserved_cost: Metres = 300_000


@dataclass(frozen=True, eq=False)
class Travel:
    """Metres and seconds from each stop to each, by stop id. The figures hold for every vehicle."""

    stops: tuple[str, ...]
    metres: NDArray[np.int64]
    seconds: NDArray[np.int64]

    @cached_property
    def index(self) -> dict[str, int]:
        """Row of each stop."""
        return {stop: row for row, stop in enumerate(self.stops)}


@dataclass(frozen=True, eq=False)
class Task:
    """All that a plan is made from."""

    parties: tuple[Party, ...]
    vehicles: tuple[Vehicle, ...]
    drivers: tuple[Driver, ...]
    travel: Travel
    rules: Rules = field(default_factory=Rules)

    def __post_init__(self) -> None:
        """Refuse what no plan could be made from.

        Raises:
            ValueError: an id that is not unique, a stop that the matrix lacks, a party without people.
        """
        for named in (self.parties, self.vehicles, self.drivers):
            if len({one.id for one in named}) != len(named):
                raise ValueError("ids are not unique")
        stops = {p.origin for p in self.parties} | {p.destination for p in self.parties}
        stops |= {v.base for v in self.vehicles} | {d.base for d in self.drivers}
        if missing := stops - set(self.travel.stops):
            raise ValueError(f"stops without travel times: {sorted(missing)}")
        if any(p.size < 1 or not 0 <= p.wheelchairs + p.infants <= p.size for p in self.parties):
            raise ValueError("a party has nobody, or more wheelchairs and infants than people")

    @cached_property
    def party(self) -> dict[str, Party]:
        """Parties by id."""
        return {party.id: party for party in self.parties}

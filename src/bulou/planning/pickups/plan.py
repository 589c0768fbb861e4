"""A plan: which vehicle is where, when and with whom; whom it leaves out and why."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from bulou.planning.pickups.model import Metres, Seconds

Reason = Literal["no_vehicle", "no_driver", "too_far", "all_busy"]
Help = Literal["vehicle", "driver", "wait"]


@dataclass(frozen=True, slots=True)
class Visit:
    """One stop of a trip: parties get in (`pickup`) or out. `metres` are those of the way there."""

    stop: str
    pickup: bool
    parties: tuple[str, ...]
    arrives: Seconds
    begins: Seconds
    leaves: Seconds
    on_board: int
    metres: Metres


@dataclass(frozen=True, slots=True)
class Trip:
    """From the base and back to it; `metres` are those of the whole trip."""

    leaves: Seconds
    returns: Seconds
    metres: Metres
    visits: tuple[Visit, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """A vehicle's trips with one driver; all its people are of one level.

    `not_before`: a start that was put off, so that the driver's hours suffice. `locked`: planned no more.
    """

    vehicle: str
    driver: str
    level: str
    base: str
    metres: Metres
    trips: tuple[Trip, ...]
    not_before: Seconds = 0
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Remedy:
    """What would let a party be served.

    `vehicle`: one with these places, with its driver, at `base`, `starts` to `ends`. `driver`: one for a
    vehicle that stands at `base` anyway. `wait`: the party waits `seconds` longer than it may.
    """

    help: Help
    base: str = ""
    starts: Seconds | None = None
    ends: Seconds | None = None
    seats: int = 0
    wheelchair_places: int = 0
    infant_seats: int = 0
    kits: int = 0
    seconds: Seconds = 0


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A party that nobody fetches: `no_vehicle` has the places or the level, `no_driver` is on duty then,
    everybody is `too_far` away, or `all_busy`."""

    party: str
    people: int
    reason: Reason
    remedies: tuple[Remedy, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Routes, and the parties without one.

    `objective`: metres driven, and what shifts and uncovered people count by the rules, in metres. `bound`:
    no plan has a smaller one (not computed for a running plan that was changed). `seconds`: of planning.
    """

    routes: tuple[Route, ...]
    uncovered: tuple[Uncovered, ...]
    metres: Metres
    objective: Metres
    bound: Metres | None
    seconds: float
    seed: int = 0
    iterations: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The plan in JSON's own types."""
        return asdict(self)

    def pickup_times(self) -> dict[str, Seconds]:
        """When each covered party gets in."""
        visits = (visit for route in self.routes for trip in route.trips for visit in trip.visits)
        return {party: visit.begins for visit in visits if visit.pickup for party in visit.parties}

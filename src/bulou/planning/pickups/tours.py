"""Tours while they are being planned, and when their vehicles are where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bulou.planning.pickups.loads import Amount, Crew, Load, fits
from bulou.planning.pickups.model import Metres, Seconds, Task

BEFORE_ALL: Seconds = -(1 << 40)
"""Earlier than any time of a task."""


@dataclass(slots=True)
class Trip:
    """From the base and back to it: all pick-ups first, then all drop-offs (positions in the list of loads).

    So everybody is on board at once, the vehicle comes back empty, and one filling of kits serves the trip.
    `left` and `fixed` are set when the trip has begun: when it left, and when boarding or alighting begins at
    its first stops, which nothing may change any more; `free`: when it can leave the last of them.
    """

    pickups: list[int] = field(default_factory=list)
    drops: list[int] = field(default_factory=list)
    left: Seconds | None = None
    fixed: tuple[Seconds, ...] = ()
    free: Seconds = BEFORE_ALL

    def copy(self) -> Trip:
        """A trip that can be changed without changing this one."""
        return Trip(self.pickups.copy(), self.drops.copy(), self.left, self.fixed, self.free)


@dataclass(slots=True)
class Tour:
    """All trips of one crew, in order, with people of one level. A locked tour is left as it is."""

    crew: int
    level: str
    trips: list[Trip] = field(default_factory=list)
    not_before: Seconds = 0
    locked: bool = False


@dataclass(frozen=True, slots=True)
class TripTimes:
    """When a trip leaves its base, begins boarding or alighting at each stop, and is back."""

    left: Seconds
    begins: tuple[Seconds, ...]
    back: Seconds


class Ground:
    """Loads and crews on the map: distances, times, places on board."""

    def __init__(
        self, task: Task, loads: Sequence[Load], crews: Sequence[Crew], now: Seconds = BEFORE_ALL
    ) -> None:
        self.task, self.loads, self.crews, self.now = task, list(loads), list(crews), now
        # Lists of lists: single elements are read from them four times as fast as from an array.
        self.metres: list[list[int]] = task.travel.metres.tolist()
        self.seconds: list[list[int]] = task.travel.seconds.tolist()

    def times(self, tour: Tour) -> list[TripTimes] | None:
        """The earliest times of a tour within windows and the driver's hours; nothing if there are none."""
        crew, clock, found = self.crews[tour.crew], max(self.crews[tour.crew].opens, tour.not_before), []
        for trip in tour.trips:
            times = self._trip_times(crew.base, trip, clock)
            if times is None:
                return None
            found.append(times)
            clock = times.back + self.task.rules.cleaning
        late = found and (found[-1].back > crew.closes or found[-1].back - found[0].left > crew.most)
        return None if late else found

    def _trip_times(self, base: int, trip: Trip, clock: Seconds) -> TripTimes | None:
        """One trip that may leave at `clock`; it leaves late enough not to wait at its first stop."""
        place, left = base, trip.left
        begins = list(trip.fixed)
        stops = list(self.stops(trip))
        if begins:
            load, pickup = stops[len(begins) - 1]
            place = load.origin if pickup else load.destination
            clock = begins[-1] + (load.boarding if pickup else load.alighting)
        if len(begins) < len(stops):
            clock = max(clock, trip.free, self.now)
        for load, pickup in stops[len(begins) :]:
            there = load.origin if pickup else load.destination
            begin = clock + self.seconds[place][there]
            begin = max(begin, load.opens) if pickup else begin
            if begin > (load.closes if pickup else load.due):
                return None
            if left is None:
                left = begin - self.seconds[place][there]
            begins.append(begin)
            clock = begin + (load.boarding if pickup else load.alighting)
            place = there
        return TripTimes(clock if left is None else left, tuple(begins), clock + self.seconds[place][base])

    def stops(self, trip: Trip) -> Iterator[tuple[Load, bool]]:
        """Each stop's load, and whether it gets in there."""
        for load in trip.pickups:
            yield self.loads[load], True
        for load in trip.drops:
            yield self.loads[load], False

    def length(self, tour: Tour) -> Metres:
        """Metres of all trips."""
        return sum(self.trip_length(self.crews[tour.crew].base, trip) for trip in tour.trips)

    def trip_length(self, base: int, trip: Trip) -> Metres:
        """Metres from the base and back."""
        rows = [base, *(ld.origin if pickup else ld.destination for ld, pickup in self.stops(trip)), base]
        return sum(self.metres[a][b] for a, b in pairwise(rows))

    def on_board(self, trip: Trip) -> Amount:
        """What the trip's people take while all are on board."""
        amounts = [self.loads[load].amount for load in trip.pickups]
        return (
            sum(a[0] for a in amounts),
            sum(a[1] for a in amounts),
            sum(a[2] for a in amounts),
            sum(a[3] for a in amounts),
        )

    def has_room(self, crew: Crew, trip: Trip, load: Load) -> bool:
        """Whether the load finds a place beside the trip's people."""
        there = self.on_board(trip)
        together = tuple(a + b for a, b in zip(there, load.amount, strict=True))
        return fits((together[0], together[1], together[2], together[3]), crew.capacity)

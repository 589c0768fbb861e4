"""Where a load is cheapest to add to tours, without moving anybody out of their windows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from bulou.planning.pickups.loads import Crew, Load, fits
from bulou.planning.pickups.model import Metres, Seconds
from bulou.planning.pickups.tours import Ground, Tour, Trip, TripTimes


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A possible place: the metres that it costs, which tour, which trip, where in it.

    `new` says that the trip is one of its own, put in before the one numbered `trip`.
    """

    cost: Metres
    tour: int
    trip: int
    new: bool
    pickup: int
    drop: int


class Tours:
    """Tours in the making, and when their trips run. Not `sharing`: a trip carries one load."""

    def __init__(self, ground: Ground, tours: list[Tour] | None = None, *, sharing: bool = True) -> None:
        self.ground, self.sharing = ground, sharing
        self.all: list[Tour] = []
        self.times: list[list[TripTimes]] = []
        self.idle = list(range(len(ground.crews)))
        for tour in tours or []:
            self._take(tour, self.ground.times(tour) or [])

    def _take(self, tour: Tour, times: list[TripTimes]) -> None:
        self.all.append(tour)
        self.times.append(times)
        self.idle.remove(tour.crew)

    def add(self, load: int, only: int | None = None) -> bool:
        """Put the load at its cheapest place (of the tour of that crew `only`); false if there is none."""
        found = self._find(self.ground.loads[load], load, only)
        if found is None:
            return False
        number, tour, times = found
        if number < len(self.all):
            self.all[number], self.times[number] = tour, times
        else:
            self._take(tour, times)
        return True

    def has_place(self, load: Load) -> bool:
        """Whether a load that is in no list would find a place."""
        self.ground.loads.append(load)
        found = self._find(load, len(self.ground.loads) - 1, None)
        self.ground.loads.pop()
        return found is not None

    def _find(self, load: Load, name: int, only: int | None) -> tuple[int, Tour, list[TripTimes]] | None:
        for place in sorted(self.places(load, only)):
            tour = self._tour(place.tour, load)
            if only is None or tour.crew == only:
                changed = self._with(tour, name, place)
                times = self.ground.times(changed)
                if times is not None:
                    return place.tour, changed, times
        return None

    def _with(self, tour: Tour, load: int, place: Place) -> Tour:
        """The tour with the load at that place."""
        changed = replace(tour, trips=[trip.copy() for trip in tour.trips])
        if place.new:
            changed.trips.insert(place.trip, Trip([load], [load]))
        else:
            changed.trips[place.trip].pickups.insert(place.pickup, load)
            changed.trips[place.trip].drops.insert(place.drop, load)
        return changed

    def _tour(self, number: int, load: Load) -> Tour:
        """The tour of that number; numbers past the last are those of idle crews."""
        if number < len(self.all):
            return self.all[number]
        return Tour(self.idle[number - len(self.all)], load.level)

    def places(self, asked: Load, only: int | None = None) -> Iterator[Place]:
        """All places that distance, level, room and a look at the clock allow."""
        for number, tour in enumerate(self.all):
            if tour.level == asked.level and not tour.locked:
                yield from self._in_trips(number, asked) if self.sharing else ()
                yield from self._between_trips(number, asked)
        yield from self._idle(asked, only)

    def _in_trips(self, number: int, load: Load) -> Iterator[Place]:
        tour, crew = self.all[number], self.ground.crews[self.all[number].crew]
        for at, (trip, times) in enumerate(zip(tour.trips, self.times[number], strict=True)):
            begun = len(trip.fixed) > len(trip.pickups)
            meets = times.left <= load.closes and load.opens <= times.back
            if meets and not begun and self.ground.has_room(crew, trip, load):
                yield from self._in_trip(number, at, crew, trip, load)

    def _in_trip(self, number: int, at: int, crew: Crew, trip: Trip, load: Load) -> Iterator[Place]:
        ground = self.ground
        before = ground.trip_length(crew.base, trip)
        rows = [crew.base, *(ground.loads[i].origin for i in trip.pickups)]
        ends = [*(ground.loads[i].destination for i in trip.drops), crew.base]
        for i in range(len(trip.fixed), len(trip.pickups) + 1):
            origins = [*rows[: i + 1], load.origin, *rows[i + 1 :]]
            for j in range(len(trip.drops) + 1):
                path = [*origins, *ends[:j], load.destination, *ends[j:]]
                length = sum(ground.metres[a][b] for a, b in pairwise(path))
                yield Place(length - before, number, at, False, i, j)

    def _between_trips(self, number: int, load: Load) -> Iterator[Place]:
        crew, times = self.ground.crews[self.all[number].crew], self.times[number]
        if not fits(load.amount, crew.capacity):
            return
        cost, out, whole = self.alone(crew, load)
        rules, trips = self.ground.task.rules, self.all[number].trips
        for at in range(len(times) + 1):
            free = max(times[at - 1].back + rules.cleaning if at else crew.opens, self.ground.now)
            # The trip after it may be put off by as much as its people may wait.
            later = times[at].begins[0] + rules.most_wait if at < len(times) else crew.closes
            begun = at < len(times) and trips[at].left is not None
            if not begun and free + out <= load.closes and max(free, load.opens - out) + whole <= later:
                yield Place(cost, number, at, True, 0, 0)

    def _idle(self, load: Load, only: int | None) -> Iterator[Place]:
        seen: set[tuple[object, ...]] = set()
        for number, which in enumerate(self.idle):
            if only not in {None, which}:
                continue
            crew = self.ground.crews[which]
            kind = (crew.base, crew.capacity, crew.opens, crew.closes, crew.most, crew.levels)
            if kind in seen or not crew.may_carry(load.level) or not fits(load.amount, crew.capacity):
                continue
            seen.add(kind)
            cost, out, _ = self.alone(crew, load)
            if max(crew.opens, self.ground.now) + out <= load.closes and load.opens <= crew.closes:
                shift = self.ground.task.rules.shift_cost
                yield Place(cost + shift, len(self.all) + number, 0, True, 0, 0)

    def alone(self, crew: Crew, load: Load) -> tuple[Metres, Seconds, Seconds]:
        """A trip for this load only: metres, seconds to its origin, and seconds in all."""
        metres, seconds = self.ground.metres, self.ground.seconds
        cost = metres[crew.base][load.origin] + metres[load.origin][load.destination]
        out = seconds[crew.base][load.origin]
        back = seconds[load.origin][load.destination] + seconds[load.destination][crew.base]
        whole = out + load.boarding + back + load.alighting
        return cost + metres[load.destination][crew.base], out, whole

"""Made-up tasks of a county's size, for tests and benchmarks: nine townships, three stations, four exits.

People come by the trainload and by car: some from high-risk areas (to an isolation point), some from
medium-risk areas (to their township's reception point), most from others (there, or home to a village).
"""

from __future__ import annotations

import math
import random

from bulou.planning.pickups.model import Driver, Party, Rules, Stop, Task, Vehicle
from bulou.planning.pickups.travel import by_air

HOUR = 3600
CENTRE = (35.74, 111.71)
TOWNSHIPS, STATIONS, EXITS, ISOLATION, VILLAGES = 9, 3, 4, 2, 160
LEVELS = (("high", 0.2), ("medium", 0.3), ("low", 0.5))


def sample(parties: int, seed: int = 0, *, vehicles: int | None = None, rules: Rules | None = None) -> Task:
    """A task with so many parties over a day, and a vehicle for four of them if not said otherwise."""
    dice = random.Random(seed)  # noqa: S311  made-up people
    stops = _stops(dice)
    people = _parties(dice, parties)
    count = vehicles if vehicles is not None else max(6, parties // 4)
    fleet = [_vehicle(dice, number) for number in range(count)]
    drivers = [driver for number, vehicle in enumerate(fleet) for driver in _drivers(number, vehicle)]
    return Task(tuple(people), tuple(fleet), tuple(drivers), by_air(stops), rules or Rules())


def _stops(dice: random.Random) -> list[Stop]:
    towns = [_near(dice, f"town{n}", CENTRE, 6, 22, n / TOWNSHIPS) for n in range(TOWNSHIPS)]
    at = [(town.latitude, town.longitude) for town in towns]
    return [
        Stop("county", *CENTRE),
        *towns,
        *(_near(dice, f"station{n}", CENTRE, (4, 35, 48)[n], (6, 38, 52)[n], n / 3) for n in range(STATIONS)),
        *(_near(dice, f"exit{n}", CENTRE, 7, 26, n / EXITS) for n in range(EXITS)),
        *(_near(dice, f"isolation{n}", CENTRE, 1, 8, n / ISOLATION) for n in range(ISOLATION)),
        *(_near(dice, f"village{n}", at[n % TOWNSHIPS], 1, 7) for n in range(VILLAGES)),
    ]


def _near(
    dice: random.Random,
    name: str,
    of: tuple[float, float],
    least: float,
    most: float,
    turn: float | None = None,
) -> Stop:
    """A stop between `least` and `most` km away; `turn` (0 to 1) fixes about where around."""
    angle = 2 * math.pi * (dice.random() if turn is None else turn + dice.random() / 12)
    degrees = dice.uniform(least, most) / 111.2
    return Stop(
        name,
        round(of[0] + degrees * math.cos(angle), 5),
        round(of[1] + degrees * math.sin(angle) / math.cos(math.radians(of[0])), 5),
    )


def _parties(dice: random.Random, count: int) -> list[Party]:
    trains = [
        (f"K{n}", f"station{dice.randrange(STATIONS)}", _hour(dice)) for n in range(max(3, count // 12))
    ]
    return [_party(dice, number, dice.choice(trains)) for number in range(count)]


def _hour(dice: random.Random) -> int:
    """An arrival between six and midnight, most of them in the afternoon; whole five minutes."""
    return int(dice.triangular(6 * HOUR, 23.5 * HOUR, 16 * HOUR)) // 300 * 300


def _party(dice: random.Random, number: int, train: tuple[str, str, int]) -> Party:
    (level,) = dice.choices([name for name, _ in LEVELS], [share for _, share in LEVELS])
    (size,) = dice.choices((1, 2, 3, 4, 5), (50, 22, 15, 9, 4))
    name, origin, at = train if dice.random() < 0.65 else ("", f"exit{dice.randrange(EXITS)}", _hour(dice))
    return Party(
        f"p{number}",
        size,
        level,
        origin,
        _destination(dice, level),
        at,
        dice.choice((0, 0, 0, 600, 1500)) if not name else 0,
        name,
        int(dice.random() < 0.02),
        int(size > 2 and dice.random() < 0.3),
    )


def _destination(dice: random.Random, level: str) -> str:
    if level == "high":
        return f"isolation{dice.randrange(ISOLATION)}"
    home = level == "low" and dice.random() < 0.5
    return f"village{dice.randrange(VILLAGES)}" if home else f"town{dice.randrange(TOWNSHIPS)}"


def _vehicle(dice: random.Random, number: int) -> Vehicle:
    base = "county" if number % 3 == 0 else f"town{dice.randrange(TOWNSHIPS)}"
    wheelchairs = int(number % 5 == 0)
    levels = dice.choice(((), (), ("high",), ("medium", "low")))
    return Vehicle(f"v{number}", base, dice.choice((4, 6, 6, 10, 16)), wheelchairs, 2, 20, levels)


def _drivers(number: int, vehicle: Vehicle) -> list[Driver]:
    """Two drivers for every second vehicle, one by day or late for the others."""
    early = Driver(f"d{number}a", vehicle.base, 5 * HOUR, 15 * HOUR, 9 * HOUR)
    late = Driver(f"d{number}b", vehicle.base, 31 * HOUR // 2, 51 * HOUR // 2, 10 * HOUR)
    middle = Driver(f"d{number}c", vehicle.base, 10 * HOUR, 20 * HOUR, 10 * HOUR)
    return [early, late] if number % 2 == 0 else [middle if number % 4 == 1 else late]

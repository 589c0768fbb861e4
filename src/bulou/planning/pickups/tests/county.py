"""A little county with round figures: half an hour from the base to the station, ten minutes to each village.

station --30-- base --10-- east, west, north (20 from one to another); a minute is 1,000 metres
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bulou.planning.pickups.model import Driver, Party, Rules, Task, Travel, Vehicle

MINUTE, HOUR = 60, 3600
NOON = 12 * HOUR
STOPS = ("base", "station", "east", "west", "north")
MINUTES = np.array(
    [
        [0, 30, 10, 10, 10],
        [30, 0, 40, 40, 40],
        [10, 40, 0, 20, 20],
        [10, 40, 20, 0, 20],
        [10, 40, 20, 20, 0],
    ]
)
TRAVEL = Travel(STOPS, MINUTES * 1000, MINUTES * MINUTE)
CAR = Vehicle("car", "base", seats=4)
BUS = Vehicle("bus", "base", seats=8, wheelchair_places=1)
DAY = Driver("day", "base", 6 * HOUR, 18 * HOUR, 12 * HOUR)
OTHER = Driver("other", "base", 6 * HOUR, 18 * HOUR, 12 * HOUR)


def party(name: str, at: int = NOON, to: str = "east", **more: Any) -> Party:
    """Somebody who arrives at the station."""
    known = {"size": 1, "level": "low", "origin": "station", **more}
    return Party(name, destination=to, scheduled=at, **known)


def task(*parties: Party, vehicles: Any = (CAR, BUS), drivers: Any = (DAY, OTHER), **rules: Any) -> Task:
    """These parties on a car and a bus with a driver each, by day, unless it is said otherwise."""
    return Task(parties, tuple(vehicles), tuple(drivers), TRAVEL, Rules(**rules))


def with_parties(before: Task, *parties: Party) -> Task:
    """The same task with other parties."""
    return replace(before, parties=parties)

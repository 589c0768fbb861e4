"""Travel times and distances where no road matrix is given: the great circle, longer by a road factor."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from bulou.planning.pickups.model import Stop, Travel

EARTH = 6_371_008.8  # mean radius in metres (IUGG)


def by_air(stops: Iterable[Stop], *, road_factor: float = 1.35, kmh: float = 45.0) -> Travel:
    """Haversine distance × `road_factor`, driven at `kmh`; both rounded up to whole metres and seconds.

    Rounding up keeps the triangle inequality within one unit, and no time is too short.
    """
    points = list(stops)
    latitude = np.radians([p.latitude for p in points])
    longitude = np.radians([p.longitude for p in points])
    half = np.sin((latitude[:, None] - latitude) / 2) ** 2
    half += np.cos(latitude)[:, None] * np.cos(latitude) * np.sin((longitude[:, None] - longitude) / 2) ** 2
    metres = 2 * EARTH * np.arcsin(np.sqrt(np.clip(half, 0, 1))) * road_factor
    return Travel(
        tuple(p.id for p in points),
        np.ceil(metres).astype(np.int64),
        np.ceil(metres / (kmh / 3.6)).astype(np.int64),
    )

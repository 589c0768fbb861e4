"""A made-up map of the county: townships that tile it, villages that tile each township. No real geometry.

Each village is the ground that is nearest to its centre within its township. It is drawn on a lattice whose
corners are shaken, so that neighbours share every point of their border and no border is straight.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from math import atan2, cos, hypot, sin
from pathlib import Path
from random import Random
from typing import Any

from bulou.drill.divisions import COUNTY, COUNTY_NAME, townships, villages

SIDE = 96
"""Cells along each side of the lattice."""
WIDTH = 0.55
"""Degrees of longitude from side to side; latitude follows in proportion."""
SOUTH_WEST = (111.4, 35.4)
SHAKE = 0.32
"""How far a corner may lie from its place, in cells."""
TRIES = 12
NAME = "boundaries.geojson"

Cell = tuple[int, int]
Ground = Mapping[Cell, str]


def write_boundaries(folder: Path, seed: str, day: date) -> Path:
    """Write the map of all townships and villages. The same seed gives the same map."""
    ground = lay_ground(seed)
    corner = _corners(seed)
    names = {COUNTY: COUNTY_NAME, **townships(), **{code: v.name for code, v in villages().items()}}
    features = [
        _feature(code, names[code], [[corner(x, y) for x, y in ring] for ring in rings])
        for width in (6, 9, 12)
        for code, rings in sorted(outlines(ground, width).items())
    ]
    document = {
        "type": "FeatureCollection",
        "datum": "WGS84",
        "source": "演示用:由程序生成,不是真实边界",
        "as_of": day.isoformat(),
        "features": features,
    }
    path = folder / NAME
    path.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    return path


def lay_ground(seed: str) -> Ground:
    """The village of each cell of the lattice; cells outside the county are left out."""
    rng = Random(f"{seed}:map")
    inside = _county(rng)
    cells = sorted(inside)
    towns = dict(zip(townships(), _spread(rng, cells, len(townships())), strict=True))
    by_town: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        by_town[_nearest(cell, towns)].append(cell)
    ground: dict[Cell, str] = {}
    for town, own in by_town.items():
        codes = [code for code in villages() if code.startswith(town)]
        centres = dict(zip(codes, _spread(rng, own, len(codes)), strict=True))
        ground |= {cell: _nearest(cell, centres) for cell in own}
    return ground


def _county(rng: Random) -> set[Cell]:
    """Cells within an outline that bulges and bays as the seed says."""
    waves = [(turn, rng.uniform(0.02, 0.16 / turn), rng.uniform(0, 6.3)) for turn in (1, 2, 3, 5)]
    middle = SIDE / 2

    def within(cell: Cell) -> bool:
        x, y = cell[0] + 0.5 - middle, cell[1] + 0.5 - middle
        reach = 0.8 + sum(size * cos(turn * atan2(y, x) + phase) for turn, size, phase in waves)
        return hypot(x, y * 1.15) < reach * middle

    return {(x, y) for x in range(SIDE) for y in range(SIDE) if within((x, y))}


def _spread(rng: Random, cells: list[Cell], count: int) -> list[Cell]:
    """So many different cells, each the farthest from those before of some drawn at random."""
    chosen: list[Cell] = []
    while len(chosen) < count:
        drawn = [cell for cell in rng.sample(cells, min(TRIES, len(cells))) if cell not in chosen]
        if drawn:
            chosen.append(max(drawn, key=lambda cell: min((_apart(cell, one) for one in chosen), default=0)))
    return chosen


def _nearest(cell: Cell, centres: Mapping[str, Cell]) -> str:
    return min(centres, key=lambda code: (_apart(cell, centres[code]), code))


def _apart(one: Cell, other: Cell) -> int:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2


def outlines(ground: Ground, width: int) -> dict[str, list[list[Cell]]]:
    """The rings around the cells of each code of so many digits, as corners of the lattice."""
    edges: dict[str, dict[Cell, list[Cell]]] = defaultdict(lambda: defaultdict(list))
    for (x, y), village in ground.items():
        code = village[:width]
        around = (
            ((x, y - 1), (x, y), (x + 1, y)),
            ((x + 1, y), (x + 1, y), (x + 1, y + 1)),
            ((x, y + 1), (x + 1, y + 1), (x, y + 1)),
            ((x - 1, y), (x, y + 1), (x, y)),
        )
        for neighbour, start, end in around:
            if ground.get(neighbour, "")[:width] != code:
                edges[code][start].append(end)
    return {code: list(_rings(found)) for code, found in edges.items()}


def _rings(edges: dict[Cell, list[Cell]]) -> Iterable[list[Cell]]:
    """Edges joined into closed rings; where two rings touch in a corner, the sharper turn is taken."""
    while edges:
        start = here = next(iter(edges))
        ring, before = [start], start
        while True:
            ends = edges[here]
            there = max(ends, key=lambda end: _turn(before, here, end)) if len(ends) > 1 else ends[0]
            ends.remove(there)
            if not ends:
                del edges[here]
            before, here = here, there
            ring.append(here)
            if here == start:
                break
        yield ring


def _turn(before: Cell, here: Cell, end: Cell) -> int:
    return (here[0] - before[0]) * (end[1] - here[1]) - (here[1] - before[1]) * (end[0] - here[0])


def _corners(seed: str) -> Any:
    """The place on the ground of each corner of the lattice, [longitude, latitude]."""
    size = WIDTH / SIDE

    def corner(x: int, y: int) -> list[float]:
        rng = Random(f"{seed}:{x}:{y}")
        east = x + rng.uniform(-SHAKE, SHAKE) + 0.8 * sin(y / 7)
        north = y + rng.uniform(-SHAKE, SHAKE) + 0.8 * sin(x / 9)
        return [round(SOUTH_WEST[0] + east * size, 5), round(SOUTH_WEST[1] + north * size * 0.82, 5)]

    return corner


def _feature(code: str, name: str, rings: list[list[list[float]]]) -> dict[str, Any]:
    """Rings that go round counter-clockwise are parts, the others holes of the part that they lie in.

    A village that lies wholly inside another makes such a hole.
    """
    parts = [[ring] for ring in rings if _area(ring) > 0]
    for hole in (ring for ring in rings if _area(ring) <= 0):
        next((part for part in parts if _holds(part[0], hole[0])), parts[0]).append(hole)
    properties = {"code": code, "name": name}
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "MultiPolygon", "coordinates": parts},
    }


def _area(ring: list[list[float]]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))


def _holds(ring: list[list[float]], point: list[float]) -> bool:
    """Whether a point lies inside a ring: a ray from it crosses the ring an odd number of times."""
    x, y = point
    inside = False
    for (ax, ay), (bx, by) in pairwise(ring):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside

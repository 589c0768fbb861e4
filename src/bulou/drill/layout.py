"""Where people live: the compounds, scattered areas and natural villages of a scale, door by door."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import NamedTuple

from bulou.drill.divisions import (
    FORMER_VILLAGE,
    OUR_COMMUNITY,
    SHORTENED_VILLAGE,
    TOWN,
    Village,
    villages,
    words,
)

COMPOUND, SCATTERED, HAMLET = "小区", "散户区", "自然村"
GRID_HOUSEHOLDS = 255
"""Households to one grid worker (the county: 200 and more)."""

_VILLAGE_HOUSEHOLDS = {"tiny": (110, 140), "community": (14, 20), "county": (250, 540)}
_FIRST = words("compounds_first")
_SECOND = words("compounds_second")
_HAMLETS = words("hamlets")


class Door(NamedTuple):
    """The door of one household; grid, building and unit may be empty."""

    grid: str
    building: str
    unit: str
    number: str


@dataclass
class Area:
    """A compound, a scattered area or a natural village, with the doors of its households."""

    village: Village
    name: str
    kind: str
    gates: int
    property_company: str
    doors: list[Door] = field(repr=False)

    @cached_property
    def buildings(self) -> list[str]:
        return list(dict.fromkeys(d.building for d in self.doors if d.building))

    @cached_property
    def grids(self) -> list[str]:
        return list(dict.fromkeys(d.grid for d in self.doors))


@dataclass(frozen=True)
class Scale:
    """How much of the county is made."""

    name: str
    villages: tuple[str, ...]
    monitored: int
    departments: int
    micro_grid_workers: int


def scales() -> dict[str, Scale]:
    """`tiny`: one village; `community`: 文昌社区 and a few doors in two villages; `county`: everything."""
    return {
        "tiny": Scale("tiny", (SHORTENED_VILLAGE,), 6, 3, 8),
        "community": Scale("community", (OUR_COMMUNITY, FORMER_VILLAGE, SHORTENED_VILLAGE), 80, 40, 1056),
        "county": Scale("county", tuple(villages()), 800, 107, 4197),
    }


def lay_out(scale: Scale, seed: str) -> list[Area]:
    """Every area of the scale, in the order of the codes."""
    names = [a + b for b in _SECOND for a in _FIRST]
    Random(f"{seed}:compounds").shuffle(names)
    return [area for code in scale.villages for area in _village_areas(villages()[code], scale, seed, names)]


def _village_areas(village: Village, scale: Scale, seed: str, names: list[str]) -> list[Area]:
    rng = Random(f"{seed}:{village.code}")
    if not village.in_town:
        return _hamlets(village, rng, rng.randint(*_VILLAGE_HOUSEHOLDS[scale.name]))
    compounds, scattered, households = _town_size(village)
    sizes = _shares(rng, compounds, households * 9 // 10)
    areas = [_compound(village, names.pop(), rng, n) for n in sizes]
    rest = _shares(rng, scattered, households - sum(sizes))
    return areas + [_scattered(village, f"散户{i}片", n) for i, n in enumerate(rest, 1)]


def _town_size(village: Village) -> tuple[int, int, int]:
    """Compounds, scattered areas and households; the town has 159 compounds, 40 of them in 文昌社区."""
    if village.code == OUR_COMMUNITY:
        return 40, 16, 9200
    order = [v.code for v in villages().values() if v.township_code == TOWN and v.is_community]
    order.remove(OUR_COMMUNITY)
    compounds = 10 if order.index(village.code) < len(order) - 1 else 9
    return compounds, 4, 2350


def _shares(rng: Random, parts: int, total: int) -> list[int]:
    """`total` cut into uneven parts, each at least a third of the mean, a few several times it."""
    weights = [0.2 + 3 * rng.random() ** 2 for _ in range(parts)]
    floor = total // parts // 3
    free = total - floor * parts
    sizes = [floor + int(free * w / sum(weights)) for w in weights]
    sizes[0] += total - sum(sizes)
    return sizes


def _compound(village: Village, name: str, rng: Random, households: int) -> Area:
    floors, units = rng.choice([5, 6, 6, 6, 11]), rng.choice([2, 3, 4])
    grids = -(-households // (GRID_HOUSEHOLDS * 5 // 4))
    per_building = floors * units * 2
    per_grid = -(-households // grids)
    doors = []
    for index in range(households):
        building, place = divmod(index, per_building)
        unit, place = divmod(place, floors * 2)
        grid = f"第{'一二三四五六'[building * per_building // per_grid]}网格" if grids > 1 else ""
        number = f"{place // 2 + 1}0{place % 2 + 1}"
        doors.append(Door(grid, f"{building + 1}号楼", f"{unit + 1}单元", number))
    company = f"{name.removesuffix('小区')}物业服务有限公司" if rng.random() < 0.6 else ""
    return Area(village, name, COMPOUND, rng.choice([1, 1, 2, 2, 3]), company, doors)


def _scattered(village: Village, name: str, households: int) -> Area:
    doors = [Door("", "", "", str(n)) for n in range(1, households + 1)]
    return Area(village, name, SCATTERED, 0, "", doors)


def _hamlets(village: Village, rng: Random, households: int) -> list[Area]:
    own = village.name.removesuffix("社区")
    own = own.removesuffix("村") if len(own) > 2 else own
    names = [own, *rng.sample(_HAMLETS, rng.randint(1, 2))]
    sizes = _shares(rng, len(names), households)
    doors = [[Door("", "", "", str(n)) for n in range(1, size + 1)] for size in sizes]
    return [
        Area(village, name, HAMLET, rng.choice([1, 2, 3]), "", found)
        for name, found in zip(names, doors, strict=True)
    ]

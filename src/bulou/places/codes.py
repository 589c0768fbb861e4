"""Place codes: official digits down to the village or community, then our own, each level of fixed width.

    141022 100 003 012 01 003 02 0301
    county town vill comp grid bldg unit door

A level that a place does not have (a hamlet without grids, a door without a building) is written as
zeros, so every code of one level is equally long and a scope is one range: `code >= p AND code < next`.
"""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Q

from bulou.places.models import Level

WIDTHS: dict[Level, int] = {
    Level.COUNTY: 6,
    Level.TOWNSHIP: 9,
    Level.VILLAGE: 12,
    Level.COMPOUND: 15,
    Level.GRID: 17,
    Level.BUILDING: 20,
    Level.UNIT: 22,
    Level.DOOR: 26,
}
LEVELS = list(WIDTHS)
ROLL_UP_WIDTH = WIDTHS[Level.GRID]
"""Roll-ups are kept down to the grid; below it there are few enough rows to count."""


class Range(NamedTuple):
    """Every code of a place and of all below it: `low <= code < high`."""

    low: str
    high: str


def level_of(code: str) -> Level:
    """The level of a code, by its length. Raises ValueError for a length that no level has."""
    for level, width in WIDTHS.items():
        if width == len(code):
            return level
    raise ValueError(f"no place code has {len(code)} digits")


def scope(code: str) -> Range:
    """The range of codes under a place; the code itself is in it."""
    return Range(code, str(int(code) + 1).zfill(len(code)))


def within(field: str, code: str) -> Q:
    """A filter: the field's code lies under the place."""
    low, high = scope(code)
    return Q(**{f"{field}__gte": low, f"{field}__lt": high})


def below(level: Level) -> Level | None:
    """The level directly below."""
    index = LEVELS.index(level) + 1
    return LEVELS[index] if index < len(LEVELS) else None


def parent_of(code: str) -> str | None:
    """The code of the level above, leaving out levels that the place does not have (zeros)."""
    for level in reversed(LEVELS[: LEVELS.index(level_of(code))]):
        width = WIDTHS[level]
        digits = (
            code[WIDTHS[LEVELS[LEVELS.index(level) - 1]] : width] if level != Level.COUNTY else code[:width]
        )
        if int(digits):
            return code[:width]
    return None


def child(parent: str, level: Level, number: int) -> str:
    """The code of a parent's child at a level, with zeros for the levels between."""
    width = WIDTHS[level]
    own = width - WIDTHS[LEVELS[LEVELS.index(level) - 1]]
    digits = str(number)
    if len(digits) > own or number < 1:
        raise ValueError(f"{number} does not fit into {own} digits")
    return parent.ljust(width - own, "0") + digits.zfill(own)


def path(code: str) -> list[str]:
    """The codes from the county down to this one."""
    level_of(code)
    return [
        *(code[:end] for start, end in _STEPS if end < len(code) and code[start:end].strip("0")),
        code,
    ]


_STEPS = tuple(zip((0, *WIDTHS.values()), WIDTHS.values(), strict=False))
"""The digits of each level in a code: lists ask for the paths of a hundred doors."""

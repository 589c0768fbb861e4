"""How one office keeps one workbook: title, header rows, order of columns, way of writing dates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from bulou.drill.columns import COLUMNS, GROUPS, VARIANTS
from bulou.drill.sinks import EPOCH

DATES: dict[str, Callable[[date], Any]] = {
    "iso": lambda d: d.isoformat(),
    "dots": lambda d: f"{d.year}.{d.month}.{d.day}",
    "slashes": lambda d: f"{d.year}/{d.month}/{d.day}",
    "chinese": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "cell": lambda d: d,
    "serial": lambda d: (d - EPOCH).days,
    "short": lambda d: f"{d.month}.{d.day}",
    "short chinese": lambda d: f"{d.month}月{d.day}日",
}
_SPRING_BOOKS = ("monitoring", "health_reports")
"""Books whose dates are all of this spring, so that some offices leave the year out."""
_USUAL = (
    "iso",
    "cell",
    "slashes",
    "dots",
    "cell",
    "iso",
    "chinese",
    "cell",
    "slashes",
    "serial",
    "iso",
    "cell",
)
"""The ways of other books in turn: most are plain."""
_NEEDS_CELLS = ("cell", "serial")


@dataclass(frozen=True)
class Style:
    """The habits of one workbook."""

    title: bool = False
    office_line: bool = False
    serial: bool = False
    two_rows: bool = False
    footer: bool = False
    dates: str = "iso"
    number_doors: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    order: tuple[str, ...] = ()
    extra_sex: bool = False
    merge_places: bool = False

    def header(self, column: str) -> str:
        return dict(self.headers).get(column, column)

    def marks(self) -> list[str]:
        """What of the mess of real workbooks this style has, by name."""
        flags = ("title", "office_line", "serial", "two_rows", "footer", "number_doors", "extra_sex")
        found = [name for name in (*flags, "merge_places") if getattr(self, name)]
        return [*found, f"dates {self.dates}", *(["header variants"] if self.headers else [])]


PLAIN = Style()
"""The contract's own columns, nothing else: what a careful office sends."""


def draw(kind: str, key: str, number: int, *, text_only: bool = False) -> Style:
    """The style of a workbook. Workbook 0 of a kind has every habit; others are drawn from the key.

    `text_only` is for .csv files, where a cell cannot hold a date of its own.
    """
    rng = Random(f"{key}:style")
    every = number == 0

    def likes(share: float) -> bool:
        return rng.random() < share or every

    ways = [w for w in (DATES if kind in _SPRING_BOOKS else _USUAL) if not (text_only and w in _NEEDS_CELLS)]
    return Style(
        title=likes(0.7),
        office_line=likes(0.5),
        serial=likes(0.6),
        two_rows=kind in GROUPS and likes(0.4),
        footer=likes(0.5),
        dates=ways[number % len(ways)],
        number_doors=likes(0.4),
        headers=_headers(kind, rng) if likes(0.6) else (),
        order=_order(kind, rng),
        extra_sex=kind == "residents" and likes(0.3),
        merge_places=kind == "monitoring" and likes(0.3),
    )


def _headers(kind: str, rng: Random) -> tuple[tuple[str, str], ...]:
    return tuple((c, rng.choice(VARIANTS[c])) for c in COLUMNS[kind] if c in VARIANTS)


def _order(kind: str, rng: Random) -> tuple[str, ...]:
    """The contract's order, or one with two columns changed about; grouped columns stay together."""
    order = list(COLUMNS[kind])
    grouped = GROUPS.get(kind, ("", ()))[1]
    free = [i for i, column in enumerate(order) if column not in grouped]
    if rng.random() < 0.5:
        one, other = rng.sample(free, 2)
        order[one], order[other] = order[other], order[one]
    return tuple(order)

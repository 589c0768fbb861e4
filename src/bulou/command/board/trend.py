"""The day by hour as lines: done of what is owed above, overdue and unowned below. The table is its twin."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bulou.command.board.figures import Board, Line
from bulou.kernel import clock
from bulou.obligations.balance import Counts

HOURS = 24
TOP, UPPER, BETWEEN, LOWER = 16, 168, 24, 84
"""Heights in pixels: room for a label, the upper panel, the space between, the lower panel."""


@dataclass(frozen=True)
class Point:
    """The counts at one time of the day; the last one is now. `late`: made up afterwards."""

    at: datetime
    x: float
    counts: Counts
    late: bool
    now: bool
    href: str = ""

    @property
    def line(self) -> Line:
        return Line("", "", self.counts)


@dataclass(frozen=True)
class Drawn:
    """One line of the drawing: its class, its path over 24 × 100, and its marks (per cent, pixels)."""

    css: str
    path: str
    marks: list[tuple[float, float, bool]]


@dataclass(frozen=True)
class Trend:
    """The points of the day, the greatest value of each panel, and the lines of each."""

    points: list[Point]
    most: tuple[int, int]
    upper: list[Drawn]
    lower: list[Drawn]

    @property
    def any_late(self) -> bool:
        return any(point.late for point in self.points)

    @property
    def is_flat(self) -> bool:
        """Whether nothing was owed at any hour, so that there is no line to draw."""
        return not any(point.counts.universe for point in self.points)


def trend(board: Board) -> Trend:
    """The drawing of a board's day."""
    points = points_of(board)
    earlier = [_x(one.at, board.asked.since - clock.DAY) for one in board.yesterday]
    before = list(zip(earlier, (_done(one.counts) for one in board.yesterday), strict=True))
    most = (
        max([1, *(point.counts.universe for point in points), *(n for _at, n in before)]),
        max([1, *(max(point.counts.overdue, point.counts.adrift) for point in points)]),
    )
    upper = [
        Drawn("done", _area(_values(points, _done), most[0]), []),
        Drawn("owed", _path(_values(points, lambda c: c.universe), most[0]), []),
        Drawn("before", _path(before, most[0]), []),
    ]
    lower = [
        _marked("overdue", points, lambda c: c.overdue, most[1]),
        _marked("unowned", points, lambda c: c.adrift, most[1]),
    ]
    return Trend(points, most, upper, lower)


def points_of(board: Board) -> list[Point]:
    """The hours that were taken, and now; nothing where no hour was."""
    since = board.asked.since
    hours = [
        Point(one.at, _x(one.at, since), one.counts, one.late, False, board.asked.hour_url(one.at))
        for one in board.today
    ]
    if not board.today:
        return []
    end = min(board.as_of, board.asked.until)
    return [*hours, Point(board.as_of, _x(end, since), board.children_total.counts, False, True)]


def _done(counts: Counts) -> int:
    return counts.met + counts.late


def _x(at: datetime, since: datetime) -> float:
    """Hours since the day's beginning."""
    return round(min((at - since) / timedelta(hours=1), HOURS), 2)


def _values(points: Iterable[Point], value: Callable[[Counts], int]) -> list[tuple[float, int]]:
    return [(point.x, value(point.counts)) for point in points]


def _path(values: list[tuple[float, int]], most: int) -> str:
    return "M" + "L".join(f"{x:g} {_down(n, most):g}" for x, n in values) if values else ""


def _area(values: list[tuple[float, int]], most: int) -> str:
    if not values:
        return ""
    return f"{_path(values, most)}L{values[-1][0]:g} 100L{values[0][0]:g} 100Z"


def _down(n: int, most: int) -> float:
    """How far below the top a value lies, of 100."""
    return round(100 - n / most * 100, 1)


def _marked(css: str, points: list[Point], value: Callable[[Counts], Any], most: int) -> Drawn:
    start = TOP + UPPER + BETWEEN
    marks = [
        (
            round(point.x / HOURS * 100, 2),
            round(start + _down(value(point.counts), most) * LOWER / 100, 1),
            point.late,
        )
        for point in points
    ]
    return Drawn(css, _path(_values(points, value), most), marks)

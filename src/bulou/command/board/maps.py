"""The map of the places below: their outlines as paths, or equal tiles where there are no outlines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import ceil, cos, radians

from django.utils.translation import gettext as _

from bulou.command.board import held
from bulou.obligations.balance import Counts
from bulou.places.shape_model import Shape
from bulou.places.shapes import UNITS, area
from bulou.web.formats import FEW

WIDTH = 400
"""Units across; the page scales them."""
MOST_TALL = 480
TILES_ACROSS = 5
TILE = (76, 58)
MARGIN = 4

Point = tuple[int, int]
Ring = list[Point]


@dataclass(frozen=True)
class Outline:
    """The rings of one place in units of the drawing, where its label stands, and how much room that has."""

    code: str
    rings: list[Ring]
    x: int
    y: int
    room: int

    @property
    def path(self) -> str:
        """The rings as an SVG path."""
        return "".join(_path(ring) for ring in self.rings)


@dataclass(frozen=True)
class Map:
    """The outlines of the places below one; `tiles` when they are not outlines but equal tiles."""

    height: int
    outlines: list[Outline]
    tiles: bool
    datum: str = ""
    source: str = ""
    as_of: date | None = None
    missing: tuple[str, ...] = ()


def drawn(place: str, codes: list[str], geometry: int) -> Map:
    """The map of the places below one, kept while they stand; `geometry` is the version of the outlines."""
    return held.outlines.get((place, geometry, tuple(codes)), lambda: _drawn(place, codes))


def _drawn(place: str, codes: list[str]) -> Map:
    shapes = list(Shape.objects.filter(place__parent_id=place, place_id__in=codes).order_by("place_id"))
    if not shapes or len(shapes) * 2 < len(codes):
        return _tiled(codes)
    project, height = _projection(shapes)
    outlines = [outline for shape in shapes if (outline := _outline(shape, project))]
    first, missing = shapes[0], set(codes) - {shape.pk for shape in shapes}
    return Map(
        height, outlines, False, first.get_datum_display(), first.source, first.as_of, tuple(sorted(missing))
    )


def _tiled(codes: list[str]) -> Map:
    """Equal tiles in the order of the codes."""
    wide, tall = TILE
    outlines = []
    for at, code in enumerate(codes):
        x, y = MARGIN + at % TILES_ACROSS * (wide + 3), MARGIN + at // TILES_ACROSS * (tall + 3)
        ring = [(x, y), (x + wide, y), (x + wide, y + tall), (x, y + tall)]
        outlines.append(Outline(code, [ring], x + wide // 2, y + tall // 2, wide))
    return Map(2 * MARGIN + ceil(len(codes) / TILES_ACROSS) * (tall + 3), outlines, True)


class _Projection:
    """Degrees to units: a degree of longitude is as much shorter as the latitude says."""

    def __init__(self, low: Point, high: Point) -> None:
        self._low, self._high = low, high
        self._narrow = cos(radians((low[1] + high[1]) / 2 / UNITS))
        wide = (high[0] - low[0]) * self._narrow
        tall = high[1] - low[1]
        self._scale = min((WIDTH - 2 * MARGIN) / max(wide, 1), (MOST_TALL - 2 * MARGIN) / max(tall, 1))
        self._left = (WIDTH - wide * self._scale) / 2
        self.height = ceil(tall * self._scale) + 2 * MARGIN

    def __call__(self, x: int, y: int) -> Point:
        east = (x - self._low[0]) * self._narrow * self._scale
        return round(self._left + east), round(MARGIN + (self._high[1] - y) * self._scale)


def _projection(shapes: list[Shape]) -> tuple[_Projection, int]:
    points = [point for shape in shapes for polygon in shape.polygons for ring in polygon for point in ring]
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    made = _Projection((min(xs), min(ys)), (max(xs), max(ys)))
    return made, made.height


def _outline(shape: Shape, project: _Projection) -> Outline | None:
    """The rings on the drawing's grid. Neighbours round alike, so their common border stays common."""
    rings = [_rounded(ring, project) for polygon in shape.polygons for ring in polygon]
    rings = [ring for ring in rings if len(ring) > 2]
    if not rings:
        return None
    largest = max(rings, key=lambda ring: abs(area(ring)))
    x, y, room = _label_point(largest)
    return Outline(shape.pk, rings, x, y, room)


def _rounded(ring: list[list[int]], project: _Projection) -> Ring:
    """Without points that fall together, and without those on a straight line between their neighbours."""
    points = [project(x, y) for x, y in ring]
    points = [point for at, point in enumerate(points) if point != points[at - 1]]
    return [
        point
        for at, point in enumerate(points)
        if _bends(points[at - 1], point, points[(at + 1) % len(points)])
    ]


def _bends(a: Point, b: Point, c: Point) -> bool:
    return (b[0] - a[0]) * (c[1] - b[1]) != (b[1] - a[1]) * (c[0] - b[0])


def _label_point(ring: Ring) -> tuple[int, int, int]:
    """The middle of the widest stretch inside the ring, of some heights, and how wide it is."""
    low, high = min(y for _x, y in ring), max(y for _x, y in ring)
    best = (0.0, ring[0][0], ring[0][1])
    for part in range(3, 8):
        y = low + (high - low) * part / 10 + 0.5
        crossings = sorted(
            ax + (y - ay) * (bx - ax) / (by - ay)
            for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True)
            if (ay > y) != (by > y)
        )
        for left, right in zip(crossings[::2], crossings[1::2], strict=False):
            # The middle of the place is preferred where the stretches are about as wide.
            width = (right - left) * (1 - abs(part - 5) / 15)
            best = max(best, (width, round((left + right) / 2), round(y)))
    return best[1], best[2], round(best[0])


def _path(ring: Ring) -> str:
    """A ring as relative steps, which are short and repeat."""
    (x, y), steps = ring[0], []
    for nx, ny in ring[1:]:
        steps.append(f"{nx - x} {ny - y}".replace(" -", "-"))
        x, y = nx, ny
    return f"M{ring[0][0]} {ring[0][1]}l{' '.join(steps)}z"


def look_of(counts: Counts) -> str:
    """How a place is drawn: nothing owed, all done, still open, or overdue by its share."""
    if not counts.universe:
        return "nothing"
    if counts.overdue:
        share = counts.overdue / counts.universe
        return "some" if counts.universe < FEW or share < 0.01 else "more" if share < 0.05 else "most"
    return "open" if counts.open else "met"


def note(found: Map) -> str:
    """Where the outlines are from; that tiles are no map."""
    if found.tiles:
        return _("没有导入边界:按编码顺序排成方格,不代表位置和大小。")
    return _("边界:{source},坐标系 {datum},{as_of}").format(
        source=found.source, datum=found.datum, as_of=found.as_of
    )

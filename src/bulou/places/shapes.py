"""Outlines of places, brought in from GeoJSON: checked feature by feature, what is right goes in alone.

{"type": "FeatureCollection", "datum": "CGCS2000", "source": "…", "as_of": "2022-01-01", "features": [
    {"type": "Feature", "properties": {"code": "141022100"}, "geometry": {"type": "Polygon", …}}]}
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bulou.kernel import audit, clock
from bulou.kernel.database import atomic, scalar
from bulou.kernel.problems import problem
from bulou.places.models import Place
from bulou.places.shape_model import Datum, Shape

ENDINGS = (".geojson",)
UNITS = 100_000
"""Parts of a degree that coordinates are kept in: about a metre."""
MOST_BYTES = 30 * 2**20
MOST_POINTS = 200_000

UNREADABLE = problem(
    "shapes-unreadable", gettext_lazy("{file} 不是 GeoJSON 的 FeatureCollection:请用地理软件另存为 GeoJSON。")
)
TOO_BIG = problem(
    "shapes-too-big", gettext_lazy("{file} 太大(上限 30 MB、20 万个点):请先简化边界。"), status=413
)
NO_DATUM = problem(
    "shapes-without-datum",
    gettext_lazy('{file} 没有说明坐标系:请在文件里写 "datum"(WGS84、GCJ-02 或 CGCS2000),或用 --datum 指定。'),
)
BAD_DATE = problem("shapes-bad-date", gettext_lazy("{file} 的 as_of“{value}”不是日期:请写成 2022-01-01。"))

Ring = list[tuple[int, int]]
Polygons = list[list[Ring]]


class _Wrong(ValueError):
    """A feature that cannot be taken; its words say why."""


@dataclass
class Brought:
    """What became of a file, in the words that imports use; `problems` says which features were refused."""

    file: str
    kind: str = "shapes"
    rows: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    problems: list[str] = field(default_factory=list)


def version() -> int:
    """A number that is another after every change of an outline (microseconds of the last import)."""
    return int(scalar("SELECT coalesce(max(imported_at), 0) FROM places_shape") or 0)


def bring_in(path: Path, *, by: str, datum: str = "", source: str = "") -> Brought:
    """Take the outlines of a file in the place of those that stand; recorded.

    `datum` and `source` are for files that do not state them. Raises `shapes-unreadable`, `shapes-too-big`,
    `shapes-without-datum`, `shapes-bad-date`.
    """
    document = _read(path)
    stated = _datum(path, document, datum)
    origin = str(document.get("source") or source or path.name)[:200]
    as_of = _as_of(path, document)
    brought = Brought(path.name, rows=len(document["features"]))
    with atomic():
        known = set(
            Place.objects.filter(retired_at__isnull=True, code__in=_codes(document)).values_list(
                "code", flat=True
            )
        )
        standing = Shape.objects.in_bulk(known)
        changed = []
        for code, polygons in _taken(document, known, brought):
            shape = Shape(code, polygons=polygons, datum=stated, source=origin, as_of=as_of)
            if _count(brought, standing.get(code), shape):
                changed.append(shape)
        _store(changed, by, brought)
    return brought


def bring_in_folder(folder: Path, *, by: str) -> list[Brought]:
    """Take the outlines of every GeoJSON file of a county folder. Raises as `bring_in`."""
    files = (path for path in sorted(folder.iterdir()) if path.suffix.lower() in ENDINGS)
    return [bring_in(path, by=by) for path in files]


def _read(path: Path) -> dict[str, Any]:
    if path.stat().st_size > MOST_BYTES:
        raise TOO_BIG.error(file=path.name)
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise UNREADABLE.error(file=path.name) from error
    if not isinstance(document, dict) or not isinstance(document.get("features"), list):
        raise UNREADABLE.error(file=path.name)
    return document


def _datum(path: Path, document: dict[str, Any], given: str) -> Datum:
    """The datum that the file states, else the one given. The `crs` of older GeoJSON is understood."""
    crs = json.dumps(document.get("crs", ""))
    by_crs = "CGCS2000" if "4490" in crs else "WGS84" if "CRS84" in crs or "4326" in crs else ""
    wanted = str(document.get("datum") or by_crs or given).replace(" ", "").upper()
    for datum in Datum:
        if datum.value.replace("-", "") == wanted.replace("-", ""):
            return datum
    raise NO_DATUM.error(file=path.name)


def _as_of(path: Path, document: dict[str, Any]) -> date:
    value = document.get("as_of")
    try:
        return date.fromisoformat(str(value)) if value else clock.today()
    except ValueError as error:
        raise BAD_DATE.error(file=path.name, value=value) from error


def _codes(document: dict[str, Any]) -> list[str]:
    return [_code(feature) for feature in document["features"]]


def _code(feature: Any) -> str:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    return str((properties or {}).get("code", ""))[:26]


def _taken(document: dict[str, Any], known: set[str], brought: Brought) -> Iterator[tuple[str, Polygons]]:
    """The features that are right, each code once; the others are told in `brought`."""
    seen: set[str] = set()
    points = 0
    for number, feature in enumerate(document["features"], 1):
        code = _code(feature)
        try:
            if code not in known:
                raise _Wrong(_("没有编码为“{code}”的地点").format(code=code))
            if code in seen:
                raise _Wrong(_("这个编码已经出现过"))
            polygons = _polygons(feature.get("geometry"))
        except _Wrong as wrong:
            brought.refused += 1
            brought.problems.append(_("第 {n} 个要素({code}):{why}").format(n=number, code=code, why=wrong))
            continue
        seen.add(code)
        points += sum(len(ring) for polygon in polygons for ring in polygon)
        if points > MOST_POINTS:
            raise TOO_BIG.error(file=brought.file)
        yield code, polygons


def _polygons(geometry: Any) -> Polygons:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise _Wrong(_("几何类型应是 Polygon 或 MultiPolygon"))
    parts = [geometry.get("coordinates")] if kind == "Polygon" else geometry.get("coordinates")
    if not isinstance(parts, list) or not parts or not all(isinstance(part, list) and part for part in parts):
        raise _Wrong(_("没有坐标"))
    return [[_ring(ring) for ring in part] for part in parts]


def _ring(ring: Any) -> Ring:
    """A closed ring in whole units, without its last point and without points that repeat."""
    if not isinstance(ring, list) or len(ring) < 4:
        raise _Wrong(_("一个环至少要有四个点"))
    if ring[0] != ring[-1]:
        raise _Wrong(_("环没有闭合:最后一点应与第一点相同"))
    points = [_point(point) for point in ring[:-1]]
    kept = [point for at, point in enumerate(points) if point != points[at - 1]]
    if len(kept) < 3 or not area(kept):
        raise _Wrong(_("环没有面积"))
    return kept


def _point(point: Any) -> tuple[int, int]:
    try:
        x, y = float(point[0]), float(point[1])
    except (TypeError, ValueError, IndexError, KeyError):
        raise _Wrong(_("坐标不是数")) from None
    if not (-180 <= x <= 180 and -90 <= y <= 90):
        raise _Wrong(_("坐标不是经纬度"))
    return round(x * UNITS), round(y * UNITS)


def area(ring: Ring) -> int:
    """Twice the signed area of a ring, in square units."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True))


def _count(brought: Brought, before: Shape | None, shape: Shape) -> bool:
    """Count the shape as new, updated or unchanged; whether it must be stored."""
    if before is None:
        brought.new += 1
        return True
    same = json.dumps(before.polygons) == json.dumps(shape.polygons)
    same = same and (before.datum, before.source, before.as_of) == (shape.datum, shape.source, shape.as_of)
    brought.unchanged += same
    brought.updated += not same
    return not same


def _store(changed: list[Shape], by: str, brought: Brought) -> None:
    for shape in changed:
        shape.imported_at = clock.now()
    columns = ["polygons", "datum", "source", "as_of", "imported_at"]
    Shape.objects.bulk_create(changed, update_conflicts=True, update_fields=columns, unique_fields=["place"])
    counts = {name: getattr(brought, name) for name in ("rows", "new", "updated", "unchanged", "refused")}
    audit.record("places.shapes_imported", by=by, detail={"file": brought.file, **counts})

"""The part of the board that renews itself, rendered once for all who may see the same of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bulou.command.board import held, maps
from bulou.command.board.asked import SORTS, Asked
from bulou.command.board.figures import Board, board
from bulou.command.board.rows import Row
from bulou.command.board.trend import trend
from bulou.command.tiles import Tile, tiles
from bulou.kernel import clock
from bulou.obligations.balance import Counts
from bulou.obligations.gaps import Gap
from bulou.places.models import Place

FEWEST_ON_A_MAP = 2
MAP_KEYS = (
    ("met", gettext_lazy("没有逾期,全部完成")),
    ("open", gettext_lazy("没有逾期,还有待办")),
    ("some", gettext_lazy("逾期不到 1%,或应落实不足 20 项")),
    ("more", gettext_lazy("逾期 1% 到 5%")),
    ("most", gettext_lazy("逾期 5% 以上")),
)


@dataclass(frozen=True)
class Fragment:
    """HTML with its strong ETag, and when its numbers were read."""

    html: str
    etag: str
    as_of: datetime


@dataclass(frozen=True)
class Headline:
    """A tile with where it leads, and how much more there is than yesterday."""

    tile: Tile
    href: str
    more: int | None


@dataclass(frozen=True)
class Area:
    """A place on the map with its counts."""

    outline: maps.Outline
    name: str
    counts: Counts
    look: str
    href: str


def figures(asked: Asked, place: Place, version: held.Version, now: datetime) -> Board:
    """The board, worked out once for each version of the books."""
    return held.boards.get((version, asked), lambda: board(asked, place.name, now))


def fragment(asked: Asked, place: Place, *, rows: bool, can_import: bool) -> Fragment:
    """The live part; with `rows` its numbers lead to the lists that they count."""
    now = clock.now()
    version = held.version(now)
    key = (version, asked, place.name, rows, can_import, translation.get_language())

    def make() -> Fragment:
        figured = figures(asked, place, version, now)
        html = render_to_string("board/_live.html", context_of(figured, version, rows, can_import))
        return Fragment(html, _etag(key), figured.as_of)

    return held.fragments.get(key, make)


def etag(asked: Asked, place: Place, *, rows: bool, can_import: bool) -> str:
    """The ETag that the fragment would have now."""
    version = held.version(clock.now())
    return _etag((version, asked, place.name, rows, can_import, translation.get_language()))


def _etag(key: Any) -> str:
    return f'"{hashlib.sha256(repr(key).encode()).hexdigest()[:24]}"'


def context_of(figured: Board, version: held.Version, rows: bool, can_import: bool) -> dict[str, Any]:
    """What the template of the live part reads."""
    asked = figured.asked
    drawn = trend(figured)
    return {
        "asked": asked,
        "day": asked.day,
        "may": {"see_persons": rows, "import": can_import},
        "board": figured,
        "headlines": headlines(figured, rows),
        "earlier_href": asked.gap_url(Gap.UNDONE, all_days=True),
        "compared_href": asked.hour_url(figured.compared) if figured.compared else "",
        "trend": drawn,
        "map": (found := map_of(figured, version)),
        "areas": areas(figured, found) if found else [],
        "map_keys": MAP_KEYS,
        "map_note": maps.note(found) if found else "",
        "missing": "、".join(names_of(figured, found)) if found else "",
        "kind_tabs": _kind_tabs(figured),
        "sort_tabs": [
            (title, asked.url(sort=sort) + "#below", sort == asked.sort) for sort, title in SORTS.items()
        ],
        "kind_rows": _kind_rows(figured),
        "place_rows": _place_rows(figured),
        "idle": [(line.title, asked.url(place=line.key)) for line in figured.children if line.idle],
        "empty_href": reverse("imports") if can_import else _today_url(figured),
    }


def names_of(figured: Board, found: maps.Map) -> list[str]:
    """The names of the places that the map has no outline of."""
    return [str(line.title) for line in figured.children if line.key in found.missing]


def _today_url(figured: Board) -> str:
    """The address of today's board; "" when this is it."""
    return "" if figured.is_today else figured.asked.url(day=clock.local(figured.as_of).date())


def _kind_rows(figured: Board) -> list[Row]:
    """Each kind, and all together where there are several."""
    asked = figured.asked
    rows = [
        Row(line, line.key, asked.place, asked.url(kind=line.key) + "#below", _hour(figured, kind=line.key))
        for line in figured.kinds
    ]
    total = Row(figured.total, "", asked.place, there=_hour(figured, kind=""), total=True)
    return [*rows, total] if len(rows) > 1 else rows


def _place_rows(figured: Board) -> list[Row]:
    """Each place below that has something, what lies in none of them, and the place itself."""
    asked = figured.asked
    rows = [
        Row(line, asked.kind, line.key, asked.url(place=line.key), _hour(figured, place=line.key))
        for line in figured.children
        if not line.idle
    ]
    rest = figured.rest.counts
    if rest.universe or rest.unknown:
        rows.append(Row(figured.rest, asked.kind, "", plain=True))
    return [*rows, Row(figured.children_total, asked.kind, asked.place, there=_hour(figured), total=True)]


def _hour(figured: Board, **changes: Any) -> str:
    """Where a difference leads: the hour compared with, of a kind or at a place; "" when there is none."""
    asked = replace(figured.asked, **changes) if changes else figured.asked
    return asked.hour_url(figured.compared) if figured.compared else ""


def headlines(figured: Board, rows: bool) -> list[Headline]:
    """The tiles of the three gaps."""
    return [
        Headline(
            tile,
            figured.asked.gap_url(Gap(tile.gap)) if rows else "",
            figured.headline_more[Gap(tile.gap)],
        )
        for tile in tiles(figured.headline)
    ]


def _kind_tabs(figured: Board) -> list[tuple[Any, str, bool]]:
    asked = figured.asked
    kinds = [("", _("全部类别")), *((line.key, line.title) for line in figured.kinds)]
    return [(title, asked.url(kind=kind) + "#below", kind == asked.kind) for kind, title in kinds]


def map_of(figured: Board, version: held.Version) -> maps.Map | None:
    """The map of the places below; None where there are too few for one."""
    codes = sorted(line.key for line in figured.children)
    if len(codes) < FEWEST_ON_A_MAP:
        return None
    return maps.drawn(figured.asked.place, codes, version[-2] or 0)


def areas(figured: Board, found: maps.Map) -> list[Area]:
    """Each outline with what its place has."""
    lines = {line.key: line for line in figured.children}
    return [
        Area(
            outline,
            str(lines[outline.code].title),
            lines[outline.code].counts,
            maps.look_of(lines[outline.code].counts),
            figured.asked.url(place=outline.code),
        )
        for outline in found.outlines
    ]

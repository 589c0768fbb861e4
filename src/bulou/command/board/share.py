"""The board to hand on: a picture for the work chat, a PDF, six lines of text. No names in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bulou.command.board import differences, held, live, maps
from bulou.command.board.asked import Asked
from bulou.command.board.figures import Board, Line
from bulou.command.board.trend import trend
from bulou.command.tiles import tiles
from bulou.kernel import audit, clock, pdf
from bulou.obligations.balance import Counts
from bulou.places.models import Place
from bulou.web.formats import day as said_day
from bulou.web.formats import instant, number, share
from bulou.web.statuses import EQUATION, LOOKS

TEMPLATE = Path(__file__).with_name("documents") / "board.typ"
PAGES = (
    (gettext_lazy("存图片"), "board_png"),
    (gettext_lazy("存 PDF"), "board_pdf"),
)
PICTURE_WIDTH = 1080
"""Pixels."""
WORST = 3
"""So many places are named in the text, those with the most overdue."""


@dataclass(frozen=True)
class Shared:
    """A board with what stands at its head: the path of names, and the title of who makes it."""

    board: Board
    map: maps.Map | None
    where: str
    maker: str


def gather(asked: Asked, place: Place, where: str, *, maker: str) -> Shared:
    """What is to be shared, of the books as they stand."""
    now = clock.now()
    version = held.version(now)
    figured = live.figures(asked, place, version, now)
    return Shared(figured, live.map_of(figured, version), where, maker)


def png(shared: Shared, *, by: str) -> bytes:
    """The picture, 1080 px wide. Raises `no-chinese-font`."""
    made = pdf.picture(TEMPLATE, {**document(shared), "picture": True}, width=PICTURE_WIDTH, points=540)
    _record(shared, by, "png")
    return made


def pdf_of(shared: Shared, *, by: str) -> bytes:
    """The same on A4. Raises `no-chinese-font`."""
    made = pdf.typeset(TEMPLATE, {**document(shared), "picture": False})
    _record(shared, by, "pdf")
    return made


def text(shared: Shared, *, by: str) -> str:
    """The day's report in six lines."""
    _record(shared, by, "text")
    return "\n".join(lines(shared)) + "\n"


def _record(shared: Shared, by: str, form: str) -> None:
    asked = shared.board.asked
    detail = {"form": form, "day": asked.day.isoformat(), "kind": asked.kind}
    audit.record("board.shared", by=by, subject=f"place:{asked.place}", place=asked.place, detail=detail)


def lines(shared: Shared) -> list[str]:
    """Head, balance, the three gaps, beside yesterday, the places with the most overdue, who made it."""
    figured = shared.board
    c, total = figured.children_total.counts, figured.children_total
    undone, unowned, unknown = (number(tile.count) for tile in tiles(figured.headline))
    return [
        f"【{figured.name} {said_day(figured.asked.day)}】{figured.asked.kind_title}",
        _("应落实 {all},已完成 {rate},待办 {open},已免 {excused}").format(
            all=number(c.universe),
            rate=share(total.done, c.universe),
            open=number(c.open),
            excused=number(c.excused),
        ),
        _("未落实 {undone},无人负责 {unowned},底数外 {unknown}").format(
            undone=undone, unowned=unowned, unknown=unknown
        ),
        _beside_yesterday(figured),
        _worst(figured),
        _("截至 {at},制表 {maker}").format(at=instant(figured.as_of), maker=shared.maker),
    ]


def _beside_yesterday(figured: Board) -> str:
    total = figured.children_total
    if figured.compared is None or total.before is None:
        return _("没有前一日同时刻的记录可比")
    return _("比 {hour}:已完成{done},逾期{overdue}").format(
        hour=instant(figured.compared),
        done=differences.said(total.done - total.before.met - total.before.late),
        overdue=differences.said(total.overdue_more or 0),
    )


def _worst(figured: Board) -> str:
    """Places only, never persons or posts."""
    worst = sorted((line for line in figured.children if line.counts.overdue), key=_by_overdue)[:WORST]
    if not worst:
        return _("各处都没有逾期")
    named = "、".join(f"{line.title} {number(line.counts.overdue)}" for line in worst)
    return _("逾期较多:{places}").format(places=named)


def _by_overdue(line: Line) -> tuple[int, str]:
    return -line.counts.overdue, line.key


def document(shared: Shared) -> dict[str, Any]:
    """What the template sets, all words said already."""
    figured = shared.board
    return {
        "title": _("疫情防控落实情况"),
        "where": shared.where,
        "when": f"{said_day(figured.asked.day)} · {figured.asked.kind_title}",
        "as_of": _("截至 {at}").format(at=instant(figured.as_of)),
        "maker": _("制表 {maker}").format(maker=shared.maker),
        "watermark": f"{shared.maker} {instant(figured.as_of)}",
        "notice": _("只有数字,不含个人信息"),
        "tiles": [_tile(tile) for tile in live.headlines(figured, rows=False)],
        "beside": _beside_yesterday(figured),
        "legend": [[key, str(LOOKS[key].title)] for key in EQUATION],
        "columns": [_("应落实"), _("已完成"), *(str(LOOKS[k].title) for k in ("open", "overdue"))],
        "kinds": [_row(line) for line in (*figured.kinds, figured.total)],
        "kinds_title": _("各类责任"),
        "kinds_head": _("类别"),
        "places": [_row(line) for line in (*figured.children, figured.children_total)],
        "places_title": _("下一级各处"),
        "places_head": _("地点"),
        "trend": _trend(figured),
        "map": _map(figured, shared.map) if shared.map else None,
    }


def _tile(one: live.Headline) -> dict[str, Any]:
    more = "" if one.more is None else differences.said(one.more)
    return {
        "look": one.tile.look,
        "n": number(one.tile.count),
        "some": one.tile.count > 0,
        "title": str(one.tile.title),
        "more": _("比昨日此时{more}").format(more=more) if more else "",
    }


def _row(line: Line) -> dict[str, Any]:
    c = line.counts
    return {
        "title": str(line.title),
        "cells": [number(c.universe), share(line.done, c.universe), number(c.open), number(c.overdue)],
        "bar": [[key, getattr(c, key)] for key in EQUATION if getattr(c, key)],
    }


def _trend(figured: Board) -> dict[str, Any] | None:
    drawn = trend(figured)
    if len(drawn.points) < 2:
        return None
    values = [
        [point.x, point.line.done, point.counts.universe, point.counts.overdue, point.counts.adrift]
        for point in drawn.points
    ]
    titles = [_("已完成"), _("应落实"), _("逾期"), _("无人负责")]
    return {"title": _("当日各时"), "points": values, "most": list(drawn.most), "titles": titles}


def _map(figured: Board, found: maps.Map) -> dict[str, Any]:
    return {
        "width": maps.WIDTH,
        "height": found.height,
        "note": maps.note(found),
        "areas": [
            {
                "rings": area.outline.rings,
                "x": area.outline.x,
                "y": area.outline.y,
                "name": area.name if area.outline.room > NAMED else "",
                "n": _of(area.counts),
                "look": area.look,
            }
            for area in live.areas(figured, found)
        ],
    }


NAMED = 34
"""Units; a narrower outline has its number alone."""


def _of(counts: Counts) -> str:
    return f"{number(counts.overdue)}/{number(counts.universe)}"

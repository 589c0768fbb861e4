"""The work lists as tables that can be taken out: the same rows as the page, in its order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from bulou.command import exports, tiles
from bulou.command.asked import ALL_DAYS, day_bounds
from bulou.command.exports import Column, Param, Query
from bulou.command.subjects import with_needs
from bulou.command.worklists import duties, lists
from bulou.command.worklists.asked import GapsAsked
from bulou.command.worklists.duties import Asked
from bulou.kernel import clock
from bulou.obligations.kinds import KINDS
from bulou.obligations.positions import Position
from bulou.rights.capabilities import Capability
from bulou.web.statuses import LOOKS

AT_ONCE = 500


def _walk(part: Callable[[Position | None], list[Any]]) -> Iterator[list[Any]]:
    """All parts of a list, each from where the one before ended."""
    position = None
    while found := part(position):
        yield found
        position = Position(found[-1].key)


def _gaps(query: Query) -> GapsAsked:
    return GapsAsked.read(query.filters, query.place, query.now)


def _gap_rows(query: Query) -> Iterator[lists.Row]:
    asked = _gaps(query)
    for lines in _walk(lambda position: asked.lines(position, AT_ONCE)):
        yield from lists.of_gaps(lines, query.scope, query.place, query.now)


def _duties(query: Query) -> Asked:
    day = GapsAsked.read({"day": query.filters.get("day", "")}, query.place, query.now).day
    since, until = day_bounds(day or clock.local(query.now).date())
    kind, column = query.filters.get("kind", ""), query.filters.get("status", "universe")
    return Asked(
        query.place,
        kind if kind in KINDS else "",
        column if column in duties.COLUMNS else "universe",
        since,
        until,
        query.now,
    )


def _duty_rows(query: Query) -> Iterator[lists.Row]:
    asked = _duties(query)
    for found in _walk(
        lambda position: duties.duties(asked, limit=AT_ONCE, first=with_needs(), position=position)
    ):
        yield from lists.of_duties(found, query.scope, query.place, query.now)


def _kind_title(name: str) -> str:
    return str(KINDS[name].title) if name in KINDS else name


def _day_title(text: str) -> str:
    return _now("全部日期") if text == ALL_DAYS else text


def _gap_title(text: str) -> str:
    titles = {gap.value: str(title) for gap, title, *_rest in tiles.GAPS}
    return titles.get(text, text)


def _yes_title(text: str) -> str:
    return _now("是") if text in ("yes", "1") else _now("否") if text == "no" else text


def _posts_title(text: str) -> str:
    """How many posts: which they are stands in the column of each row."""
    count = len(text.split(","))
    return ngettext("%(n)d 个岗位", "%(n)d 个岗位", count) % {"n": count}


def _status_title(text: str) -> str:
    titles = {"universe": _now("应落实"), "owned": _now("有人负责")}
    return str(LOOKS[text].title) if text in LOOKS else titles.get(text, text)


def _followed(row: lists.Row) -> str:
    """What has been done about a line, in one cell."""
    found = row.followed
    if found is None:
        return ""
    later = (
        f"{_now('推迟到')} {clock.local(found.later_until):%m-%d %H:%M} {found.why}"
        if found.later_until
        else ""
    )
    handed = f"{_now('转给')} {found.handed_to}" if found.handed_to else ""
    called = f"{clock.local(found.called_at):%m-%d %H:%M} {found.outcome}" if found.called_at else ""
    return ";".join(part for part in (later, handed, called) if part)


WHO = (
    Column(_("对象"), lambda row: row.face.name if row.face else row.code, width=12),
    Column(_("编号"), lambda row: row.face.code if row.face else row.code, width=16),
    Column(_("急需"), lambda row: "、".join(row.face.needs) if row.face else "", width=12),
    Column(_("类别"), lambda row: str(row.kind), width=14),
    Column(_("地点"), lambda row: row.where, width=30),
    Column(
        _("责任岗位"), lambda row: row.owner.label if row.owner else row.seat or _now("无人负责"), width=24
    ),
    Column(_("责任人"), lambda row: row.owner.name if row.owner else "", width=10),
    Column(_("电话"), lambda row: row.owner.phone if row.owner else "", width=14),
    Column(_("时限"), lambda row: row.source.due_at, width=17),
)
PLACE_AND_KIND = (Param("day", _("日期"), words=_day_title), Param("kind", _("类别"), words=_kind_title))

GAPS = exports.register(
    exports.Table(
        name="gaps",
        title=_("缺口清单"),
        needs=(Capability.SEE_PERSONS,),
        params=(
            *PLACE_AND_KIND,
            Param("gap", _("缺口"), words=_gap_title),
            Param("owner", _("责任岗位"), words=_posts_title),
            Param("called", _("打过电话"), words=_yes_title),
            Param("later", _("已推迟"), words=_yes_title),
            Param("handed", _("转给"), words=_posts_title),
            Param("handed_by", _("由谁转交")),
            Param("needs", _("只看有急需的"), words=_yes_title),
        ),
        columns=(*WHO, Column(_("跟进"), _followed, width=34)),
        count=lambda query: (asked := _gaps(query)).counts()[asked.gap],
        rows=_gap_rows,
    )
)
DUTIES = exports.register(
    exports.Table(
        name="duties",
        title=_("责任明细"),
        needs=(Capability.SEE_PERSONS,),
        params=(*PLACE_AND_KIND, Param("status", _("状态"), words=_status_title)),
        columns=(
            Column(
                _("状态"),
                lambda row: str(LOOKS[row.source.status].title) if row.source.status in LOOKS else "",
                width=10,
            ),
            *WHO,
            Column(_("完成"), lambda row: row.source.met_at, width=17),
        ),
        count=lambda query: duties.count(_duties(query)),
        rows=_duty_rows,
    )
)

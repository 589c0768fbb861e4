"""The list behind each number of the board, and the list of gaps."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from bulou.command.asked import PAGE_SIZE, day_bounds, day_of, kind_of
from bulou.command.subjects import with_needs
from bulou.command.tiles import tiles
from bulou.command.worklists import (
    asked,
    duties,
    lists,
    saved,
    tables,  # noqa: F401  the lists can be taken out
)
from bulou.command.worklists.asked import GapsAsked, part_of, position_of
from bulou.command.worklists.people_here import my_posts
from bulou.kernel import clock
from bulou.obligations import gaps
from bulou.obligations.followup_model import Outcome
from bulou.obligations.kinds import KINDS
from bulou.rights.capabilities import Capability
from bulou.web.access import OfficeRequest, office, path_in_scope

DUTY_PARAMS = ("place", "day", "kind", "status")
"""The parts of the address of the list of duties that say what is in it."""
LIVE = "list"
"""The id of the part that a page fetches again by itself."""


@require_GET
@office(Capability.SEE_PERSONS)
def show_duties(request: OfficeRequest) -> HttpResponse:
    """`/duties`: the rows that a number of the board counts."""
    crumbs = path_in_scope(request.mandate, request.GET.get("place", ""))
    day, kind, now = day_of(request), kind_of(request), clock.now()
    column = request.GET.get("status", "universe")
    if column not in duties.COLUMNS:
        raise Http404
    wanted = duties.Asked(crumbs[-1].code, kind, column, *day_bounds(day), now)
    position = position_of(request.GET, duties.KEY_TYPES)
    found = duties.duties(wanted, limit=PAGE_SIZE + 1, first=with_needs(), position=position)
    part = part_of(request.GET, duties.count(wanted), position, found)
    rows = lists.of_duties(part.lines, request.mandate.scope, crumbs[-1].code, now)
    query = urlencode([(name, value) for name in DUTY_PARAMS if (value := request.GET.get(name, ""))])
    context = {
        "crumbs": crumbs,
        "place": crumbs[-1],
        "day": day,
        "kind": kind,
        "kinds": list(KINDS.values()),
        "column": column,
        "columns": duties.COLUMNS,
        "part": part,
        "page": part,
        "rows": rows,
        "stamp": stamp_of(rows, part.total),
        "outcomes": Outcome.choices,
        "query": query,
    }
    return _answer(request, "duties", "worklists/_duties.html", context)


@require_GET
@office(Capability.SEE_PERSONS)
def show_gaps(request: OfficeRequest) -> HttpResponse:
    """`/gaps`: what is missing, whom to call, and what has been done about it."""
    crumbs = path_in_scope(request.mandate, request.GET.get("place", ""))
    wanted = GapsAsked.read(request.GET, crumbs[-1].code)
    counted = wanted.counts()
    position = position_of(request.GET, gaps.KEY_TYPES)
    found = wanted.lines(position, PAGE_SIZE + 1) if counted[wanted.gap] else []
    part = part_of(request.GET, counted[wanted.gap], position, found)
    rows = lists.of_gaps(part.lines, request.mandate.scope, crumbs[-1].code, wanted.now)
    context = {
        "crumbs": crumbs,
        "place": crumbs[-1],
        "asked": wanted,
        "day": wanted.day,
        "kind": wanted.kind,
        "today": clock.local(wanted.now).date(),
        "earlier": 0 if rows else _earlier(wanted, counted),
        "kinds": list(KINDS.values()),
        "gap": wanted.gap.value,
        "tiles": tiles(counted),
        "part": part,
        "page": part,
        "rows": rows,
        "stamp": stamp_of(rows, sorted((gap.value, number) for gap, number in counted.items())),
        "outcomes": Outcome.choices,
        "query": filters_of(request),
    }
    if not _is_live(request):
        context |= _choices(request, wanted) | {"chosen": wanted.chosen}
    return _answer(request, "gaps", "worklists/_list.html", context)


def _is_live(request: OfficeRequest) -> bool:
    """Whether a page that is open asks for its list again."""
    return request.headers.get("HX-Target") == LIVE


def _answer(request: OfficeRequest, page: str, part: str, context: dict[str, Any]) -> HttpResponse:
    """The page of a list; only the list for a page that is open, and nothing where it is the same."""
    if not _is_live(request):
        return render(request, f"worklists/{page}.html", context | {"views": saved.of(request.mandate, page)})
    stamp = context["stamp"]
    if request.headers.get("If-None-Match") == stamp:
        return HttpResponse(status=304, headers={"ETag": stamp})
    answer = render(request, part, context)
    answer["ETag"] = stamp
    return answer


def _earlier(wanted: GapsAsked, counted: dict[gaps.Gap, int]) -> int:
    """How many more there are of the days before today; 0 unless today's are asked for."""
    if wanted.gap == gaps.Gap.UNKNOWN or wanted.day != clock.local(wanted.now).date():
        return 0
    return replace(wanted, day=None).counts()[wanted.gap] - counted[wanted.gap]


def _choices(request: OfficeRequest, wanted: GapsAsked) -> dict[str, Any]:
    """What may be chosen in the filters; a value that is in the address already stays among them."""
    mine = ",".join(str(post) for post in my_posts(request.mandate))
    today = clock.local(wanted.now).date()
    other = wanted.day not in (None, today)
    owners = [("", _("全部责任人")), *([(mine, _("我的岗位"))] if mine else [])]
    if wanted.owner and wanted.owner != mine:
        owners.append((wanted.owner, _("指定岗位")))
    handed = [("", _("全部")), *([(mine, _("转给我的"))] if mine else [])]
    return {
        "days": [
            ("", _("今天")),
            ("all", _("全部日期")),
            *([(wanted.day.isoformat(), wanted.day.isoformat())] if other and wanted.day else []),
        ],
        "asked_day": "all" if wanted.day is None else wanted.day.isoformat() if other else "",
        "kind_options": [("", _("全部类别")), *((one.name, one.title) for one in KINDS.values())],
        "owner_options": owners,
        "called_options": [("", _("全部")), ("no", _("还没打过电话")), ("yes", _("打过电话"))],
        "later_options": [("", _("全部")), ("no", _("没有推迟")), ("yes", _("已推迟"))],
        "handed_options": handed,
    }


def filters_of(request: HttpRequest) -> str:
    """The part of the address that says what is in the list, without where the reader is in it."""
    given = ((name, request.GET.get(name, "")) for name in ("place", *asked.PARAMS))
    return urlencode([(name, value) for name, value in given if value])


def stamp_of(rows: list[lists.Row], counted: Any) -> str:
    """What a reader can see of a list, as an ETag: nothing is sent again while it is the same."""
    seen: list[Any] = [counted]
    for row in rows:
        late = row.late_by
        minutes = int(late.total_seconds() // 60) if late else -1
        status = getattr(row.source, "status", "")
        seen.append((row.source.id, status, minutes, str(row.told), row.followed, row.owner, row.seat))
    return f'"{hashlib.blake2b(repr(seen).encode(), digest_size=12).hexdigest()}"'

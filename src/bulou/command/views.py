"""The board, the list behind each of its numbers, and the list of gaps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from bulou.command import calls, duties, lists
from bulou.command.access import OfficeRequest, actor, check_sees_persons, office, path_in_scope
from bulou.command.asked import Page, day_of, day_or_all, kind_of
from bulou.command.board import board, day_bounds
from bulou.command.calls import Outcome
from bulou.command.subjects import with_needs
from bulou.kernel import clock
from bulou.kernel.ids import uuid7
from bulou.obligations.gaps import Gap
from bulou.obligations.kinds import KINDS

NOTE_LENGTH = 200


@dataclass(frozen=True)
class Tile:
    """One figure of the headline."""

    gap: str
    count: int
    title: Any
    meaning: Any
    look: Any
    icon: Any


GAPS = (
    (Gap.UNDONE, gettext_lazy("未落实"), gettext_lazy("到时限没有完成"), "overdue", "triangle-alert"),
    (Gap.UNOWNED, gettext_lazy("无人负责"), gettext_lazy("没做完,也没有人在岗"), "unowned", "user-x"),
    (
        Gap.UNKNOWN,
        gettext_lazy("底数外"),
        gettext_lazy("有线索,不在任何名册"),
        "unknown",
        "circle-question-mark",
    ),
)


def _tiles(counted: dict[Gap, int]) -> list[Tile]:
    return [Tile(gap.value, counted[gap], *rest) for gap, *rest in GAPS]


@require_GET
@office
def show_board(request: OfficeRequest) -> HttpResponse:
    """`/`: the day's books at a place of the account's scope."""
    crumbs = path_in_scope(request.account, request.GET.get("place", ""))
    day, kind = day_of(request), kind_of(request)
    figures = board(crumbs[-1].code, day, kind=kind)
    page = {
        "crumbs": crumbs,
        "place": crumbs[-1],
        "day": day,
        "day_before": day - clock.DAY,
        "day_after": day + clock.DAY,
        "today": clock.today(),
        "kind": kind,
        "kind_title": KINDS[kind].title if kind else "",
        "board": figures,
        "tiles": _tiles(figures.headline),
    }
    return render(request, "command/board.html", page)


@require_GET
@office
def show_duties(request: OfficeRequest) -> HttpResponse:
    """`/duties`: the rows that a number of the board counts."""
    check_sees_persons(request.account)
    crumbs = path_in_scope(request.account, request.GET.get("place", ""))
    day, kind = day_of(request), kind_of(request)
    column = request.GET.get("status", "universe")
    if column not in duties.COLUMNS:
        raise Http404
    since, until = day_bounds(day)
    asked = duties.Asked(crumbs[-1].code, kind, column, since, until, clock.now())
    page = Page.of(request, duties.count(asked))
    found = duties.duties(asked, limit=page.size, offset=page.offset, first=with_needs())
    context = {
        "crumbs": crumbs,
        "place": crumbs[-1],
        "day": day,
        "kind": kind,
        "kinds": list(KINDS.values()),
        "column": column,
        "columns": duties.COLUMNS,
        "page": page,
        "rows": lists.of_duties(found, request.account.scope, crumbs[-1].code),
    }
    return render(request, "command/duties.html", context)


@require_GET
@office
def show_gaps(request: OfficeRequest) -> HttpResponse:
    """`/gaps`: what is missing, whom to call, and what came of the calls."""
    check_sees_persons(request.account)
    crumbs = path_in_scope(request.account, request.GET.get("place", ""))
    day, kind = day_or_all(request), kind_of(request)
    gap = _gap_of(request.GET.get("gap", Gap.UNDONE))
    asked = lists.GapsAsked(crumbs[-1].code, kind, gap, *_bounds(day))
    counted = asked.counts()
    page = Page.of(request, counted[gap])
    context = {
        "crumbs": crumbs,
        "place": crumbs[-1],
        "day": day,
        "today": clock.today(),
        "kind": kind,
        "kinds": list(KINDS.values()),
        "gap": gap.value,
        "tiles": _tiles(counted),
        "page": page,
        "rows": lists.of_gaps(asked, request.account.scope, page),
        "outcomes": Outcome.choices,
    }
    return render(request, "command/gaps.html", context)


def _gap_of(name: str) -> Gap:
    try:
        return Gap(name)
    except ValueError:
        raise Http404 from None


def _bounds(day: date | None) -> tuple[Any, Any]:
    return day_bounds(day) if day else (None, None)


@require_POST
@office
def note_call(request: OfficeRequest, id: int) -> HttpResponse:
    """`/gaps/<id>/call`: record a call to the owner. The form's key makes a second click harmless."""
    check_sees_persons(request.account)
    if not calls.in_scope(id, request.account.scope):
        raise Http404
    outcome, words = request.POST.get("outcome", ""), request.POST.get("note", "").strip()[:NOTE_LENGTH]
    if outcome not in Outcome or (outcome == Outcome.OTHER and not words):
        return _call_cell(request, id, error=_("请选择电话的结果;选“其他”时请写一句说明。"), status=422)
    key = _key_of(request.POST.get("key", ""))
    calls.note(id, by=actor(request), outcome=outcome, words=words, key=key)
    if request.htmx:  # type: ignore[attr-defined]
        return _call_cell(request, id)
    messages.success(request, _("已记下这次电话。"))
    return HttpResponseRedirect(_back(request))


def _key_of(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _call_cell(request: OfficeRequest, id: int, *, error: str = "", status: int = 200) -> HttpResponse:
    context = {
        "id": id,
        "call": calls.last_calls([id]).get(id),
        "key": uuid7(),
        "outcomes": Outcome.choices,
        "error": error,
        "back": _back(request),
        "note": request.POST.get("note", "") if error else "",
        "whole": not request.htmx,  # type: ignore[attr-defined]
        "after": not error,
    }
    template = "command/_call.html" if request.htmx else "command/call.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=status)


def _back(request: OfficeRequest) -> str:
    back = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return back if safe else reverse("gaps")

"""The list behind each number of the board, and the list of gaps."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from bulou.command.access import OfficeRequest, actor, office, path_in_scope
from bulou.command.asked import Page, day_bounds, day_of, day_or_all, kind_of
from bulou.command.subjects import with_needs
from bulou.command.tiles import tiles
from bulou.command.worklists import calls, duties, lists
from bulou.command.worklists.calls import Outcome
from bulou.kernel import clock
from bulou.kernel.ids import uuid7
from bulou.obligations.gaps import Gap
from bulou.obligations.kinds import KINDS
from bulou.rights.capabilities import Capability

NOTE_LENGTH = 200


@require_GET
@office(Capability.SEE_PERSONS)
def show_duties(request: OfficeRequest) -> HttpResponse:
    """`/duties`: the rows that a number of the board counts."""
    crumbs = path_in_scope(request.mandate, request.GET.get("place", ""))
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
        "rows": lists.of_duties(found, request.mandate.scope, crumbs[-1].code),
    }
    return render(request, "worklists/duties.html", context)


@require_GET
@office(Capability.SEE_PERSONS)
def show_gaps(request: OfficeRequest) -> HttpResponse:
    """`/gaps`: what is missing, whom to call, and what came of the calls."""
    crumbs = path_in_scope(request.mandate, request.GET.get("place", ""))
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
        "tiles": tiles(counted),
        "page": page,
        "rows": lists.of_gaps(asked, request.mandate.scope, page),
        "outcomes": Outcome.choices,
    }
    return render(request, "worklists/gaps.html", context)


def _gap_of(name: str) -> Gap:
    try:
        return Gap(name)
    except ValueError:
        raise Http404 from None


def _bounds(day: date | None) -> tuple[Any, Any]:
    return day_bounds(day) if day else (None, None)


@require_POST
@office(Capability.SEE_PERSONS, Capability.WORK_GAPS)
def note_call(request: OfficeRequest, id: int) -> HttpResponse:
    """`/gaps/<id>/call`: record a call to the owner. The form's key makes a second click harmless."""
    if not calls.in_scope(id, request.mandate.scope):
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
    template = "worklists/_call.html" if request.htmx else "worklists/call.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=status)


def _back(request: OfficeRequest) -> str:
    back = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return back if safe else reverse("gaps")

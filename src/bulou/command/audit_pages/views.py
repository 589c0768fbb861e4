"""The privacy officer's pages: the chain, who looked, what is unusual, emergencies to review."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bulou.command import place_choice
from bulou.command.audit_pages import queries
from bulou.command.audit_pages.queries import Asked
from bulou.command.audit_pages.words import reason_title, subject_titles
from bulou.command.place_choice import PlaceUnclear
from bulou.kernel import audit, clock
from bulou.kernel.problems import BulouError, problem
from bulou.places import codes
from bulou.places.queries import names
from bulou.rights import emergencies, hands
from bulou.rights.capabilities import Capability
from bulou.rights.models import Emergency
from bulou.web.access import OfficeRequest, actor, office

LOOKED_BACK = timedelta(days=14)
MOST_LINES = 50_000
PURPOSE_MISSING = problem("audit-purpose-missing", gettext_lazy("导出审计必须写明用途(至少 4 个字)。"))


@never_cache
@require_GET
@office(Capability.AUDIT)
def chain(request: OfficeRequest) -> HttpResponse:
    """`/audit`: the lines of one's scope, by actor, act, place and day."""
    return _chain(request)


def _chain(request: OfficeRequest, *, wrong: str = "") -> HttpResponse:
    where = place_choice.shown(request.GET, "place", request.mandate.scope)
    try:
        asked = _asked(request)
    except PlaceUnclear as error:
        where, asked = error.choice, Asked(request.mandate.scope)
    lines, after = queries.page_of(asked)
    titles = subject_titles({asked.actor, asked.subject})
    context = {
        "asked": asked,
        "actor": titles.get(asked.actor, ""),
        "subject": titles.get(asked.subject, ""),
        "lines": lines,
        "after": after,
        "actions": [("", _("全部")), *queries.actions()],
        "asked_place": where,
        "places": place_choice.listed(request.mandate.scope),
        "unusual": queries.unusual(request.mandate.scope, clock.now() - LOOKED_BACK),
        "days": LOOKED_BACK.days,
        "to_review": emergencies.to_review(request.mandate.scope).count(),
        "wrong": wrong,
    }
    bad = bool(wrong or where.error)
    return render(request, "audit_pages/chain.html", context, status=422 if bad else 200)


def _asked(request: OfficeRequest) -> Asked:
    """What the address asks for. Raises `PlaceUnclear`, Http404 for a place of others."""
    given = request.GET
    place, before = place_choice.chosen(given, "place", request.mandate.scope), given.get("before", "")
    if place and not (_is_code(place) and request.mandate.covers(place)):
        raise Http404
    who = given.get("who", "").strip()
    return Asked(
        scope=place or request.mandate.scope,
        actor=given.get("actor", "").strip(),
        actors=queries.accounts_named(who) if who else None,
        action=given.get("action", ""),
        subject=given.get("subject", "").strip(),
        since=_day(given.get("from", "")),
        until=_day(given.get("to", ""), clock.DAY),
        before=int(before) if before.isdecimal() and before.isascii() and len(before) < 18 else None,
    )


def _is_code(text: str) -> bool:
    return text.isdecimal() and text.isascii() and len(text) in codes.WIDTHS.values()


def _day(text: str, plus: timedelta = timedelta()) -> datetime | None:
    try:
        return clock.start_of(date.fromisoformat(text)) + plus
    except ValueError:
        return None


@never_cache
@require_POST
@office(Capability.AUDIT)
def check(request: OfficeRequest) -> HttpResponse:
    """`/audit/check`: go through the whole chain and say whether it is intact."""
    broken = audit.broken_at()
    if broken is None:
        messages.success(request, _("审计链完整:没有改动、缺失或错位的记录。"))
    else:
        messages.error(request, _("审计链在第 {seq} 条断开:请立即报告。").format(seq=broken))
    return HttpResponseRedirect(reverse("audit"))


@never_cache
@require_POST
@office(Capability.AUDIT, formats=("html", "csv"))
def export(request: OfficeRequest) -> HttpResponse:
    """`/audit/export`: the lines asked for as CSV; the purpose is written into the chain itself."""
    purpose = request.POST.get("purpose", "").strip()
    if len(purpose) < 4:
        return _chain(request, wrong=str(PURPOSE_MISSING.error()))
    try:
        asked = _asked(request)
    except PlaceUnclear:
        return _chain(request)
    text, count = _table(asked)
    who = asked.actor or " ".join(asked.actors or ())
    detail = {"lines": count, "actor": who, "action": asked.action, "subject": asked.subject}
    audit.record("audit.exported", by=actor(request), place=asked.scope, reason=purpose[:300], detail=detail)
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


def _table(asked: Asked) -> tuple[str, int]:
    """The lines as CSV with a byte order mark for Excel; no cell is a formula."""
    out, lines = io.StringIO(), list(asked.lines()[:MOST_LINES])
    writer = csv.writer(out)
    writer.writerow(("seq", "at", "actor", "action", "subject", "place", "reason", "hash"))
    for line in lines:
        at = clock.local(line.at).isoformat(timespec="seconds")
        cells = (line.actor, line.action, line.subject, line.place, reason_title(line), line.hash)
        writer.writerow((line.seq, at, *map(plain, cells)))
    return "\ufeff" + out.getvalue(), len(lines)


def plain(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


@never_cache
@require_GET
@office(Capability.AUDIT)
def looks(request: OfficeRequest, id: int) -> HttpResponse:
    """`/audit/persons/<id>`: who looked at somebody's full values. The person stays a number."""
    lines = [one for one in queries.who_looked(id) if request.mandate.covers(one.line.place)]
    if not lines:
        raise Http404
    title = subject_titles([f"person:{id}"])[f"person:{id}"]
    return render(request, "audit_pages/looks.html", {"title": title, "lines": lines})


@never_cache
@require_GET
@office(Capability.AUDIT)
def reviews(request: OfficeRequest) -> HttpResponse:
    """`/audit/emergencies`: those to review with their due day, and what was found about the others."""
    return _reviews(request)


def _reviews(request: OfficeRequest, *, wrong: str = "") -> HttpResponse:
    scope = request.mandate.scope
    waiting, done = list(emergencies.to_review(scope)[:200]), list(emergencies.reviewed(scope)[:100])
    known = names(one.mandate.scope for one in (*waiting, *done))
    context: dict[str, Any] = {
        "now": clock.now(),
        "own": hands.log_ins(actor(request)),
        "waiting": [(one, known.get(one.mandate.scope, "")) for one in waiting],
        "done": [(one, known.get(one.mandate.scope, "")) for one in done],
        "wrong": wrong,
    }
    return render(request, "audit_pages/reviews.html", context, status=422 if wrong else 200)


@never_cache
@require_http_methods(["POST"])
@office(Capability.AUDIT)
def review(request: OfficeRequest, id: int) -> HttpResponse:
    """`/audit/emergencies/<id>/review`: the finding."""
    found = Emergency.objects.select_related("mandate__account").filter(pk=id).first()
    if found is None or not request.mandate.covers(found.mandate.scope):
        raise Http404
    justified = request.POST.get("justified") == "yes"
    try:
        emergencies.review(
            found, justified=justified, finding=request.POST.get("finding", ""), by=request.mandate
        )
    except BulouError as error:
        return _reviews(request, wrong=str(error))
    messages.success(request, _("复核结论已记下。"))
    return HttpResponseRedirect(reverse("audit_reviews"))

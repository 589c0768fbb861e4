"""Pairs of the register that may be one person: listed, side by side, decided."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from bulou.command.actors import actor_titles
from bulou.command.asked import Page
from bulou.command.registers import homes, pairs
from bulou.kernel import clock
from bulou.kernel.problems import BulouError, problem
from bulou.people import changes, duplicates
from bulou.people.models import Duplicate
from bulou.places.queries import name_paths
from bulou.rights.capabilities import Capability
from bulou.web.access import OfficeRequest, actor, office

LATER = timedelta(days=7)
REASON_NEEDED = problem("decision-reason-missing", gettext_lazy("请写明依据(至少 4 个字)。"))
PAIR_OUTSIDE = problem(
    "pair-outside-scope",
    gettext_lazy("其中一条登记在您的辖区以外:请由共同的上一级核实。"),
    status=403,
)


@never_cache
@require_GET
@office(Capability.SEE_PERSONS, Capability.KEEP_PEOPLE)
def list_pairs(request: OfficeRequest) -> HttpResponse:
    """`/duplicates`: pairs that wait for a decision, or were decided."""
    decision = request.GET.get("decision", Duplicate.Decision.OPEN)
    if decision not in Duplicate.Decision:
        raise Http404
    found = pairs.pairs_of(request.mandate.scope, decision)
    page = Page.of(request, found.order_by().count())
    shown = list(found[page.offset : page.offset + page.size])
    paths = name_paths(
        {place for one in shown for place in (one.first.place, one.second.place)}, separator=" "
    )
    context = {
        "rows": [_line(one, paths) for one in shown],
        "page": page,
        "decision": decision,
        "decisions": Duplicate.Decision.choices,
        "now": clock.now(),
    }
    return render(request, "registers/duplicates.html", context)


def _line(one: Duplicate, paths: dict[str, str]) -> dict[str, Any]:
    return {
        "row": one,
        "first": homes.masked(one.first),
        "second": homes.masked(one.second),
        "first_at": paths[one.first.place],
        "second_at": paths[one.second.place],
    }


@never_cache
@require_http_methods(["GET", "POST"])
@office(Capability.SEE_PERSONS, Capability.KEEP_PEOPLE)
def decide_pair(request: OfficeRequest, id: int) -> HttpResponse:
    """`/duplicates/<id>`: side by side; the same, not the same, later; a decision is taken back here, too."""
    row = Duplicate.objects.filter(pk=id).select_related("first", "second").first()
    if row is None or not any(map(request.mandate.covers, (row.first.place, row.second.place))):
        raise Http404
    refused, status = "", 200
    if request.method == "POST":
        try:
            _decide(request, row)
            messages.success(request, _("已记下结论。"))
            return HttpResponseRedirect(reverse("duplicates"))
        except BulouError as error:
            refused, status = str(error), error.kind.status
    context = {
        "pair": pairs.side_by_side(row, request.mandate),
        "refused": refused,
        "decider": actor_titles([row.decided_by]).get(row.decided_by, "") if row.decided_by else "",
    }
    return render(request, "registers/duplicate.html", context, status=status)


def _decide(request: OfficeRequest, row: Duplicate) -> None:
    if not (request.mandate.covers(row.first.place) and request.mandate.covers(row.second.place)):
        raise PAIR_OUTSIDE.error()
    do, reason, by = request.POST.get("do", ""), request.POST.get("reason", "").strip(), actor(request)
    if do != "reopen" and len(reason) < 4:
        raise REASON_NEEDED.error()
    if do in ("first", "second"):
        keep = row.first_id if do == "first" else row.second_id
        duplicates.merge(row.pk, keep=keep, by=by, reason=reason)
    elif do == "different":
        duplicates.tell_apart(row.pk, by=by, reason=reason)
    elif do == "later":
        changes.put_off(row.pk, clock.now() + LATER, reason=reason, by=by)
    elif do == "reopen":
        duplicates.reopen(row.pk, by=by)
    else:
        raise REASON_NEEDED.error()

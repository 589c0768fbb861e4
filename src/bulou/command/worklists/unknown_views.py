"""One lead about somebody on no register: what is known of it, and settling it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from bulou.command.worklists import leads
from bulou.command.worklists.gap_views import key_of
from bulou.kernel.ids import uuid7
from bulou.kernel.problems import BulouError
from bulou.obligations import unknowns
from bulou.obligations.kinds import KINDS
from bulou.obligations.models import Unknown
from bulou.places import codes
from bulou.places.queries import name_path
from bulou.rights.capabilities import Capability
from bulou.web.access import OfficeRequest, actor, office


@never_cache
@require_GET
@office(Capability.SEE_PERSONS)
def show(request: OfficeRequest, id: int) -> HttpResponse:
    """`/gaps/unknown/<id>`"""
    return _page(request, _lead(request, id))


@never_cache
@require_POST
@office(Capability.SEE_PERSONS, Capability.UNMASK)
def look(request: OfficeRequest, id: int) -> HttpResponse:
    """`/gaps/unknown/<id>/look`: what came in, in full. The reason is recorded before it is shown."""
    lead = _lead(request, id)
    try:
        shown = leads.look(lead, by=actor(request), reason=request.POST.get("reason", ""))
    except BulouError as error:
        return _page(request, lead, wrong={"look": str(error)})
    return _page(request, lead, shown=shown)


@sensitive_post_parameters("code", "words")
@require_POST
@office(Capability.SEE_PERSONS, Capability.WORK_GAPS)
def settle(request: OfficeRequest, id: int) -> HttpResponse:
    """`/gaps/unknown/<id>/settle`: found, added, or not ours."""
    lead, key = _lead(request, id), key_of(request.POST.get("key", ""))
    try:
        unknowns.settle(
            lead.pk,
            finding=request.POST.get("finding", ""),
            words=request.POST.get("words", ""),
            code=request.POST.get("code", "").strip(),
            scope=request.mandate.scope,
            by=actor(request),
            key=key,
        )
    except BulouError as error:
        return _page(request, lead, wrong={"settle": str(error)})
    messages.success(request, _("已核实,这条线索从清单中去掉。"))
    return HttpResponseRedirect(f"{reverse('gaps')}?gap=unknown&day=all")


def _lead(request: OfficeRequest, id: int) -> Unknown:
    """The lead in the reader's scope; outside and unknown look the same (404)."""
    found = (
        Unknown.objects.filter(codes.within("place", request.mandate.scope), pk=id)
        .select_related("kind")
        .first()
        if id < 2**63
        else None
    )
    if found is None:
        raise Http404
    return found


def _page(
    request: OfficeRequest,
    lead: Unknown,
    *,
    wrong: dict[str, str] | None = None,
    shown: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "lead": lead,
        "kind": KINDS[lead.kind.name].title,
        "where": name_path(lead.place),
        "findings": unknowns.Finding.choices,
        "shown": shown,
        "key": uuid7(),
        "wrong": wrong or {},
        "given": request.POST,
    }
    return render(request, "worklists/unknown.html", context, status=422 if wrong else 200)

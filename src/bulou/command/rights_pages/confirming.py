"""What waits for a second person, and their answer: two people for what is grave."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from bulou.command.actors import actor_titles
from bulou.command.rights_pages.hats import with_places
from bulou.kernel.problems import BulouError
from bulou.rights import giving
from bulou.rights.capabilities import Capability
from bulou.rights.models import Mandate, RoleChange
from bulou.rights.queries import waiting
from bulou.web.access import OfficeRequest, actor, office


@never_cache
@require_GET
@office(any_of=giving.CONFIRMERS)
def pending(request: OfficeRequest) -> HttpResponse:
    """`/rights/pending`: what waits for a second person; one's own is shown without the buttons."""
    return _pending(request)


def _pending(request: OfficeRequest, *, wrong: str = "") -> HttpResponse:
    rows = list(waiting(request.mandate)[:200])
    county = request.mandate.is_of_county
    open_changes = RoleChange.objects.filter(decided_at__isnull=True).select_related("role")
    changes = list(open_changes) if county else []
    me, mine = actor(request), request.mandate.account_id
    actors = actor_titles([*(one.granted_by for one in rows), *(one.asked_by for one in changes)])
    context = {
        "rows": [
            (one, where, actors[one.granted_by], one.granted_by != me and one.account_id != mine)
            for one, where in with_places(rows)
        ],
        "changes": [(one, _labels(one), actors[one.asked_by], one.asked_by != me) for one in changes],
        "wrong": wrong,
    }
    return render(request, "rights_pages/pending.html", context, status=422 if wrong else 200)


def _labels(change: RoleChange) -> dict[str, list[Any]]:
    before, after = set(change.role.capabilities), set(change.capabilities)
    return {
        "gained": [one.label for one in Capability if one.value in after - before],
        "lost": [one.label for one in Capability if one.value in before - after],
    }


@require_POST
@office(any_of=giving.CONFIRMERS)
def confirm(request: OfficeRequest, id: int) -> HttpResponse:
    """`/rights/mandates/<id>/confirm`: the second person confirms (`yes`) or refuses."""
    one = Mandate.objects.select_related("account").filter(pk=id).first()
    if one is None or not request.mandate.covers(one.scope):
        raise Http404
    try:
        if request.POST.get("answer") == "yes":
            giving.confirm(one, second=request.mandate)
        else:
            giving.refuse(one, second=request.mandate, reason=request.POST.get("reason", ""))
    except BulouError as error:
        return _pending(request, wrong=str(error))
    messages.success(request, _("已办理。"))
    return HttpResponseRedirect(reverse("rights_pending"))

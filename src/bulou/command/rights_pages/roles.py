"""Roles: what each may do, and changing it by two, with a look first at whom it would touch."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bulou.kernel.problems import BulouError
from bulou.rights import changing, giving
from bulou.rights.capabilities import Capability
from bulou.rights.models import Role, RoleChange
from bulou.web.access import OfficeRequest, office


@never_cache
@require_GET
@office(Capability.MANAGE_RIGHTS)
def roles(request: OfficeRequest) -> HttpResponse:
    """`/rights/roles`: every role against every capability."""
    found = list(Role.objects.order_by("code"))
    rows = [(one, [one.value in role.capabilities for role in found]) for one in Capability]
    return render(request, "rights_pages/roles.html", {"roles": found, "rows": rows})


@never_cache
@require_http_methods(["GET", "POST"])
@office(Capability.MANAGE_RIGHTS)
def role(request: OfficeRequest, code: str) -> HttpResponse:
    """`/rights/roles/<code>`: tick what it should be able to do, look at the effect, ask for it."""
    found = Role.objects.filter(pk=code).first()
    if found is None:
        raise Http404
    asked = request.POST.getlist("may") or request.GET.getlist("may")
    wanted = asked if asked or request.method == "POST" else list(found.capabilities)
    wrong = ""
    if request.method == "POST":
        try:
            changing.ask(found, wanted, by=request.mandate, reason=request.POST.get("reason", ""))
        except BulouError as error:
            wrong = str(error)
        else:
            messages.success(request, _("已提交,另一个人复核后生效。"))
            return HttpResponseRedirect(reverse("rights_roles"))
    context = {
        "role": found,
        "choices": [
            (one, one.value in wanted, one.value in found.capabilities, one in giving.GRAVE)
            for one in Capability
        ],
        "effect": changing.effect(found, wanted),
        "waits": RoleChange.objects.filter(role=found, decided_at__isnull=True).first(),
        "reason": request.POST.get("reason", ""),
        "wrong": wrong,
    }
    return render(request, "rights_pages/role.html", context, status=422 if wrong else 200)


@require_POST
@office(any_of=giving.CONFIRMERS)
def decide(request: OfficeRequest, id: int) -> HttpResponse:
    """`/rights/role-changes/<id>/decide`: the second person accepts (`yes`) or refuses."""
    found = RoleChange.objects.filter(pk=id).first()
    if found is None:
        raise Http404
    try:
        changing.decide(found, accept=request.POST.get("answer") == "yes", second=request.mandate)
    except BulouError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已办理。"))
    return HttpResponseRedirect(reverse("rights_pending"))

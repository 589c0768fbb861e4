"""Households: who lives behind which door; somebody more is registered there."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from bulou.command.registers import homes
from bulou.command.registers.cells import read
from bulou.kernel.problems import BulouError
from bulou.people import changes
from bulou.people import queries as people
from bulou.people.models import Need, Presence
from bulou.people.register import Resident
from bulou.places.models import Level
from bulou.rights.capabilities import Capability
from bulou.sheets.kinds.residents import PRESENCE
from bulou.web.access import OfficeRequest, actor, check_may, office, path_in_scope

PAGE = 50
FIELDS = ("name", "relation", "identity", "phone", "presence", "away_to", "doses", "last_dose", "remark")


@never_cache
@require_GET
@office(Capability.SEE_PERSONS)
def list_households(request: OfficeRequest) -> HttpResponse:
    """`/households`: the households of a place and below, by their doors."""
    crumbs = path_in_scope(request.mandate, request.GET.get("place", ""))
    place = crumbs[-1]
    found = list(homes.households(place.code, request.GET.get("after", ""))[: PAGE + 1])
    context = {
        "crumbs": crumbs,
        "place": place,
        "rows": homes.rows_of(found[:PAGE], above=place.code),
        "next": found[PAGE - 1].place_id if len(found) > PAGE else "",
        "total": people.households(place.code).order_by().count(),
    }
    return render(request, "registers/households.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@office(Capability.SEE_PERSONS)
def show_household(request: OfficeRequest, code: str) -> HttpResponse:
    """`/households/<door>`: who lives there; POST registers one more, checked like a row."""
    crumbs = path_in_scope(request.mandate, code)
    place = crumbs[-1]
    if place.level != Level.DOOR:
        return HttpResponseRedirect(f"{reverse('households')}?place={code}")
    wrong: dict[str, str] = {}
    refused, status = "", 200
    if request.method == "POST":
        _check_keeps(request)
        values, wrong = read("residents", request.POST.dict(), FIELDS)
        status = 422
        if not wrong:
            try:
                changes.add(resident_of(place.code, values, request), by=actor(request))
                messages.success(request, _("已登记。"))
                return HttpResponseRedirect(reverse("household", args=[place.code]))
            except BulouError as error:
                refused, status = str(error), error.kind.status
    context = {
        "crumbs": crumbs,
        "place": place,
        "members": homes.members(place.code, request.mandate.scope),
        "wrong": wrong,
        "given": request.POST,
        "refused": refused,
        "presences": presences(),
        "all_needs": Need.choices,
    }
    return render(request, "registers/household.html", context, status=status)


def _check_keeps(request: OfficeRequest) -> None:
    check_may(request.mandate, Capability.KEEP_PEOPLE)


def presences() -> list[tuple[str, str]]:
    """The words of the workbook for where somebody is, and their titles."""
    return [(option.title, str(Presence(option.value).label)) for option in PRESENCE.options]


def resident_of(place: str, values: dict[str, Any], request: OfficeRequest) -> Resident:
    """A row of the register out of what was filled in."""
    needs = ",".join(need.value for need in Need if need.value in request.POST.getlist("needs"))
    return Resident(
        place=place,
        name=values["name"],
        identity=values["identity"] or "",
        phone=values["phone"] or "",
        relation=values["relation"] or "",
        presence=values["presence"] or "home",
        away=values["away_to"] or "",
        doses=values["doses"],
        last_dose=values["last_dose"].isoformat() if values["last_dose"] else "",
        needs=needs,
        remark=values["remark"] or "",
    )

"""Risk areas: the list, recording one after a look at whom it asks again, one area with who changed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from bulou.arrivals.areas import Area, record
from bulou.arrivals.models import AreaLevel, Exposure, Proposal, RiskArea
from bulou.command.actors import actor_titles
from bulou.command.arrivals import areas, looks
from bulou.command.arrivals.rows import face_with_needs
from bulou.command.asked import Page
from bulou.kernel import clock
from bulou.kernel.database import atomic
from bulou.kernel.problems import BulouError
from bulou.places.queries import name_paths
from bulou.rights.capabilities import Capability
from bulou.web.access import OfficeRequest, actor, check_may, office

OPENS = (Capability.UNMASK, Capability.DECIDE_CASES)
"""What it takes to open who was in an area."""


@never_cache
@require_GET
@office(Capability.SEE_PERSONS)
def risk_areas(request: OfficeRequest) -> HttpResponse:
    """`/arrivals/areas`: which areas hold, from whom we know it, how many people each concerns."""
    past = request.GET.get("past") == "1"
    found = areas.standing(clock.today(), past=past)
    page = Page.of(request, found.order_by().count())
    listed = areas.with_counts(found, request.mandate.scope)
    context = {
        "past": past,
        "page": page,
        "rows": list(listed[page.offset : page.offset + page.size]),
        "may_record": _may_record(request),
    }
    return render(request, "arrivals/areas.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@office(Capability.SEE_PERSONS, Capability.DRAFT_DIRECTIVES)
def new_area(request: OfficeRequest) -> HttpResponse:
    """`/arrivals/areas/new`: first whom it asks again, then recording it."""
    areas.check_county(request.mandate)
    given = {name: request.POST.get(name, "") for name in areas.FIELDS}
    context: dict[str, Any] = {"given": given, "levels": AreaLevel.choices}
    if request.method == "GET":
        return render(request, "arrivals/area_new.html", context)
    try:
        area = areas.read(given)
        if request.POST.get("ready") != "1":
            context |= {"area": area, "preview": areas.preview(area, by=actor(request))}
            return render(request, "arrivals/area_new.html", context)
        number = _record(request, area)
    except BulouError as error:
        return render(request, "arrivals/area_new.html", context | {"wrong": str(error)}, status=422)
    return HttpResponseRedirect(reverse("risk_area", args=[number]))


@never_cache
@require_http_methods(["GET", "POST"])
@office(Capability.SEE_PERSONS)
def risk_area(request: OfficeRequest, id: int) -> HttpResponse:
    """`/arrivals/areas/<id>`: one area, its last day; who changed, once that is opened with a reason."""
    area = RiskArea.objects.filter(pk=id).first() if id < 2**63 else None
    if area is None:
        raise Http404
    context: dict[str, Any] = {"until": area.until.isoformat() if area.until else ""}
    status = 200
    if request.POST.get("do") == "look":
        try:
            return _look(request, area)
        except BulouError as error:
            context["unseen"], status = str(error), 422
    elif request.method == "POST":
        check_may(request.mandate, Capability.DRAFT_DIRECTIVES)
        areas.check_county(request.mandate)
        context["until"] = request.POST.get("until", "")
        try:
            changed = areas.ended(area, context)
            if request.POST.get("ready") == "1":
                _record(request, changed)
                return HttpResponseRedirect(reverse("risk_area", args=[id]))
            context["preview"] = areas.preview(changed, by=actor(request))
        except BulouError as error:
            context["wrong"], status = str(error), 422
    return render(request, "arrivals/area.html", context | _shown(request, area), status=status)


def _record(request: OfficeRequest, area: Area) -> int:
    """Record it; its number, also where it stood already as it is."""
    changed = record([area], by=actor(request))
    messages.success(request, _("已登记。") if changed else _("没有改动:这一条已经登记过。"))
    standing = RiskArea.objects.filter(code=area.code, level=area.level, since=area.since)
    return standing.values_list("pk", flat=True).get()


def _look(request: OfficeRequest, area: RiskArea) -> HttpResponse:
    """Open who is on a page of the list: that they were there is what is sealed of them."""
    for needed in OPENS:
        check_may(request.mandate, needed)
    _page, listed = _listed(request, area)
    seen = looks.looked_at(listed, by=actor(request))
    sealed = {one.journey.pk: one.journey for one in listed if one.pk not in seen}
    with atomic():
        for journey in sealed.values():
            looks.record(journey, looks.VISITS, by=actor(request), reason=request.POST.get("reason", ""))
    return HttpResponseRedirect(request.get_full_path())


def _listed(request: OfficeRequest, area: RiskArea) -> tuple[Page, list[Proposal]]:
    """The page that is asked for, and the questions on it."""
    found = areas.changed(area, request.mandate.scope)
    page = Page.of(request, found.order_by().count())
    return page, list(found[page.offset : page.offset + page.size])


def _shown(request: OfficeRequest, area: RiskArea) -> dict[str, Any]:
    page, listed = _listed(request, area)
    seen = looks.looked_at(listed, by=actor(request))
    opened = [one for one in listed if one.pk in seen]
    paths = name_paths({one.journey.place for one in opened}, above=request.mandate.scope) if opened else {}
    return {
        "area": area,
        "page": page,
        "rows": [_row(one, paths) for one in opened],
        "sealed": len(listed) - len(opened),
        "may_look": all(map(request.mandate.may, OPENS)),
        "why": _("核对风险地区涉及的人"),
        "recorded_by": actor_titles([area.recorded_by])[area.recorded_by],
        "may_record": _may_record(request),
    }


def _row(one: Proposal, paths: dict[str, str]) -> dict[str, Any]:
    return {
        "face": face_with_needs(one.journey),
        "number": one.journey.number,
        "where": paths[one.journey.place],
        "after": Exposure(one.exposure).label,
        "before": "" if one.before is None else Exposure(one.before).label,
        "proposal": one,
    }


def _may_record(request: OfficeRequest) -> bool:
    return request.mandate.may(Capability.DRAFT_DIRECTIVES) and request.mandate.is_of_county

"""One journey's page, and opening what is sealed in it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from bulou.command.arrivals import looks
from bulou.command.arrivals.journey import JourneyPage, find
from bulou.kernel.problems import BulouError
from bulou.rights.capabilities import Capability
from bulou.web.access import OfficeRequest, actor, office


@never_cache
@require_GET
@office(Capability.SEE_PERSONS)
def arrival(request: OfficeRequest, number: str) -> HttpResponse:
    """`/arrivals/<number>`: who has this person now, and all else about the journey."""
    return render(request, "arrivals/arrival.html", context_of(request, page_of(request, number)))


@never_cache
@require_POST
@office(Capability.SEE_PERSONS, Capability.UNMASK)
def look(request: OfficeRequest, number: str) -> HttpResponse:
    """`/arrivals/<number>/look`: what is sealed, in full. The reason is recorded before it is shown."""
    page, wrong = page_of(request, number), ""
    try:
        looks.record(page.journey, looks.JOURNEY, by=actor(request), reason=request.POST.get("reason", ""))
        page.opened = True
    except BulouError as error:
        wrong = str(error)
    context = context_of(request, page) | {"wrong": wrong}
    return render(request, "arrivals/arrival.html", context, status=422 if wrong else 200)


def page_of(request: OfficeRequest, number: str) -> JourneyPage:
    """The journey in the reader's scope; outside and unknown look the same (404)."""
    page = find(number, request.mandate)
    if page is None:
        raise Http404
    return page


def context_of(request: OfficeRequest, page: JourneyPage) -> dict[str, Any]:
    """What the page shows, and what this reader may do there."""
    return {
        "page": page,
        "journey": page.journey,
        "sees_person": request.mandate.covers(page.journey.person.place),
        "wrong": "",
    }

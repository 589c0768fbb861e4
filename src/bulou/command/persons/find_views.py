"""The search box: by POST alone, so that no address, log or history holds what was looked for."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from bulou.command.persons import find
from bulou.rights.capabilities import Capability
from bulou.web.access import OfficeRequest, actor, office

LONGEST = 60


@never_cache
@sensitive_post_parameters("q")
@require_http_methods(["GET", "POST"])
@office(Capability.SEE_NUMBERS)
def show(request: OfficeRequest) -> HttpResponse:
    """`/search`: the page, or, for a page that asks while somebody types, the results alone."""
    words = request.POST.get("q", "")[:LONGEST]
    results = find.everything(words, request.mandate, by=actor(request))
    part = request.headers.get("HX-Request")
    context = {"results": results, "q": "" if part else words, "asked": bool(words.strip())}
    return render(request, "persons/_found.html" if part else "persons/search.html", context)

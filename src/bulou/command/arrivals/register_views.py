"""Registering somebody's coming for them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from bulou.command import place_choice
from bulou.command.arrivals import registering
from bulou.command.arrivals.acts import uuid_of
from bulou.command.arrivals.registering import Form
from bulou.command.subjects import face_of
from bulou.kernel.ids import uuid7
from bulou.people import queries as people
from bulou.people.models import Person
from bulou.rights.capabilities import Capability
from bulou.web.access import OfficeRequest, actor, office

REMEMBERED = 3_600
"""Seconds in which the same form, sent again, leads to what it registered."""
PURPOSE = "arrival registration"


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@office(Capability.SEE_PERSONS, Capability.KEEP_PEOPLE)
def new(request: OfficeRequest) -> HttpResponse:
    """`/arrivals/new`: the form; `?person=` is somebody of the register. Sent twice it registers once."""
    person = _person(request)
    if request.method == "GET":
        return _page(request, registering.empty(request.mandate.scope), person)
    if request.POST.get("do") == "row":
        return _page(request, registering.with_a_row(request.POST, request.mandate.scope), person)
    key = f"arrival-{request.user.pk}-{_key(request)}"
    known = cache.get(key)
    if known:
        return HttpResponseRedirect(reverse("arrival", args=[known]))
    form = registering.read(request.POST, request.mandate, person)
    if form.wrong:
        return _page(request, form, person)
    journey = registering.save(form, by=actor(request))
    cache.set(key, journey.number, REMEMBERED)
    if not request.mandate.covers(journey.place):
        messages.success(
            request, _("此人已由别处报备,编号 {n}:这次说的已记在一起。").format(n=journey.number)
        )
        return HttpResponseRedirect(reverse("arrivals"))
    messages.success(request, _("已报备,编号 {n}。").format(n=journey.number))
    return HttpResponseRedirect(reverse("arrival", args=[journey.number]))


def _page(request: OfficeRequest, form: Form, person: Person | None) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "given": form.given,
        "wrong": form.wrong,
        "key": form.given.get("key") or uuid7(),
        "person": person,
        # Of somebody of the register it is known already.
        "said_here": person is None,
        "face": face_of(person, "") if person else None,
        "places": place_choice.listed(request.mandate.scope),
        **registering.choices(),
    }
    return render(request, "arrivals/new.html", context, status=422 if form.wrong else 200)


def _person(request: OfficeRequest) -> Person | None:
    """Whom the address names, in the reader's scope. Raises Http404."""
    text = request.GET.get("person", "")
    if not text:
        return None
    uid = uuid_of(text)
    found = people.persons(request.mandate.scope, PURPOSE).filter(uid=uid).first() if uid else None
    if found is None:
        raise Http404
    return found


def _key(request: OfficeRequest) -> UUID:
    key = uuid_of(request.POST.get("key", ""))
    if key is None:
        raise Http404
    return key

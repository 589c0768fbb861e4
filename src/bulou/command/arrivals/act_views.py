"""The forms of what the office does with a journey, and doing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from bulou.arrivals.models import Break, State
from bulou.command import place_choice
from bulou.command.arrivals import acts, words
from bulou.command.arrivals.journey import JourneyPage
from bulou.command.arrivals.journey_views import page_of
from bulou.command.place_choice import PlaceChoice, PlaceUnclear
from bulou.kernel import clock
from bulou.kernel.ids import uuid7
from bulou.kernel.problems import BulouError
from bulou.places.queries import labels
from bulou.rights.capabilities import Capability
from bulou.web.access import OfficeRequest, actor, office


@never_cache
@sensitive_post_parameters("note")
@require_http_methods(["GET", "POST"])
@office(Capability.SEE_PERSONS, Capability.WORK_GAPS)
def act(request: OfficeRequest, number: str, do: str) -> HttpResponse:
    """`/arrivals/<number>/<act>`: the form; then doing it. A second click changes nothing."""
    page = page_of(request, number)
    if do not in acts.ACTS:
        raise Http404
    if request.method == "GET":
        return _form(request, page, do)
    title_and_verb = acts.ACTS[do]
    try:
        said = title_and_verb[1](page.journey, _done(request))
    except PlaceUnclear as error:
        return _form(request, page, do, str(error), choice=error.choice)
    except BulouError as error:
        return _form(request, page, do, str(error), status=error.kind.status)
    messages.success(request, str(said))
    return HttpResponseRedirect(reverse("arrival", args=[number]))


def _done(request: OfficeRequest) -> acts.Done:
    key = acts.uuid_of(request.POST.get("key", ""))
    if key is None:
        raise Http404
    given = {name: str(value) for name, value in request.POST.items()}
    return acts.Done(request.mandate, given, actor(request), key)


def _form(
    request: OfficeRequest,
    page: JourneyPage,
    do: str,
    refused: str = "",
    *,
    choice: PlaceChoice | None = None,
    status: int = 422,
) -> HttpResponse:
    given = request.POST if request.method == "POST" else {}
    context = {
        "page": page,
        "journey": page.journey,
        "do": do,
        "title": acts.ACTS[do][0],
        "given": given,
        "key": given.get("key") or uuid7(),
        "refused": "" if choice else refused,
        "latest": f"{clock.local(clock.now()):%Y-%m-%dT%H:%M}",
        **_FIELDS[do](request, page, given, choice),
    }
    return render(request, "arrivals/act.html", context, status=status if refused else 200)


def _redate(_request: OfficeRequest, page: JourneyPage, given: Any, _choice: Any) -> dict[str, Any]:
    standing = f"{clock.local(page.journey.arrives_at):%Y-%m-%dT%H:%M}"
    return {"arrives_at": given.get("arrives_at", standing)}


def _redirect(request: OfficeRequest, _page: JourneyPage, given: Any, choice: Any) -> dict[str, Any]:
    scope = request.mandate.scope
    shown = choice or place_choice.shown(given, "place", scope)
    return {"choice": shown, "places": place_choice.listed(scope)}


def _sides(request: OfficeRequest, page: JourneyPage, given: Any, _choice: Any) -> dict[str, Any]:
    """The posts to choose from; of a hand-over of which one side is known, that side's words stay."""
    found = acts.posts(page.journey, request.mandate)
    known = acts.handover_of(page.journey, request.GET.get("handover", ""))
    gave = request.resolver_match.kwargs["do"] == "give" if request.resolver_match else False
    holder = page.journey.holder if page.journey.state in (State.HELD, State.BETWEEN) else None
    mine, other = (holder, None) if gave else (None, holder)
    if known is not None:
        mine, other = (known.giver_id, known.receiver_id) if gave else (known.receiver_id, known.giver_id)
    return {
        "key": given.get("key") or (known.uid if known else uuid7()),
        "mine": [("", _("请选择")), *((one.id, one.label) for one in found if one.mine)],
        "others": [("", _("没有写明")), *((one.id, one.label) for one in found)],
        "post": given.get("post", mine or ""),
        "other": given.get("other", other or ""),
        "gave": gave,
    }


def _end(request: OfficeRequest, _page: JourneyPage, _given: Any, _choice: Any) -> dict[str, Any]:
    may = request.mandate.may(Capability.DECIDE_CASES)
    ends = [one for one in words.ENDS if may or one != "released"]
    return {"ends": [("", _("请选择")), *((one, words.ENDS[one]) for one in ends)]}


def _withdraw(_request: OfficeRequest, page: JourneyPage, _given: Any, _choice: Any) -> dict[str, Any]:
    standing = acts.standing_sides(page.journey.pk)
    seats = labels(one.post_id for one in standing)
    return {
        "sides": [
            (one.event, one.get_which_display(), seats[one.post_id], one.at, one.happened_at)
            for one in standing
        ]
    }


def _explain(request: OfficeRequest, page: JourneyPage, given: Any, _choice: Any) -> dict[str, Any]:
    number = acts.number_of(given.get("break", request.GET.get("break", "")))
    found = Break.objects.filter(journey=page.journey.pk, pk=number).first()
    if found is None:
        raise Http404
    owner = labels([found.owner_id]).get(found.owner_id, "") if found.owner_id else ""
    return {"broken": found, "ground": words.break_title(found.ground), "owner": owner}


_FIELDS = {
    "redate": _redate,
    "redirect": _redirect,
    "give": _sides,
    "take": _sides,
    "end": _end,
    "withdraw": _withdraw,
    "explain": _explain,
}

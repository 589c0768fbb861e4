"""Places: the tree, a place's page, and what can be done with a place, each shown before it is done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from bulou.command.actors import actor_titles
from bulou.command.registers import tree
from bulou.command.registers.place_words import chapters
from bulou.kernel import clock
from bulou.kernel.problems import BulouError
from bulou.places import actions, codes, retiring
from bulou.places.models import Level, Place
from bulou.places.queries import children
from bulou.rights.capabilities import Capability
from bulou.web.access import OfficeRequest, actor, office, path_in_scope

VERBS = ("rename", "name", "unname", "gates", "move", "merge", "split", "retire", "bring_back")
PREVIEWED = ("move", "merge", "split", "retire")


@require_GET
@office(Capability.SEE_NUMBERS)
def list_places(request: OfficeRequest) -> HttpResponse:
    """`/places`: the tree below a place; with htmx only the branches."""
    crumbs = path_in_scope(request.mandate, request.GET.get("place", ""))
    place = crumbs[-1]
    context = {"crumbs": crumbs, "place": place, "branches": tree.branches(place.code)}
    if request.headers.get("HX-Request"):
        return render(request, "registers/_branches.html", context)
    return render(
        request, "registers/places.html", context | {"figures": tree.figures([place.code])[place.code]}
    )


@require_GET
@office(Capability.SEE_NUMBERS)
def show_place(request: OfficeRequest, code: str) -> HttpResponse:
    """`/places/<code>`: names, gates, who answers for it, what lies under it, what happened to it."""
    place, path, before = _place(request, code)
    now = clock.now()
    events = tree.history(place, before)
    figures = tree.figures([place.code], now)[place.code]
    context = {
        "place": place,
        "level": Level(place.level).label,
        "crumbs": [step for step in path if request.mandate.covers(step.code)],
        "before": before,
        "figures": figures,
        "answers": tree.who_answers(path, now) if request.mandate.may(Capability.SEE_PERSONS) else [],
        "chapters": chapters(events, actor_titles(event.actor for event in events), place, before),
        "is_door": place.level == Level.DOOR,
        "is_compound": place.level == Level.COMPOUND,
        **tree.facts(place),
    }
    return render(request, "registers/place.html", context)


def _place(request: OfficeRequest, code: str) -> tuple[Place, list[Place], list[Place]]:
    """A place of the scope, its path from the county down, and the places that became it. Raises Http404."""
    if not (code.isdecimal() and code.isascii() and len(code) in codes.WIDTHS.values()):
        raise Http404
    if not request.mandate.covers(code):
        raise Http404
    path = codes.path(code)
    found = Place.objects.filter(Q(code__in=path) | Q(successor=code)).select_related("successor", "parent")
    known = {place.code: place for place in found}
    if code not in known:
        raise Http404
    steps = [known[step] for step in path if step in known]
    return known[code], steps, [one for one in known.values() if one.successor_id == code]


@require_http_methods(["GET", "POST"])
@office(Capability.KEEP_PLACES)
def change_place(request: OfficeRequest, code: str) -> HttpResponse:
    """`/places/<code>/change?do=…`: GET shows what it would do, POST does it."""
    place, path, _before = _place(request, code)
    given = request.POST if request.method == "POST" else request.GET
    do = given.get("do", "")
    if do not in VERBS:
        raise Http404
    refused, status = "", 200
    if request.method == "POST":
        try:
            now_at = _do(request, place, do)
            messages.success(request, _("已办理。需要时可以在“经过”里撤回。"))
            return HttpResponseRedirect(reverse("place", args=[now_at]))
        except BulouError as error:
            refused, status = str(error), error.kind.status
    context = {
        "place": place,
        "do": do,
        "crumbs": [step for step in path if request.mandate.covers(step.code)],
        "refused": refused,
        "given": given,
        **_preview(request, place, do),
    }
    return render(request, "registers/place_change.html", context, status=status)


def _preview(request: OfficeRequest, place: Place, do: str) -> dict[str, Any]:
    given = request.POST if request.method == "POST" else request.GET
    chosen = _chosen(request, place) if do == "split" else []
    target = _target(request, given.get("to", "")) if do in ("move", "merge") else None
    ready = target is not None or chosen or do == "retire"
    context: dict[str, Any] = {"target": target, "chosen": chosen, "ready": ready}
    if do in ("move", "merge"):
        context["targets"] = [("", "—"), *tree.targets(place, do)]
    if do == "split":
        context["children"] = list(children(place.code)[: tree.MOST_CHILDREN])
    if do == "retire":
        context["occupants"] = retiring.occupants(place.code)
    if ready and do in PREVIEWED:
        context["moved"] = tree.what_moves(chosen or [place.code])
    return context


def _chosen(request: OfficeRequest, place: Place) -> list[str]:
    """The children that were chosen to become a place of their own."""
    given = request.POST if request.method == "POST" else request.GET
    wanted = given.getlist("child")
    return [code for code in wanted if code.isdecimal() and request.mandate.covers(code)][
        : tree.MOST_CHILDREN
    ]


def _target(request: OfficeRequest, code: str) -> Place | None:
    """Where to: a place of the scope. Raises Http404 for one outside."""
    return path_in_scope(request.mandate, code)[-1] if code else None


def _do(request: OfficeRequest, place: Place, do: str) -> str:
    """Do it; the code of the page to go to afterwards."""
    by, words = actor(request), request.POST.get("words", "")
    to = _target(request, request.POST.get("to", ""))
    if do == "rename":
        return actions.rename(place.code, words, by=by).code
    if do == "name":
        retiring.call_also(place.code, words, by=by)
    elif do == "unname":
        retiring.not_called(place.code, words, by=by)
    elif do == "gates":
        retiring.count_gates(place.code, int(words) if words.isdecimal() and len(words) < 4 else -1, by=by)
    elif do == "retire":
        retiring.retire(place.code, by=by)
    elif do == "bring_back":
        retiring.bring_back(place.code, by=by)
    elif do == "split":
        return actions.split(place.code, {words: _chosen(request, place)}, by=by)[0].code
    elif to is not None:
        verb = actions.move if do == "move" else actions.merge
        return verb(place.code, to.code, by=by).code
    return place.code

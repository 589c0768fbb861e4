"""Households and persons: who lives where, corrections, moves, needs; pairs that may be one person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from bulou.command.actors import actor_titles
from bulou.command.asked import Page
from bulou.command.registers import homes, pairs
from bulou.command.registers.cells import read
from bulou.kernel import clock
from bulou.kernel.database import atomic
from bulou.kernel.problems import BulouError, problem
from bulou.people import actions, changes, duplicates
from bulou.people import queries as people
from bulou.people.models import Duplicate, Need, Person, Presence
from bulou.people.register import Resident
from bulou.places.actions import ensure
from bulou.places.models import Level
from bulou.places.queries import name_paths, paths_of
from bulou.rights.capabilities import Capability
from bulou.sheets.kinds.residents import PRESENCE
from bulou.web.access import OfficeRequest, actor, check_may, office, path_in_scope

PAGE = 50
FIELDS = ("name", "relation", "identity", "phone", "presence", "away_to", "doses", "last_dose", "remark")
AREA = (Level.TOWNSHIP, Level.VILLAGE, Level.COMPOUND, Level.GRID, Level.BUILDING, Level.UNIT, Level.DOOR)
LATER = timedelta(days=7)

NOT_A_DOOR = problem("not-a-door", gettext_lazy("请写到户:小区、楼栋、单元、户号。"))
MOVE_OUTSIDE = problem(
    "move-outside-scope",
    gettext_lazy("迁入地在您的辖区以外:请由上一级办理,或登记为离开后由当地登记。"),
    status=403,
)
REASON_NEEDED = problem("decision-reason-missing", gettext_lazy("请写明依据(至少 4 个字)。"))
PAIR_OUTSIDE = problem(
    "pair-outside-scope",
    gettext_lazy("其中一条登记在您的辖区以外:请由共同的上一级核实。"),
    status=403,
)


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
                changes.add(_resident(place.code, values, request), by=actor(request))
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
        "presences": _presences(),
        "all_needs": Need.choices,
    }
    return render(request, "registers/household.html", context, status=status)


def _check_keeps(request: OfficeRequest) -> None:
    check_may(request.mandate, Capability.KEEP_PEOPLE)


def _presences() -> list[tuple[str, str]]:
    return [(option.title, str(Presence(option.value).label)) for option in PRESENCE.options]


def _resident(place: str, values: dict[str, Any], request: OfficeRequest) -> Resident:
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


def _person(request: OfficeRequest, uid: UUID) -> Person:
    """A person registered in the scope. Raises Http404."""
    found = people.everybody(request.mandate.scope, homes.PURPOSE).filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@office(Capability.SEE_PERSONS, Capability.KEEP_PEOPLE)
def edit_resident(request: OfficeRequest, uid: UUID) -> HttpResponse:
    """`/residents/<uid>`: correct, move, needs, gone. What is left empty of the masked fields stays."""
    person = _person(request, uid)
    wrong: dict[str, str] = {}
    refused, status = "", 200
    if request.method == "POST":
        do = request.POST.get("do", "")
        status = 422
        try:
            wrong = _done(request, person, do)
            if not wrong:
                person.refresh_from_db()
                return HttpResponseRedirect(
                    reverse("household", args=[person.place]) if do != "correct" else request.path
                )
        except BulouError as error:
            refused, status = str(error), error.kind.status
    context = {
        "person": person,
        "member": homes.member(person),
        "row": changes.resident_of(person),
        "presence": PRESENCE.write(person.presence),
        "path": [
            (level.value, level.label, paths_of([person.place])[person.place].get(level, ""))
            for level in AREA
        ],
        "wrong": wrong,
        "refused": refused,
        "presences": _presences(),
        "needs": [(one.value, one.label, one.value in person.needs.split(",")) for one in Need],
    }
    return render(request, "registers/resident.html", context, status=status)


def _done(request: OfficeRequest, person: Person, do: str) -> dict[str, str]:
    """Do it; the sentences about fields that cannot be read."""
    by = actor(request)
    if do == "correct":
        return _corrected(request, person)
    if do == "needs":
        changes.set_needs(person.pk, request.POST.getlist("needs"), by=by)
    elif do == "move":
        _moved(request, person)
    elif do in ("leave", "die", "come_back"):
        verb = {"leave": actions.leave, "die": actions.die, "come_back": actions.come_back}[do]
        verb(person.pk, by=by)
    else:
        raise Http404
    messages.success(request, _("已办理。"))
    return {}


def _corrected(request: OfficeRequest, person: Person) -> dict[str, str]:
    """Take over what was filled in; masked fields that were left empty stay as they are registered."""
    before = changes.resident_of(person)
    given = {name: value for name, value in request.POST.dict().items() if isinstance(value, str)}
    values, wrong = read("residents", given, FIELDS)
    for name in ("name", "identity", "phone", "remark"):
        if not given.get(name, "").strip():
            values[name] = getattr(before, name)
            wrong.pop(name, None)
    if wrong:
        return wrong
    after = _resident(person.place, values, request)._replace(needs=before.needs)
    changed = changes.correct(person.pk, after, by=actor(request), reason=request.POST.get("reason", ""))
    messages.success(request, _("已更正 {n} 项。").format(n=len(changed)) if changed else _("没有改动。"))
    return {}


def _moved(request: OfficeRequest, person: Person) -> None:
    names = [request.POST.get(level.value, "").strip() for level in AREA]
    if not names[-1]:
        raise NOT_A_DOOR.error()
    with atomic():
        door = ensure(names)
        if not request.mandate.covers(door.code):
            raise MOVE_OUTSIDE.error()
        actions.move(person.pk, door.code, by=actor(request))


@never_cache
@require_GET
@office(Capability.SEE_PERSONS, Capability.KEEP_PEOPLE)
def list_pairs(request: OfficeRequest) -> HttpResponse:
    """`/duplicates`: pairs that wait for a decision, or were decided."""
    decision = request.GET.get("decision", Duplicate.Decision.OPEN)
    if decision not in Duplicate.Decision:
        raise Http404
    found = pairs.pairs_of(request.mandate.scope, decision)
    page = Page.of(request, found.order_by().count())
    shown = list(found[page.offset : page.offset + page.size])
    paths = name_paths(
        {place for one in shown for place in (one.first.place, one.second.place)}, separator=" "
    )
    context = {
        "rows": [_line(one, paths) for one in shown],
        "page": page,
        "decision": decision,
        "decisions": Duplicate.Decision.choices,
        "now": clock.now(),
    }
    return render(request, "registers/duplicates.html", context)


def _line(one: Duplicate, paths: dict[str, str]) -> dict[str, Any]:
    return {
        "row": one,
        "first": homes.masked(one.first),
        "second": homes.masked(one.second),
        "first_at": paths[one.first.place],
        "second_at": paths[one.second.place],
    }


@never_cache
@require_http_methods(["GET", "POST"])
@office(Capability.SEE_PERSONS, Capability.KEEP_PEOPLE)
def decide_pair(request: OfficeRequest, id: int) -> HttpResponse:
    """`/duplicates/<id>`: side by side; the same, not the same, later; a decision is taken back here, too."""
    row = Duplicate.objects.filter(pk=id).select_related("first", "second").first()
    if row is None or not any(map(request.mandate.covers, (row.first.place, row.second.place))):
        raise Http404
    refused, status = "", 200
    if request.method == "POST":
        try:
            _decide(request, row)
            messages.success(request, _("已记下结论。"))
            return HttpResponseRedirect(reverse("duplicates"))
        except BulouError as error:
            refused, status = str(error), error.kind.status
    context = {
        "pair": pairs.side_by_side(row, request.mandate),
        "refused": refused,
        "decider": actor_titles([row.decided_by]).get(row.decided_by, "") if row.decided_by else "",
    }
    return render(request, "registers/duplicate.html", context, status=status)


def _decide(request: OfficeRequest, row: Duplicate) -> None:
    if not (request.mandate.covers(row.first.place) and request.mandate.covers(row.second.place)):
        raise PAIR_OUTSIDE.error()
    do, reason, by = request.POST.get("do", ""), request.POST.get("reason", "").strip(), actor(request)
    if do != "reopen" and len(reason) < 4:
        raise REASON_NEEDED.error()
    if do in ("first", "second"):
        keep = row.first_id if do == "first" else row.second_id
        duplicates.merge(row.pk, keep=keep, by=by, reason=reason)
    elif do == "different":
        duplicates.tell_apart(row.pk, by=by, reason=reason)
    elif do == "later":
        changes.put_off(row.pk, clock.now() + LATER, reason=reason, by=by)
    elif do == "reopen":
        duplicates.reopen(row.pk, by=by)
    else:
        raise REASON_NEEDED.error()

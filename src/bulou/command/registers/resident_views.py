"""One resident of the register: corrected, moved, needs, gone."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from bulou.command.registers import homes
from bulou.command.registers.cells import read
from bulou.command.registers.home_views import FIELDS, presences, resident_of
from bulou.kernel.database import atomic
from bulou.kernel.problems import BulouError, problem
from bulou.people import actions, changes
from bulou.people import queries as people
from bulou.people.models import Need, Person
from bulou.places.actions import ensure
from bulou.places.models import Level
from bulou.places.queries import paths_of
from bulou.rights.capabilities import Capability
from bulou.sheets.kinds.residents import PRESENCE
from bulou.web.access import OfficeRequest, actor, office

AREA = (Level.TOWNSHIP, Level.VILLAGE, Level.COMPOUND, Level.GRID, Level.BUILDING, Level.UNIT, Level.DOOR)

NOT_A_DOOR = problem("not-a-door", gettext_lazy("请写到户:小区、楼栋、单元、户号。"))
MOVE_OUTSIDE = problem(
    "move-outside-scope",
    gettext_lazy("迁入地在您的辖区以外:请由上一级办理,或登记为离开后由当地登记。"),
    status=403,
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
        "presences": presences(),
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
    after = resident_of(person.place, values, request)._replace(needs=before.needs)
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

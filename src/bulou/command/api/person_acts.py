"""What is done with persons: corrected, moved, gone, come back."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema
from pydantic import Field

from bulou.command.api.etags import check_unchanged
from bulou.command.api.fields import parsed
from bulou.command.api.frame import (
    NOT_YOURS,
    Words,
    actor,
    past,
    place_of,
    token_of,
)
from bulou.command.api.idempotency import act, repeatable
from bulou.command.api.persons import PersonLine, person_line, person_of
from bulou.kernel.database import atomic
from bulou.kernel.problems import problem
from bulou.people import actions, changes
from bulou.people.models import Need, Person
from bulou.people.register import Resident
from bulou.places.actions import ensure
from bulou.places.codes import level_of
from bulou.places.models import Level
from bulou.rights.capabilities import Capability

NO_DOOR = problem("api-no-door", _("请写明住到哪一户:place(户的编码)或 names(七级名称)选一项。"))

MAY = (Capability.SEE_PERSONS, Capability.KEEP_PEOPLE)
FIELDS = ("name", "relation", "identity", "phone", "presence", "away_to", "doses", "last_dose", "remark")
COLUMNS = {"away_to": "away"}
LONGEST = 200

router = Router(tags=["persons"])


class PersonFields(Schema):
    """Written as in the cells of the workbook. What is left out stays as it is registered."""

    name: Words | None = Field(None, max_length=LONGEST)
    relation: Words | None = Field(None, max_length=LONGEST)
    identity: Words | None = Field(None, max_length=LONGEST)
    phone: Words | None = Field(None, max_length=LONGEST)
    presence: Words | None = Field(None, max_length=LONGEST)
    away_to: Words | None = Field(None, max_length=LONGEST)
    doses: Words | None = Field(None, max_length=LONGEST)
    last_dose: Words | None = Field(None, max_length=LONGEST)
    remark: Words | None = Field(None, max_length=LONGEST)


class Correction(PersonFields):
    """Corrected values, and on what ground."""

    reason: Words = Field("", max_length=300)


class Corrected(Schema):
    """Which fields changed, and the person as registered now."""

    changed: list[str]
    person: PersonLine


class Needs(Schema):
    """What somebody cannot go without; the whole list."""

    needs: list[Literal[tuple(Need.values)]] = Field(max_length=len(Need))  # type: ignore[valid-type]  # mypy cannot read choices


class Move(Schema):
    """The door's code, or seven names from the township down; "" for a level that is not there."""

    place: str | None = Field(None, pattern=r"^[0-9]{6,26}$")
    names: list[Words] | None = Field(None, min_length=7, max_length=7)


class When(Schema):
    """When it happened; now when left out."""

    at: str | None = None


@router.post("/persons/{uid}/correct", **act("correct_person", Corrected, *MAY, checked=True))
@repeatable
def correct_person(request: HttpRequest, uid: UUID, correction: Correction) -> tuple[int, object]:
    """Take over corrected values, read like the cells of the workbook."""
    with atomic():
        person = locked_person(request, uid)
        check_unchanged(request, person_line(person))
        after = resident_with(correction, changes.resident_of(person))
        changed = changes.correct(person.pk, after, by=actor(request), reason=correction.reason)
    return 200, {"changed": changed, "person": person_line(person_of(request, uid))}


@router.post("/persons/{uid}/needs", **act("set_needs", PersonLine, *MAY, checked=True))
@repeatable
def set_needs(request: HttpRequest, uid: UUID, needs: Needs) -> tuple[int, object]:
    """What somebody cannot go without; it stands first in every list."""
    with atomic():
        person = locked_person(request, uid)
        check_unchanged(request, person_line(person))
        changes.set_needs(person.pk, needs.needs, by=actor(request))
    return 200, person_line(person_of(request, uid))


@router.post("/persons/{uid}/move", **act("move_person", PersonLine, *MAY, checked=True))
@repeatable
def move_person(request: HttpRequest, uid: UUID, move: Move) -> tuple[int, object]:
    """Somebody lives behind another door of the scope from now on."""
    with atomic():
        person = locked_person(request, uid)
        check_unchanged(request, person_line(person))
        actions.move(person.pk, _door(request, move), by=actor(request))
    return 200, person_line(person_of(request, uid))


@router.post("/persons/{uid}/leave", **act("person_left", PersonLine, *MAY, checked=True))
@repeatable
def person_left(request: HttpRequest, uid: UUID, when: When) -> tuple[int, object]:
    """Somebody left the county."""
    return _gone(request, uid, when, actions.leave)


@router.post("/persons/{uid}/die", **act("person_died", PersonLine, *MAY, checked=True))
@repeatable
def person_died(request: HttpRequest, uid: UUID, when: When) -> tuple[int, object]:
    """Somebody died; what is owed about them ends then."""
    return _gone(request, uid, when, actions.die)


@router.post("/persons/{uid}/come-back", **act("person_came_back", PersonLine, *MAY, checked=True))
@repeatable
def person_came_back(request: HttpRequest, uid: UUID, when: When) -> tuple[int, object]:
    """Somebody who had left lives here again."""
    return _gone(request, uid, when, actions.come_back)


def locked_person(request: HttpRequest, uid: UUID) -> Person:
    """The same, and nobody else changes it until the transaction ends."""
    Person.objects.select_for_update().filter(pk=person_of(request, uid).pk).first()
    return person_of(request, uid)


def _gone(request: HttpRequest, uid: UUID, when: When, verb: Any) -> tuple[int, object]:
    at = past(when.at)
    with atomic():
        person = locked_person(request, uid)
        check_unchanged(request, person_line(person))
        verb(person.pk, by=actor(request), happened_at=at)
    return 200, person_line(person_of(request, uid))


def resident_with(fields: PersonFields, before: Resident) -> Resident:
    """A row of the register with what was sent in the place of what stands. Raises `api-bad-field`."""
    given = {name: getattr(fields, name) for name in FIELDS if getattr(fields, name) is not None}
    values = parsed("residents", given, given)
    dose = values.get("last_dose")
    if "last_dose" in values:
        values["last_dose"] = dose.isoformat() if dose else ""
    changed: dict[str, Any] = {
        COLUMNS.get(name, name): value if value is not None or name == "doses" else ""
        for name, value in values.items()
    }
    return before._replace(**changed)


def _door(request: HttpRequest, move: Move) -> str:
    """The door that is meant; made below the village when it is not there. Raises what it does not fit."""
    if (move.place is None) == (move.names is None):
        raise NO_DOOR.error()
    if move.place is not None:
        door = place_of(request, move.place)
    else:
        door = ensure(move.names or []).code
        if not token_of(request).covers(door):
            raise NOT_YOURS.error()
    if level_of(door) != Level.DOOR:
        raise NO_DOOR.error()
    return door

"""Persons of the register: read masked; a masked value with a reason."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema
from pydantic import Field

from bulou.command.api.frame import (
    PROBLEMS,
    Code,
    Cursor,
    Limit,
    Words,
    actor,
    keys_of,
    operation,
    page,
    place_of,
    purpose,
    token_of,
)
from bulou.kernel import audit, seal
from bulou.kernel.problems import problem
from bulou.people import changes, lookups
from bulou.people import queries as people
from bulou.people.models import Person
from bulou.rights.capabilities import Capability

NO_SUCH_PERSON = problem("api-no-such-person", _("本令牌的范围内没有这个人。"), status=404)

router = Router(tags=["persons"])


class PersonLine(Schema):
    """A person, masked. `version` changes with every value, masked ones too."""

    uid: UUID
    name: str
    identity: str
    phone: str
    place: str
    address: str
    relation: str
    sex: str
    birth_month: int | None
    presence: str
    needs: list[str]
    doses: int | None
    last_dose: date | None
    state: Literal["here", "left", "died"]
    version: str


class Persons(Schema):
    rows: list[PersonLine]
    next: str | None


class Unmask(Schema):
    """Which value is to be seen in full, and why (four signs at least)."""

    field: Literal["name", "identity", "phone", "away", "remark"]
    reason: Words = Field(max_length=300)


class Unmasked(Schema):
    """The value; "" where none is registered."""

    value: str


@router.get(
    "/persons", response={200: Persons} | PROBLEMS, **operation("list_persons", Capability.SEE_PERSONS)
)
def list_persons(
    request: HttpRequest,
    place: str | None = Code,
    cursor: str | None = Cursor,
    limit: int = Limit,
) -> HttpResponse:
    """The living persons registered under a place, masked. Each page is recorded with the token's purpose."""
    scope, what_for = place_of(request, place), purpose(request)
    found = people.persons(scope, what_for)
    keys = keys_of(cursor, str, int)
    if keys:
        found = found.filter(Q(place__gt=keys[0]) | Q(place=keys[0], id__gt=keys[1]))
    shown, after = page(list(found[: limit + 1]), limit, lambda one: (one.place, one.pk))
    audit.record(
        "people.listed",
        by=actor(request),
        place=scope,
        reason=what_for,
        detail={"count": len(shown), "token": token_of(request).pk},
    )
    return JsonResponse({"rows": person_lines(shown), "next": after})


@router.get(
    "/persons/{uid}",
    response={200: PersonLine} | PROBLEMS,
    **operation("read_person", Capability.SEE_PERSONS),
)
def read_person(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One person, masked. The look is recorded with the token's purpose."""
    found = person_of(request, uid)
    audit.record(
        "people.looked",
        by=actor(request),
        subject=f"person:{found.pk}",
        place=found.place,
        reason=purpose(request),
        detail={"token": token_of(request).pk},
    )
    return JsonResponse(person_line(found))


@router.post(
    "/persons/{uid}/unmask",
    response={200: Unmasked} | PROBLEMS,
    **operation("unmask_person", Capability.SEE_PERSONS, Capability.UNMASK),
)
def unmask_person(request: HttpRequest, uid: UUID, asked: Unmask) -> HttpResponse:
    """One masked value in full. Recorded with its reason before it is shown; each time anew."""
    found, reason = person_of(request, uid), f"{asked.reason.strip()}({purpose(request)})"
    lookups.check_reason(asked.reason)
    return JsonResponse({"value": lookups.unmask(found, asked.field, by=actor(request), reason=reason)})


def person_of(request: HttpRequest, uid: UUID) -> Person:
    """A person registered in the scope. Raises `api-no-such-person`, `token-no-purpose`."""
    found = people.everybody(token_of(request).scope, purpose(request)).filter(uid=uid).first()
    if found is None:
        raise NO_SUCH_PERSON.error()
    return found


def person_line(person: Person) -> dict[str, object]:
    """One person as answers say it, masked."""
    return person_lines([person])[0]


def person_lines(found: list[Person]) -> list[dict[str, object]]:
    """Persons as answers say them, masked."""
    return [
        {
            "uid": str(person.uid),
            "name": people.mask_name(view.name),
            "identity": view.identity,
            "phone": view.phone,
            "place": view.place,
            "address": view.address,
            "relation": view.relation,
            "sex": view.sex,
            "birth_month": view.birth_month,
            "presence": view.presence,
            "needs": list(view.needs),
            "doses": view.doses,
            "last_dose": view.last_dose.isoformat() if view.last_dose else None,
            "state": "died" if person.died_at else "left" if person.left_at else "here",
            "version": seal.lookup("person-version", repr(changes.resident_of(person))).hex(),
        }
        for person, view in zip(found, people.views(found), strict=True)
    ]

"""Households: who lives behind which door; somebody more is registered there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router, Schema
from pydantic import Field

from bulou.command.api.fields import parsed
from bulou.command.api.frame import (
    PROBLEMS,
    Code,
    Cursor,
    Limit,
    actor,
    keys_of,
    operation,
    page,
    place_of,
    purpose,
    token_of,
)
from bulou.command.api.idempotency import act, repeatable
from bulou.command.api.person_acts import NO_DOOR, PersonFields, resident_with
from bulou.command.registers import homes
from bulou.kernel import audit
from bulou.people import changes
from bulou.people.register import Resident
from bulou.places.codes import level_of
from bulou.places.models import Level
from bulou.rights.capabilities import Capability

router = Router(tags=["households"])


class HouseholdLine(Schema):
    """One household: its masked head, how many live there, what they cannot go without."""

    place: str
    where: str
    head: str
    people: int
    needs: list[str]


class Households(Schema):
    rows: list[HouseholdLine]
    next: str | None


class Member(Schema):
    """Somebody behind a door, masked; `gone` is `left`, `died` or empty."""

    uid: UUID
    name: str
    identity: str
    phone: str
    relation: str
    presence: str
    needs: list[str]
    doses: int | None
    gone: str
    cases: list[str]


class HouseholdOne(Schema):
    """Everybody registered behind a door, those with needs first, those gone last."""

    place: str
    members: list[Member]


class NewMember(PersonFields):
    """Somebody to register, written as in the cells of the workbook; a name is needed."""

    name: str = Field(min_length=1, max_length=200, pattern=r"^[^\\x00]*$")


@router.get(
    "/households",
    response={200: Households} | PROBLEMS,
    **operation("list_households", Capability.SEE_PERSONS),
)
def list_households(
    request: HttpRequest, place: str | None = Code, cursor: str | None = Cursor, limit: int = Limit
) -> HttpResponse:
    """The households of a place and below, by their doors. Each page is recorded with the purpose."""
    scope, keys = place_of(request, place), keys_of(cursor, str)
    what_for = purpose(request)
    found = list(homes.households(scope, str(keys[0]) if keys else "")[: limit + 1])
    shown, after = page(found, limit, lambda one: (one.place_id,))
    _record(request, scope, what_for, len(shown))
    rows = [_home(one) for one in homes.rows_of(shown, above=scope)]
    return JsonResponse({"rows": rows, "next": after})


@router.get(
    "/households/{code}",
    response={200: HouseholdOne} | PROBLEMS,
    **operation("read_household", Capability.SEE_PERSONS),
)
def read_household(request: HttpRequest, code: str) -> HttpResponse:
    """Who lives behind a door. Recorded with the purpose."""
    door, what_for = _door(request, code), purpose(request)
    answer = _household(request, door)
    _record(request, door, what_for, len(answer["members"]))
    return JsonResponse(answer)


@router.post(
    "/households/{code}/members",
    **act("add_member", HouseholdOne, Capability.SEE_PERSONS, Capability.KEEP_PEOPLE, status=201),
)
@repeatable
def add_member(request: HttpRequest, code: str, new: NewMember) -> tuple[int, object]:
    """Register somebody behind a door; who stands there already is found, not doubled."""
    door, _what_for = _door(request, code), purpose(request)
    parsed("residents", {"name": new.name}, ["name"])
    empty = Resident(door, "", "", "", "", "home", "", None, "", "", "")
    changes.add(resident_with(new, empty), by=actor(request))
    return 201, _household(request, door)


def _door(request: HttpRequest, code: str) -> str:
    """A door of the scope. Raises `place-outside-scope`, `api-no-door`."""
    found = place_of(request, code)
    if level_of(found) != Level.DOOR:
        raise NO_DOOR.error()
    return found


def _record(request: HttpRequest, place: str, what_for: str, count: int) -> None:
    audit.record(
        "people.listed",
        by=actor(request),
        place=place,
        reason=what_for,
        detail={"count": count, "token": token_of(request).pk},
    )


def _household(request: HttpRequest, door: str) -> dict[str, Any]:
    members = homes.members(door, token_of(request).scope)
    return {"place": door, "members": [member_line(one) for one in members]}


def _home(one: homes.Home) -> dict[str, Any]:
    named = {"place": one.code, "where": one.where, "head": one.head}
    return named | {"people": one.people, "needs": list(one.needs)}


def member_line(one: homes.Member) -> dict[str, Any]:
    """Somebody behind a door as answers say it, masked."""
    return {
        "uid": str(one.uid),
        "name": one.name,
        "identity": one.identity,
        "phone": one.phone,
        "relation": one.relation,
        "presence": one.presence,
        "needs": list(one.needs),
        "doses": one.doses,
        "gone": one.gone,
        "cases": list(one.cases),
    }

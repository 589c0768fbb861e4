"""Places, posts, persons and cases, as far as the token's scope goes."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema

from bulou.command.api.frame import (
    PROBLEMS,
    Bearer,
    Code,
    Cursor,
    Limit,
    actor,
    keys_of,
    page,
    place_of,
    purpose,
    token_of,
)
from bulou.command.api.idempotency import REPEATABLE, repeatable
from bulou.facts.monitoring import EndReason
from bulou.kernel import audit, clock
from bulou.kernel.problems import problem
from bulou.monitoring import actions
from bulou.monitoring import queries as monitoring
from bulou.monitoring.models import Case
from bulou.people import queries as people
from bulou.people.models import Person
from bulou.places import codes
from bulou.places import queries as places
from bulou.places.models import Level, Place, Post
from bulou.rights.capabilities import Capability

NO_SUCH_PERSON = problem("api-no-such-person", _("本令牌的范围内没有这个人。"), status=404)

router = Router(tags=["registers"])
Number = Literal["active", "all"]


class PlaceLine(Schema):
    """A place of the tree; `retired` places live on in `successor`."""

    code: str
    level: Literal[tuple(Level.values)]  # type: ignore[valid-type]
    name: str
    parent: str | None
    retired: bool
    successor: str | None


class Places(Schema):
    rows: list[PlaceLine]
    next: str | None


class PostLine(Schema):
    """A post that answers for a place, and whether somebody holds it now."""

    id: int
    role: str
    place: str
    label: str
    held: bool


class Posts(Schema):
    rows: list[PostLine]
    next: str | None


class PersonLine(Schema):
    """A person, masked."""

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


class Persons(Schema):
    rows: list[PersonLine]
    next: str | None


class CaseLine(Schema):
    """A restriction on a person: on which ground, from when until when, and how to appeal."""

    number: str
    person: UUID
    place: str
    state: Literal["coming", "running", "ended", "lapsed"]
    measure: str
    ground: str
    evidence: str
    decided_by: str
    appeal: str
    starts_at: str
    ends_at: str
    ended_at: str | None
    end_reason: str


class Cases(Schema):
    rows: list[CaseLine]
    next: str | None


class End(Schema):
    """Death, hospital or transfer: what is owed ends at that moment."""

    reason: Literal[tuple(one.value for one in EndReason if one is not EndReason.RELEASED)]  # type: ignore[valid-type]
    at: str | None = None


def _read(operation: str, *may: Capability) -> dict[str, Any]:
    return {"auth": Bearer(*may), "operation_id": operation}


@router.get("/places", response={200: Places} | PROBLEMS, **_read("list_places", Capability.SEE_NUMBERS))
def list_places(
    request: HttpRequest,
    parent: str | None = Code,
    cursor: str | None = Cursor,
    limit: int = Limit,
) -> HttpResponse:
    """The places directly below one, retired ones too, in the order of their codes."""
    found = places.children(place_of(request, parent), retired=True)
    keys = keys_of(cursor, str)
    if keys:
        found = found.filter(code__gt=keys[0])
    shown, after = page(list(found[: limit + 1]), limit, lambda one: (one.code,))
    return JsonResponse({"rows": [_place(one) for one in shown], "next": after})


@router.get(
    "/places/{code}", response={200: PlaceLine} | PROBLEMS, **_read("read_place", Capability.SEE_NUMBERS)
)
def read_place(request: HttpRequest, code: str) -> HttpResponse:
    """One place."""
    return JsonResponse(_place(Place.objects.get(code=place_of(request, code))))


def _place(one: Place) -> dict[str, object]:
    return {
        "code": one.code,
        "level": one.level,
        "name": one.name,
        "parent": one.parent_id,
        "retired": one.retired_at is not None,
        "successor": one.successor_id,
    }


@router.get("/posts", response={200: Posts} | PROBLEMS, **_read("list_posts", Capability.SEE_NUMBERS))
def list_posts(
    request: HttpRequest,
    place: str | None = Code,
    cursor: str | None = Cursor,
    limit: int = Limit,
) -> HttpResponse:
    """The posts of a place and below, in the order of place and number."""
    now = clock.now()
    found = Post.objects.filter(codes.within("place", place_of(request, place))).order_by("place", "id")
    found = found.filter(Q(closed_at__isnull=True) | Q(closed_at__gt=now))
    keys = keys_of(cursor, str, int)
    if keys:
        found = found.filter(Q(place__gt=keys[0]) | Q(place=keys[0], id__gt=keys[1]))
    shown, after = page(list(found[: limit + 1]), limit, lambda one: (one.place, one.pk))
    titles = places.labels(one.pk for one in shown)
    held = set(places.held_at(now).filter(post__in=[one.pk for one in shown]))
    rows = [
        {"id": one.pk, "role": one.role, "place": one.place, "label": titles[one.pk], "held": one.pk in held}
        for one in shown
    ]
    return JsonResponse({"rows": rows, "next": after})


@router.get("/persons", response={200: Persons} | PROBLEMS, **_read("list_persons", Capability.SEE_PERSONS))
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
    return JsonResponse({"rows": _persons(shown), "next": after})


@router.get(
    "/persons/{uid}", response={200: PersonLine} | PROBLEMS, **_read("read_person", Capability.SEE_PERSONS)
)
def read_person(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One person, masked. The look is recorded with the token's purpose."""
    scope, what_for = token_of(request).scope, purpose(request)
    found = people.everybody(scope, what_for).filter(uid=uid).first()
    if found is None:
        raise NO_SUCH_PERSON.error()
    audit.record(
        "people.looked",
        by=actor(request),
        subject=f"person:{found.pk}",
        place=found.place,
        reason=what_for,
        detail={"token": token_of(request).pk},
    )
    return JsonResponse(_persons([found])[0])


def _persons(found: list[Person]) -> list[dict[str, object]]:
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
        }
        for person, view in zip(found, people.views(found), strict=True)
    ]


@router.get("/cases", response={200: Cases} | PROBLEMS, **_read("list_cases", Capability.SEE_PERSONS))
def list_cases(
    request: HttpRequest,
    place: str | None = Code,
    which: Number = "active",
    cursor: str | None = Cursor,
    limit: int = Limit,
) -> HttpResponse:
    """The cases under a place by their numbers: those whose restriction holds now, or all."""
    scope, what_for = place_of(request, place), purpose(request)
    found = monitoring.active(scope, what_for) if which == "active" else monitoring.cases(scope, what_for)
    keys = keys_of(cursor, str)
    if keys:
        found = found.filter(number__gt=keys[0])
    shown, after = page(list(found[: limit + 1]), limit, lambda one: (one.number,))
    return JsonResponse({"rows": [_case(one) for one in shown], "next": after})


@router.get(
    "/cases/{number}", response={200: CaseLine} | PROBLEMS, **_read("read_case", Capability.SEE_PERSONS)
)
def read_case(request: HttpRequest, number: str) -> HttpResponse:
    """One case."""
    return JsonResponse(_case(_one_case(request, number)))


@router.post(
    "/cases/{number}/release",
    response={200: CaseLine} | PROBLEMS,
    openapi_extra=REPEATABLE,
    **_read("release_case", Capability.SEE_PERSONS, Capability.DECIDE_CASES),
)
@repeatable
def release_case(request: HttpRequest, number: str) -> tuple[int, object]:
    """Release somebody; only a post that the directive entitles may."""
    case = _one_case(request, number)
    actions.release(case=case, by=actor(request))
    return 200, _case(_one_case(request, number))


@router.post(
    "/cases/{number}/end",
    response={200: CaseLine} | PROBLEMS,
    openapi_extra=REPEATABLE,
    **_read("end_case", Capability.SEE_PERSONS, Capability.DECIDE_CASES),
)
@repeatable
def end_case(request: HttpRequest, number: str, end: End) -> tuple[int, object]:
    """A death, a move to hospital or a transfer ends what is owed from that moment on."""
    at = clock.parse_instant(end.at) if end.at else None
    actions.end(case=_one_case(request, number), reason=EndReason(end.reason), by=actor(request), at=at)
    return 200, _case(_one_case(request, number))


def _one_case(request: HttpRequest, number: str) -> Case:
    return monitoring.case(number, scope=token_of(request).scope, purpose=purpose(request))


def _case(one: Case) -> dict[str, object]:
    def at(moment: object) -> str | None:
        return clock.local(moment).isoformat() if moment else None  # type: ignore[arg-type]

    return {
        "number": one.number,
        "person": str(one.person.uid),
        "place": one.place,
        "state": monitoring.state(one, clock.now()),
        "measure": one.measure,
        "ground": one.ground,
        "evidence": one.evidence,
        "decided_by": one.decided_by,
        "appeal": one.appeal,
        "starts_at": at(one.starts_at),
        "ends_at": at(one.ends_at),
        "ended_at": at(one.ended_at),
        "end_reason": one.end_reason,
    }


class TokenLine(Schema):
    """What the token that was shown may do."""

    post: int
    label: str
    scope: str
    purpose: str
    capabilities: list[str]
    ends_at: str


@router.get("/token", response={200: TokenLine} | PROBLEMS, **_read("read_token"))
def read_token(request: HttpRequest) -> HttpResponse:
    """Who I am, what I may do and until when."""
    token = token_of(request)
    return JsonResponse(
        {
            "post": token.post_id,
            "label": places.label(token.post),
            "scope": token.scope,
            "purpose": token.purpose,
            "capabilities": token.capabilities,
            "ends_at": clock.local(token.ends_at).isoformat(),
        }
    )

"""Cases: whose restriction holds, released and ended."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router, Schema

from bulou.command.api.frame import (
    PROBLEMS,
    Code,
    Cursor,
    Limit,
    actor,
    keys_of,
    moment,
    operation,
    page,
    place_of,
    purpose,
    token_of,
    told,
)
from bulou.command.api.idempotency import act, repeatable
from bulou.facts.monitoring import EndReason
from bulou.kernel import clock
from bulou.monitoring import actions
from bulou.monitoring import queries as monitoring
from bulou.monitoring.models import Case
from bulou.rights.capabilities import Capability

router = Router(tags=["registers"])
Which = Literal["active", "all"]


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

    reason: Literal[tuple(one.value for one in EndReason if one is not EndReason.RELEASED)]  # type: ignore[valid-type]  # mypy cannot read choices
    at: str | None = None


@router.get("/cases", response={200: Cases} | PROBLEMS, **operation("list_cases", Capability.SEE_PERSONS))
def list_cases(
    request: HttpRequest,
    place: str | None = Code,
    which: Which = "active",
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
    "/cases/{number}", response={200: CaseLine} | PROBLEMS, **operation("read_case", Capability.SEE_PERSONS)
)
def read_case(request: HttpRequest, number: str) -> HttpResponse:
    """One case."""
    return JsonResponse(_case(one_case(request, number)))


@router.post(
    "/cases/{number}/release",
    **act("release_case", CaseLine, Capability.SEE_PERSONS, Capability.DECIDE_CASES),
)
@repeatable
def release_case(request: HttpRequest, number: str) -> tuple[int, object]:
    """Release somebody; only a post that the directive entitles may."""
    case = one_case(request, number)
    actions.release(case=case, by=actor(request))
    return 200, _case(one_case(request, number))


@router.post(
    "/cases/{number}/end",
    **act("end_case", CaseLine, Capability.SEE_PERSONS, Capability.DECIDE_CASES),
)
@repeatable
def end_case(request: HttpRequest, number: str, end: End) -> tuple[int, object]:
    """A death, a move to hospital or a transfer ends what is owed from that moment on."""
    at = moment(end.at)
    actions.end(case=one_case(request, number), reason=EndReason(end.reason), by=actor(request), at=at)
    return 200, _case(one_case(request, number))


def one_case(request: HttpRequest, number: str) -> Case:
    """A case of the scope. Raises `no-such-case`, `token-no-purpose`."""
    return monitoring.case(number, scope=token_of(request).scope, purpose=purpose(request))


def _case(one: Case) -> dict[str, object]:
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
        "starts_at": told(one.starts_at),
        "ends_at": told(one.ends_at),
        "ended_at": told(one.ended_at),
        "end_reason": one.end_reason,
    }

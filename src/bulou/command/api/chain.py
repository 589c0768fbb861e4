"""The audit chain as the privacy officer reads it, and emergencies to review. Nobody's name is in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Schema
from pydantic import Field

from bulou.command.api.frame import (
    PROBLEMS,
    Code,
    Cursor,
    Limit,
    Words,
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
from bulou.command.api.programs import program
from bulou.command.audit_pages import queries
from bulou.kernel import audit, clock
from bulou.kernel.models import AuditLine
from bulou.kernel.problems import problem
from bulou.places import codes
from bulou.rights import emergencies
from bulou.rights.capabilities import Capability
from bulou.rights.models import Emergency

NO_SUCH_EMERGENCY = problem(
    "api-no-such-emergency", _("本令牌的范围内没有这次紧急提权:请核对编号。"), status=404
)
AUDIT = Capability.AUDIT
NoNul = Query("", max_length=80, pattern=r"^[^\x00]*$")

router = Router(tags=["audit"])


class AuditEntry(Schema):
    """One line of the chain: who did what to what where and why; `hash` binds it to all before it.

    `reason_erased`: there was one, and its time is over.
    """

    seq: int
    at: str
    actor: str
    action: str
    subject: str
    place: str
    reason: str
    reason_erased: bool
    detail: dict[str, Any]
    hash: str


class AuditEntries(Schema):
    rows: list[AuditEntry]
    next: str | None


class ChainState(Schema):
    """`broken_at`: the first line that does not fit; null while the chain is whole."""

    broken_at: int | None


class UnusualLine(Schema):
    """Something to ask about: who saw how many values in full, and why that is shown. Nobody is ranked."""

    why: str
    actor: str
    title: str
    count: int
    last_at: str


class Unusual(Schema):
    rows: list[UnusualLine]


class EmergencyLine(Schema):
    """More power that somebody took for at most an hour, and what the privacy officer found."""

    id: int
    mandate: int
    account: int
    scope: str
    adds: list[str]
    reason: str
    began_at: str
    ends_at: str | None
    review_due_at: str
    reviewed_by: str
    reviewed_at: str | None
    justified: bool | None
    finding: str


class Emergencies(Schema):
    rows: list[EmergencyLine]
    next: str | None


class Review(Schema):
    """Whether it was justified, and the finding in words (four signs at least)."""

    justified: bool
    finding: Words = Field(max_length=300)


@router.get("/audit", response={200: AuditEntries} | PROBLEMS, **operation("list_audit", AUDIT))
def list_audit(
    request: HttpRequest,
    place: str | None = Code,
    by: str = NoNul,
    action: str = NoNul,
    subject: str = NoNul,
    since: str | None = Query(None, alias="from"),
    until: str | None = Query(None, alias="to"),
    cursor: str | None = Cursor,
    limit: int = Limit,
) -> HttpResponse:
    """Lines of the chain, the latest first. Each page is an export: it is recorded with the purpose."""
    keys, what_for = keys_of(cursor, int), purpose(request)
    asked = queries.Asked(
        scope=place_of(request, place),
        actor=by.strip(),
        action=action.strip(),
        subject=subject.strip(),
        since=moment(since),
        until=moment(until),
        before=int(keys[0]) if keys else None,
    )
    shown, after = page(list(asked.lines()[: limit + 1]), limit, lambda one: (one.seq,))
    audit.record(
        "audit.exported",
        by=actor(request),
        place=asked.scope,
        reason=what_for,
        detail={"lines": len(shown), "token": token_of(request).pk},
    )
    return JsonResponse({"rows": [_entry(one) for one in shown], "next": after})


@router.get("/audit/state", response={200: ChainState} | PROBLEMS, **operation("check_audit", AUDIT))
def check_audit(request: HttpRequest) -> HttpResponse:
    """Go through the whole chain: is it whole?"""
    return JsonResponse({"broken_at": audit.broken_at()})


@router.get("/audit/unusual", response={200: Unusual} | PROBLEMS, **operation("list_unusual_looks", AUDIT))
def list_unusual(request: HttpRequest, days: int = Query(14, ge=1, le=90)) -> HttpResponse:
    """Looks of the last days at values in full: many in a day, at night, or far from one's area."""
    found = queries.unusual(token_of(request).scope, clock.now() - timedelta(days=days))
    rows = [
        {"why": str(one.reason), "last_at": told(one.last_at)}
        | {"actor": one.actor, "title": one.title, "count": one.count}
        for one in found
    ]
    return JsonResponse({"rows": rows})


@router.get("/emergencies", response={200: Emergencies} | PROBLEMS, **operation("list_emergencies", AUDIT))
def list_emergencies(
    request: HttpRequest, waiting: bool = False, cursor: str | None = Cursor, limit: int = Limit
) -> HttpResponse:
    """Emergencies of the scope, the latest first; `waiting`: those that nobody reviewed yet."""
    within = codes.within("mandate__scope", token_of(request).scope)
    found = Emergency.objects.filter(within).select_related("mandate").order_by("-pk")
    if waiting:
        found = found.filter(reviewed_at__isnull=True)
    keys = keys_of(cursor, int)
    if keys:
        found = found.filter(pk__lt=keys[0])
    shown, after = page(list(found[: limit + 1]), limit, lambda one: (one.pk,))
    return JsonResponse({"rows": [_emergency(one) for one in shown], "next": after})


@router.post("/emergencies/{int:id}/review", **act("review_emergency", EmergencyLine, AUDIT))
@repeatable
def review_emergency(request: HttpRequest, id: int, review: Review) -> tuple[int, object]:
    """The finding about an emergency of somebody else; once."""
    found = Emergency.objects.select_related("mandate__account").filter(pk=id).first() if id < 2**63 else None
    if found is None or not token_of(request).covers(found.mandate.scope):
        raise NO_SUCH_EMERGENCY.error()
    done = emergencies.review(found, justified=review.justified, finding=review.finding, by=program(request))
    return 200, _emergency(done)


def _entry(one: AuditLine) -> dict[str, Any]:
    names = ("seq", "actor", "action", "subject", "place", "reason", "detail", "hash")
    said = {name: getattr(one, name) for name in names}
    return said | {"at": told(one.at), "reason_erased": one.is_reason_erased}


def _emergency(one: Emergency) -> dict[str, Any]:
    mandate, names = one.mandate, ("reviewed_by", "justified", "finding")
    return {
        "id": one.pk,
        "mandate": mandate.pk,
        "account": mandate.account_id,
        "scope": mandate.scope,
        "adds": list(mandate.adds),
        "reason": mandate.reason,
        "ends_at": told(mandate.ends_at),
        **{name: getattr(one, name) for name in names},
        **{name: told(getattr(one, name)) for name in ("began_at", "review_due_at", "reviewed_at")},
    }

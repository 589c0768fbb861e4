"""Pairs of the register that may be one person: side by side, decided, the decision taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema
from pydantic import Field

from bulou.command.api.frame import (
    PROBLEMS,
    Cursor,
    Limit,
    Words,
    actor,
    keys_of,
    operation,
    page,
    purpose,
    token_of,
    told,
)
from bulou.command.api.households import Member, member_line
from bulou.command.api.idempotency import act, repeatable
from bulou.command.registers import pairs
from bulou.command.registers.homes import masked
from bulou.command.registers.pair_views import PAIR_OUTSIDE, REASON_NEEDED
from bulou.kernel import clock
from bulou.kernel.problems import problem
from bulou.people import changes, duplicates
from bulou.people.models import Duplicate
from bulou.rights.capabilities import Capability

NO_SUCH_PAIR = problem("api-no-such-pair", _("本令牌的范围内没有这一对:请核对编号。"), status=404)
MAY = (Capability.SEE_PERSONS, Capability.KEEP_PEOPLE)
LATER = timedelta(days=7)
Decision = Literal["open", "same", "different"]

router = Router(tags=["duplicates"])


class PairLine(Schema):
    """Two records that may be one person, their names masked; on which ground, and what was decided."""

    id: int
    ground: Literal[tuple(Duplicate.Ground.values)]  # type: ignore[valid-type]  # mypy cannot read choices
    decision: Decision
    first: str
    first_place: str
    second: str
    second_place: str
    found_at: str
    put_off_until: str | None


class Pairs(Schema):
    rows: list[PairLine]
    next: str | None


class PairOne(PairLine):
    """Both records, and the titles of the fields in which they differ. `mine`: this token may decide."""

    records: list[Member]
    differs: list[str]
    mine: bool


class PairDecision(Schema):
    """`first`/`second`: one person, that record stays; `reason` needs four signs, but not to `reopen`."""

    do: Literal["first", "second", "different", "later", "reopen"]
    reason: Words = Field("", max_length=200)


@router.get("/duplicates", response={200: Pairs} | PROBLEMS, **operation("list_duplicates", *MAY))
def list_duplicates(
    request: HttpRequest,
    decision: Decision = "open",
    cursor: str | None = Cursor,
    limit: int = Limit,
) -> HttpResponse:
    """Pairs of which one lives in the scope, in the order in which they were found."""
    purpose(request)
    found, keys = pairs.pairs_of(token_of(request).scope, decision).order_by("id"), keys_of(cursor, int)
    if keys:
        found = found.filter(pk__gt=keys[0])
    shown, after = page(list(found[: limit + 1]), limit, lambda one: (one.pk,))
    return JsonResponse({"rows": [_line(one) for one in shown], "next": after})


@router.get("/duplicates/{int:id}", response={200: PairOne} | PROBLEMS, **operation("read_duplicate", *MAY))
def read_duplicate(request: HttpRequest, id: int) -> HttpResponse:
    """One pair side by side, masked."""
    return JsonResponse(_one(request, _pair(request, id)))


@router.post("/duplicates/{int:id}/decide", **act("decide_duplicate", PairOne, *MAY))
@repeatable
def decide_duplicate(request: HttpRequest, id: int, decide: PairDecision) -> tuple[int, object]:
    """The same, not the same, later; or a decision taken back. Only the first of two decisions counts."""
    row = _pair(request, id)
    if not all(map(token_of(request).covers, (row.first.place, row.second.place))):
        raise PAIR_OUTSIDE.error()
    _decide(row, decide.do, decide.reason.strip(), actor(request))
    return 200, _one(request, _pair(request, id))


def _decide(row: Duplicate, do: str, reason: str, by: str) -> None:
    if do == "reopen":
        duplicates.reopen(row.pk, by=by)
    elif len(reason) < 4:
        raise REASON_NEEDED.error()
    elif do == "different":
        duplicates.tell_apart(row.pk, by=by, reason=reason)
    elif do == "later":
        changes.put_off(row.pk, clock.now() + LATER, reason=reason, by=by)
    else:
        keep = row.first_id if do == "first" else row.second_id
        duplicates.merge(row.pk, keep=keep, by=by, reason=reason)


def _pair(request: HttpRequest, id: int) -> Duplicate:
    """A pair of which one lives in the scope. Raises `api-no-such-pair`, `token-no-purpose`."""
    purpose(request)
    found = Duplicate.objects.filter(pk=id).select_related("first", "second") if id < 2**63 else []
    row = next(iter(found), None)
    if row is None or not any(map(token_of(request).covers, (row.first.place, row.second.place))):
        raise NO_SUCH_PAIR.error()
    return row


def _line(row: Duplicate) -> dict[str, Any]:
    return {
        "id": row.pk,
        "ground": row.ground,
        "decision": row.decision,
        "first": masked(row.first),
        "first_place": row.first.place,
        "second": masked(row.second),
        "second_place": row.second.place,
        "found_at": told(row.found_at),
        "put_off_until": told(row.put_off_until),
    }


def _one(request: HttpRequest, row: Duplicate) -> dict[str, Any]:
    pair = pairs.side_by_side(row, token_of(request))
    records = [member_line(one) for one in (pair.first, pair.second)]
    differs = [str(line.title) for line in pair.lines if line.differs]
    return _line(row) | {"records": records, "differs": differs, "mine": pair.mine}

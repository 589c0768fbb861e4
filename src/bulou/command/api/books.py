"""The books: balance and gaps."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Schema
from pydantic import Field

from bulou.command import rows
from bulou.command.api.frame import (
    PROBLEMS,
    Bearer,
    Code,
    Cursor,
    actor,
    cursor_to,
    keys_of,
    place_of,
    token_of,
)
from bulou.command.api.idempotency import REPEATABLE, repeatable
from bulou.command.worklists import calls
from bulou.kernel import clock
from bulou.kernel.ids import uuid7
from bulou.kernel.problems import problem
from bulou.obligations.balance import balance
from bulou.obligations.gaps import gaps
from bulou.rights.capabilities import Capability

NO_SUCH_GAP = problem("gap-outside-scope", _("本令牌的范围内没有这条责任:请核对编号。"), status=404)

router = Router(tags=["books"])


class BalanceLine(Schema):
    """universe = met + late + open + overdue + excused, and owned + unowned = universe."""

    kind: str
    place: str
    name: str
    universe: int
    met: int
    late: int
    open: int
    overdue: int
    excused: int
    owned: int
    unowned: int
    unknown: int


class Balance(Schema):
    rows: list[BalanceLine]


class GapLine(Schema):
    """What is undone, unowned or unknown, and who answers for it."""

    id: int
    kind: str
    subject: str
    place: str
    owner: str | None
    opens_at: str
    due_at: str | None
    gap: Literal["undone", "unowned", "unknown"]
    level: int


class Gaps(Schema):
    rows: list[GapLine]
    next: str | None


class Call(Schema):
    """What came of a call to the owner; `note` is needed with `other`."""

    outcome: Literal[tuple(calls.Outcome.values)]  # type: ignore[valid-type]
    note: str = Field("", max_length=200)
    id: UUID | None = None


class Noted(Schema):
    recorded: bool


@router.get(
    "/balance",
    response={200: Balance} | PROBLEMS,
    auth=Bearer(Capability.SEE_NUMBERS),
    operation_id="read_balance",
)
def get_balance(
    request: HttpRequest,
    place: str | None = Code,
    kind: str | None = None,
    since: str | None = Query(None, alias="from"),
    until: str | None = Query(None, alias="to"),
) -> HttpResponse:
    """The balance of a place and of each place directly below it; `from`/`to` bound when it opened."""
    found = balance(
        place_of(request, place),
        kinds=[kind] if kind else None,
        opened_from=clock.parse_instant(since) if since else None,
        opened_to=clock.parse_instant(until) if until else None,
    )
    return JsonResponse(rows.of_balance(found))


@router.get(
    "/gaps",
    response={200: Gaps} | PROBLEMS,
    auth=Bearer(Capability.SEE_PERSONS),
    operation_id="read_gaps",
)
def get_gaps(
    request: HttpRequest,
    place: str | None = Code,
    kind: str | None = None,
    gap: Literal["undone", "unowned", "unknown"] | None = None,
    limit: int = Query(200, ge=1, le=10_000),
    cursor: str | None = Cursor,
) -> HttpResponse:
    """What is missing now: undone, unowned, unknown."""
    offset = (keys_of(cursor, int) or [0])[0]
    found = gaps(place_of(request, place), kind=kind, gap=gap, limit=limit + 1, offset=max(offset, 0))
    shown = [line | {"id": row.id} for line, row in zip(rows.of_gaps(found)["rows"], found, strict=True)]
    after = cursor_to(offset + limit) if len(shown) > limit else None
    return JsonResponse({"rows": shown[:limit], "next": after})


@router.post(
    "/gaps/{int:id}/call",
    response={200: Noted} | PROBLEMS,
    auth=Bearer(Capability.WORK_GAPS),
    operation_id="note_call",
    openapi_extra=REPEATABLE,
)
@repeatable
def post_call(request: HttpRequest, id: int, call: Call) -> tuple[int, object]:
    """Record a call to the owner of a gap; `id` makes a repeated call the same one."""
    if id >= 2**63 or not calls.in_scope(id, token_of(request).scope):
        raise NO_SUCH_GAP.error()
    recorded = calls.note(
        id, by=actor(request), outcome=call.outcome, words=call.note.strip(), key=call.id or uuid7()
    )
    return 200, {"recorded": recorded}

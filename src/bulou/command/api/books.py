"""The books: balance and gaps."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Query, Router, Schema

from bulou.command import rows
from bulou.command.api.frame import PROBLEMS, Bearer, Code, Cursor, keys_of, page, place_of
from bulou.command.subjects import with_needs
from bulou.kernel import clock
from bulou.obligations import positions
from bulou.obligations.balance import balance
from bulou.obligations.gaps import KEY_TYPES, lines, name_lines
from bulou.rights.capabilities import Capability

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
    """What is missing now: undone, unowned, unknown; those with needs first in each part."""
    keys = keys_of(cursor, *KEY_TYPES)
    found = lines(
        place_of(request, place),
        kind=kind,
        gap=gap,
        limit=limit + 1,
        first=with_needs(),
        position=positions.Position(keys) if keys else None,
    )
    shown, after = page(found, limit, lambda line: line.key)
    named = rows.of_gaps(name_lines(shown))["rows"]
    return JsonResponse(
        {"rows": [row | {"id": line.id} for row, line in zip(named, shown, strict=True)], "next": after}
    )

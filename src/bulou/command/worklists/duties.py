"""The list behind every number of a balance: the same conditions, row for row.

What the balance counts as overdue, late or unowned is what this list shows, because both judge the same
rows by the same instants: ownership now for what is undone, at the due time for what is closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from bulou.command.worklists.duty_sql import CASE as CASE  # noqa: PLC0414  asked for by its readers here
from bulou.command.worklists.duty_sql import HALVES, column_of, rows_of, span_of, windows_of
from bulou.command.worklists.duty_sql import Asked as Asked  # noqa: PLC0414
from bulou.kernel.database import rows, scalar
from bulou.kernel.fields import from_micros
from bulou.obligations import directives, positions
from bulou.obligations.balance import counts_at
from bulou.obligations.kinds import KINDS
from bulou.obligations.narrow import rank
from bulou.obligations.positions import Position
from bulou.obligations.walks import DONE, Walk
from bulou.places import codes

COLUMNS = ("universe", "met", "late", "open", "overdue", "excused", "owned", "unowned", "unknown")

First = Mapping[str, QuerySet[Any, Any]]


@dataclass(frozen=True)
class Duty:
    """One row of the books, or one piece of evidence about what no register has."""

    id: int
    kind: str
    subject: int
    place: str
    post_id: int | None
    opens_at: datetime
    due_at: datetime | None
    met_at: datetime | None
    excused_at: datetime | None
    excuse: str
    level: int
    status: str
    evidence: str
    key: positions.Key = ()


ORDER = ("done", "urgency", "at", "place", "id")
KEY_TYPES = (int, int, int, str, int)


def count(asked: Asked) -> int:
    """How many rows the list has: what the balance counts. Raises `no-such-kind`."""
    if asked.case is not None:
        sql, params = rows_of(asked)
        return int(scalar(f"SELECT count(*) FROM ({sql}) d", params) or 0)
    counted = counts_at(
        asked.place,
        kind=asked.kind,
        opened_from=asked.opened_from,
        opened_to=asked.opened_to,
        now=asked.now,
        unknown=asked.column == "unknown",
    )
    return int(getattr(counted, asked.column))


def duties(
    asked: Asked, *, limit: int, first: First | None = None, position: Position | None = None
) -> list[Duty]:
    """The rows: what is undone before what is closed, subjects of `first` before others, then by due time.

    `first` is as in `gaps.gaps`; `position` starts the list beyond a row. Raises `no-such-kind`.
    """
    names = {directives.kind_id(name): name for name in KINDS}
    if _is_walked(asked):
        found = _walked(asked, first or {}, limit, position)
    else:
        found = _sorted(asked, first or {}, limit, position)
    if position is not None and position.back:
        found.reverse()
    return [_duty(row, names, asked.instant) for row in found]


def _is_walked(asked: Asked) -> bool:
    """Whether the windows tell where the rows are."""
    return asked.case is None and asked.column in HALVES and len(asked.place) <= codes.ROLL_UP_WIDTH


def _sorted(asked: Asked, first: First, limit: int, position: Position | None) -> list[tuple[Any, ...]]:
    """The rows of a place or a case that has few, all of them sorted."""
    sql, params = rows_of(asked)
    done = "CASE WHEN g.met_at IS NULL AND g.excused_at IS NULL THEN 0 ELSE 1 END AS done"
    urgency, urgent = rank(first)
    beyond, order, key = positions.order(ORDER, position)
    return rows(
        f"SELECT * FROM (SELECT g.*, {done}, {urgency} AS urgency, coalesce(g.due_at, g.opens_at) AS at "
        f"FROM ({sql}) g) k WHERE {beyond} ORDER BY {order} LIMIT {int(limit)}",
        (*urgent, *params, *key),
    )


def _walked(asked: Asked, first: First, limit: int, position: Position | None) -> list[tuple[Any, ...]]:
    """The rows of a place that has roll-ups: what is undone, then what is done, each by its windows."""
    back = position is not None and position.back
    places = {half: _place_in(half, position) for half in HALVES[asked.column]}
    halves = [half for half in (reversed(places) if back else places) if places[half] is not _PASSED]
    found: list[tuple[Any, ...]] = []
    for half, windows in zip(halves, windows_of(asked, halves) if halves else (), strict=True):
        if len(found) < limit:
            found += _half(asked, half, first).lines(windows, limit - len(found), places[half])
    return found


_PASSED: Any = object()


def _place_in(half: str, position: Position | None) -> Position | None:
    """Where a list that stands at a position goes on in a half: None is all of it, `_PASSED` none."""
    done = int(half == DONE)
    if position is None or position.key[0] == done:
        return position
    if (int(position.key[0]) > done) != position.back:
        return _PASSED
    # Backwards from beyond the last row.
    return Position((done, AFTER_ALL, 0, "", 0), back=True) if position.back else None


AFTER_ALL = 9
"""An urgency that no row has."""


def _half(asked: Asked, half: str, first: First) -> Walk:
    """One half of the list by its windows."""
    return Walk(
        place=asked.place,
        columns="o.id, {kind} AS kind_id, o.subject, o.place, o.post_id, o.opens_at, o.due_at, o.met_at, "
        f"o.excused_at, o.excuse, o.level, '' AS evidence, {int(half == DONE)} AS done",
        lead="done",
        condition=f"{span_of(asked, 'o')} AND {column_of(asked.column, asked.instant)}",
        first=first,
        half=half,
    )


def _duty(row: tuple[Any, ...], names: dict[int, str], now: int) -> Duty:
    id, kind, subject, place, post, opens, due, met, excused, excuse, level, evidence, *order = row
    return Duty(
        id=id,
        kind=names[kind],
        subject=subject,
        place=place,
        post_id=post,
        opens_at=from_micros(opens),
        due_at=_moment(due),
        met_at=_moment(met),
        excused_at=_moment(excused),
        excuse=excuse,
        level=level,
        status=_status(due, met, excused, now),
        evidence=evidence,
        key=(*order, place, id),
    )


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)


def _status(due: int | None, met: int | None, excused: int | None, now: int) -> str:
    """The column of the equation in which a row stands."""
    if due is None:
        return "unknown"
    if met is not None:
        return "met" if met <= due else "late"
    if excused is not None:
        return "excused"
    return "open" if due >= now else "overdue"

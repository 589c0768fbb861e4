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

from bulou.kernel import clock
from bulou.kernel.database import rows, scalar
from bulou.kernel.fields import FOREVER, from_micros, to_micros
from bulou.obligations import directives, positions, tables
from bulou.obligations.balance import counts_at
from bulou.obligations.kinds import KINDS, kind_named
from bulou.obligations.narrow import numbers, rank
from bulou.obligations.owners import held
from bulou.obligations.positions import Position
from bulou.obligations.walks import Walk, left_of
from bulou.places import codes

CASE = "case"
"""The type of the subjects that are persons under monitoring."""

UNDONE = "o.met_at IS NULL AND o.excused_at IS NULL"
DONE = "(o.met_at IS NOT NULL OR o.excused_at IS NOT NULL)"
HALVES = {"met": (DONE,), "late": (DONE,), "excused": (DONE,), "open": (UNDONE,), "overdue": (UNDONE,)}
"""What a column's rows are, so that each half is read through its own index (docs/adr/0014)."""
COLUMNS = ("universe", "met", "late", "open", "overdue", "excused", "owned", "unowned", "unknown")

First = Mapping[str, QuerySet[Any, Any]]


@dataclass(frozen=True)
class Asked:
    """Which rows: a place and below, one kind or all, one column of the balance, a span of openings.

    `case` asks for the duties about one case only.
    """

    place: str
    kind: str = ""
    column: str = "universe"
    opened_from: datetime | None = None
    opened_to: datetime | None = None
    now: datetime | None = None
    case: int | None = None

    @property
    def instant(self) -> int:
        return to_micros(self.now or clock.now())

    @property
    def since(self) -> int:
        return to_micros(self.opened_from) if self.opened_from else -FOREVER

    @property
    def until(self) -> int:
        return min(to_micros(self.opened_to) if self.opened_to else FOREVER, self.instant + 1)


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
        sql, params = _sql(asked)
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
    if _is_walked(asked, position):
        back = position is not None and position.back
        undone = _undone(asked, first or {}, limit, position)
        # Whatever is undone stands before all else.
        if back or len(undone) >= limit or asked.column in ("open", "overdue"):
            return [_duty(row, names, asked.instant) for row in (reversed(undone) if back else undone)]
    sql, params = _sql(asked)
    done = "CASE WHEN g.met_at IS NULL AND g.excused_at IS NULL THEN 0 ELSE 1 END AS done"
    urgency, urgent = rank(first or {})
    beyond, order, key = positions.order(ORDER, position)
    found = rows(
        f"SELECT * FROM (SELECT g.*, {done}, {urgency} AS urgency, coalesce(g.due_at, g.opens_at) AS at "
        f"FROM ({sql}) g) k WHERE {beyond} ORDER BY {order} LIMIT {int(limit)}",
        (*urgent, *params, *key),
    )
    if position is not None and position.back:
        found.reverse()
    return [_duty(row, names, asked.instant) for row in found]


def _is_walked(asked: Asked, position: Position | None) -> bool:
    """Whether the list begins with what is undone, and the windows tell where that is."""
    told = asked.case is None and len(asked.place) <= codes.ROLL_UP_WIDTH
    return told and asked.column in CELLS and (position is None or position.key[0] == 0)


CELLS = {
    "universe": "1 = 1",
    "open": "{0}.due_at >= {1}",
    "overdue": "{0}.due_at < {1}",
    "owned": "",
    "unowned": "NOT ",
}
"""SQL: what is left of a cell, or an undone row, stands in the column; `owned` is said by the holder."""


def _undone(asked: Asked, first: First, limit: int, position: Position | None) -> list[tuple[Any, ...]]:
    """The rows that are undone, in the order asked for."""
    span = f"{{0}}.opens_at >= {asked.since} AND {{0}}.opens_at < {asked.until}"
    walk = Walk(
        place=asked.place,
        columns="o.id, {kind} AS kind_id, o.subject, o.place, o.post_id, o.opens_at, o.due_at, o.met_at, "
        "o.excused_at, o.excuse, o.level, '' AS evidence, 0 AS done",
        lead="done",
        condition=f"{span.format('o')} AND {_left('o', 'coalesce(o.post_id, 0)', asked)}",
        first=first,
    )
    left = left_of(asked.place, _kinds(asked), span.format("r"), _left("r", "r.post", asked))
    return walk.lines(left, limit, position)


def _left(row: str, post: str, asked: Asked) -> str:
    """SQL: what is undone stands in the column asked for."""
    told = CELLS[asked.column].format(row, asked.instant)
    return told + held(post, str(asked.instant)) if asked.column in ("owned", "unowned") else told


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


def _sql(asked: Asked) -> tuple[str, tuple[str, ...]]:
    kinds, scope = _kinds(asked), codes.scope(asked.place)
    if asked.column == "unknown":
        return _unknown(asked, kinds), scope
    halves = HALVES.get(asked.column, (UNDONE, DONE))
    return " UNION ALL ".join(_of_books(asked, kinds, half) for half in halves), scope * len(halves)


def _kinds(asked: Asked) -> str:
    names = [kind_named(asked.kind).name] if asked.kind else list(KINDS)
    if asked.case is not None:
        names = [name for name in names if KINDS[name].subject_type == CASE]
    return numbers(directives.kind_id(name) for name in names)


def _of_books(asked: Asked, kinds: str, half: str) -> str:
    span = f"opens_at >= {asked.since} AND {{0}}.opens_at < {asked.until}"
    windows = f"SELECT r.window_id FROM {tables.ROLL_UP} r WHERE r.{span.format('r')}"
    return (
        "SELECT o.id, w.kind_id, o.subject, o.place, o.post_id, o.opens_at, o.due_at, o.met_at, "
        f"o.excused_at, o.excuse, o.level, '' AS evidence FROM {tables.WINDOW} w JOIN {tables.OBLIGATION} o "
        f"ON o.window_id = w.id WHERE w.kind_id IN ({kinds}) AND w.id IN ({windows}) "
        f"AND o.{span.format('o')} AND o.place >= %s AND o.place < %s AND {half} "
        f"AND {_column(asked.column, asked.instant)}{_case(asked.case)}"
    )


def _case(case: int | None) -> str:
    return "" if case is None else f" AND o.subject = {int(case)}"


def _column(column: str, now: int) -> str:
    """SQL: the row stands in this column of the balance."""
    judged = f"CASE WHEN {UNDONE} OR o.due_at >= {now} THEN {now} ELSE o.due_at END"
    owned = held("coalesce(o.post_id, 0)", judged)
    return {
        "universe": "1 = 1",
        "met": "o.met_at <= o.due_at",
        "late": "o.met_at > o.due_at",
        "excused": "o.met_at IS NULL AND o.excused_at IS NOT NULL",
        "open": f"{UNDONE} AND o.due_at >= {now}",
        "overdue": f"{UNDONE} AND o.due_at < {now}",
        "owned": owned,
        "unowned": f"NOT {owned}",
    }[column]


def _unknown(asked: Asked, kinds: str) -> str:
    return (
        "SELECT u.id, u.kind_id, 0 AS subject, u.place, NULL AS post_id, u.seen_at AS opens_at, "
        "CAST(NULL AS bigint) AS due_at, NULL AS met_at, NULL AS excused_at, '' AS excuse, 0 AS level, "
        "u.evidence "
        f"FROM obligations_unknown u WHERE u.kind_id IN ({kinds}) AND u.settled_at IS NULL "
        f"AND u.seen_at >= {asked.since} AND u.seen_at < {asked.until} AND u.place >= %s AND u.place < %s"
    )

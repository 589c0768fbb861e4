"""The SQL of the list behind a number: which rows, and in which windows they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bulou.kernel import clock
from bulou.kernel.fields import FOREVER, to_micros
from bulou.obligations import directives, tables
from bulou.obligations.kinds import KINDS, kind_named
from bulou.obligations.narrow import numbers
from bulou.obligations.owners import held
from bulou.obligations.walks import DONE, LEFT, UNDONE, Left, Part, windows_with
from bulou.places import codes

CASE = "case"
"""The type of the subjects that are persons under monitoring."""

HALVES = {
    "universe": (UNDONE, DONE),
    "met": (DONE,),
    "late": (DONE,),
    "open": (UNDONE,),
    "overdue": (UNDONE,),
    "excused": (DONE,),
    "owned": (UNDONE, DONE),
    "unowned": (UNDONE, DONE),
}
"""What a column's rows are, so that each half is read through its own index (docs/adr/0014)."""
CELLS = {"open": "r.due_at >= {0}", "overdue": "r.due_at < {0}"}
"""SQL: what is undone in a cell stands in the column, where its times tell."""

CLOSED = {"met": "r.met", "late": "r.late", "excused": "r.excused"}
"""SQL: how much of what is done in a cell stands in the column."""


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


def rows_of(asked: Asked) -> tuple[str, tuple[str, ...]]:
    """All rows of the list, in no order, and the parameters. Raises `no-such-kind`."""
    kinds, scope = kinds_of(asked), codes.scope(asked.place)
    if asked.column == "unknown":
        return _unknown(asked, kinds), scope
    halves = HALVES[asked.column]
    return " UNION ALL ".join(_of_books(asked, kinds, half) for half in halves), scope * len(halves)


def kinds_of(asked: Asked) -> str:
    """SQL: the numbers of the kinds asked for. Raises `no-such-kind`."""
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
        f"AND {column_of(asked.column, asked.instant)}{_case(asked.case)}"
    )


def _case(case: int | None) -> str:
    return "" if case is None else f" AND o.subject = {int(case)}"


def column_of(column: str, now: int) -> str:
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


def windows_of(asked: Asked, halves: Sequence[str]) -> list[list[Left]]:
    """The windows that have some of each half."""
    parts = [Part(_counted(asked, half), _cell(asked, half)) for half in halves]
    return windows_with(asked.place, kinds_of(asked), span_of(asked, "r"), parts)


def _counted(asked: Asked, half: str) -> str:
    return LEFT if half == UNDONE else CLOSED.get(asked.column, "r.met + r.late + r.excused")


def _cell(asked: Asked, half: str) -> str:
    """SQL: a half of a cell stands in the column."""
    if asked.column not in ("owned", "unowned"):
        return CELLS.get(asked.column, "1 = 1").format(asked.instant)
    now = str(asked.instant)
    judged = now if half == UNDONE else f"CASE WHEN r.due_at >= {now} THEN {now} ELSE r.due_at END"
    return f"{'' if asked.column == 'owned' else 'NOT '}{held('r.post', judged)}"


def span_of(asked: Asked, row: str) -> str:
    """SQL: a row or a cell opened in the span that was asked for."""
    return f"{row}.opens_at >= {asked.since} AND {row}.opens_at < {asked.until}"

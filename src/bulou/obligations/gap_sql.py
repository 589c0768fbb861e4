"""The conditions of what is undone, unowned and unknown, in SQL: one set feeds list, count and board."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bulou.kernel import clock
from bulou.kernel.fields import FOREVER, to_micros
from bulou.obligations import directives, tables
from bulou.obligations.kinds import KINDS, kind_named
from bulou.obligations.narrow import FOLLOW_UP, NOTHING, Narrow, numbers
from bulou.obligations.owners import held
from bulou.places import codes


class Gap(StrEnum):
    """What is missing, in the order in which lists show it."""

    UNDONE = "undone"
    UNOWNED = "unowned"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Span:
    """What opened in a span, judged at an instant (microseconds)."""

    since: int
    until: int
    now: int

    @classmethod
    def of(cls, since: datetime | None, until: datetime | None, now: datetime | None) -> Span:
        return cls(
            to_micros(since) if since else -FOREVER,
            to_micros(until) if until else FOREVER,
            to_micros(now or clock.now()),
        )

    def holds(self, column: str) -> str:
        """SQL: the column lies in the span."""
        return f"{column} >= {self.since} AND {column} < {self.until}"


def windows_of(place: str, kinds: str, span: Span) -> tuple[str, tuple[str, ...]]:
    """For each window with something left: its number and kind, then of what is undone and of what is unowned
    when the first and last of it is due and how much it is. At last one row that counts what is unknown.
    """
    unknown, _none = _unknown(span, kinds, NOTHING)
    left = "r.universe - r.met - r.late - r.excused"
    columns = ", ".join(
        f"min(CASE WHEN {cell} THEN r.due_at END), max(CASE WHEN {cell} THEN r.due_at END), "
        f"sum(CASE WHEN {cell} THEN {left} ELSE 0 END)"
        for cell in (cell_of(Gap.UNDONE, span), "r.adrift = 1")
    )
    return (
        f"SELECT r.window_id, r.kind_id, {columns} FROM (SELECT c.*, w.kind_id, "
        f"CASE WHEN {cell_of(Gap.UNOWNED, span, 'c')} THEN 1 ELSE 0 END AS adrift "
        f"FROM {tables.ROLL_UP} c JOIN {tables.WINDOW} w ON w.id = c.window_id "
        f"WHERE c.universe > c.met + c.late + c.excused AND w.kind_id IN ({kinds}) "
        f"AND {span.holds('c.opens_at')} AND c.place >= %s AND c.place < %s) r GROUP BY 1, 2 UNION ALL "
        f"SELECT 0, 0, 0, 0, count(*), 0, 0, 0 FROM ({unknown}) u",
        tuple(codes.scope(place)) * 2,
    )


def kind_numbers(kind: str | None) -> str:
    """SQL: the numbers of a kind, or of all. Raises `no-such-kind`."""
    names = [kind_named(kind).name] if kind else list(KINDS)
    return numbers(directives.kind_id(name) for name in names)


def sql_of(
    place: str, kind: str | None, gap: Gap | str | None, span: Span, narrow: Narrow
) -> tuple[str, tuple[Any, ...]]:
    """The gaps of a place and below, of one sort or all, and the parameters."""
    kinds, bounds = kind_numbers(kind), tuple(codes.scope(place))
    parts, params = [], ()
    for one in [Gap(gap)] if gap else list(Gap):
        sql, values = _PARTS[one](span, kinds, narrow)
        parts.append(sql)
        params += (*bounds, *values)
    return " UNION ALL ".join(parts), params


COLUMNS = "o.id, w.kind_id, o.subject, o.place, o.post_id, o.opens_at, o.due_at, o.level"


def row_of(gap: Gap, span: Span) -> str:
    """SQL: an undone obligation `o` is undone by its due time, or nobody answers for it."""
    if gap == Gap.UNDONE:
        return f"o.due_at < {span.now}"
    return f"o.opens_at <= {span.now} AND NOT {held('coalesce(o.post_id, 0)', str(span.now))}"


def cell_of(gap: Gap, span: Span, cell: str = "r") -> str:
    """SQL: what is left of a cell is of the gap; the same as `row_of`."""
    if gap == Gap.UNDONE:
        return f"{cell}.due_at < {span.now}"
    return f"{cell}.opens_at <= {span.now} AND NOT {held(f'{cell}.post', str(span.now))}"


def _undone(span: Span, kinds: str, narrow: Narrow) -> tuple[str, tuple[Any, ...]]:
    return _of_books("1", cell_of(Gap.UNDONE, span), row_of(Gap.UNDONE, span), span, kinds, narrow)


def _unowned(span: Span, kinds: str, narrow: Narrow) -> tuple[str, tuple[Any, ...]]:
    return _of_books("2", f"r.opens_at <= {span.now}", row_of(Gap.UNOWNED, span), span, kinds, narrow)


def _of_books(
    part: str, cell: str, row: str, span: Span, kinds: str, narrow: Narrow
) -> tuple[str, tuple[Any, ...]]:
    """Undone obligations, found through the cells that hold some, so that what is done costs nothing."""
    asked, params = narrow.sql(span.now)
    return (
        f"SELECT {part} AS part, {COLUMNS}, '' AS evidence, "
        f"CASE WHEN f.postponed_until > {span.now} THEN 1 ELSE 0 END AS sunk FROM {tables.WINDOW} w "
        f"JOIN {tables.OBLIGATION} o ON o.window_id = w.id "
        f"LEFT JOIN {FOLLOW_UP} f ON f.obligation_id = o.id "
        f"WHERE w.kind_id IN ({kinds}) AND w.id IN (SELECT r.window_id FROM {tables.ROLL_UP} r "
        f"WHERE r.universe > r.met + r.late + r.excused AND {cell} AND {span.holds('r.opens_at')}) "
        "AND o.place >= %s AND o.place < %s AND o.met_at IS NULL AND o.excused_at IS NULL "
        f"AND {row} AND {span.holds('o.opens_at')} AND {asked}",
        params,
    )


def _unknown(span: Span, kinds: str, _narrow: Narrow) -> tuple[str, tuple[Any, ...]]:
    return (
        "SELECT 3 AS part, id, kind_id, 0 AS subject, place, NULL AS post_id, seen_at AS opens_at, "
        "CAST(NULL AS bigint) AS due_at, 0 AS level, evidence, 0 AS sunk FROM obligations_unknown "
        f"WHERE kind_id IN ({kinds}) AND place >= %s AND place < %s "
        f"AND settled_at IS NULL AND seen_at <= {span.now} AND {span.holds('seen_at')}",
        (),
    )


_PARTS = {Gap.UNDONE: _undone, Gap.UNOWNED: _unowned, Gap.UNKNOWN: _unknown}
GAP_OF_PART = dict(enumerate(Gap, start=1))

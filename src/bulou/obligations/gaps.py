"""The gaps: undone (owed, due, not proven), unowned (nobody holds the post), unknown (on no register).

What a balance counts as overdue is what the list of undone shows, row for row: one set of conditions feeds
count, list, download and board.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bulou.facts.subjects import SUBJECTS
from bulou.kernel import clock
from bulou.kernel.database import rows
from bulou.kernel.fields import FOREVER, from_micros, to_micros
from bulou.obligations import directives, positions, tables
from bulou.obligations.kinds import KINDS, kind_named
from bulou.obligations.narrow import FOLLOW_UP, NOTHING, Narrow, numbers, rank
from bulou.obligations.owners import held
from bulou.obligations.positions import Position
from bulou.places import codes
from bulou.places.posts import labels


class Gap(StrEnum):
    """What is missing, in the order in which lists show it."""

    UNDONE = "undone"
    UNOWNED = "unowned"
    UNKNOWN = "unknown"


TITLES = {Gap.UNDONE: _("未落实"), Gap.UNOWNED: _("无人负责"), Gap.UNKNOWN: _("底数外")}


@dataclass(frozen=True)
class GapRow:
    """One line of the list. `subject` is its code outside; `owner` the label of the post, or None."""

    id: int
    kind: str
    subject: str
    place: str
    owner: str | None
    post_id: int | None
    opens_at: datetime
    due_at: datetime | None
    gap: Gap
    level: int


@dataclass(frozen=True)
class Line:
    """One line as the books have it. `sunk`: postponed until later; `key`: its place in the list's order."""

    id: int
    kind: str
    subject: int
    evidence: str
    place: str
    post_id: int | None
    opens_at: datetime
    due_at: datetime | None
    gap: Gap
    level: int
    sunk: bool
    key: positions.Key


ORDER = ("part", "urgency", "sunk", "at", "place", "id")
KEY_TYPES = (int, int, int, int, str, int)


def gaps(place: str, *, limit: int | None = None, offset: int = 0, **asked: Any) -> list[GapRow]:
    """The lines of `lines`, with the subjects' codes and the posts' labels."""
    return name_lines(lines(place, limit=limit, offset=offset, **asked))


def lines(
    place: str,
    *,
    kind: str | None = None,
    gap: Gap | str | None = None,
    opened_from: datetime | None = None,
    opened_to: datetime | None = None,
    now: datetime | None = None,
    first: Mapping[str, QuerySet[Any, Any]] | None = None,
    narrow: Narrow = NOTHING,
    position: Position | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[Line]:
    """The gaps at a place and below: undone by lateness, then unowned by due time, then unknown.

    What is both undone and unowned stands in both parts. `opened_from` (included) and `opened_to` (not
    included) bound when they opened, as in a balance. `first` gives, by type of subject, a query of the
    subjects that stand before all others of their part (those with needs); what is postponed stands after the
    others. `position` starts the list beyond a row. Raises `no-such-kind`.
    """
    span = Span.of(opened_from, opened_to, now)
    sql, params = _sql(place, kind, gap, span, narrow)
    urgency, urgent = rank(first or {})
    beyond, order, key = positions.order(ORDER, position)
    page = f" LIMIT {int(limit)} OFFSET {int(offset)}" if limit is not None else ""
    found = rows(
        f"SELECT * FROM (SELECT g.*, {urgency} AS urgency, coalesce(g.due_at, g.opens_at) AS at FROM ({sql}) "
        f"g) k WHERE {beyond} ORDER BY {order}{page}",
        (*urgent, *params, *key),
    )
    if position is not None and position.back:
        found.reverse()
    kinds = {directives.kind_id(name): name for name in KINDS}
    return [_line(row, kinds) for row in found]


def _line(row: tuple[Any, ...], kinds: dict[int, str]) -> Line:
    part, id, kind, subject, place, post, opens_at, due_at, level, evidence, sunk, urgency, at = row
    return Line(
        id=id,
        kind=kinds[kind],
        subject=subject,
        evidence=evidence,
        place=place,
        post_id=post,
        opens_at=from_micros(opens_at),
        due_at=None if due_at is None else from_micros(due_at),
        gap=_GAP_OF_PART[part],
        level=level,
        sunk=bool(sunk),
        key=(part, urgency, sunk, at, place, id),
    )


def count(
    place: str,
    *,
    kind: str | None = None,
    gap: Gap | str | None = None,
    opened_from: datetime | None = None,
    opened_to: datetime | None = None,
    now: datetime | None = None,
    narrow: Narrow = NOTHING,
) -> int:
    """How many rows `gaps` has."""
    spans = {"opened_from": opened_from, "opened_to": opened_to, "now": now}
    counted = counts(place, kind=kind, narrow=narrow, **spans)
    return counted[Gap(gap)] if gap else sum(counted.values())


def counts(
    place: str,
    *,
    kind: str | None = None,
    opened_from: datetime | None = None,
    opened_to: datetime | None = None,
    now: datetime | None = None,
    narrow: Narrow = NOTHING,
) -> dict[Gap, int]:
    """How many rows `gaps` has of each gap; from the roll-ups where they tell."""
    span = Span.of(opened_from, opened_to, now)
    if narrow or len(place) > codes.ROLL_UP_WIDTH:
        sql, params = _sql(place, kind, None, span, narrow)
        found = dict(rows(f"SELECT g.part, count(*) FROM ({sql}) g GROUP BY g.part", params))
    else:
        found = dict(enumerate(rows(*_from_roll_ups(place, _kind_numbers(kind), span))[0], start=1))
    return {gap: int(found.get(part) or 0) for part, gap in _GAP_OF_PART.items()}


def _from_roll_ups(place: str, kinds: str, span: Span) -> tuple[str, tuple[str, ...]]:
    """The three counts in one row: undone and unowned from the cells, unknown from its own lines."""
    left = "(r.universe - r.met - r.late - r.excused)"
    unknown, _none = _unknown(span, kinds, NOTHING)
    return (
        f"SELECT sum(CASE WHEN r.due_at < {span.now} THEN {left} END), "
        f"sum(CASE WHEN r.opens_at <= {span.now} AND NOT {held('r.post', str(span.now))} THEN {left} END), "
        f"(SELECT count(*) FROM ({unknown}) u) "
        f"FROM {tables.ROLL_UP} r JOIN {tables.WINDOW} w ON w.id = r.window_id "
        f"WHERE r.universe > r.met + r.late + r.excused AND w.kind_id IN ({kinds}) "
        f"AND {span.holds('r.opens_at')} AND r.place >= %s AND r.place < %s",
        tuple(codes.scope(place)) * 2,
    )


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


def _kind_numbers(kind: str | None) -> str:
    names = [kind_named(kind).name] if kind else list(KINDS)
    return numbers(directives.kind_id(name) for name in names)


def _sql(
    place: str, kind: str | None, gap: Gap | str | None, span: Span, narrow: Narrow
) -> tuple[str, tuple[Any, ...]]:
    kinds, bounds = _kind_numbers(kind), tuple(codes.scope(place))
    parts, params = [], ()
    for one in [Gap(gap)] if gap else list(Gap):
        sql, values = _PARTS[one](span, kinds, narrow)
        parts.append(sql)
        params += (*bounds, *values)
    return " UNION ALL ".join(parts), params


_COLUMNS = "o.id, w.kind_id, o.subject, o.place, o.post_id, o.opens_at, o.due_at, o.level"


def _undone(span: Span, kinds: str, narrow: Narrow) -> tuple[str, tuple[Any, ...]]:
    return _of_books("1", f"r.due_at < {span.now}", f"o.due_at < {span.now}", span, kinds, narrow)


def _unowned(span: Span, kinds: str, narrow: Narrow) -> tuple[str, tuple[Any, ...]]:
    nobody = f"NOT {held('coalesce(o.post_id, 0)', str(span.now))}"
    row = f"o.opens_at <= {span.now} AND {nobody}"
    return _of_books("2", f"r.opens_at <= {span.now}", row, span, kinds, narrow)


def _of_books(
    part: str, cell: str, row: str, span: Span, kinds: str, narrow: Narrow
) -> tuple[str, tuple[Any, ...]]:
    """Undone obligations, found through the cells that hold some, so that what is done costs nothing."""
    asked, params = narrow.sql(span.now)
    return (
        f"SELECT {part} AS part, {_COLUMNS}, '' AS evidence, "
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
_GAP_OF_PART = dict(enumerate(Gap, start=1))


def name_lines(found: Sequence[Line]) -> list[GapRow]:
    """Lines with the subjects' codes and the posts' labels, with one query for each."""
    owners = labels({line.post_id for line in found if line.post_id})
    subjects = _codes_of((line.kind, line.subject) for line in found if not line.evidence)
    return [
        GapRow(
            id=line.id,
            kind=line.kind,
            subject=line.evidence or subjects.get((line.kind, line.subject), str(line.subject)),
            place=line.place,
            owner=owners.get(line.post_id or 0),
            post_id=line.post_id,
            opens_at=line.opens_at,
            due_at=line.due_at,
            gap=line.gap,
            level=line.level,
        )
        for line in found
    ]


def _codes_of(pairs: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """The outside code of each (kind name, subject)."""
    of_type: dict[str, set[int]] = defaultdict(set)
    pairs = set(pairs)
    for kind, subject in pairs:
        of_type[KINDS[kind].subject_type].add(subject)
    named = {
        subject_type: SUBJECTS[subject_type].code_of(ids)
        for subject_type, ids in of_type.items()
        if subject_type in SUBJECTS
    }
    return {
        (kind, subject): code
        for kind, subject in pairs
        if (code := named.get(KINDS[kind].subject_type, {}).get(subject))
    }

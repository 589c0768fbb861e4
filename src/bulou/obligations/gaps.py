"""The gaps: undone (owed, due, not proven), unowned (nobody holds the post), unknown (on no register).

What a balance counts as overdue is what the list of undone shows, row for row: one set of conditions feeds
count, list, download and board.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bulou.facts.subjects import SUBJECTS
from bulou.kernel import clock, events
from bulou.kernel.database import as_sql, atomic, rows, scalar
from bulou.kernel.fields import FOREVER, from_micros, to_micros
from bulou.kernel.ids import uuid7
from bulou.kernel.problems import problem
from bulou.obligations import directives, tables
from bulou.obligations.kinds import KINDS, kind_named
from bulou.obligations.models import Obligation
from bulou.obligations.owners import held
from bulou.places import codes
from bulou.places.posts import labels

NO_SUCH_OBLIGATION = problem("no-such-obligation", _("没有编号为 {id} 的责任。"), status=404)

CALLED = events.declare("obligations.called")


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


def gaps(
    place: str,
    *,
    kind: str | None = None,
    gap: Gap | str | None = None,
    opened_from: datetime | None = None,
    opened_to: datetime | None = None,
    now: datetime | None = None,
    first: Mapping[str, QuerySet[Any, Any]] | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[GapRow]:
    """The gaps at a place and below: undone by lateness, then unowned by due time, then unknown.

    What is both undone and unowned stands in both parts. `opened_from` (included) and `opened_to` (not
    included) bound when they opened, as in a balance. `first` gives, by type of subject, a query of the
    subjects that stand before all others of their part (those with needs). Raises `no-such-kind`.
    """
    sql, params = _sql(place, kind, gap, Span.of(opened_from, opened_to, now))
    page = f" LIMIT {int(limit)} OFFSET {int(offset)}" if limit is not None else ""
    order, order_params = rank(first or {})
    found = rows(
        f"SELECT * FROM ({sql}) g ORDER BY g.part, {order}, g.due_at, g.place, g.id{page}",
        (*params, *order_params),
    )
    return _named(found)


def count(
    place: str,
    *,
    kind: str | None = None,
    gap: Gap | str | None = None,
    opened_from: datetime | None = None,
    opened_to: datetime | None = None,
    now: datetime | None = None,
) -> int:
    """How many rows `gaps` has."""
    sql, params = _sql(place, kind, gap, Span.of(opened_from, opened_to, now))
    return int(scalar(f"SELECT count(*) FROM ({sql}) g", params) or 0)


def counts(
    place: str,
    *,
    kind: str | None = None,
    opened_from: datetime | None = None,
    opened_to: datetime | None = None,
    now: datetime | None = None,
) -> dict[Gap, int]:
    """How many rows `gaps` has of each gap."""
    sql, params = _sql(place, kind, None, Span.of(opened_from, opened_to, now))
    found = dict(rows(f"SELECT g.part, count(*) FROM ({sql}) g GROUP BY g.part", params))
    return {gap: int(found.get(part, 0)) for part, gap in _GAP_OF_PART.items()}


def note_call(
    obligation_id: int, *, by: str, outcome: str, note: str = "", id: uuid.UUID | None = None
) -> None:
    """Record that the owner was called about a gap, and what came of it. Raises `no-such-obligation`.

    `outcome` is a code; the words of the note go to the audit chain, not into the event. `id` is the event's;
    the same id said again (a second click) is refused with `id-reused` and records nothing.
    """
    from bulou.kernel import audit

    with atomic():
        obligation = Obligation.objects.filter(pk=obligation_id).first()
        if obligation is None:
            raise NO_SUCH_OBLIGATION.error(id=obligation_id)
        events.record(
            events.NewEvent(
                kind=CALLED,
                subject=obligation.pk,
                place=obligation.place,
                actor=by,
                happened_at=clock.now(),
                data={"outcome": outcome},
                id=id or uuid7(),
            )
        )
        audit.record(
            CALLED, by=by, subject=f"obligation:{obligation.pk}", place=obligation.place, reason=note
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


def rank(first: Mapping[str, QuerySet[Any, Any]]) -> tuple[str, tuple[Any, ...]]:
    """SQL that sorts the subjects of the given queries before the others, in a query of rows `g`."""
    cases, params = [], ()
    for subject_type, subjects in first.items():
        kinds = [
            directives.kind_id(name) for name, kind in KINDS.items() if kind.subject_type == subject_type
        ]
        if kinds:
            sql, values = as_sql(subjects)
            cases.append(f"WHEN g.kind_id IN ({', '.join(map(str, kinds))}) AND g.subject IN ({sql}) THEN 0")
            params += values
    return (f"CASE {' '.join(cases)} ELSE 1 END" if cases else "1 + 0"), params


def _sql(place: str, kind: str | None, gap: Gap | str | None, span: Span) -> tuple[str, tuple[Any, ...]]:
    names = [kind_named(kind).name] if kind else list(KINDS)
    kinds = ", ".join(str(directives.kind_id(name)) for name in names) or "0"
    wanted = [Gap(gap)] if gap else list(Gap)
    parts = [_PARTS[one](span, kinds) for one in wanted]
    return " UNION ALL ".join(parts), tuple(codes.scope(place)) * len(parts)


_COLUMNS = "o.id, w.kind_id, o.subject, o.place, o.post_id, o.opens_at, o.due_at, o.level"


def _undone(span: Span, kinds: str) -> str:
    return _of_books("1", f"r.due_at < {span.now}", f"o.due_at < {span.now}", span, kinds)


def _unowned(span: Span, kinds: str) -> str:
    nobody = f"NOT {held('coalesce(o.post_id, 0)', str(span.now))}"
    return _of_books("2", f"r.opens_at <= {span.now}", f"o.opens_at <= {span.now} AND {nobody}", span, kinds)


def _of_books(part: str, cell: str, row: str, span: Span, kinds: str) -> str:
    """Undone obligations, found through the cells that hold some, so that what is done costs nothing."""
    return (
        f"SELECT {part} AS part, {_COLUMNS}, '' AS evidence FROM {tables.WINDOW} w "
        f"JOIN {tables.OBLIGATION} o ON o.window_id = w.id WHERE w.kind_id IN ({kinds}) AND w.id IN "
        f"(SELECT r.window_id FROM {tables.ROLL_UP} r "
        f"WHERE r.universe > r.met + r.late + r.excused AND {cell} AND {span.holds('r.opens_at')}) "
        "AND o.place >= %s AND o.place < %s AND o.met_at IS NULL AND o.excused_at IS NULL "
        f"AND {row} AND {span.holds('o.opens_at')}"
    )


def _unknown(span: Span, kinds: str) -> str:
    return (
        "SELECT 3 AS part, id, kind_id, 0 AS subject, place, NULL AS post_id, seen_at AS opens_at, "
        "NULL AS due_at, 0 AS level, evidence FROM obligations_unknown "
        f"WHERE kind_id IN ({kinds}) AND place >= %s AND place < %s "
        f"AND settled_at IS NULL AND seen_at <= {span.now} AND {span.holds('seen_at')}"
    )


_PARTS = {Gap.UNDONE: _undone, Gap.UNOWNED: _unowned, Gap.UNKNOWN: _unknown}
_GAP_OF_PART = dict(enumerate(Gap, start=1))


def _named(found: list[tuple[Any, ...]]) -> list[GapRow]:
    kinds = {directives.kind_id(name): name for name in KINDS}
    owners = labels({row[5] for row in found if row[5]})
    subjects = _codes_of((kinds[row[2]], row[3]) for row in found if row[0] != 3)
    return [
        GapRow(
            id=id,
            kind=kinds[kind],
            subject=evidence or subjects.get((kinds[kind], subject), str(subject)),
            place=place,
            owner=owners.get(post),
            post_id=post,
            opens_at=from_micros(opens_at),
            due_at=None if due_at is None else from_micros(due_at),
            gap=_GAP_OF_PART[part],
            level=level,
        )
        for part, id, kind, subject, place, post, opens_at, due_at, level, evidence in found
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

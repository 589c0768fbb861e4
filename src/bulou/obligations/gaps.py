"""The gaps: undone (owed, due, not proven), unowned (nobody holds the post), unknown (on no register).

What a balance counts as overdue is what the list of undone shows, row for row: one set of conditions feeds
count, list, download and board.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bulou.facts.subjects import SUBJECTS
from bulou.kernel.database import rows
from bulou.kernel.fields import from_micros
from bulou.obligations import directives, positions
from bulou.obligations.gap_sql import (
    COLUMNS,
    GAP_OF_PART,
    Span,
    kind_numbers,
    row_of,
    sql_of,
    windows_of,
)
from bulou.obligations.gap_sql import Gap as Gap  # noqa: PLC0414  asked for by its readers here
from bulou.obligations.kinds import KINDS
from bulou.obligations.narrow import NOTHING, Narrow, rank
from bulou.obligations.positions import Position
from bulou.obligations.walks import Left, Walk
from bulou.places import codes
from bulou.places.posts import labels

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
    tally: Tally | None = None,
) -> list[Line]:
    """The gaps at a place and below: undone by lateness, then unowned by due time, then unknown.

    What is both undone and unowned stands in both parts. `opened_from` (included) and `opened_to` (not
    included) bound when they opened, as in a balance. `first` gives, by type of subject, a query of the
    subjects that stand before all others of their part (those with needs); what is postponed stands after the
    others. `position` starts the list beyond a row. `tally` is that of the same question, where it
    is known already. Raises `no-such-kind`.
    """
    span = Span.of(opened_from, opened_to, now)
    kinds = {directives.kind_id(name): name for name in KINDS}
    if limit and not (offset or narrow) and _is_walked(place, gap, position):
        left = (tally or _tally(place, kind, span)).left(Gap(str(gap)))
        found = _walk(place, Gap(str(gap)), span, first or {}).lines(left, limit, position)
        return [_line(row, kinds) for row in (reversed(found) if position and position.back else found)]
    sql, params = sql_of(place, kind, gap, span, narrow)
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
    return [_line(row, kinds) for row in found]


def _is_walked(place: str, gap: Gap | str | None, position: Position | None) -> bool:
    """Whether the windows tell where the lines are: of one part of the list, at a place that has roll-ups."""
    part = PART_OF_GAP.get(str(gap))
    return (
        part is not None and len(place) <= codes.ROLL_UP_WIDTH and (not position or position.key[0] == part)
    )


PART_OF_GAP = {str(gap): part for part, gap in GAP_OF_PART.items() if gap != Gap.UNKNOWN}


def _walk(place: str, gap: Gap, span: Span, first: Mapping[str, QuerySet[Any, Any]]) -> Walk:
    """A part of the list by its windows, as they are due."""
    return Walk(
        place=place,
        columns=f"{PART_OF_GAP[gap]} AS part, {COLUMNS.replace('w.kind_id', '{kind} AS kind_id')}, "
        "'' AS evidence",
        lead="part",
        condition=f"{row_of(gap, span)} AND {span.holds('o.opens_at')}",
        first=first,
        postponed_after=span.now,
    )


@dataclass(frozen=True)
class Tally:
    """What the roll-ups tell of the gaps: the windows that have some, and how much is unknown."""

    undone: tuple[Left, ...]
    unowned: tuple[Left, ...]
    unknown: int

    def left(self, gap: Gap) -> tuple[Left, ...]:
        """The windows of one of the first two."""
        return self.undone if gap == Gap.UNDONE else self.unowned

    @property
    def counts(self) -> dict[Gap, int]:
        """How many lines there are of each."""
        undone, unowned = (sum(one.n for one in left) for left in (self.undone, self.unowned))
        return {Gap.UNDONE: undone, Gap.UNOWNED: unowned, Gap.UNKNOWN: self.unknown}


def tally(
    place: str,
    *,
    kind: str | None = None,
    opened_from: datetime | None = None,
    opened_to: datetime | None = None,
    now: datetime | None = None,
) -> Tally | None:
    """The tally of a place that has roll-ups (a grid and above), with one statement; None of another."""
    if len(place) > codes.ROLL_UP_WIDTH:
        return None
    return _tally(place, kind, Span.of(opened_from, opened_to, now))


def _tally(place: str, kind: str | None, span: Span) -> Tally:
    *windows, unknown = sorted(rows(*windows_of(place, kind_numbers(kind), span)), reverse=True)
    undone, unowned = (
        tuple(Left(row[0], row[1], row[at], row[at + 1], int(row[at + 2])) for row in windows if row[at + 2])
        for at in (2, 5)
    )
    return Tally(undone, unowned, int(unknown[4]))


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
        gap=GAP_OF_PART[part],
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
        sql, params = sql_of(place, kind, None, span, narrow)
        found = dict(rows(f"SELECT g.part, count(*) FROM ({sql}) g GROUP BY g.part", params))
        return {gap: int(found.get(part) or 0) for part, gap in GAP_OF_PART.items()}
    return _tally(place, kind, span).counts


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

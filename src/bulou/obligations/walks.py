"""The first lines of a long list of what is undone, or of what is done, without sorting all of it.

All obligations of a window are due at once, with few exceptions. So the windows in the order in which they
are due, and in each the rows in the order of the index of its half (docs/adr/0014), are a list's order.
What stands out of it is little and is read apart: subjects that come first, and what is postponed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from bulou.kernel.database import as_sql, rows
from bulou.kernel.fields import FOREVER
from bulou.obligations import directives, positions, tables
from bulou.obligations.kinds import KINDS
from bulou.obligations.narrow import FOLLOW_UP, numbers
from bulou.obligations.positions import Position
from bulou.places import codes

_NOTHING: Any = object()
LEFT = "r.universe - r.met - r.late - r.excused"
UNDONE = "o.met_at IS NULL AND o.excused_at IS NULL"
DONE = "(o.met_at IS NOT NULL OR o.excused_at IS NOT NULL)"
"""The two halves of the books, in the words of their indexes."""
Params = tuple[Any, ...]


@dataclass(frozen=True)
class Left:
    """A window that holds something of a list at a place: how much, when the first and last of it is due."""

    window: int
    kind: int
    first: int
    last: int
    n: int

    @property
    def is_uniform(self) -> bool:
        """All of it is due at once."""
        return self.first == self.last


@dataclass(frozen=True)
class Walk:
    """A list over the rows of some windows: `columns` of an obligation `o`, those that fulfil `condition`.

    All of them are of one `half`. Its order is (`lead`, urgency, due time, place, id), with `sunk` after
    urgency where postponed ones stand last. `columns` and `lead` are SQL; in `columns` "{kind}" stands for
    the number of the kind.
    """

    place: str
    columns: str
    lead: str
    condition: str
    first: Mapping[str, QuerySet[Any, Any]] = field(default_factory=dict)
    postponed_after: int | None = None
    half: str = UNDONE

    @property
    def order(self) -> tuple[str, ...]:
        sunk = ("sunk",) if self.postponed_after is not None else ()
        return (self.lead, "urgency", *sunk, "at", "place", "id")

    def lines(self, left: Sequence[Left], limit: int, position: Position | None = None) -> list[Params]:
        """At most `limit` rows beyond a position, in the list's order (backwards when that goes back).

        Each row has the columns, then `sunk` where there is one, `urgency` and `at`.
        """
        taken = _Taken(left, limit, self._beyond_body(position), back=position is not None and position.back)
        while True:
            found = self._read(taken, limit, position)
            full = len(found) >= limit
            if not taken.more(self._place_in_body(found[limit - 1]) if full else None):
                return found

    @property
    def _body(self) -> tuple[int, ...]:
        """What the rows of the list's long part have before their due time: not urgent, not postponed."""
        return (1,) if self.postponed_after is None else (1, 0)

    def _place_in_body(self, row: Params) -> int:
        """The due time of a row of the long part; beyond all times for a row before or after it."""
        at, urgency = row[-1], row[-2]
        lead = (urgency,) if self.postponed_after is None else (urgency, row[-3])
        return int(at) if lead == self._body else -FOREVER if lead < self._body else FOREVER

    def _beyond_body(self, position: Position | None) -> Params | None:
        """The (at, place, id) beyond which the long part is read; None for all of it."""
        if position is None:
            return None
        lead, body = tuple(position.key[1:-3]), tuple(position.key[-3:])
        if lead == self._body:
            return body
        # Nothing of it is left when the position lies at its other side.
        return (_NOTHING, "", 0) if (lead > self._body) != position.back else None

    def _read(self, taken: _Taken, limit: int, position: Position | None) -> list[Params]:
        beyond = self._beyond_body(position)
        parts = [self._of_window(one, limit, beyond, back=taken.back) for one in taken.windows]
        parts += [*self._urgent(taken.all), *self._sunk(taken.all)]
        if not parts:
            return []
        where, order, key = positions.order(self.order, position)
        named, urgent = self._named
        sql = " UNION ALL ".join(part for part, _params in parts)
        params = tuple(value for _part, values in parts for value in values)
        return rows(
            f"{named}SELECT * FROM ({sql}) k WHERE {where} ORDER BY {order} LIMIT {int(limit)}",
            (*urgent, *params, *key),
        )

    @cached_property
    def _named(self) -> tuple[str, Params]:
        """SQL: the subjects that come first, each type read once and given a name."""
        found = [as_sql(subjects) for subjects in self.first.values()]
        named = ", ".join(f"first_{n} (id) AS MATERIALIZED ({sql})" for n, (sql, _params) in enumerate(found))
        return (f"WITH {named} " if found else ""), tuple(value for _sql, values in found for value in values)

    @cached_property
    def _kinds_first(self) -> dict[int, str]:
        """The numbers of the kinds whose subjects may come first, with the name under which those stand."""
        types = {name: f"first_{n}" for n, name in enumerate(self.first)}
        return {
            directives.kind_id(name): types[kind.subject_type]
            for name, kind in KINDS.items()
            if kind.subject_type in types
        }

    def _are_first(self, kind: str) -> str:
        """SQL: the subject of `o` is one of those that come first."""
        named: dict[str, list[int]] = {}
        for number, name in self._kinds_first.items():
            named.setdefault(name, []).append(number)
        return " OR ".join(
            f"({kind} IN ({numbers(kinds)}) AND o.subject IN (SELECT id FROM {name}))"
            for name, kinds in named.items()
        )

    def _of_window(self, one: Left, limit: int, body: Params | None, *, back: bool) -> tuple[str, Params]:
        """The first rows of a window that are neither urgent nor postponed, in the order of the index."""
        way = " DESC" if back else ""
        order = f"o.place{way}, o.id{way}" if one.is_uniform else f"o.due_at{way}, o.place{way}, o.id{way}"
        beyond, key = self._beyond(one, body, back=back)
        first = self._kinds_first.get(one.kind)
        calm = f"o.subject NOT IN (SELECT id FROM {first})" if first else "1 = 1"
        awake = (
            "1 = 1"
            if self.postponed_after is None
            else f"coalesce(f.postponed_until, 0) <= {self.postponed_after}"
        )
        select = self._select(str(one.kind), urgency=1, sunk=0)
        return (
            f"SELECT * FROM ({select} WHERE o.window_id = {one.window} AND {self._of_place} AND {calm} "
            f"AND {awake} AND {beyond} ORDER BY {order} LIMIT {int(limit)}) w{one.window}",
            (*codes.scope(self.place), *key),
        )

    @staticmethod
    def _beyond(one: Left, body: Params | None, *, back: bool) -> tuple[str, Params]:
        if body is None:
            return "1 = 1", ()
        at, place, id = body
        if one.is_uniform and one.first != at:
            return "1 = 1", ()
        sign = "<" if back else ">"
        if not one.is_uniform:
            return f"(o.due_at, o.place, o.id) {sign} (%s, %s, %s)", (at, place, id)
        # The place by itself as well: it is what the index can start from.
        return f"o.place {sign}= %s AND (o.place, o.id) {sign} (%s, %s)", (place, place, id)

    def _urgent(self, left: Sequence[Left]) -> list[tuple[str, Params]]:
        """All rows of the subjects that come first."""
        windows = [one.window for one in left if one.kind in self._kinds_first]
        if not windows:
            return []
        sunk = f"CASE WHEN f.postponed_until > {self.postponed_after} THEN 1 ELSE 0 END"
        select = self._select("w.kind_id", urgency=0, sunk=sunk, window=True)
        where = (
            f"o.window_id IN ({numbers(windows)}) AND {self._of_place} AND ({self._are_first('w.kind_id')})"
        )
        return [(f"{select} WHERE {where}", codes.scope(self.place))]

    def _sunk(self, left: Sequence[Left]) -> list[tuple[str, Params]]:
        """All that is postponed, without the subjects that come first."""
        if not self._sinks or not left:
            return []
        first = self._are_first("w.kind_id")
        where = f"f.postponed_until > {self.postponed_after} AND {self._of_place}"
        calm = f" AND NOT ({first})" if first else ""
        inside = f" AND o.window_id IN ({numbers(one.window for one in left)})"
        # From the few that are followed up to the many that are owed.
        source = (
            f"FROM {FOLLOW_UP} f {tables.then()} {tables.OBLIGATION} o ON o.id = f.obligation_id "
            f"JOIN {tables.WINDOW} w ON w.id = o.window_id"
        )
        select = f"SELECT {self._columns('w.kind_id', 1, 1)} {source}"
        return [(f"{select} WHERE {where}{calm}{inside}", codes.scope(self.place))]

    def _select(self, kind: str, *, urgency: int, sunk: int | str, window: bool = False) -> str:
        """SQL: the columns of the rows of `o`, up to its conditions."""
        follow = f" LEFT JOIN {FOLLOW_UP} f ON f.obligation_id = o.id" if self._sinks else ""
        named = f" JOIN {tables.WINDOW} w ON w.id = o.window_id" if window else ""
        return f"SELECT {self._columns(kind, urgency, sunk)} FROM {tables.OBLIGATION} o{named}{follow}"

    def _columns(self, kind: str, urgency: int, sunk: int | str) -> str:
        sunken = f", {sunk} AS sunk" if self._sinks else ""
        return f"{self.columns.replace('{kind}', kind)}{sunken}, {urgency} AS urgency, o.due_at AS at"

    @property
    def _sinks(self) -> bool:
        return self.postponed_after is not None

    @property
    def _of_place(self) -> str:
        return f"{self.half} AND o.place >= %s AND o.place < %s AND {self.condition}"


class _Taken:
    """The windows that are read: so many as hold a page, in the order in which they are due."""

    def __init__(self, left: Sequence[Left], limit: int, beyond: Params | None, *, back: bool) -> None:
        self.all, self.back, self._limit = left, back, limit
        at = None if beyond is None else beyond[0]
        near = [one for one in left if at is None or _reaches(one, at, back=back)]
        self.windows = [one for one in near if not one.is_uniform]
        uniform = [one for one in near if one.is_uniform]
        self._waiting = sorted(uniform, key=lambda one: one.first, reverse=back)
        self._take()

    def _take(self) -> None:
        n = 0
        while self._waiting and (n < self._limit or self._waiting[0].first == self.windows[-1].first):
            one = self._waiting.pop(0)
            self.windows.append(one)
            n += one.n

    def more(self, last: int | None) -> bool:
        """Take the next windows, unless a page is full before them; `last`: when its last row is due."""
        if not self._waiting:
            return False
        following = self._waiting[0].first
        if last is not None and (last > following if self.back else last < following):
            return False
        self._take()
        return True


def _reaches(one: Left, at: Any, *, back: bool) -> bool:
    if at is _NOTHING:
        return False
    return bool(one.first <= at if back else one.last >= at)


@dataclass(frozen=True)
class Part:
    """SQL of a cell `r`: how much of it a list holds, and whether the list is about the cell at all."""

    counted: str
    cell: str = "1 = 1"

    @property
    def holds(self) -> str:
        return f"{self.counted} > 0 AND {self.cell}"


def windows_with(place: str, kinds: str, span: str, parts: Sequence[Part]) -> list[list[Left]]:
    """For each part of a list the windows of some kinds that hold something of it at a place.

    `kinds` and `span`, a condition on cells `r`, are SQL. One statement for all parts.
    """
    told = ", ".join(
        f"min(CASE WHEN {part.holds} THEN r.due_at END), max(CASE WHEN {part.holds} THEN r.due_at END), "
        f"sum(CASE WHEN {part.holds} THEN {part.counted} ELSE 0 END)"
        for part in parts
    )
    found = rows(
        f"SELECT r.window_id, w.kind_id, {told} "
        f"FROM {tables.ROLL_UP} r JOIN {tables.WINDOW} w ON w.id = r.window_id "
        f"WHERE w.kind_id IN ({kinds}) AND {span} AND ({' OR '.join(f'({part.holds})' for part in parts)}) "
        "AND r.place >= %s AND r.place < %s GROUP BY 1, 2",
        codes.scope(place),
    )
    return [
        [Left(row[0], row[1], row[at], row[at + 1], int(row[at + 2])) for row in found if row[at + 2]]
        for at in range(2, 2 + 3 * len(parts), 3)
    ]

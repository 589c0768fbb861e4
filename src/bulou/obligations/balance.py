"""The balance: universe = met + late + open + overdue + excused, and owned + unowned = universe.

Read from the roll-ups, which carry due times; so open, overdue and unowned follow the clock without
touching a row. Ownership is judged now for what is undone, and at the due time for what is closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from bulou.kernel import clock
from bulou.kernel.database import rows, scalar
from bulou.kernel.fields import FOREVER, to_micros
from bulou.obligations import directives, tables
from bulou.obligations.kinds import KINDS, kind_named
from bulou.obligations.owners import held
from bulou.places import codes
from bulou.places.models import Place


@dataclass(frozen=True)
class Counts:
    """The columns of a balance; `unknown` and `adrift` stand beside the equations.

    `adrift` is what is undone and nobody answers for now: the length of the list of unowned gaps.
    """

    universe: int = 0
    met: int = 0
    late: int = 0
    open: int = 0
    overdue: int = 0
    excused: int = 0
    owned: int = 0
    unowned: int = 0
    unknown: int = 0
    adrift: int = 0

    def __add__(self, other: Counts) -> Counts:
        # Written out: a board adds up thousands of them.
        return Counts(
            self.universe + other.universe,
            self.met + other.met,
            self.late + other.late,
            self.open + other.open,
            self.overdue + other.overdue,
            self.excused + other.excused,
            self.owned + other.owned,
            self.unowned + other.unowned,
            self.unknown + other.unknown,
            self.adrift + other.adrift,
        )


@dataclass(frozen=True)
class BalanceRow(Counts):
    """One line of a balance: a kind at a place."""

    kind: str = ""
    place: str = ""
    name: str = ""


def balance(
    place: str,
    *,
    kinds: Sequence[str] | None = None,
    opened_from: datetime | None = None,
    opened_to: datetime | None = None,
    now: datetime | None = None,
) -> list[BalanceRow]:
    """Per kind one line for the place itself and one for each place directly below it.

    `opened_from` (included) and `opened_to` (not included) bound when the obligations opened; nothing that
    opens after `now` is counted. Raises `no-such-kind`.
    """
    names = [kind_named(name).name for name in kinds] if kinds else list(KINDS)
    bounds = _bounds(place, opened_from, opened_to, now or clock.now())
    here = Place.objects.filter(code=place).first()
    children = list(
        Place.objects.filter(parent_id=place, retired_at__isnull=True)
        .order_by("code")
        .values_list("code", "name")
    )
    found: Found = {}
    for width in {len(code) for code, _name in children} | {len(place)}:
        found |= _counts(bounds, width)
    lines = [(place, here.name if here else ""), *children]
    return [_row(kind, code, name, found) for kind in names for code, name in lines]


def counts_at(
    place: str,
    *,
    kind: str = "",
    opened_from: datetime | None = None,
    opened_to: datetime | None = None,
    now: datetime | None = None,
    unknown: bool = True,
) -> Counts:
    """The balance of one place, of a kind or of all together. Raises `no-such-kind`.

    Without `unknown` evidence about what is on no register is not counted.
    """
    names = [kind_named(kind).name] if kind else list(KINDS)
    found = _counts(_bounds(place, opened_from, opened_to, now or clock.now()), len(place), unknown)
    return sum((found.get((name, place), Counts()) for name in names), Counts())


def _bounds(place: str, since: datetime | None, until: datetime | None, now: datetime) -> Bounds:
    low, high = codes.scope(place)
    return Bounds(
        low,
        high,
        to_micros(since) if since else -FOREVER,
        min(to_micros(until) if until else FOREVER, to_micros(now) + 1),
        to_micros(now),
    )


def totals(rows_of_place: Iterable[BalanceRow]) -> Counts:
    """The sum of several lines."""
    total = Counts()
    for row in rows_of_place:
        total = total + Counts(*(getattr(row, f.name) for f in fields(Counts)))
    return total


Found = dict[tuple[str, str], Counts]


@dataclass(frozen=True)
class Bounds:
    """What is counted: codes in a range that opened in a span, judged at an instant (microseconds)."""

    low: str
    high: str
    since: int
    until: int
    now: int


def _row(kind: str, place: str, name: str, found: Found) -> BalanceRow:
    counts = found.get((kind, place), Counts())
    return BalanceRow(
        **{f.name: getattr(counts, f.name) for f in fields(Counts)}, kind=kind, place=place, name=name
    )


def counts_below(
    place: str,
    places: Sequence[str],
    *,
    opened_from: datetime | None = None,
    opened_to: datetime | None = None,
    now: datetime | None = None,
) -> Found:
    """The counts by (kind, place) of a place and of places below it, with one statement for all.

    The bounds are those of `balance`; a pair of which there is nothing is left out.
    """
    bounds = _bounds(place, opened_from, opened_to, now or clock.now())
    width = max(map(len, places), default=len(place))
    inside = sorted({len(code) for code in places}, reverse=True)
    found: Found = {}
    for (kind, code), counts in _counts(bounds, width).items():
        below = [code[:length] for length in inside if len(code) >= length and code[:length] in set(places)]
        for key in ((kind, place), *((kind, one) for one in below[:1])):
            found[key] = found.get(key, Counts()) + counts
    return found


def overdue_before(place: str, moment: datetime, *, now: datetime) -> int:
    """How much that opened before a moment is overdue: as many as the gaps list has of it."""
    bounds = _bounds(place, None, moment, now)
    kinds = ", ".join(str(directives.kind_id(name)) for name in KINDS) or "0"
    sql = (
        f"SELECT sum({_UNDONE}) FROM {_cells(len(place))} c JOIN {tables.WINDOW} w ON w.id = c.window_id "
        f"WHERE w.kind_id IN ({kinds}) AND c.opens_at < {bounds.until} AND c.due_at < {bounds.now} "
        "AND c.place >= %s AND c.place < %s"
    )
    return int(scalar(sql, (bounds.low, bounds.high)) or 0)


def _counts(bounds: Bounds, width: int, unknown: bool = True) -> Found:
    """Counts by kind name and by the first `width` digits of the place."""
    names = {directives.kind_id(name): name for name in KINDS}
    found: Found = {}
    for kind, code, universe, met, late, still_open, overdue, excused, owned, adrift in rows(
        *counting_sql(bounds, width)
    ):
        if kind in names:
            columns = (universe, met, late, still_open, overdue, excused, owned, universe - owned, 0, adrift)
            found[names[kind], code] = Counts(*(int(column) for column in columns))
    for kind, code, evidence in rows(*unknown_sql(bounds, width)) if unknown else ():
        if kind in names:
            key = (names[kind], code)
            found[key] = found.get(key, Counts()) + Counts(unknown=evidence)
    return found


_UNDONE = "(c.universe - c.met - c.late - c.excused)"


def counting_sql(bounds: Bounds, width: int) -> tuple[str, tuple[str, str]]:
    """Kind number, place, then universe, met, late, open, overdue, excused, owned and adrift."""
    now = bounds.now
    held_now = held("c.post", str(now))
    held_then = held("c.post", f"CASE WHEN c.due_at < {now} THEN c.due_at ELSE {now} END")
    sql = (
        f"SELECT w.kind_id, substr(c.place, 1, {width}) AS place, sum(c.universe) AS universe, "
        "sum(c.met) AS met, sum(c.late) AS late, "
        f"sum(CASE WHEN c.due_at >= {now} THEN {_UNDONE} ELSE 0 END) AS open, "
        f"sum(CASE WHEN c.due_at < {now} THEN {_UNDONE} ELSE 0 END) AS overdue, sum(c.excused) AS excused, "
        f"sum(CASE WHEN {held_now} THEN {_UNDONE} ELSE 0 END "
        f"+ CASE WHEN {held_then} THEN c.universe - {_UNDONE} ELSE 0 END) AS owned, "
        f"sum(CASE WHEN {held_now} THEN 0 ELSE {_UNDONE} END) AS adrift "
        f"FROM {_cells(width)} c JOIN {tables.WINDOW} w ON w.id = c.window_id "
        f"WHERE c.opens_at >= {bounds.since} AND c.opens_at < {bounds.until} "
        "AND c.place >= %s AND c.place < %s GROUP BY 1, 2"
    )
    return sql, (bounds.low, bounds.high)


def _cells(width: int) -> str:
    """Roll-ups reach down to the grid; below it the obligations themselves are counted."""
    if width <= codes.ROLL_UP_WIDTH:
        return tables.ROLL_UP
    met = "CASE WHEN met_at <= due_at THEN 1 ELSE 0 END AS met"
    late = "CASE WHEN met_at > due_at THEN 1 ELSE 0 END AS late"
    excused = "CASE WHEN met_at IS NULL AND excused_at IS NOT NULL THEN 1 ELSE 0 END AS excused"
    return (
        "(SELECT window_id, opens_at, due_at, place, coalesce(post_id, 0) AS post, 1 AS universe, "
        f"{met}, {late}, {excused} FROM {tables.OBLIGATION})"
    )


def unknown_sql(bounds: Bounds, width: int) -> tuple[str, tuple[str, str]]:
    """Kind number, place and how much evidence nobody has settled."""
    sql = (
        f"SELECT kind_id, substr(place, 1, {width}) AS place, count(*) AS unknown FROM obligations_unknown "
        f"WHERE seen_at >= {bounds.since} AND seen_at < {bounds.until} AND settled_at IS NULL "
        "AND place >= %s AND place < %s GROUP BY 1, 2"
    )
    return sql, (bounds.low, bounds.high)

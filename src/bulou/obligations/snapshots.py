"""Snapshots: at each full hour the tick stores what the board said, to set today beside yesterday.

A snapshot is the balance of what had opened in its county day, judged at the hour, as it was known when it
was taken. It stays as it is when proofs come in later. The hour 24:00 closes its day. An hour at which
nothing ran is made up at the next tick from the obligations as they are known then, and marked late.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings

from bulou.kernel import clock
from bulou.kernel.database import among, atomic, lock_for_order, rows, run, scalar
from bulou.kernel.fields import MICROSECOND, from_micros, micros, to_micros
from bulou.obligations import directives, tables
from bulou.obligations.balance import Bounds, Counts, counting_sql, unknown_sql
from bulou.obligations.kinds import KINDS
from bulou.obligations.owners import held
from bulou.places import codes

HOUR = timedelta(hours=1)
PUNCTUAL = timedelta(minutes=5)
"""A tick that runs so soon after the hour takes it from the roll-ups; after that it is made up."""
MADE_UP = 48
"""So many hours back are made up: what today is compared with."""
SNAPSHOT, HOURS = "obligations_snapshot", "obligations_hour"
LEVELS = (6, 9, 12)
"""Digits of the places that have snapshots: county, township, village."""
COLUMNS = ("universe", "met", "late", "open", "overdue", "excused", "owned", "unknown", "adrift")


@dataclass(frozen=True)
class Taken:
    """The counts of one hour at one place; `late` when they were made up afterwards, at `taken_at`."""

    at: datetime
    taken_at: datetime
    late: bool
    counts: Counts


def day_of(hour: datetime) -> date:
    """The county day that a full hour belongs to; 24:00 to the day that it closes."""
    return clock.local(hour - MICROSECOND).date()


def floor(moment: datetime) -> datetime:
    """The last full hour at or before a moment."""
    return moment - timedelta(microseconds=to_micros(moment) % micros(HOUR))


def take_due(now: datetime) -> int:
    """Take the hours that have passed since the last one; how many. An hour that stands stays."""
    if not missing(now):
        return 0
    with atomic():
        lock_for_order("snapshots")
        hours = missing(now)
        made_up = [hour for hour in hours if now - hour > PUNCTUAL]
        if made_up:
            _make_up(made_up, now)
        for hour in hours[len(made_up) :]:
            take(hour, now)
        _forget(now)
    return len(hours)


def missing(now: datetime) -> list[datetime]:
    """The full hours up to now that have no snapshot, oldest first; none before the first of the books."""
    last = scalar(f"SELECT max(at) FROM {HOURS}")
    top = floor(now)
    if last is None:
        opened = scalar(f"SELECT min(opens_at) FROM {tables.ROLL_UP}")
        first = floor(from_micros(opened) + HOUR - MICROSECOND) if opened is not None else top
    else:
        first = from_micros(last) + HOUR
    first = max(first, top - (MADE_UP - 1) * HOUR)
    return [first + turn * HOUR for turn in range(int((top - first) / HOUR) + 1)]


def take(hour: datetime, now: datetime) -> None:
    """Store one hour from the roll-ups, with one statement for all places and kinds."""
    run(f"INSERT INTO {HOURS} (at, taken_at, late) VALUES (%s, %s, %s)", _head(hour, now, late=False))
    start = clock.start_of(day_of(hour))
    low, high = codes.scope(settings.BULOU_COUNTY)
    until = min(to_micros(start + clock.DAY), to_micros(hour) + 1)
    bounds = Bounds(low, high, to_micros(start), until, to_micros(hour))
    counted, first = counting_sql(bounds, LEVELS[-1])
    unknown, second = unknown_sql(bounds, LEVELS[-1])
    sums = ", ".join(f"sum({column})" for column in COLUMNS)
    run(
        f"INSERT INTO {SNAPSHOT} (hour_id, kind_id, place, {', '.join(COLUMNS)}) "
        f"WITH counted AS ({counted}), strange AS ({unknown}), cell AS ("
        "SELECT kind_id, place, universe, met, late, open, overdue, excused, owned, 0 AS unknown, adrift "
        "FROM counted UNION ALL "
        "SELECT kind_id, place, 0, 0, 0, 0, 0, 0, 0, unknown, 0 FROM strange) "
        f"SELECT {to_micros(hour)}, kind_id, substr(place, 1, l.width), {sums} "
        f"FROM cell JOIN ({_levels()}) l ON length(place) >= l.width GROUP BY 2, 3",
        (*first, *second),
    )


def _head(hour: datetime, now: datetime, *, late: bool) -> tuple[int, int, bool]:
    return to_micros(hour), to_micros(now), late


def _levels() -> str:
    return " UNION ALL ".join(f"SELECT {width} AS width" for width in LEVELS)


_UNMET = "(g.met IS NULL OR g.met > t.at)"
_UNDONE = f"({_UNMET} AND (g.excused IS NULL OR g.excused > t.at))"


def _make_up(hours: Sequence[datetime], now: datetime) -> None:
    """Store hours that have passed, all with one statement, from single obligations and evidence.

    The obligations are added up once by the hours in which they opened, were met and were excused; that is
    little enough to be judged at each hour.
    """
    for hour in hours:
        run(f"INSERT INTO {HOURS} (at, taken_at, late) VALUES (%s, %s, %s)", _head(hour, now, late=True))
    judged = ", ".join(f"sum(CASE WHEN {case} THEN g.n ELSE 0 END)" for case in _judged().values())
    run(
        f"INSERT INTO {SNAPSHOT} (hour_id, kind_id, place, {', '.join(COLUMNS)}) "
        f"WITH t AS ({_hours(hours)}), g AS ({_grouped(hours)}), s AS ({_evidence(hours)}), "
        f"cell (at, kind_id, place, {', '.join(COLUMNS)}) AS ("
        f"SELECT t.at, g.kind_id, g.place, {judged} FROM t JOIN g ON g.day = t.since AND g.opens <= t.at "
        "GROUP BY 1, 2, 3 UNION ALL "
        "SELECT t.at, s.kind_id, s.place, 0, 0, 0, 0, 0, 0, 0, sum(s.n), 0 FROM t JOIN s "
        "ON s.day = t.since AND s.seen <= t.at AND (s.settled IS NULL OR s.settled > t.at) GROUP BY 1, 2, 3) "
        f"SELECT at, kind_id, substr(place, 1, l.width), {', '.join(f'sum({name})' for name in COLUMNS)} "
        f"FROM cell JOIN ({_levels()}) l ON length(place) >= l.width GROUP BY 1, 2, 3",
        codes.scope(settings.BULOU_COUNTY) * 2,
    )


def _judged() -> dict[str, str]:
    """SQL: a group `g` stands in each column at an hour `t`."""
    held_now = held("g.post", "t.at")
    held_then = held("g.post", "CASE WHEN g.due_at < t.at THEN g.due_at ELSE t.at END")
    return {
        "universe": "1 = 1",
        "met": "g.met <= t.at AND g.in_time = 1",
        "late": "g.met <= t.at AND g.in_time = 0",
        "open": f"{_UNDONE} AND g.due_at >= t.at",
        "overdue": f"{_UNDONE} AND g.due_at < t.at",
        "excused": f"{_UNMET} AND g.excused <= t.at",
        "owned": f"CASE WHEN {_UNDONE} THEN {held_now} ELSE {held_then} END",
        "unknown": "1 = 0",
        "adrift": f"{_UNDONE} AND NOT {held_now}",
    }


def _hours(hours: Sequence[datetime]) -> str:
    """Each hour with the beginning of its day."""
    return " UNION ALL ".join(
        f"SELECT CAST({to_micros(hour)} AS bigint) AS at, "
        f"CAST({to_micros(clock.start_of(day_of(hour)))} AS bigint) AS since"
        for hour in hours
    )


def _span(hours: Sequence[datetime], column: str) -> str:
    """SQL: the column lies in the days of the hours, and not after the last of them."""
    since = to_micros(clock.start_of(day_of(hours[0])))
    return f"{column} >= {since} AND {column} <= {to_micros(hours[-1])}"


def _whole(column: str) -> str:
    """SQL: the full hour at or after a column's instant."""
    size = micros(HOUR)
    return f"({column} + {size - 1}) / {size} * {size}"


def _day(column: str) -> str:
    """SQL: the beginning of the county day of a column's instant."""
    size, shift = micros(clock.DAY), -to_micros(clock.start_of(date(1970, 1, 1)))
    return f"({column} + {shift}) / {size} * {size} - {shift}"


def _grouped(hours: Sequence[datetime]) -> str:
    """Obligations added up by kind, village, post, due time and the hours of what became of them."""
    windows = f"SELECT r.window_id FROM {tables.ROLL_UP} r WHERE {_span(hours, 'r.opens_at')}"
    return (
        f"SELECT w.kind_id, substr(o.place, 1, {LEVELS[-1]}) AS place, coalesce(o.post_id, 0) AS post, "
        f"o.due_at, {_day('o.opens_at')} AS day, {_whole('o.opens_at')} AS opens, "
        f"{_whole('o.met_at')} AS met, CASE WHEN o.met_at <= o.due_at THEN 1 ELSE 0 END AS in_time, "
        f"{_whole('o.excused_at')} AS excused, count(*) AS n FROM {tables.WINDOW} w "
        f"{tables.then()} {tables.OBLIGATION} o ON o.window_id = w.id WHERE w.id IN ({windows}) "
        f"AND {_span(hours, 'o.opens_at')} AND o.place >= %s AND o.place < %s "
        "GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9"
    )


def _evidence(hours: Sequence[datetime]) -> str:
    return (
        f"SELECT kind_id, substr(place, 1, {LEVELS[-1]}) AS place, {_day('seen_at')} AS day, "
        f"{_whole('seen_at')} AS seen, {_whole('settled_at')} AS settled, count(*) AS n "
        f"FROM obligations_unknown WHERE {_span(hours, 'seen_at')} AND place >= %s AND place < %s "
        "GROUP BY 1, 2, 3, 4, 5"
    )


def _forget(now: datetime) -> None:
    """Let go of hours that are older than the county keeps them."""
    end = to_micros(now - settings.BULOU_HISTORY_DAYS * clock.DAY)
    run(f"DELETE FROM {SNAPSHOT} WHERE hour_id < %s", (end,))
    run(f"DELETE FROM {HOURS} WHERE at < %s", (end,))


def trend(place: str, since: datetime, until: datetime, *, kind: str = "") -> list[Taken]:
    """The hours after `since` up to `until` that were taken, with the counts of a place, oldest first."""
    sums = ", ".join(f"coalesce(sum(s.{column}), 0)" for column in COLUMNS)
    found = rows(
        f"SELECT h.at, h.taken_at, h.late, {sums} FROM {HOURS} h LEFT JOIN {SNAPSHOT} s "
        f"ON s.hour_id = h.at AND s.place = %s AND s.kind_id IN ({_kinds(kind)}) "
        "WHERE h.at > %s AND h.at <= %s GROUP BY 1, 2, 3 ORDER BY 1",
        (place, to_micros(since), to_micros(until)),
    )
    return [
        Taken(from_micros(at), from_micros(taken_at), bool(late), _of(columns))
        for at, taken_at, late, *columns in found
    ]


def at_hour(hour: datetime, places: Sequence[str]) -> dict[tuple[str, str], Counts]:
    """The counts of one hour by (kind, place); what was not taken, or was nothing, is left out."""
    names = {directives.kind_id(name): name for name in KINDS}
    condition, values = among("place", places)
    found = rows(
        f"SELECT kind_id, place, {', '.join(COLUMNS)} FROM {SNAPSHOT} WHERE hour_id = %s AND {condition}",
        (to_micros(hour), values),
    )
    return {(names[kind], place): _of(columns) for kind, place, *columns in found if kind in names}


def hour_taken(hour: datetime) -> Taken | None:
    """When and how an hour was taken, without counts; None when it was not."""
    found = rows(f"SELECT taken_at, late FROM {HOURS} WHERE at = %s", (to_micros(hour),))
    return Taken(hour, from_micros(found[0][0]), bool(found[0][1]), Counts()) if found else None


def _kinds(kind: str) -> str:
    names = [kind] if kind else list(KINDS)
    return ", ".join(str(directives.kind_id(name)) for name in names) or "0"


def _of(columns: Sequence[int]) -> Counts:
    counted = {name: int(value) for name, value in zip(COLUMNS, columns, strict=True)}
    return Counts(**counted, unowned=counted["universe"] - counted["owned"])

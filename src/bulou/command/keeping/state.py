"""What the page of keeping shows: what falls due when, the last purge, backup, rehearsal and key copy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max

from bulou.command.actors import actor_titles
from bulou.command.keeping import backups
from bulou.command.keeping.doctor import COPIED, SPLIT
from bulou.kernel import clock, purging, retention
from bulou.kernel.database import rows
from bulou.kernel.fields import from_micros, to_micros
from bulou.kernel.models import AuditLine

SOON = timedelta(days=7)
LAST_PURGES = 10


@dataclass(frozen=True)
class DueRule:
    """One rule of retention: what is due now, what within a week, and the next day on which something is."""

    title: str
    days: int
    due: int
    soon: int
    oldest: date | None
    next: date | None

    def with_(self, other: DueRule) -> DueRule:
        """Two rules of one name are one line to the reader."""
        days = [
            min(filter(None, pair), default=None)
            for pair in ((self.oldest, other.oldest), (self.next, other.next))
        ]
        return DueRule(self.title, self.days, self.due + other.due, self.soon + other.soon, *days)


def due_rules(rules: list[retention.Rule], now: datetime) -> list[DueRule]:
    """Every rule, what is due first; one query, however many rules and records there are."""
    lines: dict[tuple[str, int], DueRule] = {}
    for line in _lines(rules, now):
        key = line.title, line.days
        lines[key] = lines[key].with_(line) if key in lines else line
    return sorted(lines.values(), key=lambda one: (-one.due, -one.soon, one.title))


@dataclass(frozen=True)
class Moved:
    """A rule to which a draft gives other days: how many records fall due at once under each."""

    today: DueRule
    after: DueRule

    @property
    def change(self) -> int:
        return self.after.due - self.today.due


def moved(today: list[retention.Rule], after: list[retention.Rule], at: datetime) -> list[Moved]:
    """The rules whose days change, with what is due under either at an instant."""
    kept = {one.name: one.days for one in today}
    names = {one.name for one in after if one.days != kept[one.name]}
    pairs = [_lines([one for one in side if one.name in names], at) for side in (today, after)]
    return [Moved(*pair) for pair in zip(*pairs, strict=True)]


def _lines(rules: list[retention.Rule], now: datetime) -> list[DueRule]:
    if not rules:
        return []
    parts, params = zip(*(_counted(one, now) for one in rules), strict=True)
    found = {
        name: counts
        for name, *counts in rows(" UNION ALL ".join(parts), [p for some in params for p in some])
    }
    return [_line(one, found[one.name]) for one in rules]


def _counted(one: retention.Rule, now: datetime) -> tuple[str, list[Any]]:
    """SQL that counts the records of a rule by when they fall due."""
    ends = one.rows().order_by().values_list("ends", flat=True)
    sql, params = ends.query.get_compiler(connection=connection).as_sql()
    today = clock.end_of(clock.local(now).date()) - timedelta(days=one.days)
    until, soon = to_micros(today), to_micros(today + SOON)
    text = f"""
        SELECT %s, SUM(CASE WHEN ends < %s THEN 1 ELSE 0 END),
               SUM(CASE WHEN ends >= %s AND ends < %s THEN 1 ELSE 0 END),
               MIN(CASE WHEN ends < %s THEN ends END), MIN(CASE WHEN ends >= %s THEN ends END)
        FROM ({sql}) AS found
    """
    return text, [one.name, until, until, soon, until, until, *params]


def _line(one: retention.Rule, counts: list[Any]) -> DueRule:
    due, soon, oldest, following = counts
    days = [one.day_of(from_micros(ends)) if ends is not None else None for ends in (oldest, following)]
    return DueRule(str(one.title), one.days, due or 0, soon or 0, *days)


@dataclass(frozen=True)
class PurgeLine:
    """A purge that ran, from its proof in the audit chain."""

    seq: int
    at: datetime
    by: str
    records: int
    keys: int
    checksum: str
    genuine: bool


@dataclass(frozen=True)
class State:
    """The last of everything, as the audit chain has it; None for what never happened."""

    purges: list[PurgeLine]
    backup: AuditLine | None
    rehearsal: AuditLine | None
    copied: AuditLine | None


def state() -> State:
    """What was done last."""
    wanted = [backups.MADE, backups.REHEARSED, COPIED, SPLIT]
    newest = AuditLine.objects.filter(action__in=wanted).values("action").annotate(last=Max("seq"))
    last = {line.action: line for line in AuditLine.objects.filter(pk__in=newest.values("last"))}
    copies = [last[one] for one in (COPIED, SPLIT) if one in last]
    return State(
        purges=_purges(),
        backup=last.get(backups.MADE),
        rehearsal=last.get(backups.REHEARSED),
        copied=max(copies, key=lambda line: line.seq, default=None),
    )


def _purges() -> list[PurgeLine]:
    found = list(AuditLine.objects.filter(action=purging.PURGED).order_by("-seq")[:LAST_PURGES])
    titles = actor_titles(line.actor for line in found)
    return [
        PurgeLine(
            line.seq,
            line.at,
            titles[line.actor],
            sum(done["records"] for done in line.detail["rules"]),
            len(line.detail["periods"]),
            line.detail["checksum"],
            purging.checksum(line.detail) == line.detail["checksum"],
        )
        for line in found
    ]

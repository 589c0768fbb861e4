"""Filling a backup from one consistent snapshot, while others go on writing.

A row that a retention rule erases on a known day is kept under the key of that day; what is left of it after
that stands beside it. So the day's key takes the personal part out of every backup, and the rest still
restores. Everything else is under the key of the day on which the backup was made.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, models

from bulou.kernel import clock, keyring, retention
from bulou.kernel.backup.container import Writer
from bulou.kernel.backup.rows import Digest, backed_up, canonical, columns, encoders, fields_of
from bulou.kernel.database import atomic, in_one_transaction, is_postgres, rows, run, scalar
from bulou.kernel.files import keep_entry
from bulou.kernel.purging import DUE, MADE
from bulou.kernel.retention import Part, Rule, parts_of

FLUSH_BYTES = 128 * 2**10
MOST_BUFFERED = 16 * 2**20
ROWS, LEFT = "rows", "left"
PART = ".part"


@dataclass(frozen=True)
class Made:
    """A backup that was written."""

    file: Path
    bytes: int
    rows: int
    made_at: datetime
    seconds: float = 0.0


def backup(target: Path, *, now: datetime | None = None, about: Mapping[str, Any] | None = None) -> Made:
    """Write a backup: whole under its name, or not at all. `about` goes into the header."""
    now = now or clock.now()
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}{PART}")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            count = _write(out, now, dict(about or {}))
            out.flush()
            os.fsync(out.fileno())
        part.replace(target)
        keep_entry(target.parent)
    finally:
        part.unlink(missing_ok=True)
    return Made(target, target.stat().st_size, count, now)


def _write(out: Any, now: datetime, about: dict[str, Any]) -> int:
    today = clock.local(now).date()
    made = f"{MADE}{today.isoformat()}"
    with snapshot():
        rules = retention.in_force(now)
        plans = [Plan(model, today, rules) for model in backed_up()]
        days = {f"{DUE}{day.isoformat()}" for plan in plans for day in plan.days()}
        ring = keyring.period_keys({made} | days)
        header = {"made_at": clock.local(now).isoformat(), "database": connection.vendor, **about}
        header |= {"county": settings.BULOU_COUNTY, "migrations": migrations()}
        writer = Writer(out, ring, header, made)
        tables = Pages(writer, made)
        told = {plan.table: plan.dump(tables) for plan in plans}
        tables.flush_all()
        writer.end({"tables": told, "sequences": sequences([plan.model for plan in plans])})
    return sum(one["rows"] for one in told.values())


@contextmanager
def snapshot() -> Iterator[None]:
    """Everything read in it is of one moment; it takes no lock that writers wait for."""
    if in_one_transaction():
        yield
        return
    if is_postgres():
        with atomic():
            run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
        return
    run("BEGIN DEFERRED")
    try:
        yield
    finally:
        run("ROLLBACK")


def migrations() -> dict[str, str]:
    """The last migration of each app: what the tables look like."""
    return dict(rows("SELECT app, max(name) FROM django_migrations GROUP BY app"))


def numbered(model: type[models.Model]) -> bool:
    """Whether the database gives the rows of a table their numbers."""
    return isinstance(model._meta.pk, models.AutoField | models.BigAutoField | models.SmallAutoField)


def sequences(found: list[type[models.Model]]) -> dict[str, int]:
    """The last number that each table gave, so that none is given twice after a restore."""
    if not is_postgres():
        return dict(rows("SELECT name, seq FROM sqlite_sequence"))
    given: dict[str, int] = {}
    for model in filter(numbered, found):
        table, key = model._meta.db_table, model._meta.pk.column
        name = scalar("SELECT pg_get_serial_sequence(%s, %s)", [f'"{table}"', key])
        last = scalar(
            "SELECT last_value FROM pg_sequences WHERE schemaname || '.' || sequencename = %s", [name]
        )
        if last is not None:
            given[table] = int(last)
    return given


@dataclass
class Pages:
    """Rows on their way into the file, gathered by period, table and sort into pages."""

    writer: Writer
    made: str
    _pages: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)
    _sizes: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def add(self, period: str, table: str, sort: str, line: str) -> None:
        key = (period, table, sort)
        self._pages.setdefault(key, []).append(line)
        self._sizes[key] = self._sizes.get(key, 0) + len(line)
        if self._sizes[key] >= FLUSH_BYTES:
            self._flush(key)
        elif len(self._sizes) > 64 and sum(self._sizes.values()) > MOST_BUFFERED:
            self.flush_all()

    def _flush(self, key: tuple[str, str, str]) -> None:
        period, table, sort = key
        lines = self._pages.pop(key)
        del self._sizes[key]
        head = json.dumps({"table": table, "sort": sort})
        self.writer.write(period, "\n".join((head, *lines)).encode())

    def flush_all(self) -> None:
        for key in list(self._pages):
            self._flush(key)


class Plan:
    """How one table goes into the backup."""

    def __init__(self, model: type[models.Model], today: date, rules: list[Rule]) -> None:
        self.model, self.table, self.today = model, model._meta.db_table, today
        self._names = [one.attname for one in fields_of(model)]
        self._encode = encoders(model)
        self._dated = [_Dated(part, one.due_days(), self._at) for one, part in parts_of(model, rules)]
        self._digest = Digest()
        self._periods: dict[str, int] = {}

    def _at(self, name: str) -> int:
        """Where a column stands; a reference may be named as its field is."""
        if name == "pk":
            return self._names.index(self.model._meta.pk.attname)
        called = {one.name: one.attname for one in fields_of(self.model)}
        return self._names.index(called.get(name, name))

    def days(self) -> set[date]:
        """The days on which something of this table falls due; what is overdue needs no key."""
        return {day for dated in self._dated for day in dated.days.values() if day > self.today}

    def dump(self, pages: Pages) -> dict[str, Any]:
        """Write every row; what the manifest says of the table."""
        # Unordered, and not by the default manager: every row, the fastest way.
        found = self.model._base_manager.order_by().values_list(*self._names)
        for row in found.iterator(chunk_size=2_000):
            line = self._line(row)
            day, left = self._left(row) if self._dated else (None, None)
            if day is not None and day <= self.today:
                # It should have been purged by now: only what would be left of it goes in.
                if left is None:
                    continue
                line, day = left, None
            self._digest.add(line)
            self._put(pages, line, day, left)
        return {
            "rows": self._digest.rows,
            "digest": self._digest.hex,
            "columns": list(columns(self.model)),
            "periods": self._periods,
        }

    def _line(self, row: tuple[Any, ...]) -> str:
        return canonical([say(value) for say, value in zip(self._encode, row, strict=True)])

    def _put(self, pages: Pages, line: str, day: date | None, left: str | None) -> None:
        if day is None:
            pages.add(pages.made, self.table, ROWS, line)
            return
        period = f"{DUE}{day.isoformat()}"
        pages.add(period, self.table, ROWS, line)
        if left is None:
            self._periods[period] = self._periods.get(period, 0) + 1
        else:
            pages.add(pages.made, self.table, LEFT, f'["{period}",{left}]')

    def _left(self, row: tuple[Any, ...]) -> tuple[date | None, str | None]:
        """The first day on which something of the row falls due, and the row after it (None: gone)."""
        due = [(dated, day) for dated in self._dated if (day := dated.day(row)) is not None]
        if not due:
            return None, None
        day = min(day for _dated, day in due)
        if any(not dated.part.becomes for dated, _day in due):
            return day, None
        after = list(row)
        for dated, _day in due:
            before = dict(zip(self._names, after, strict=True))
            for name, value in retention.as_plain(dated.part.becomes, before).items():
                after[self._at(name)] = value
        return day, self._line(tuple(after))


class _Dated:
    """One part of a rule, with the due days of the records that it hangs on."""

    def __init__(self, part: Part, days: dict[Any, date], at: Callable[[str], int]) -> None:
        self.part, self.days = part, days
        self._link = at(part.link)
        self._where: list[tuple[int, Collection[Any]]] = [
            (at(column), frozenset(values())) for column, values in part.where.items()
        ]

    def day(self, row: tuple[Any, ...]) -> date | None:
        """When the row falls due by this part."""
        if any(row[at] not in values for at, values in self._where):
            return None
        return self.days.get(row[self._link])

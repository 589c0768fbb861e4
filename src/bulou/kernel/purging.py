"""Erasing what is due, with a proof: which rule, how many rows, by whom, what was destroyed with it.

Batches are transactions, each with its audit line, so that a kill leaves nothing erased that is not recorded,
and the next run goes on. Keys of periods are destroyed only after every batch is through.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Min

from bulou.kernel import audit, clock, keyring, retention
from bulou.kernel.database import atomic, is_postgres, run, scalar
from bulou.kernel.ids import uuid7
from bulou.kernel.models import AuditLine
from bulou.kernel.retention import Rule
from bulou.kernel.sealing import left_behind

AT_ONCE = 2_000
ERASED, PURGED = "retention.erased", "retention.purged"
DUE, MADE = "due:", "made:"
"""Periods of keys: of a due day, and of the day on which backups were made."""

Sweep = Callable[[datetime], int]
SWEEPS: dict[str, Sweep] = {}
"""What rooms delete besides rows (files, sessions): name -> how many went."""


@dataclass(frozen=True)
class DueLine:
    """What one rule would erase now."""

    rule: str
    title: str
    table: str
    days: int
    why: str
    records: int
    oldest: date | None

    def as_json(self) -> dict[str, Any]:
        return {**vars(self), "oldest": self.oldest.isoformat() if self.oldest else None}


def preview(now: datetime) -> list[DueLine]:
    """What is due by rule under the directive of that instant, the rules with nothing due included."""
    return [_due_line(one, now) for one in retention.in_force(now)]


def _due_line(one: Rule, now: datetime) -> DueLine:
    due = one.due(now)
    oldest = due.aggregate(first=Min("ends"))["first"]
    return DueLine(
        one.name,
        str(one.title),
        one.model._meta.db_table,
        one.days,
        str(one.why),
        due.count(),
        one.day_of(oldest) if oldest is not None else None,
    )


def purge(*, by: str, now: datetime | None = None, rebuild: bool = False) -> dict[str, Any]:
    """Erase everything that is due; the proof, which stands in the audit chain too.

    `rebuild` also writes the database file anew (it needs as much free disk, and writers wait).
    """
    now = now or clock.now()
    number, order = str(uuid7()), retention.ordered(now)
    rules = [done for one in order.rules() if (done := _purge_rule(one, number, by, now))]
    files = {name: sweep(now) for name, sweep in sorted(SWEEPS.items())}
    cleaned = _clean([table for done in rules for table in done["tables"]], rebuild)
    today = clock.local(now).date()
    proof = {
        "purge": number,
        "at": clock.local(now).isoformat(),
        "by": by,
        "directive": order.as_json(),
        "rules": rules,
        "files": files,
        "periods": keyring.destroy_periods(lambda period: is_over(period, today)),
        "seal_keys": forget_old_seals(today),
        "database": cleaned,
    }
    proof["checksum"] = checksum(proof)
    audit.record(PURGED, by=by, subject=f"purge:{number}", detail=proof)
    _truncate_wal()
    return proof


def _purge_rule(one: Rule, number: str, by: str, now: datetime) -> dict[str, Any] | None:
    line, tables = _due_line(one, now), dict[str, int]()
    while batch := list(one.due(now).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        with atomic():
            counts = retention.erase(one, batch)
            detail = {"rule": one.name, "records": len(batch), "tables": counts}
            audit.record(ERASED, by=by, subject=f"purge:{number}", detail=detail)
        for table, count in counts.items():
            tables[table] = tables.get(table, 0) + count
    return {**line.as_json(), "tables": tables} if tables else None


def is_over(period: str, today: date) -> bool:
    """Whether what a period's key opens is erased now, wherever a copy of it lies."""
    start, _colon, day = period.partition(":")
    if f"{start}:" == DUE:
        return date.fromisoformat(day) <= today
    return date.fromisoformat(day) + timedelta(days=settings.BULOU_BACKUP_DAYS) <= today


def forget_old_seals(today: date) -> list[int]:
    """Destroy retired seal keys that no row and no backup needs any more."""
    last = today - timedelta(days=settings.BULOU_BACKUP_DAYS)
    old = {version for version, day in keyring.keys().retired.items() if date.fromisoformat(day) <= last}
    gone = old - left_behind() if old else set()
    if gone:
        keyring.forget_seals(gone)
    return sorted(gone)


def checksum(proof: dict[str, Any]) -> str:
    """SHA-256 over a proof without its checksum."""
    content = {name: value for name, value in proof.items() if name != "checksum"}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def proofs() -> list[dict[str, Any]]:
    """Every proof in the audit chain, the latest first."""
    return [line.detail for line in AuditLine.objects.filter(action=PURGED).order_by("-seq")]


def _clean(tables: list[str], rebuild: bool) -> str:
    """Have the database let go of what was deleted; what it did."""
    if is_postgres():
        full = "FULL " if rebuild else ""
        for table in sorted(set(tables)):
            run(f"VACUUM {full}{table}")
        return f"VACUUM {full}".strip() if tables else ""
    if rebuild:
        run("VACUUM")
    _truncate_wal()
    return "VACUUM, WAL truncated" if rebuild else "secure_delete, WAL truncated"


def let_go(table: str) -> None:
    """Have the database let go of what stood in a table before: outside of a transaction only."""
    if connection.in_atomic_block:
        return
    if is_postgres():
        run(f"VACUUM FULL {table}")
    _truncate_wal()


def _truncate_wal() -> None:
    """Empty SQLite's log: pages of before the erasure stand in it."""
    if not is_postgres() and not connection.in_atomic_block:
        scalar("PRAGMA wal_checkpoint(TRUNCATE)")

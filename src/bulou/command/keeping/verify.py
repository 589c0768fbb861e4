"""Verify: whether everything that is kept is still what was put in. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from bulou.kernel import audit, keyring, lookups, seal
from bulou.kernel.backup.load import digest_of
from bulou.kernel.backup.rows import backed_up
from bulou.kernel.database import is_postgres, rows
from bulou.kernel.events import NewEvent
from bulou.kernel.models import AuditLine, Event, EventKind
from bulou.kernel.privacy import bulou_models
from bulou.kernel.problems import BulouError
from bulou.kernel.retention import ERASED_DATA
from bulou.kernel.sealing import sealed_columns
from bulou.obligations.reconcile import reconcile
from bulou.people import rekeying
from bulou.people.models import Person

MOST_NAMED = 20


@dataclass(frozen=True)
class Check:
    """One check: what it counted, and what is wrong (the first of it, by number)."""

    name: str
    counted: int
    wrong: tuple[str, ...] = ()

    @property
    def well(self) -> bool:
        return not self.wrong

    @property
    def says(self) -> str:
        if self.well:
            return _("完好({count})").format(count=self.counted)
        return _("有问题:{what}").format(what="; ".join(self.wrong[:MOST_NAMED]))

    def as_json(self) -> dict[str, Any]:
        return {"check": self.name, "well": self.well, "counted": self.counted, "wrong": list(self.wrong)}


def verify(*, books: bool = True) -> list[Check]:
    """Every check; `books` recomputes them, which takes longest."""
    return [check() for check in CHECKS if books or check is not _books]


def _file() -> Check:
    """SQLite's own look at its file."""
    if is_postgres():
        return Check("file", 0)
    said = [line for (line,) in rows("PRAGMA quick_check") if line != "ok"]
    return Check("file", 1, tuple(said))


def _schema() -> Check:
    """Migrations all there, and each constraint and guard that they made."""
    executor = MigrationExecutor(connection)
    behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
    wrong = [f"migration {one}" for one, _backwards in behind]
    count = 0
    with connection.cursor() as cursor:
        for model in bulou_models():
            there = connection.introspection.get_constraints(cursor, model._meta.db_table)
            wanted = {one.name for one in (*model._meta.constraints, *model._meta.indexes)}
            count += len(wanted)
            wrong += [f"{model._meta.db_table}: {name}" for name in sorted(wanted - there.keys())]
    wrong += [f"trigger {name}" for name in sorted(GUARDS[connection.vendor] - _triggers())]
    return Check("schema", count, tuple(wrong))


GUARDS = {
    "sqlite": {f"{t}_no_{v}" for t in ("kernel_event", "kernel_auditline") for v in ("update", "delete")},
    "postgresql": {
        f"{t}_{v}" for t in ("kernel_event", "kernel_auditline") for v in ("append_only", "no_truncate")
    },
}
"""The triggers that keep the ledger and the audit chain from being changed."""


def _triggers() -> set[str]:
    if is_postgres():
        return {name for (name,) in rows("SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'")}
    return {name for (name,) in rows("SELECT name FROM sqlite_master WHERE type = 'trigger'")}


def _audit() -> Check:
    broken = audit.broken_at()
    return Check("audit", AuditLine.objects.count(), () if broken is None else (str(broken),))


def _events() -> Check:
    """Each event's digest is made anew from what it says; an erased one says nothing to make it from."""
    kinds = dict(EventKind.objects.values_list("pk", "name"))
    count, wrong = 0, []
    for event in Event.objects.order_by("seq").iterator(chunk_size=5_000):
        count += 1
        if event.data != ERASED_DATA and bytes(event.digest) not in _digests(event, kinds[event.kind_id]):
            wrong.append(str(event.seq))
    return Check("events", count, tuple(wrong))


def _digests(event: Event, kind: str) -> tuple[bytes, bytes]:
    """What an event's digest may be: of its content, or (set statements that carry no data) its id."""
    told = NewEvent(
        kind=kind,
        subject=event.subject,
        place=event.place,
        actor=event.actor,
        happened_at=event.happened_at,
        data=event.data,
        window=event.window,
        corrects=event.corrects,
        id=event.id,
        received_at=event.received_at,
    )
    return told.digest(), event.id.bytes


def _sealed() -> Check:
    """Every sealed blob opens with the keys that are here."""
    count, wrong = 0, []
    for model, column in sealed_columns():
        found = model._base_manager.filter(**{f"{column}__isnull": False}).values_list("pk", column)
        for pk, sealed in found.iterator(chunk_size=5_000):
            count += 1
            try:
                seal.unseal(sealed)
            except BulouError:
                wrong.append(f"{model._meta.db_table} {pk}")
    return Check("sealed", count, tuple(wrong))


def _look_ups() -> Check:
    """Everybody is found by what is sealed of them, under the keys that are here."""
    ring, there = keyring.keys(), lookups.layers_here()
    here = len(ring.layers)
    wrong = [f"layers {here} / {there}"] if here != there else []
    count = 0
    for person in Person.objects.exclude(sealed=b"").iterator(chunk_size=5_000):
        count += 1
        try:
            wrong += [f"person {person.pk}"] if rekeying.differs(person) else []
        except BulouError:  # told by the check of what is sealed
            continue
    return Check("lookups", count, tuple(wrong))


def _references() -> Check:
    """Nothing points at a row that is not there, whether or not the database watches that."""
    count, wrong = 0, []
    for model in bulou_models():
        for one in model._meta.concrete_fields:
            if isinstance(one, models.ForeignKey):
                count += 1
                wrong += list(_dangling(model, one))
    return Check("references", count, tuple(wrong))


def _dangling(model: type[models.Model], one: models.ForeignKey) -> Iterator[str]:
    table, target = model._meta.db_table, one.related_model._meta.db_table
    pointed = one.target_field.column
    found = rows(
        f"SELECT a.{one.column}, count(*) FROM {table} a WHERE a.{one.column} IS NOT NULL AND NOT EXISTS "
        f"(SELECT 1 FROM {target} b WHERE b.{pointed} = a.{one.column}) GROUP BY a.{one.column} "
        f"ORDER BY a.{one.column} LIMIT {MOST_NAMED}"
    )
    yield from (f"{table}.{one.column} = {value} ({times})" for value, times in found)


def _books() -> Check:
    """The books, recomputed. Reconcile may write down windows in which nobody owed; that is taken back."""
    with transaction.atomic():
        found = reconcile()
        transaction.set_rollback(True)
    return Check("books", 1, tuple(f"{one.kind} {one.what} {one.subject}" for one in found))


CHECKS: tuple[Callable[[], Check], ...] = (
    _file,
    _schema,
    _audit,
    _events,
    _sealed,
    _look_ups,
    _references,
    _books,
)


def digests() -> dict[str, str]:
    """A digest of each table, equal between databases that hold the same."""
    return {model._meta.db_table: digest_of(model).hex for model in backed_up()}

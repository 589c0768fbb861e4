"""The ledger's verbs: append events exactly once, and read them back.

An id seen before with the same content is `identical` (a replay, harmless); with other content it is
`refused`, and what stands stays.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from bulou.kernel import clock
from bulou.kernel.database import among, atomic, insert_rows, lock_for_order, rows, scalar, uuid_storer
from bulou.kernel.fields import to_micros
from bulou.kernel.ids import uuid7
from bulou.kernel.models import EventKind
from bulou.kernel.numbered import Numbered
from bulou.kernel.problems import problem

ID_REUSED = problem(
    "id-reused",
    _("编号 {id} 已经用于另一条内容不同的记录:请用新的编号重新提交。"),
    status=409,
)

DECLARED: set[str] = set()


class Status(StrEnum):
    """What became of an event that was handed in."""

    NEW = "new"
    IDENTICAL = "identical"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class NewEvent:
    """An event to append. `happened_at` is the source's clock, `received_at` ours."""

    kind: str
    subject: int
    place: str
    actor: str
    happened_at: datetime
    data: dict[str, Any] = field(default_factory=dict)
    window: str = ""
    corrects: uuid.UUID | None = None
    id: uuid.UUID = field(default_factory=uuid7)
    received_at: datetime = field(default_factory=clock.now)

    def digest(self) -> bytes:
        """What makes two events with one id the same event."""
        content = [
            self.kind,
            self.subject,
            to_micros(self.happened_at),
            self.window,
            str(self.corrects or ""),
            self.data,
        ]
        return hashlib.blake2b(_canonical(content).encode(), digest_size=16).digest()


_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
_plain = json.JSONEncoder().encode


def declare(name: str) -> str:
    """Make a kind of event known; `migrate` gives it its number."""
    DECLARED.add(name)
    return name


_kinds = Numbered(EventKind)
kind_id = _kinds.number
forget_kinds = _kinds.forget


def number_declared_kinds(**_: Any) -> None:
    """Give each declared kind its number (after `migrate`)."""
    _kinds.give(DECLARED)


Store = Callable[[uuid.UUID], uuid.UUID | str]

_COLUMNS = (
    *("id", "kind_id", "subject", "place", "actor", "happened_at", "received_at", "win", "corrects"),
    *("data", "digest"),
)


def append(events: Sequence[NewEvent]) -> list[Status]:
    """Append events in the order given, each exactly once; one status for each.

    Runs in the caller's transaction. An id taken with other content refuses that item only.
    """
    with atomic(savepoint=False):
        # While it is held nobody else appends, so what is not known now is new when it is written.
        lock_for_order("events")
        store = uuid_storer()
        known = _digests(events, store)
        digests = [event.digest() for event in events]
        statuses = [_status(event.id, digest, known) for event, digest in zip(events, digests, strict=True)]
        # A list, because `kind_id` may itself ask the database, which is busy while a generator feeds it.
        new = [
            _values(event, digest, store)
            for event, digest, status in zip(events, digests, statuses, strict=True)
            if status is Status.NEW
        ]
        insert_rows("kernel_event", _COLUMNS, new)
    return statuses


def newest_seq() -> int:
    """The sequence number of the event received last, held so until the caller's transaction ends."""
    lock_for_order("events")
    return int(scalar("SELECT coalesce(max(seq), 0) FROM kernel_event"))


def record(event: NewEvent) -> NewEvent:
    """Append one event that must be new. Raises `id-reused`."""
    if append([event]) != [Status.NEW]:
        raise ID_REUSED.error(id=event.id)
    return event


def _digests(events: Sequence[NewEvent], store: Store) -> dict[uuid.UUID, bytes]:
    condition, ids = among("id", [store(event.id) for event in events])
    found = rows(f"SELECT id, digest FROM kernel_event WHERE {condition}", [ids])
    return {id if isinstance(id, uuid.UUID) else uuid.UUID(id): bytes(digest) for id, digest in found}


def _status(id: uuid.UUID, digest: bytes, known: dict[uuid.UUID, bytes]) -> Status:
    if id not in known:
        known[id] = digest
        return Status.NEW
    return Status.IDENTICAL if known[id] == digest else Status.REFUSED


def _values(event: NewEvent, digest: bytes, store: Store) -> tuple[Any, ...]:
    return (
        store(event.id),
        kind_id(event.kind),
        event.subject,
        event.place,
        event.actor,
        to_micros(event.happened_at),
        to_micros(event.received_at),
        event.window,
        store(event.corrects) if event.corrects else None,
        _plain(event.data),
        digest,
    )

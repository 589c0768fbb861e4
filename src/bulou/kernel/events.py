"""The ledger's verbs: append events exactly once, and read them back.

An id seen before with the same content is `identical` (a replay, harmless); with other content it is
`refused`, and what stands stays.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from bulou.kernel import clock
from bulou.kernel.database import atomic, lock_for_order, run_many, scalar
from bulou.kernel.fields import to_micros
from bulou.kernel.ids import uuid7
from bulou.kernel.models import Event, EventKind
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
        return hashlib.blake2b(
            json.dumps(content, sort_keys=True, separators=(",", ":")).encode(),
            digest_size=16,
        ).digest()


def declare(name: str) -> str:
    """Make a kind of event known; `migrate` gives it its number."""
    DECLARED.add(name)
    return name


_numbers: dict[str, int] = {}
_unsure: set[str] = set()


def kind_id(name: str) -> int:
    """The number of a kind of event.

    A number given in a transaction that may still be undone is not remembered before it is committed.
    """
    number = _numbers.get(name)
    if number is None:
        kind, made = EventKind.objects.get_or_create(name=name)
        number = kind.pk
        if made:
            _unsure.add(name)
            transaction.on_commit(lambda: _unsure.discard(name))
        elif name not in _unsure:
            _numbers[name] = number
    return number


def number_declared_kinds(**_: Any) -> None:
    """Give each declared kind its number (after `migrate`)."""
    _numbers.clear()
    EventKind.objects.bulk_create((EventKind(name=name) for name in sorted(DECLARED)), ignore_conflicts=True)


_COLUMNS = "id, kind_id, subject, place, actor, happened_at, received_at, win, corrects, data, digest"
_INSERT = (
    f"INSERT INTO kernel_event ({_COLUMNS}) VALUES ({', '.join(['%s'] * 11)}) ON CONFLICT (id) DO NOTHING"
)


def append(events: Sequence[NewEvent]) -> list[Status]:
    """Append events in the order given, each exactly once; one status for each.

    Runs in the caller's transaction. An id taken with other content refuses that item only.
    """
    with atomic():
        lock_for_order("events")
        known = _digests(events)
        statuses = [_status(event, known) for event in events]
        # A list, because `_values` may itself ask the database, which is busy while a generator feeds it.
        new = [event for event, status in zip(events, statuses, strict=True) if status is Status.NEW]
        run_many(_INSERT, [_values(event) for event in new])
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


def _digests(events: Sequence[NewEvent]) -> dict[uuid.UUID, bytes]:
    found = Event.objects.filter(id__in=[event.id for event in events]).values_list("id", "digest")
    return {id: bytes(digest) for id, digest in found}


def _status(event: NewEvent, known: dict[uuid.UUID, bytes]) -> Status:
    digest = event.digest()
    if event.id not in known:
        known[event.id] = digest
        return Status.NEW
    return Status.IDENTICAL if known[event.id] == digest else Status.REFUSED


def _values(event: NewEvent) -> tuple[Any, ...]:
    to_db = Event._meta.get_field("id").get_db_prep_value
    return (
        to_db(event.id, connection),
        kind_id(event.kind),
        event.subject,
        event.place,
        event.actor,
        to_micros(event.happened_at),
        to_micros(event.received_at),
        event.window,
        to_db(event.corrects, connection),
        json.dumps(event.data),
        event.digest(),
    )

"""How this room writes to the ledger: events, the cases they change, those who hear, the books."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from bulou.facts import hearers
from bulou.facts.base import Fact
from bulou.kernel import clock, events
from bulou.kernel.database import atomic
from bulou.kernel.events import ID_REUSED, NewEvent, Status
from bulou.monitoring.case_kinds import CHANGES
from bulou.monitoring.models import Case

AT_ONCE = 5_000
"""How many ids one query is asked about; SQLite takes at most 32,766 parameters."""

Item = TypeVar("Item")


def in_parts(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """A long sequence in parts that one query can take."""
    return (items[start : start + AT_ONCE] for start in range(0, len(items), AT_ONCE))


def event_of(
    case: Case,
    fact: Fact,
    *,
    by: str,
    happened_at: datetime | None = None,
    window: str = "",
    corrects: UUID | None = None,
) -> NewEvent:
    """The event of a fact about a case."""
    return NewEvent(
        kind=fact.kind,
        subject=case.pk,
        place=case.place,
        actor=by,
        happened_at=happened_at or clock.now(),
        window=window,
        corrects=corrects,
        data=fact.to_data(),
    )


def append(new: Sequence[NewEvent]) -> None:
    """Append events that must be new, mark the cases that they change, tell who hears, let the books follow.

    Runs in the caller's transaction. Raises `id-reused`.
    """
    if not new:
        return
    with atomic():
        before = events.newest_seq()
        for part in in_parts(new):
            for event, status in zip(part, events.append(part), strict=True):
                if status is not Status.NEW:
                    raise ID_REUSED.error(id=event.id)
        mark_changed(sorted({event.subject for event in new if event.kind in CHANGES}))
        hearers.tell(new)
        hearers.told({event.kind for event in new}, before)


def mark_changed(cases: Sequence[int]) -> None:
    """Note with cases that events received by now changed what they owe."""
    for part in in_parts(cases):
        Case.objects.filter(pk__in=part).update(changed_seq=events.newest_seq())

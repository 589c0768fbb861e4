"""How this room writes to the ledger: events, the cases they change, those who hear, the books."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from bulou.facts import hearers
from bulou.facts.base import Fact
from bulou.kernel import clock, events
from bulou.kernel.database import atomic, in_parts
from bulou.kernel.events import ID_REUSED, NewEvent, Status
from bulou.monitoring.case_kinds import CHANGES
from bulou.monitoring.models import Case


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

"""How this room writes to the ledger: events, those who hear, the books."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bulou.arrivals.models import Journey
from bulou.facts import hearers
from bulou.facts.arrivals import JourneyFact
from bulou.facts.base import Fact
from bulou.kernel import clock, events
from bulou.kernel.database import atomic, in_parts
from bulou.kernel.events import ID_REUSED, NewEvent, Status
from bulou.places import codes
from bulou.places.models import Level

GRID = codes.WIDTHS[Level.GRID]


def event_of(
    fact: Fact, subject: int, place: str, *, by: str, happened_at: datetime | None = None
) -> NewEvent:
    """The event of a fact about a subject of this room."""
    return NewEvent(
        kind=fact.kind,
        subject=subject,
        place=place,
        actor=by,
        happened_at=happened_at or clock.now(),
        data=fact.to_data(),
    )


def of_part(
    fact: Fact, subject: int, journey: str, *, by: str, happened_at: datetime | None = None
) -> NewEvent:
    """The event of a fact about a hand-over or a break: it names the grid of the journey's place, no door."""
    return event_of(fact, subject, journey[:GRID], by=by, happened_at=happened_at)


def of_journey(
    journey: Journey, fact: JourneyFact, *, by: str, happened_at: datetime | None = None
) -> NewEvent:
    """The event of a fact about a journey."""
    return event_of(fact, journey.pk, journey.place, by=by, happened_at=happened_at)


def append(new: Sequence[NewEvent]) -> None:
    """Append events that must be new, tell who hears, let the books follow. Raises `id-reused`.

    Runs in the caller's transaction.
    """
    if not new:
        return
    with atomic():
        before = events.newest_seq()
        for part in in_parts(new):
            for event, status in zip(part, events.append(part), strict=True):
                if status is not Status.NEW:
                    raise ID_REUSED.error(id=event.id)
        hearers.tell(new)
        hearers.told({event.kind for event in new}, before)


def next_seq() -> int:
    """The number that the next event gets: what it changes is marked with it, in its transaction."""
    return events.newest_seq() + 1

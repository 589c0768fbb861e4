"""A death of somebody on the register ends their journey, at the moment of the death."""

from __future__ import annotations

from collections.abc import Sequence

from bulou.arrivals import actions
from bulou.arrivals.models import Handover, Journey
from bulou.facts.arrivals import JourneyEnd
from bulou.kernel import clock
from bulou.kernel.events import NewEvent


def hear_died(told: Sequence[NewEvent]) -> None:
    """End the open journeys of the dead; who took them afterwards had them until then."""
    now = clock.now()
    for event in told:
        for journey in Journey.objects.filter(person=event.subject, ended_at__isnull=True):
            taken = Handover.objects.filter(journey=journey, took_at__isnull=False).order_by("took_at").last()
            at = min(event.happened_at, now)
            if taken is not None and taken.took_at is not None:
                at = max(at, taken.took_at)
            actions.end(journey=journey, reason=JourneyEnd.DIED, by=event.actor, at=at)

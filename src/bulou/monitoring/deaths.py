"""A death of somebody on the register ends what is owed because of the stay, at the moment of the death."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from bulou.facts.monitoring import EndReason
from bulou.kernel import clock
from bulou.kernel.events import NewEvent
from bulou.monitoring import actions
from bulou.monitoring.models import Case


def hear_died(events: Sequence[NewEvent]) -> None:
    """End the stays of the dead that had begun, and had not ended, when they died."""
    now = clock.now()
    for event in events:
        at = min(event.happened_at, now)
        running = Case.objects.filter(
            Q(ended_at__isnull=True), person=event.subject, starts_at__lte=at, ends_at__gt=at
        )
        for case in running.order_by("pk"):
            actions.end(case=case, reason=EndReason.DIED, by=event.actor, at=at)

"""What others tell of stays, and what time alone ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bulou.arrivals import custody, ledger
from bulou.arrivals.models import Journey, Stay
from bulou.arrivals.stays import keeping
from bulou.arrivals.stays.telling import BY
from bulou.facts import arrivals as facts
from bulou.facts.stays import HomeStayReleased, HomeStayResumed
from bulou.kernel import clock
from bulou.kernel.database import atomic
from bulou.kernel.events import NewEvent
from bulou.kernel.jobs import Tell, job


def hear_released(told: Sequence[NewEvent]) -> None:
    """Home monitoring released somebody: their stay is over."""
    for event in told:
        fact = HomeStayReleased.model_validate(event.data)
        Stay.objects.filter(uid=fact.stay).update(released_at=event.happened_at)
    keeping.settle(sorted({event.subject for event in told}))


def hear_resumed(told: Sequence[NewEvent]) -> None:
    """A release was recorded by mistake: the stay goes on, and with it the journey."""
    for event in told:
        fact = HomeStayResumed.model_validate(event.data)
        Stay.objects.filter(uid=fact.stay).update(released_at=None)
    journeys = sorted({event.subject for event in told})
    _reopen(journeys)
    keeping.settle(journeys)


def _reopen(journeys: Sequence[int]) -> None:
    """Journeys that had ended with their release go on."""
    ended = list(Journey.objects.filter(pk__in=journeys, end_reason=facts.JourneyEnd.RELEASED))
    seq = ledger.next_seq()
    for journey in ended:
        journey.ended_at, journey.end_reason, journey.changed_seq = None, "", seq
    Journey.objects.bulk_update(ended, ["ended_at", "end_reason", "changed_seq"])
    ledger.append([ledger.of_journey(one, facts.Reopened(), by=BY) for one in ended])
    custody.amount_to([one.pk for one in ended], seq)


@job("arrivals.stays", every=timedelta(minutes=10))
def close(_args: dict[str, Any], _tell: Tell) -> dict[str, Any]:
    """Close what is over by its term. When it runs changes nothing of when it was over."""
    now = clock.now()
    with atomic():
        return {"changed": keeping.settle(keeping.overdue(now), now)}

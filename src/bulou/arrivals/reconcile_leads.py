"""Whether leads are what the ledger says: it reads events only, and goes through them one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from bulou.arrivals.models import Lead
from bulou.facts import leads as facts
from bulou.kernel.events import kind_id
from bulou.kernel.models import Event
from bulou.obligations.reconcile import Difference


class Told(NamedTuple):
    """What events say of a lead."""

    received: datetime | None = None
    answered: datetime | None = None
    outcome: str = ""
    missing: datetime | None = None
    settled: datetime | None = None
    withdrawn: datetime | None = None


def leads() -> Iterator[Difference]:
    """Leads whose receipt, answers or end are not what their events say."""
    told = _told()
    for lead in Lead.objects.order_by("pk").iterator(chunk_size=2_000):
        stands = Told(
            lead.received_at,
            lead.answered_at,
            lead.outcome,
            lead.missing_since,
            lead.settled_at,
            lead.withdrawn_at,
        )
        said = told.pop(lead.pk, Told())
        if stands != said:
            yield Difference("arrivals.lead", "times", lead.pk, lead.received_at, str(stands), str(said))
    for number, one in told.items():
        yield Difference("arrivals.lead", "missing", number, one.received, "", str(one))


def _told() -> dict[int, Told]:
    kinds = (facts.LeadReceived, facts.LeadAnswered, facts.LeadSettled, facts.LeadWithdrawn)
    numbers = [kind_id(fact.kind) for fact in kinds]
    found: dict[int, Told] = {}
    events = Event.objects.filter(kind_id__in=numbers).select_related("kind").order_by("seq")
    for event in events.iterator(chunk_size=2_000):
        found[event.subject] = _with(found.get(event.subject, Told()), event)
    return found


def _with(told: Told, event: Event) -> Told:
    at = event.happened_at
    if event.kind.name == facts.LeadReceived.kind:
        return told._replace(received=at)
    if event.kind.name == facts.LeadSettled.kind:
        return told._replace(settled=at)
    if event.kind.name == facts.LeadWithdrawn.kind:
        return told._replace(withdrawn=at)
    outcome = event.data["outcome"]
    missing = told.missing or (at if outcome == facts.LeadOutcome.NOT_FOUND else None)
    return told._replace(answered=told.answered or at, outcome=outcome, missing=missing)

"""Checks at a point that a clinician answers: noted as soon as the check is in the ledger."""

from __future__ import annotations

from collections.abc import Sequence

from bulou.arrivals.models import Alert, Stay
from bulou.arrivals.obligations.points import AnswerAlert
from bulou.kernel import events
from bulou.kernel.events import NewEvent
from bulou.obligations.orders import Orders


def hear(told: Sequence[NewEvent]) -> None:
    """Note checks with fever or symptoms, and take back those that a correction replaces."""
    seq, orders = events.newest_seq(), Orders()
    corrected = {event.corrects: event.received_at for event in told if event.corrects}
    for number, at in corrected.items():
        Alert.objects.filter(event=number, voided_at__isnull=True).update(voided_at=at, changed_seq=seq)
    alarming = [event for event in told if orders.of(AnswerAlert.name, event.place).marks(event.data)]
    journeys = dict(
        Stay.objects.filter(pk__in={one.subject for one in alarming}).values_list("pk", "journey")
    )
    Alert.objects.bulk_create(
        [
            Alert(
                journey_id=journeys[event.subject],
                stay_id=event.subject,
                event=event.id,
                happened_at=event.happened_at,
                voided_at=corrected.get(event.id),
                changed_seq=seq,
            )
            for event in {(event.subject, event.happened_at): event for event in alarming}.values()
        ],
        update_conflicts=True,
        unique_fields=["stay", "happened_at"],
        update_fields=["event", "voided_at", "changed_seq"],
    )

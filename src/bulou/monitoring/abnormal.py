"""Abnormal reports: what a clinician must answer is noted as soon as the report is in the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F

from bulou.facts import monitoring as facts
from bulou.kernel.database import in_parts
from bulou.kernel.events import NewEvent
from bulou.kernel.models import Event
from bulou.monitoring.models import AbnormalReport
from bulou.monitoring.obligations import AbnormalFollowUp
from bulou.obligations.orders import Orders


def hear(events: Sequence[NewEvent]) -> None:
    """Note the abnormal reports among new health reports, and take back those that they correct."""
    orders = Orders()
    corrections = [event for event in events if event.corrects]
    found = [event for event in events if orders.of(AbnormalFollowUp.name, event.place).marks(event.data)]
    if not found and not corrections:
        return
    seqs = _seqs(event.id for event in (*found, *corrections))
    _take_back(corrections, seqs)
    voided = {event.corrects: event.received_at for event in events if event.corrects}
    _note(found, seqs, voided)


def hear_withdrawn(events: Sequence[NewEvent]) -> None:
    """Take back the abnormal reports among those that were entered by mistake: they never were."""
    seqs = _seqs(event.id for event in events)
    for event in events:
        AbnormalReport.objects.filter(event__in=[event.corrects], voided_at__isnull=True).update(
            voided_at=F("happened_at"), changed_seq=seqs[event.id]
        )


def _seqs(ids: Iterable[UUID]) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    for part in in_parts(list(ids)):
        found.update(Event.objects.filter(id__in=part).values_list("id", "seq"))
    return found


def _take_back(corrections: Sequence[NewEvent], seqs: Mapping[UUID, int]) -> None:
    for event in corrections:
        AbnormalReport.objects.filter(event__in=[event.corrects], voided_at__isnull=True).update(
            voided_at=event.received_at, changed_seq=seqs[event.id]
        )


def _note(found: Sequence[NewEvent], seqs: Mapping[UUID, int], voided: Mapping[UUID, datetime]) -> None:
    """One line for each case and time: a correction that is abnormal too keeps the line that stands."""
    AbnormalReport.objects.bulk_create(
        [
            AbnormalReport(
                case_id=event.subject,
                event=event.id,
                happened_at=event.happened_at,
                voided_at=voided.get(event.id),
                changed_seq=seqs[event.id],
            )
            for event in _last_of_each(found)
        ],
        batch_size=2_000,
        update_conflicts=True,
        unique_fields=["case", "happened_at"],
        update_fields=["event", "voided_at", "changed_seq"],
    )


def _last_of_each(found: Sequence[NewEvent]) -> Iterable[NewEvent]:
    """The last report of each case and time; a statement may not touch one line twice."""
    return {(event.subject, event.happened_at): event for event in found}.values()


KIND = facts.HealthReported.kind

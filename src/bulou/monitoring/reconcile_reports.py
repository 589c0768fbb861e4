"""Whether the abnormal reports are those that the health reports in the ledger make."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from bulou.facts.monitoring import HealthReported
from bulou.kernel.events import kind_id
from bulou.kernel.models import Event
from bulou.kernel.retention import ERASED_DATA
from bulou.monitoring.models import AbnormalReport
from bulou.monitoring.obligations import AbnormalFollowUp
from bulou.obligations import directives
from bulou.obligations.models import Directive
from bulou.obligations.orders import Orders
from bulou.obligations.reconcile import Difference

KIND = "monitoring.abnormal"


def reports() -> Iterator[Difference]:
    """Each line has its report and is void when that is; each abnormal report has its line."""
    void = set(Event.objects.filter(corrects__isnull=False).values_list("corrects", flat=True))
    lines = list(AbnormalReport.objects.values_list("event", "case_id", "happened_at", "voided_at"))
    told = {
        id: (subject, happened_at) for id, subject, happened_at in _told(event for event, *_rest in lines)
    }
    standing = {(case, at) for event, case, at, voided in lines if voided is None}
    for event, case, at, voided in lines:
        if told.get(event) != (case, at):
            yield Difference(KIND, "no such report", case, at, str(event), "")
        elif (voided is not None) != (event in void):
            yield Difference(KIND, "voided", case, at, str(voided or ""), str(event in void))
    yield from _missing(void, standing)


def _told(ids: Iterator[UUID]) -> Iterator[tuple[UUID, int, datetime]]:
    wanted = list(ids)
    reported = Event.objects.filter(kind_id=kind_id(HealthReported.kind))
    for start in range(0, len(wanted), 5_000):
        part = reported.filter(id__in=wanted[start : start + 5_000])
        yield from part.values_list("id", "subject", "happened_at")


def _missing(void: set[UUID | None], standing: set[tuple[int, datetime]]) -> Iterator[Difference]:
    then = OrdersThen()
    found = Event.objects.filter(kind_id=kind_id(HealthReported.kind)).order_by("seq")
    for event in found.iterator(chunk_size=5_000):
        # What was erased says no more whether it was abnormal.
        if event.data == ERASED_DATA or event.id in void or (event.subject, event.happened_at) in standing:
            continue
        if then.at(event.received_at).of(AbnormalFollowUp.name, event.place).marks(event.data):
            yield Difference(KIND, "missing", event.subject, event.happened_at, "", str(event.id))


class OrdersThen:
    """The orders of any instant; each span between two changes of a directive is read once."""

    def __init__(self) -> None:
        ours = Directive.objects.filter(kind_id=directives.kind_id(AbnormalFollowUp.name))
        times = ours.values_list("valid_from", "valid_until")
        self._changes = sorted({moment for span in times for moment in span if moment})
        self._known: dict[int, Orders] = {}

    def at(self, moment: datetime) -> Orders:
        span = bisect_right(self._changes, moment)
        if span not in self._known:
            self._known[span] = Orders(moment)
        return self._known[span]

"""Taking back a report that never was: its event corrects it and takes the place of nothing."""

from __future__ import annotations

from bulou.facts import hearers
from bulou.facts import monitoring as facts
from bulou.kernel import events
from bulou.kernel.database import atomic
from bulou.kernel.models import Event
from bulou.monitoring import ledger
from bulou.monitoring.models import Case


def take_back(*, case: Case, report: Event, by: str) -> None:
    """A health report was entered by mistake; what it met is judged again without it."""
    with atomic():
        before = events.newest_seq()
        ledger.append([ledger.event_of(case, facts.ReportWithdrawn(), by=by, corrects=report.id)])
        # The books look for corrections among the proofs of a kind that was told.
        hearers.told({facts.HealthReported.kind}, before)

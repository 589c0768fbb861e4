"""What is owed to and by people under home health monitoring: one class, one kind."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import F, Min, QuerySet
from django.utils.translation import gettext_lazy as _

from bulou.facts import monitoring as facts
from bulou.monitoring.models import Case, Seat
from bulou.monitoring.universe import (
    Universe,
    active,
    instant,
    owing,
)
from bulou.obligations.kinds import Daily, DailyKind, Kind, WindowSpan

FIVE_SEATS = (
    Seat.TOWNSHIP_CADRE.value,
    Seat.VILLAGE_CADRE.value,
    Seat.GRID_WORKER.value,
    Seat.DOCTOR.value,
    Seat.POLICE.value,
)
MOMENT = 1
"""The shortest span of time, in microseconds."""


class CaseKind(Kind, abstract=True):
    """Owed because of a case, from `first_moment` until the end of its term."""

    subject_type = "case"
    changed_by = frozenset(
        fact.kind for fact in (facts.Admitted, facts.TermChanged, facts.Moved, facts.Ended, facts.Released)
    )

    def owed_since(self, seq: int) -> datetime | None:
        changed = Case.objects.filter(changed_seq__gt=seq)
        earliest: datetime | None = changed.aggregate(earliest=Min("starts_at"))["earliest"]
        return earliest

    def endings(self, seq: int) -> QuerySet[Any, dict[str, Any]]:
        return (
            Case.objects.filter(changed_seq__gt=seq)
            .annotate(subject=F("pk"), excuse=F("end_reason"))
            .values("subject", "starts_at", "ends_at", "ended_at", "excuse")
        )


class DailyCaseKind(CaseKind, DailyKind, abstract=True):
    """Owed in each window that opens within the term and before what is owed ended."""

    def universe(self, window: WindowSpan, params: Daily) -> Universe:
        opens = instant(window.opens_at)
        return owing(
            active(window.opens_at),
            opens=opens,
            due=instant(window.due_at),
            owner=params.owner,
            seated=opens,
        )


class HealthReport(DailyCaseKind):
    """Everyone under home monitoring reports temperature and symptoms in each of the day's windows."""

    name, title = "monitoring.health_report", _("健康报告")
    proofs = (facts.HealthReported,)
    default: ClassVar = {
        "owner": Seat.DOCTOR.value,
        "windows": [["am", "06:00", "12:00"], ["pm", "12:00", "20:00"]],
    }


class DailyContact(DailyCaseKind):
    """One of the five seats speaks with the person once a day, by phone or at the door."""

    name, title = "monitoring.daily_contact", _("每日联系")
    proofs = (facts.Contacted,)
    default: ClassVar = {"owner": Seat.GRID_WORKER.value}


class Needs(DailyCaseKind):
    """Food, medicine and other needs are asked after every day."""

    name, title = "monitoring.needs", _("生活需求询问")
    proofs = (facts.NeedsChecked,)
    default: ClassVar = {"owner": Seat.GRID_WORKER.value}

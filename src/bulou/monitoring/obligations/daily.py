"""What is owed every day of a term: reports, contacts, needs."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from bulou.facts import monitoring as facts
from bulou.monitoring.case_kinds import DailyCaseKind
from bulou.monitoring.models import Seat


class HealthReport(DailyCaseKind):
    """Everyone under home monitoring reports temperature and symptoms in each of the day's windows."""

    name, title = "monitoring.health_report", _("健康报告")
    binds_residents = True
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

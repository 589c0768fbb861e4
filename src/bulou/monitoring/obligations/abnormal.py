"""Abnormal reports are answered by a clinician."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import F, Min, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bulou.facts import monitoring as facts
from bulou.kernel.moments import minutes, plus
from bulou.monitoring.case_kinds import ENDING_COLUMNS, CaseKind
from bulou.monitoring.models import AbnormalReport, CasePlace, Seat
from bulou.monitoring.universe import Universe, owing, stopped_by
from bulou.obligations.abnormal import AbnormalWithin
from bulou.obligations.kinds import OnceKind, WindowSpan
from bulou.people.models import Person

CORRECTED = "corrected"
"""The excuse of a follow-up whose abnormal report was taken back."""


class AbnormalFollowUp(CaseKind, OnceKind):
    """A clinician answers each abnormal report; one that a correction took back in time is excused."""

    name, title = "monitoring.abnormal_follow_up", _("异常随访")
    proofs = (facts.FollowedUp,)
    Params = AbnormalWithin
    ends_each = True
    changed_by = CaseKind.changed_by | {facts.HealthReported.kind}
    default: ClassVar = {"owner": Seat.DOCTOR.value, "minutes": 60, "temperature": 37.3, "symptoms": True}

    def universe(self, window: WindowSpan, params: AbnormalWithin) -> Universe:
        happened = F("happened")
        # Named before they are asked about: each further filter by a report would look at another report.
        who = (
            CasePlace.objects.filter(
                case__abnormal_reports__happened_at__gte=window.opens_at,
                case__abnormal_reports__happened_at__lt=window.closes_at,
            )
            .annotate(
                happened=F("case__abnormal_reports__happened_at"),
                voided=F("case__abnormal_reports__voided_at"),
            )
            .filter(case__starts_at__lte=happened, case__ends_at__gt=happened)
        )
        stops, excuse = stopped_by("case__", F("voided"), CORRECTED)
        return owing(
            who,
            opens=happened,
            due=plus(happened, minutes(params.minutes)),
            owner=params.owner,
            seated=happened,
            stops=stops,
            excuse=excuse,
        )

    def owed_since(self, seq: int) -> datetime | None:
        changed = AbnormalReport.objects.filter(Q(changed_seq__gt=seq) | Q(case__changed_seq__gt=seq))
        earliest: datetime | None = changed.aggregate(earliest=Min("happened_at"))["earliest"]
        return earliest

    def endings(self, seq: int) -> QuerySet[Any, dict[str, Any]]:
        report = "cases__abnormal_reports__"
        stops, excuse = stopped_by("cases__", F(f"{report}voided_at"), CORRECTED)
        return (
            Person.objects.filter(
                Q(cases__abnormal_reports__changed_seq__gt=seq) | Q(cases__changed_seq__gt=seq),
                cases__abnormal_reports__isnull=False,
            )
            .annotate(
                subject=F("cases__pk"),
                opens_at=F(f"{report}happened_at"),
                starts_at=F("cases__starts_at"),
                ends_at=F("cases__ends_at"),
                ended_at=stops,
                excuse=excuse,
            )
            .values("opens_at", *ENDING_COLUMNS)
        )

"""Whoever is named from above is found and answered for; who is not found is searched for until they are."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import CharField, F, Min, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from bulou.arrivals.models import Lead
from bulou.arrivals.obligations.base import DESK, ENDING_COLUMNS, NOT_YET, ArrivalKind, Universe, excused
from bulou.facts import leads as facts
from bulou.kernel.moments import minutes, plus
from bulou.obligations.kinds import UNIVERSE_COLUMNS, WindowSpan

WITHDRAWN = "withdrawn"
"""The excuse of a lead that was told by mistake, or taken back by whoever issued it."""


class LeadKind(ArrivalKind, abstract=True):
    """Something owed of a lead, once, from `since` on, until the lead is withdrawn."""

    subject_type = "lead"
    since: ClassVar[str]

    def due(self, params: Any) -> Any:
        """When it is due."""
        return plus(F(self.since), minutes(params.minutes))

    def universe(self, window: WindowSpan, params: Any) -> Universe:
        return (
            Lead.objects.filter(
                Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=F(self.since)),
                **{f"{self.since}__gte": window.opens_at, f"{self.since}__lt": window.closes_at},
            )
            .annotate(subject=F("pk"), post=F("desk_id"), opens_at=F(self.since), due_at=self.due(params))
            .annotate(**excused("withdrawn_at", Value(WITHDRAWN)))
            .values(*UNIVERSE_COLUMNS)
        )

    def owed_since(self, seq: int) -> datetime | None:
        changed = Lead.objects.filter(changed_seq__gt=seq)
        earliest: datetime | None = changed.aggregate(earliest=Min(self.since))["earliest"]
        return earliest

    def endings(self, seq: int) -> Universe:
        since = Coalesce(self.since, NOT_YET)
        return (
            Lead.objects.filter(changed_seq__gt=seq)
            .annotate(
                subject=F("pk"),
                starts_at=since,
                ends_at=plus(since, 1),
                ended_at=F("withdrawn_at"),
                excuse=Value(WITHDRAWN, CharField()),
            )
            .values(*ENDING_COLUMNS)
        )


class Find(LeadKind):
    """A lead is answered within the hours of its list: found, elsewhere, not ours, or not found."""

    name, title = "arrivals.lead", _("协查核查答复")
    proofs = (facts.LeadAnswered,)
    changed_by = frozenset({facts.LeadReceived.kind, facts.LeadWithdrawn.kind})
    default: ClassVar = {"owner": DESK, "minutes": 720}
    since = "received_at"

    def due(self, params: Any) -> Any:
        return Coalesce("deadline", super().due(params))


class Search(LeadKind):
    """Whoever was not found stays somebody's: the search goes on until it is settled."""

    name, title = "arrivals.lead_search", _("协查未找到人员继续查找")
    proofs = (facts.LeadSettled,)
    changed_by = frozenset({facts.LeadAnswered.kind, facts.LeadWithdrawn.kind})
    default: ClassVar = {"owner": DESK, "minutes": 1440}
    since = "missing_since"

"""What a person's history means is decided by somebody entitled."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Case, CharField, F, Min, Q, Value, When
from django.db.models.functions import Coalesce, Left
from django.utils.translation import gettext_lazy as _

from bulou.arrivals import exposure
from bulou.arrivals.ledger import GRID
from bulou.arrivals.measures import DecidedWithin, rule
from bulou.arrivals.models import Proposal
from bulou.arrivals.obligations.base import DESK, ENDING_COLUMNS, ArrivalKind, Universe, excused
from bulou.facts import arrivals as facts
from bulou.kernel.moments import minutes, plus
from bulou.obligations.kinds import UNIVERSE_COLUMNS, WindowSpan

SUPERSEDED = "superseded"
"""The excuse of a question that a changed area, or a visit heard of later, has asked anew."""

_STOPS = Coalesce("superseded_at", "journey__ended_at")
_WHY = Case(
    When(superseded_at__isnull=False, then=Value(SUPERSEDED)),
    default=F("journey__end_reason"),
    output_field=CharField(),
)


class Decide(ArrivalKind):
    """Somebody entitled decides what a person's history means, on evidence; nothing decides itself."""

    name, title = exposure.KIND, _("返乡人员定级")
    subject_type = "proposal"
    proofs = (facts.Decided,)
    Params = DecidedWithin
    changed_by = frozenset(
        {facts.Registered.kind, facts.AreaChanged.kind, facts.JourneyEnded.kind, facts.Reopened.kind}
    )
    # The values of Shanxi from 21 March 2022 (domain.md §2): there "+N" is the number of tests.
    default: ClassVar = {
        "owner": DESK,
        "minutes": 240,
        "look_back": 14,
        "rules": [
            rule("high", "14+7", "central", 14, (1, 3, 5, 7, 10, 12, 14), 7),
            rule("medium", "14+7", "central", 14, (1, 3, 5, 7, 10, 12, 14), 7),
            rule("same_county", "14+7", "home", 14, (1, 3, 5, 7, 10, 12, 14), 0),
            rule("cases", "7+5", "home", 7, (1, 2, 3, 5, 7), 0),
            rule("same_prefecture", "72小时2检", "none", 0, (1, 3), 0),
            rule("none", "落地检", "none", 0, (1,), 0),
        ],
    }

    def universe(self, window: WindowSpan, params: Any) -> Universe:
        return (
            Proposal.objects.annotate(stops=_STOPS)
            .filter(
                Q(stops__isnull=True) | Q(stops__gt=F("made_at")),
                made_at__gte=window.opens_at,
                made_at__lt=window.closes_at,
            )
            .annotate(
                subject=F("pk"),
                place=Left("journey__place", GRID),
                post=F("journey__desk_id"),
                opens_at=F("made_at"),
                due_at=plus(F("made_at"), minutes(params.minutes)),
            )
            .annotate(**excused("stops", _WHY))
            .values(*UNIVERSE_COLUMNS)
        )

    def owed_since(self, seq: int) -> datetime | None:
        changed = Proposal.objects.filter(Q(changed_seq__gt=seq) | Q(journey__changed_seq__gt=seq))
        earliest: datetime | None = changed.aggregate(earliest=Min("made_at"))["earliest"]
        return earliest

    def endings(self, seq: int) -> Universe:
        return (
            Proposal.objects.filter(Q(changed_seq__gt=seq) | Q(journey__changed_seq__gt=seq))
            .annotate(
                subject=F("pk"),
                starts_at=F("made_at"),
                ends_at=plus(F("made_at"), 1),
                ended_at=_STOPS,
                excuse=_WHY,
            )
            .values(*ENDING_COLUMNS)
        )

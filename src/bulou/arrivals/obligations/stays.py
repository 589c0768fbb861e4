"""What was decided is carried out: in time, where it says, with its tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import F, Min, Q
from django.db.models.functions import Coalesce, Left
from django.utils.translation import gettext_lazy as _

from bulou.arrivals.ledger import GRID
from bulou.arrivals.models import Stay
from bulou.arrivals.obligations.base import DESK, ENDING_COLUMNS, NOT_YET, ArrivalKind, Universe, excused
from bulou.facts import arrivals as facts
from bulou.kernel.moments import minutes, plus
from bulou.obligations.kinds import UNIVERSE_COLUMNS, WindowSpan


class Placed(ArrivalKind):
    """Somebody about whom it was decided comes into hands that keep them where the decision says."""

    name, title = "arrivals.placed", _("管控措施落实")
    subject_type = "stay"
    proofs = (facts.StayBegun,)
    changed_by = frozenset({facts.StayPlanned.kind})
    default: ClassVar = {"owner": DESK, "minutes": 720}

    def universe(self, window: WindowSpan, params: Any) -> Universe:
        return (
            Stay.objects.filter(
                Q(over_at__isnull=True) | Q(begun_at__isnull=False) | Q(over_at__gt=F("due_from")),
                due_from__gte=window.opens_at,
                due_from__lt=window.closes_at,
            )
            .annotate(
                subject=F("pk"),
                place=Left("journey__place", GRID),
                post=F("journey__desk_id"),
                opens_at=F("due_from"),
                due_at=plus(F("due_from"), minutes(params.minutes)),
            )
            .annotate(**excused("over_at", F("over_reason")))
            .values(*UNIVERSE_COLUMNS)
        )

    def owed_since(self, seq: int) -> datetime | None:
        changed = Stay.objects.filter(changed_seq__gt=seq)
        earliest: datetime | None = changed.aggregate(earliest=Min("due_from"))["earliest"]
        return earliest

    def endings(self, seq: int) -> Universe:
        return (
            Stay.objects.filter(changed_seq__gt=seq)
            .annotate(
                subject=F("pk"),
                # What turned out never to have been, or waits in hospital, is owed at no time.
                starts_at=Coalesce("due_from", NOT_YET),
                ends_at=plus(Coalesce("due_from", NOT_YET), 1),
                ended_at=F("over_at"),
                excuse=F("over_reason"),
            )
            .values(*ENDING_COLUMNS)
        )

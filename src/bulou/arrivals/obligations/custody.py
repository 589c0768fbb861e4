"""Each change of hands is said by both sides, and a break is explained."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import CharField, F, Min, Q, Value
from django.db.models.functions import Coalesce, Left
from django.utils.translation import gettext_lazy as _

from bulou.arrivals.ledger import GRID
from bulou.arrivals.models import Break, Handover
from bulou.arrivals.obligations.base import DESK, ENDING_COLUMNS, NOT_YET, ArrivalKind, Universe, excused
from bulou.facts import arrivals as facts
from bulou.kernel.moments import minutes, no_instant, plus
from bulou.obligations.kinds import UNIVERSE_COLUMNS, WindowSpan

MENDED = "mended"
"""The excuse of a break that a side which came in later shows to be none."""


class SideKind(ArrivalKind, abstract=True):
    """The side that is missing of a hand-over is owed from the moment that the other side tells.

    `told` is the moment of the other side, `mine` the post that has still to speak.
    """

    subject_type = "handover"
    changed_by = frozenset({facts.Gave.kind, facts.Took.kind, facts.SideWithdrawn.kind})
    default: ClassVar = {"owner": DESK, "minutes": 30}
    told: ClassVar[str]
    mine: ClassVar[str]

    def universe(self, window: WindowSpan, params: Any) -> Universe:
        return (
            Handover.objects.filter(
                **{f"{self.told}__gte": window.opens_at, f"{self.told}__lt": window.closes_at}
            )
            .annotate(
                subject=F("pk"),
                place=Left("journey__place", GRID),
                post=Coalesce(f"{self.mine}_id", "journey__desk_id"),
                opens_at=F(self.told),
                due_at=plus(F(self.told), minutes(params.minutes)),
                excused_at=no_instant(),
                excuse=Value("", CharField()),
            )
            .values(*UNIVERSE_COLUMNS)
        )

    def owed_since(self, seq: int) -> datetime | None:
        changed = Handover.objects.filter(changed_seq__gt=seq)
        earliest: datetime | None = changed.aggregate(earliest=Min(self.told))["earliest"]
        return earliest

    def endings(self, seq: int) -> Universe:
        return (
            Handover.objects.filter(changed_seq__gt=seq)
            .annotate(
                subject=F("pk"),
                # What never was is owed at no time.
                starts_at=Coalesce(self.told, NOT_YET),
                ends_at=plus(Coalesce(self.told, NOT_YET), 1),
                ended_at=no_instant(),
                excuse=Value("", CharField()),
            )
            .values(*ENDING_COLUMNS)
        )


class Taking(SideKind):
    """Who was given a person says that they have them; between two hands nobody stays long."""

    name, title = "arrivals.taking", _("接收方确认")
    proofs = (facts.TakingKnown,)
    told, mine = "gave_at", "receiver"


class Giving(SideKind):
    """Whoever a person was taken from says that they gave them."""

    name, title = "arrivals.giving", _("交出方确认")
    proofs = (facts.GivingKnown,)
    told, mine = "took_at", "giver"


class ExplainBreak(ArrivalKind):
    """A break of custody is explained by the one who answers for it."""

    name, title = "arrivals.explain_break", _("说明脱节原因")
    subject_type = "custody_break"
    proofs = (facts.BreakExplained,)
    changed_by = frozenset({facts.BreakFound.kind, facts.BreakMended.kind})
    default: ClassVar = {"owner": DESK, "minutes": 240}

    def universe(self, window: WindowSpan, params: Any) -> Universe:
        return (
            Break.objects.filter(
                Q(mended_at__isnull=True) | Q(mended_at__gt=F("opens_at")),
                opens_at__gte=window.opens_at,
                opens_at__lt=window.closes_at,
            )
            .annotate(
                subject=F("pk"),
                place=Left("journey__place", GRID),
                post=F("owner_id"),
                due_at=plus(F("opens_at"), minutes(params.minutes)),
            )
            .annotate(**excused("mended_at", Value(MENDED)))
            .values(*UNIVERSE_COLUMNS)
        )

    def owed_since(self, seq: int) -> datetime | None:
        changed = Break.objects.filter(changed_seq__gt=seq)
        earliest: datetime | None = changed.aggregate(earliest=Min("opens_at"))["earliest"]
        return earliest

    def endings(self, seq: int) -> Universe:
        return (
            Break.objects.filter(changed_seq__gt=seq)
            .annotate(
                subject=F("pk"),
                starts_at=F("opens_at"),
                ends_at=plus(F("opens_at"), 1),
                ended_at=F("mended_at"),
                excuse=Value(MENDED, CharField()),
            )
            .values(*ENDING_COLUMNS)
        )

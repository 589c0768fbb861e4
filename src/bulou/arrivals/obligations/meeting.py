"""Whoever arrives is met."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import F, Min, Q
from django.utils.translation import gettext_lazy as _

from bulou.arrivals.models import Journey
from bulou.arrivals.obligations.base import DESK, ENDING_COLUMNS, ArrivalKind, Universe, excused
from bulou.facts import arrivals as facts
from bulou.kernel.moments import minutes, plus
from bulou.obligations.kinds import UNIVERSE_COLUMNS, WindowSpan, Within
from bulou.obligations.values import value
from bulou.people.models import Person
from bulou.places.roles import ROLES

TAKERS = ("station_desk", "driver", "pickup_desk", "isolation_point", "hospital")


@dataclass(frozen=True, kw_only=True)
class MetWithin(Within):
    """How soon after the arrival somebody takes the person, and whose posts may."""

    takers: tuple[str, ...] = value(
        _("谁可以第一手接人"),
        _("哪些岗位可以直接接到返乡人员;其他岗位(如村干部)先接的,记为“自行接返”,由乡镇说明。"),
        choices=tuple((role.code, role.title) for role in ROLES.values()),
        read_by=_("交接记录的判定"),
        default=TAKERS,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.takers or not set(self.takers) <= ROLES.keys():
            raise ValueError("takers")


class FirstHand(ArrivalKind):
    """Whoever arrives is taken by a post that the township sends, and by nobody in private (第一落点)."""

    name, title = "arrivals.first_hand", _("第一落点接到人")
    subject_type = "journey"
    proofs = (facts.Took,)
    Params = MetWithin
    changed_by = frozenset(
        fact.kind
        for fact in (
            facts.Registered,
            facts.Redated,
            facts.Redirected,
            facts.JourneyEnded,
            facts.Reopened,
        )
    )
    default: ClassVar = {"owner": DESK, "minutes": 120, "takers": list(TAKERS)}

    def universe(self, window: WindowSpan, params: Any) -> Universe:
        return (
            Journey.objects.filter(
                Q(ended_at__isnull=True) | Q(ended_at__gt=F("arrives_at")),
                arrives_at__gte=window.opens_at,
                arrives_at__lt=window.closes_at,
            )
            .annotate(
                subject=F("pk"),
                post=F("desk_id"),
                opens_at=F("arrives_at"),
                due_at=plus(F("arrives_at"), minutes(params.minutes)),
            )
            .annotate(**excused("ended_at", F("end_reason")))
            .values(*UNIVERSE_COLUMNS)
        )

    def owed_since(self, seq: int) -> datetime | None:
        changed = Journey.objects.filter(changed_seq__gt=seq)
        earliest: datetime | None = changed.aggregate(earliest=Min("arrives_at"))["earliest"]
        return earliest

    def endings(self, seq: int) -> Universe:
        # From the person's side, because a journey has fields of its own with the names that are asked for.
        return (
            Person.objects.filter(journeys__changed_seq__gt=seq)
            .annotate(
                subject=F("journeys__pk"),
                starts_at=F("journeys__arrives_at"),
                ends_at=plus(F("journeys__arrives_at"), 1),
                ended_at=F("journeys__ended_at"),
                excuse=F("journeys__end_reason"),
            )
            .values(*ENDING_COLUMNS)
        )

"""What is owed to people who come: one class, one kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Case, CharField, F, Min, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Left
from django.utils.translation import gettext_lazy as _

from bulou.arrivals import exposure
from bulou.arrivals.ledger import GRID
from bulou.arrivals.measures import DecidedWithin, rule
from bulou.arrivals.models import Break, Handover, Journey, Proposal
from bulou.facts import arrivals as facts
from bulou.kernel.fields import InstantField
from bulou.kernel.moments import minutes, no_instant, plus
from bulou.obligations.kinds import NEVER, UNIVERSE_COLUMNS, OnceKind, WindowSpan, Within
from bulou.obligations.values import value
from bulou.people.models import Person
from bulou.places.roles import ROLES

Universe = QuerySet[Any, dict[str, Any]]
ENDING_COLUMNS = ("subject", "starts_at", "ends_at", "ended_at", "excuse")
MENDED = "mended"
"""The excuse of a break that a side which came in later shows to be none."""

DESK = "pickup_desk"
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


def excused(stops: str, excuse: Combinable) -> dict[str, Combinable]:
    """The columns that say why a duty ended before it was due; `stops` is the instant that ended it."""
    early = Q(**{f"{stops}__lt": F("due_at")})
    return {
        "excused_at": Case(When(early, then=F(stops)), output_field=InstantField()),
        "excuse": Case(When(early, then=excuse), default=Value(""), output_field=CharField()),
    }


class ArrivalKind(OnceKind, abstract=True):
    """Owed once, from the moment that makes it owed; what was done shortly before counts too."""

    owners = tuple((role.code, role.title) for role in ROLES.values())
    early = True


SUPERSEDED = "superseded"
"""The excuse of a question that a changed area, or a visit heard of later, has asked anew."""

_STOPS = Coalesce("superseded_at", "journey__ended_at")
_WHY = Case(
    When(superseded_at__isnull=False, then=Value(SUPERSEDED)),
    default=F("journey__end_reason"),
    output_field=CharField(),
)


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
                starts_at=Coalesce(self.told, Value(NEVER, InstantField())),
                ends_at=plus(Coalesce(self.told, Value(NEVER, InstantField())), 1),
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

"""What is owed to people in central isolation, and the samples of all whom no other room tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    FilteredRelation,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest, Left
from django.utils.translation import gettext_lazy as _

from bulou.arrivals.ledger import GRID
from bulou.arrivals.models import Alert, PartTest, Stay, StayOver, Where
from bulou.arrivals.obligations.base import ENDING_COLUMNS, NOT_YET, Universe, excused
from bulou.facts import arrivals as facts
from bulou.kernel import clock
from bulou.kernel.fields import InstantField
from bulou.kernel.moments import DAY, as_instant, holds_at, instant, minutes, no_instant, plus, start_of_day
from bulou.obligations.abnormal import AbnormalWithin
from bulou.obligations.kinds import (
    UNIVERSE_COLUMNS,
    Daily,
    DailyKind,
    Kind,
    OnceKind,
    WindowSpan,
)
from bulou.places.roles import ROLES

POINT = "isolation_point"
TESTED_HERE = (Where.CENTRAL, Where.FREE)
"""Whose samples are owed here; at home the room that carries the stay out owes them."""
SERVED = (StayOver.SERVED, StayOver.RELEASED)
CORRECTED = "corrected"
"""The excuse of an answer whose alert was taken back."""


def held_at(moment: Combinable | datetime) -> FilteredRelation:
    """The stretch of the stay's journey at a moment: its post has the person then."""
    return FilteredRelation("journey__stretches", condition=holds_at(moment, "journey__stretches__"))


class PointKind(Kind, abstract=True):
    """Owed because of a stay, which is as a rule one in central isolation."""

    subject_type = "stay"
    owners = tuple((role.code, role.title) for role in ROLES.values())
    changed_by = frozenset({facts.StayPlanned.kind})
    default: ClassVar = {"owner": POINT}

    def owed_since(self, seq: int) -> datetime | None:
        changed = Stay.objects.filter(changed_seq__gt=seq, begun_at__isnull=False)
        earliest: datetime | None = changed.aggregate(earliest=Min(as_instant(self.starts())))["earliest"]
        return earliest

    def endings(self, seq: int) -> Universe:
        return (
            Stay.objects.filter(changed_seq__gt=seq)
            .annotate(
                subject=F("pk"),
                starts_at=self.starts(),
                ends_at=self.ends(),
                ended_at=F("over_at"),
                excuse=F("over_reason"),
            )
            .values(*ENDING_COLUMNS)
        )

    def starts(self) -> Combinable:
        """The first moment at which it may open; what never began opens at no time."""
        return Coalesce("begun_at", NOT_YET)

    def ends(self) -> Combinable:
        """The first moment at which it may open no longer."""
        return F("part__ends_at")


class DailyPointKind(PointKind, DailyKind, abstract=True):
    """Owed in each window of the day while the stay runs, by whoever has the person."""

    def universe(self, window: WindowSpan, params: Daily) -> Universe:
        return self.owing(self.at(window), window.opens_at, window.due_at)

    def at(self, window: WindowSpan) -> QuerySet[Stay, Stay]:
        """The stays that a window concerns."""
        return Stay.objects.filter(part__where=Where.CENTRAL, begun_at__lte=window.opens_at)

    def owing(self, stays: QuerySet[Stay, Stay], opens: datetime, due: datetime) -> Universe:
        """A row for each of these stays that runs at the opening."""
        return (
            stays.filter(Q(over_at__isnull=True) | Q(over_at__gt=opens), part__ends_at__gt=opens)
            .annotate(held=held_at(Greatest(instant(opens), F("begun_at"))))
            .annotate(
                subject=F("pk"),
                place=Left("journey__place", GRID),
                post=Coalesce("held__post_id", "journey__desk_id"),
                opens_at=instant(opens),
                due_at=instant(due),
            )
            .annotate(**excused("over_at", F("over_reason")))
            .values(*UNIVERSE_COLUMNS)
        )


class OncePointKind(PointKind, OnceKind, abstract=True):
    """Owed once, from the moment that makes it owed; what was done shortly before counts too."""

    early = True


class PointCheck(DailyPointKind):
    """Temperature and symptoms of everybody in central isolation, in each of the day's windows."""

    name, title = "arrivals.point_check", _("隔离点健康监测")
    proofs = (facts.PointChecked,)
    default: ClassVar = {
        "owner": POINT,
        "windows": [["am", "06:00", "12:00"], ["pm", "12:00", "20:00"]],
    }


class Meal(DailyPointKind):
    """Three meals a day are brought to each person's door."""

    name, title = "arrivals.meal", _("隔离点供餐")
    proofs = (facts.MealServed,)
    default: ClassVar = {
        "owner": POINT,
        "windows": [
            ["breakfast", "06:30", "09:00"],
            ["lunch", "11:00", "13:30"],
            ["supper", "17:00", "19:30"],
        ],
    }


DECIDED_DAY = (
    "EXISTS (SELECT 1 FROM arrivals_stay s JOIN arrivals_parttest t ON t.part_id = s.part_id "
    f"WHERE s.id = o.subject AND t.day <= o.opens_at AND o.opens_at < t.day + {DAY})"
)
"""SQL: whether the day of an opening is one that the decision names."""


class Sampled(DailyPointKind):
    """A sample is taken on the days that the decision names, wherever the person is by it."""

    name, title = "arrivals.sample", _("返乡人员核酸检测")
    binds_residents = True
    proofs = (facts.Sampled,)

    def at(self, window: WindowSpan) -> QuerySet[Stay, Stay]:
        today = clock.start_of(clock.local(window.opens_at).date())
        named = Exists(PartTest.objects.filter(part=OuterRef("part"), day=today))
        # On the first day at whatever hour the person came.
        return Stay.objects.filter(named, part__where__in=TESTED_HERE, begun_at__lt=today + clock.DAY)

    def starts(self) -> Combinable:
        return start_of_day(Coalesce("begun_at", NOT_YET))

    def strays(self) -> str:
        return f"NOT {DECIDED_DAY}"


class RoomGiven(OncePointKind):
    """Whoever comes to a point is given a room at once: single, or with those they travel with."""

    name, title = "arrivals.room", _("隔离点安排房间")
    proofs = (facts.RoomGiven,)
    default: ClassVar = {"owner": POINT, "minutes": 60}

    def universe(self, window: WindowSpan, params: Any) -> Universe:
        return (
            Stay.objects.filter(
                part__where=Where.CENTRAL, begun_at__gte=window.opens_at, begun_at__lt=window.closes_at
            )
            .annotate(held=held_at(F("begun_at")))
            .annotate(
                subject=F("pk"),
                place=Left("journey__place", GRID),
                post=Coalesce("held__post_id", "journey__desk_id"),
                opens_at=F("begun_at"),
                due_at=plus(F("begun_at"), minutes(params.minutes)),
            )
            .annotate(**excused("over_at", F("over_reason")))
            .values(*UNIVERSE_COLUMNS)
        )

    def ends(self) -> Combinable:
        return plus(Coalesce("begun_at", NOT_YET), 1)


class Discharged(OncePointKind):
    """Whose isolation is over leaves the point for home: the point hands them over, nobody is kept longer."""

    name, title = "arrivals.discharge", _("隔离期满出点")
    proofs = (facts.StayLeft,)
    default: ClassVar = {"owner": POINT, "minutes": 360}

    def universe(self, window: WindowSpan, params: Any) -> Universe:
        over = F("over_at")
        return (
            Stay.objects.filter(
                part__where=Where.CENTRAL,
                begun_at__isnull=False,
                over_reason__in=SERVED,
                over_at__gte=window.opens_at,
                over_at__lt=window.closes_at,
            )
            .annotate(held=held_at(over))
            .annotate(
                subject=F("pk"),
                place=Left("journey__place", GRID),
                post=Coalesce("held__post_id", "journey__desk_id"),
                opens_at=over,
                due_at=plus(over, minutes(params.minutes)),
                excused_at=no_instant(),
                excuse=Value("", CharField()),
            )
            .values(*UNIVERSE_COLUMNS)
        )

    def owed_since(self, seq: int) -> datetime | None:
        changed = Stay.objects.filter(changed_seq__gt=seq, over_reason__in=SERVED)
        earliest: datetime | None = changed.aggregate(earliest=Min("over_at"))["earliest"]
        return earliest

    def endings(self, seq: int) -> Universe:
        served = Case(
            When(begun_at__isnull=False, over_reason__in=SERVED, then=F("over_at")),
            default=NOT_YET,
            output_field=InstantField(),
        )
        return (
            Stay.objects.filter(changed_seq__gt=seq)
            .annotate(
                subject=F("pk"),
                starts_at=served,
                ends_at=plus(served, 1),
                ended_at=no_instant(),
                excuse=Value("", CharField()),
            )
            .values(*ENDING_COLUMNS)
        )


class AnswerAlert(OncePointKind):
    """A clinician answers each check with fever or symptoms; one that was taken back in time is excused."""

    name, title = "arrivals.answer_alert", _("隔离点异常随访")
    proofs = (facts.AlertAnswered,)
    Params = AbnormalWithin
    ends_each = True
    early = False
    changed_by = PointKind.changed_by | {facts.PointChecked.kind}
    default: ClassVar = {"owner": POINT, "minutes": 60, "temperature": 37.3, "symptoms": True}

    def universe(self, window: WindowSpan, params: AbnormalWithin) -> Universe:
        happened = F("happened_at")
        return (
            Alert.objects.filter(
                Q(voided_at__isnull=True) | Q(voided_at__gt=happened),
                happened_at__gte=window.opens_at,
                happened_at__lt=window.closes_at,
            )
            .annotate(held=held_at(happened))
            .annotate(
                subject=F("stay_id"),
                place=Left("journey__place", GRID),
                post=Coalesce("held__post_id", "journey__desk_id"),
                opens_at=happened,
                due_at=plus(happened, minutes(params.minutes)),
            )
            .annotate(**excused("voided_at", Value(CORRECTED)))
            .values(*UNIVERSE_COLUMNS)
        )

    def owed_since(self, seq: int) -> datetime | None:
        changed = Alert.objects.filter(changed_seq__gt=seq)
        earliest: datetime | None = changed.aggregate(earliest=Min("happened_at"))["earliest"]
        return earliest

    def endings(self, seq: int) -> Universe:
        return (
            Alert.objects.filter(changed_seq__gt=seq)
            .annotate(
                subject=F("stay_id"),
                opens_at=F("happened_at"),
                starts_at=F("happened_at"),
                ends_at=plus(F("happened_at"), 1),
                ended_at=F("voided_at"),
                excuse=Value(CORRECTED, CharField()),
            )
            .values("opens_at", *ENDING_COLUMNS)
        )

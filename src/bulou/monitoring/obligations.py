"""What is owed to and by people under home health monitoring: one class, one kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, cast

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from bulou.facts import monitoring as facts
from bulou.kernel import clock
from bulou.kernel.fields import micros
from bulou.kernel.moments import DAY, as_instant, instant, minutes, plus, start_of_day
from bulou.monitoring.case_kinds import ENDING_COLUMNS, CaseKind, DailyCaseKind, OnceCaseKind
from bulou.monitoring.models import AbnormalReport, CasePlace, CaseStay, CaseTest, Seat
from bulou.monitoring.universe import STARTS_AT, Universe, owing, stopped_by
from bulou.obligations import directives
from bulou.obligations.kinds import (
    Daily,
    OnceKind,
    Params,
    ParamsClass,
    WindowSpan,
    Within,
    check_between,
    minutes_of,
)
from bulou.obligations.models import Directive
from bulou.obligations.values import value
from bulou.people.models import Person
from bulou.places.roles import ROLES

FIVE_SEATS = (
    Seat.TOWNSHIP_CADRE.value,
    Seat.VILLAGE_CADRE.value,
    Seat.GRID_WORKER.value,
    Seat.DOCTOR.value,
    Seat.POLICE.value,
)
MOST_DAYS = 60
ENTITLED = (
    *((role.code, role.title) for role in ROLES.values()),
    ("cdc", _("县疾控中心")),
    ("command_office", _("县疫情防控办")),
)
CORRECTED = "corrected"
"""The excuse of a follow-up whose abnormal report was taken back."""


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


@dataclass(frozen=True, kw_only=True)
class OnDays(Daily):
    """Windows on some days of the term only. `first_day`: whether day 1 is the start day or the next one."""

    days: tuple[int, ...] = value(
        _("第几天采样"), _("管控期内要采样的是第几天,可写多天,如 2、7。"), unit=_("天")
    )
    first_day: str = value(
        _("第 1 天从哪天算"),
        _("管控开始当天算第 1 天,还是次日算第 1 天。"),
        choices=(("start", _("开始当天")), ("next", _("次日"))),
        default="start",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.first_day not in {"start", "next"}:
            raise ValueError("first_day")
        if not self.days or not 1 <= min(self.days) <= max(self.days) <= MOST_DAYS:
            raise ValueError("days")

    def started(self, opens_at: datetime) -> Q:
        """The cases for which the day of an opening is one of `days`."""
        today = clock.start_of(clock.local(opens_at).date())
        on = Q()
        for first in (today - after * clock.DAY for after in self._after_start()):
            on |= Q(case__starts_at__gte=first, case__starts_at__lt=first + clock.DAY)
        return on

    def on_other_days(self) -> str:
        """In SQL: whether `o` opened on none of `days` of the term `n`, which starts with its day."""
        days = ", ".join(map(str, self._after_start()))
        return f"(o.opens_at - n.starts_at) / {micros(clock.DAY)} NOT IN ({days})"

    def _after_start(self) -> list[int]:
        return [day - (self.first_day == "start") for day in self.days]


DECIDED_DAYS = "EXISTS (SELECT 1 FROM monitoring_casestay s WHERE s.case_id = o.subject AND s.own)"
DECIDED_DAY = (
    "EXISTS (SELECT 1 FROM monitoring_casetest t WHERE t.case_id = o.subject "
    f"AND t.day <= o.opens_at AND o.opens_at < t.day + {DAY})"
)
"""SQL: whether the case of `o` has days of its own, and whether the day of its opening is one of them."""


class Sampling(DailyCaseKind):
    """A sample is taken on the directive's days of the term.

    A test on the start day is owed at whatever hour of that day the term began.
    """

    name, title = "monitoring.test", _("核酸检测")
    binds_residents = True
    proofs = (facts.Tested,)
    Params = OnDays
    default: ClassVar = {"owner": Seat.DOCTOR.value, "days": [2, 7]}

    def first(self, case: str) -> Combinable:
        return start_of_day(F(f"{case}starts_at"))

    def strays(self) -> str:
        # A start that was put right moves the days; a decision may name others.
        orders = Directive.objects.filter(kind__name=self.name).order_by("pk")
        by_order = " OR ".join(
            f"(w.directive_id = {one.pk} AND {self._days_of(one).on_other_days()})" for one in orders
        )
        return f"(CASE WHEN {DECIDED_DAYS} THEN NOT {DECIDED_DAY} ELSE {by_order} END)" if by_order else ""

    def _days_of(self, order: Directive) -> OnDays:
        return cast(OnDays, directives.read_params(order, self))

    def universe(self, window: WindowSpan, params: Any) -> Universe:
        opens = instant(window.opens_at)
        today = clock.start_of(clock.local(window.opens_at).date())
        decided = Exists(CaseStay.objects.filter(case=OuterRef("case"), own=True))
        named = Exists(CaseTest.objects.filter(case=OuterRef("case"), day=today))
        # A day that the decision names is owed within the case; the directive's days by all others.
        within = Q(case__starts_at__lt=today + clock.DAY) & named
        who = CasePlace.objects.filter(
            (params.started(window.opens_at) & ~decided) | within, case__ends_at__gt=window.opens_at
        )
        return owing(
            who,
            opens=opens,
            due=instant(window.due_at),
            owner=params.owner,
            seated=Greatest(opens, STARTS_AT),
        )


@dataclass(frozen=True, kw_only=True)
class InHours(Within):
    """Due so many minutes after the start; a start before `counts_from` of its day counts from then.

    A list that knows only the date of a start means 00:00, when nobody is there to be spoken to.
    """

    counts_from: str = value(
        _("几点起算"),
        _(
            "时刻,如 08:00。当天早于此时开始的,从此时起算时限"
            "(名册只知道日期时,开始时间是 00:00,那时找不到人)。"
        ),
        default="00:00",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        try:
            whole_day = minutes_of(self.counts_from) == minutes_of("24:00")
        except ValueError:
            whole_day = True
        if whole_day:
            raise ValueError("counts_from")

    def due(self, opens: Combinable) -> Combinable:
        """When what opened at a moment is due, in SQL."""
        hour = plus(start_of_day(opens), minutes(minutes_of(self.counts_from)))
        return plus(Greatest(as_instant(opens), hour), minutes(self.minutes))


@dataclass(frozen=True, kw_only=True)
class FilledWithin(InHours):
    """Which seats must be filled, and how soon; how many people one post may answer for before it is told."""

    seats: tuple[str, ...] = value(
        _("五包一的岗位"),
        _("每个监测对象要配齐哪几个岗位。"),
        choices=tuple(Seat.choices),
        default=FIVE_SEATS,
    )
    most: int = value(
        _("一岗最多负责几人"),
        _("一个岗位负责的监测对象超过此数时提示;不阻止安排。"),
        unit=_("人"),
        read_by=_("安排责任人、五包一表格导入"),
        default=10,
    )
    most_of_doctor: int = value(
        _("一名医务人员最多负责几人"),
        _("医务人员负责的监测对象超过此数时提示。"),
        unit=_("人"),
        read_by=_("安排责任人、五包一表格导入"),
        default=30,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.seats or not set(self.seats) <= set(Seat.values):
            raise ValueError("seats")


class FiveSeats(OnceCaseKind):
    """Every seat that the directive names is filled by a post that somebody holds."""

    name, title = "monitoring.five_seats", _("五包一到位")
    proofs = (facts.SeatsCompleted,)
    Params = FilledWithin
    early = True
    default: ClassVar = {
        "owner": Seat.TOWNSHIP_CADRE.value,
        "minutes": 240,
        "counts_from": "08:00",
        "seats": list(FIVE_SEATS),
    }

    def due(self, opens: Combinable, params: FilledWithin) -> Combinable:
        return params.due(opens)

    @staticmethod
    def most_for(seat: str, params: FilledWithin) -> int:
        """How many people under monitoring one post of a seat should answer for at most."""
        return params.most_of_doctor if seat == Seat.DOCTOR else params.most


class FirstContact(OnceCaseKind):
    """Somebody spoke with the person, or the person reported, soon after the start."""

    name, title = "monitoring.first_contact", _("首次联系")
    proofs = (facts.Contacted, facts.HealthReported)
    Params = InHours
    default: ClassVar = {"owner": Seat.GRID_WORKER.value, "minutes": 120, "counts_from": "08:00"}

    def due(self, opens: Combinable, params: InHours) -> Combinable:
        return params.due(opens)


@dataclass(frozen=True, kw_only=True)
class ByDay(Params):
    """Due at 24:00 of the n-th day, the start day being the first."""

    days: int = value(
        _("第几天之前办结"), _("开始当天算第 1 天;到这一天的 24:00 为止。"), unit=_("天"), default=1
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        check_between("days", self.days, 1, MOST_DAYS)


class PaperKind(OnceCaseKind, abstract=True):
    """Owed from the start until the end of a day; done in advance counts too."""

    Params: ClassVar[ParamsClass] = ByDay
    early = True
    default: ClassVar = {"owner": Seat.VILLAGE_CADRE.value, "days": 1}

    def due(self, opens: Combinable, params: ByDay) -> Combinable:
        return plus(start_of_day(opens), params.days * DAY)


@dataclass(frozen=True, kw_only=True)
class Served(ByDay):
    """By when the notice is served, and what it says about how to appeal."""

    appeal: str = value(
        _("申诉途径"),
        _("告知书上写明的、不服本措施时的救济途径,原文照印。"),
        read_by=_("纳入管控时没有另写申诉途径的,用此文;居民页面和告知书照此显示"),
        long=True,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.appeal.strip():
            raise ValueError("appeal")


class Notice(PaperKind):
    """The written notice, with ground, term and the way to appeal, is handed over on the start day."""

    name, title = "monitoring.notice", _("告知书送达")
    binds_residents = True
    proofs = (facts.NoticeServed,)
    Params = Served
    # Administrative Reconsideration Law art. 9 (60 days), Administrative Litigation Law art. 46 (6 months),
    # as in force in April 2022; it is the notice's own text, so it stays in the language it is served in.
    default: ClassVar = {
        **PaperKind.default,
        "appeal": (
            "对本措施不服的,可自收到告知书之日起60日内向作出决定机关的本级人民政府或上一级主管部门申请行政复议,"
            "或自收到之日起6个月内向人民法院提起行政诉讼;也可随时向村(社区)或县疫情防控办公室提出异议。"
        ),
    }


class Undertaking(PaperKind):
    """The undertaking is signed on the start day."""

    name, title = "monitoring.undertaking", _("承诺书签订")
    binds_residents = True
    proofs = (facts.UndertakingSigned,)


class Room(PaperKind):
    """Single room and household are agreed, or the exception is recorded, on the start day."""

    name, title = "monitoring.room", _("单人单间落实")
    binds_residents = True
    proofs = (facts.RoomAgreed,)


@dataclass(frozen=True, kw_only=True)
class AbnormalWithin(Within):
    """From which temperature (°C), and whether any symptom, a report is abnormal; how soon it is answered."""

    temperature: float = value(
        _("异常体温"),
        _("报告的体温达到此值即为异常,医务人员须随访。"),
        unit="°C",
        read_by=_("健康报告的判定"),
        default=37.3,
    )
    symptoms: bool = value(
        _("有症状即异常"), _("报告了任何症状,是否也算异常。"), read_by=_("健康报告的判定"), default=True
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 34 <= self.temperature <= 43:
            raise ValueError("temperature")


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


@dataclass(frozen=True, kw_only=True)
class EntitledTo(Params):
    """The roles of the posts that may release."""

    entitled: tuple[str, ...] = value(
        _("谁有权解除"),
        _("哪些岗位可以决定解除监测;其他人只能提请。"),
        choices=ENTITLED,
        read_by=_("办理解除时的权限检查"),
        default=("county_leader", "cdc", "command_office"),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.entitled:
            raise ValueError("entitled")


class Release(OnceCaseKind):
    """On the last day somebody entitled to it releases the person. The restriction lapses in any case."""

    name, title = "monitoring.release", _("解除监测")
    binds_residents = True
    proofs = (facts.Released,)
    Params = EntitledTo
    default: ClassVar = {
        "owner": Seat.TOWNSHIP_CADRE.value,
        "entitled": ["county_leader", "cdc", "command_office"],
    }

    def first(self, case: str) -> Combinable:
        return Greatest(as_instant(plus(F(f"{case}ends_at"), -DAY)), F(f"{case}starts_at"))

    def due(self, opens: Combinable, params: EntitledTo) -> Combinable:
        return F("case__ends_at")

"""What is owed soon after the start: five seats, the first contact, the papers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from bulou.facts import monitoring as facts
from bulou.kernel.moments import DAY, as_instant, minutes, plus, start_of_day
from bulou.monitoring.case_kinds import OnceCaseKind
from bulou.monitoring.models import Seat
from bulou.monitoring.obligations.sampling import MOST_DAYS
from bulou.obligations.kinds import (
    Params,
    ParamsClass,
    Within,
    check_between,
    minutes_of,
)
from bulou.obligations.values import value

FIVE_SEATS = (
    Seat.TOWNSHIP_CADRE.value,
    Seat.VILLAGE_CADRE.value,
    Seat.GRID_WORKER.value,
    Seat.DOCTOR.value,
    Seat.POLICE.value,
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

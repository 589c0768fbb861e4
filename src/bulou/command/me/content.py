"""What a resident sees about themselves: the same content on the page and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bulou.command.actors import actor_titles
from bulou.command.persons.stays import DayDuty, Stay, duties_today
from bulou.kernel import clock, reasons, retention, seal
from bulou.monitoring.models import Case
from bulou.monitoring.obligations import FiveSeats
from bulou.monitoring.queries import SeatHolder, seat_holders
from bulou.obligations import directives
from bulou.people.lookups import looks_at
from bulou.people.models import Person, Presence
from bulou.people.queries import mask_phone, need_labels
from bulou.places.queries import name_path
from bulou.residents import queries
from bulou.residents.queries import RequestView

SHOWN_LOOKS = 50
FIELD_TITLES: dict[str, Any] = {
    "name": gettext_lazy("姓名"),
    "identity": gettext_lazy("身份证号"),
    "phone": gettext_lazy("手机号"),
    "away": gettext_lazy("外出地址"),
    "remark": gettext_lazy("备注"),
    "journey": gettext_lazy("返乡行程"),
    "visits": gettext_lazy("到过哪里"),
}
SEXES = {"m": gettext_lazy("男"), "f": gettext_lazy("女")}


@dataclass(frozen=True)
class Held:
    """One thing that is held about a person, in plain words."""

    title: str
    value: str


@dataclass(frozen=True)
class Kept:
    """How long something is kept, and why."""

    title: str
    until: str
    why: str


@dataclass(frozen=True)
class Look:
    """Somebody of the office saw a masked value in full."""

    at: datetime
    who: str
    field: str
    reason: str


@dataclass(frozen=True)
class Me:
    """Everything on one's own page."""

    name: str
    held: list[Held]
    kept: list[Kept]
    looks: list[Look]
    stay: Stay | None
    seats: list[SeatHolder]
    today: list[DayDuty]
    requests: list[RequestView]
    now: datetime

    @property
    def restricted(self) -> bool:
        """Whether something is asked of the person now."""
        return self.stay is not None and self.stay.state in ("running", "coming")


def me_of(person: Person) -> Me:
    """One's own page. Whoever calls has made sure who is asking."""
    now = clock.now()
    case = Case.objects.filter(person=person).order_by("-starts_at").first()
    if case is not None:
        case.person = person
    who = seal.unseal(person.sealed)
    return Me(
        name=who.get("name", ""),
        held=list(_held(person, who)),
        kept=list(_kept(person, case)),
        looks=_looks(person),
        stay=Stay(case, now) if case else None,
        seats=_seats(case, now) if case else [],
        today=duties_today(case, now) if case else [],
        requests=queries.of_person(person),
        now=now,
    )


def _seats(case: Case, now: datetime) -> list[SeatHolder]:
    """The seats that the directive asks for, empty ones too, each with who holds its post now."""
    return seat_holders(case, directives.params_of(FiveSeats.name, case.place, now).seats, now)


def _held(person: Person, who: dict[str, str]) -> Iterator[Held]:
    """Every field of the register; of the identity number only that there is one."""
    none = _("没有登记")
    yield Held(_("姓名"), who.get("name", "") or none)
    yield Held(_("身份证号"), _("已登记(为安全起见,这里不显示号码)") if who.get("id") else none)
    yield Held(_("手机号"), mask_phone(who.get("phone", "")) or none)
    yield Held(_("住处"), name_path(person.place, separator=" "))
    yield Held(_("与户主关系"), person.relation or none)
    yield Held(_("性别"), str(SEXES.get(person.sex, none)))
    month = person.birth_month
    yield Held(_("出生年月"), f"{month // 100}-{month % 100:02}" if month else none)
    yield Held(_("现况"), str(Presence(person.presence).label))
    yield Held(_("外出地址"), who.get("away", "") or none)
    yield Held(_("疫苗接种"), _doses(person) or none)
    yield Held(_("特殊需求"), "、".join(need_labels(person.needs)) or none)
    yield Held(_("备注"), who.get("remark", "") or none)


def _doses(person: Person) -> str:
    if person.doses is None:
        return ""
    last = f" · {person.last_dose.isoformat()}" if person.last_dose else ""
    return _("{n} 剂").format(n=person.doses) + last


def _kept(person: Person, case: Case | None) -> Iterator[Kept]:
    rules = {one.name: one for one in retention.in_force(clock.now())}
    stays = rules["monitoring.stay"]
    yield Kept(
        _("上面的登记内容"),
        _("住在本县期间;离开或去世后 {n} 天删除").format(n=rules["people.gone"].days),
        _("网格服务和疫情防控的居民名册"),
    )
    if case is not None:
        yield Kept(
            _("居家健康监测的内容(依据、体温、联系、检测等记录)"),
            _("{day} 删除").format(day=_day(stays.day_of(case.ended_at or case.ends_at))),
            _("核对监测是否落实;解除后留 {n} 天供您查询和申诉").format(n=stays.days),
        )
    yield Kept(
        _("您的申请和答复"),
        _("办结后 {n} 天删除").format(n=rules["residents.request"].days),
        _("供您对答复提出不同意见"),
    )
    yield Kept(
        _("谁查看过您的完整信息"),
        _("长期保留,不含您的姓名和号码;查看人写的理由 {n} 天后删除").format(n=rules["audit.reason"].days),
        _("让每一次查看都有人负责"),
    )


def _day(day: date) -> str:
    return day.isoformat()


def _looks(person: Person) -> list[Look]:
    lines = list(looks_at(person.pk)[:SHOWN_LOOKS])
    titles = actor_titles(line.actor for line in lines)
    return [
        Look(
            line.at,
            titles[line.actor],
            str(FIELD_TITLES.get(line.detail.get("field", ""), line.detail.get("field", ""))),
            reasons.told(line),
        )
        for line in lines
    ]

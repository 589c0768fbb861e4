"""What a directive says of people who come from an area: stay, days, tests, each apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from bulou.arrivals.models import DayOne, Exposure
from bulou.facts import arrivals as facts
from bulou.obligations.kinds import Within, check_between
from bulou.obligations.values import value

MOST_DAYS = 60
STAYS = (
    (facts.Stay.CENTRAL.value, _("集中隔离")),
    (facts.Stay.HOME.value, _("居家")),
    (facts.Stay.NONE.value, _("不限制,只检测")),
)
EXPOSURES = tuple((one.name.lower(), one.label) for one in Exposure)


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What holds for one exposure. Stay, days, tests and what comes after stand apart from the label.

    "14+7" reads differently from province to province, so the label is text and decides nothing.
    """

    exposure: str = value(_("旅居史"), _("到过哪一类地区。"), choices=EXPOSURES)
    label: str = value(_("名称"), _("公告里的写法,如 14+7,只作显示。"))
    stay: str = value(_("措施"), _("在哪里。"), choices=STAYS)
    days: int = value(_("天数"), _("措施的天数;0 为不限制。"), unit=_("天"), default=0)
    tests: tuple[int, ...] = value(_("第几天检测"), _("从到达当天算第 1 天。"), default=())
    after_days: int = value(_("之后健康监测"), _("措施结束后的居家健康监测天数。"), unit=_("天"), default=0)

    def __post_init__(self) -> None:
        if self.exposure not in dict(EXPOSURES) or self.stay not in dict(STAYS) or not self.label.strip():
            raise ValueError("rules")
        if not 0 <= self.days <= MOST_DAYS or not 0 <= self.after_days <= MOST_DAYS:
            raise ValueError("rules")
        if (self.stay == facts.Stay.NONE) != (self.days == 0) or (self.after_days and not self.days):
            raise ValueError("rules")
        if any(not 1 <= day <= (self.days + self.after_days or MOST_DAYS) for day in self.tests):
            raise ValueError("rules")


@dataclass(frozen=True, kw_only=True)
class DecidedWithin(Within):
    """How soon somebody decides, how far back a stay counts, and what holds for each exposure."""

    look_back: int = value(
        _("追溯天数"),
        _("到达前多少天内、地区调整前多少天内的旅居史算数。"),
        unit=_("天"),
        read_by=_("风险地区登记、返乡报备"),
        default=14,
    )
    first_day: str = value(
        _("第 1 天从哪天算"),
        _("到达当天算第 1 天,还是次日算;离开风险地区次日算的(填平补齐),由决定人逐人写明。"),
        choices=tuple(one for one in DayOne.choices if one[0] != DayOne.FIXED),
        read_by=_("返乡人员定级"),
        default=DayOne.ARRIVAL.value,
    )
    rules: tuple[Measure, ...] = value(
        _("分级措施"),
        _("到过各类地区的人各采取什么措施;没有列出的一类,按比它轻的最近一类办理。"),
        read_by=_("返乡人员定级"),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        check_between("look_back", self.look_back, 1, MOST_DAYS)
        if self.first_day not in (DayOne.ARRIVAL, DayOne.NEXT):
            raise ValueError("first_day")
        named = [rule.exposure for rule in self.rules]
        if len(set(named)) != len(named) or "none" not in named:
            raise ValueError("rules")


def rule(near: str, label: str, stay: str, days: int, tests: tuple[int, ...], after: int) -> dict[str, Any]:
    """A rule as a directive keeps it."""
    return {
        "exposure": near,
        "label": label,
        "stay": stay,
        "days": days,
        "tests": list(tests),
        "after_days": after,
    }

"""How numbers, days and spans are written everywhere: 12,345 · ? · 2026-11-24 周二 14:05."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bulou.kernel import clock

WEEKDAYS = (
    gettext_lazy("周一"),
    gettext_lazy("周二"),
    gettext_lazy("周三"),
    gettext_lazy("周四"),
    gettext_lazy("周五"),
    gettext_lazy("周六"),
    gettext_lazy("周日"),
)
FEW = 20
"""A share of fewer than so many is given as n/N only: one more or less would move it by 5 % and up."""


def number(value: int | str | None) -> str:
    """A count with its separators; "?" where it is not known (which is never 0)."""
    return "?" if value is None or isinstance(value, str) else f"{value:,}"


def day(value: date) -> str:
    """2026-11-24 周二"""
    return f"{value:%Y-%m-%d} {WEEKDAYS[value.weekday()]}"


def instant(value: datetime | None) -> str:
    """2026-11-24 周二 14:05, county time; "—" where there is none."""
    if not value:
        return "—"
    local = clock.local(value)
    return f"{day(local.date())} {local:%H:%M}"


def short(value: datetime | None) -> str:
    """11-24 14:05, county time; for tables of one season."""
    return f"{clock.local(value):%m-%d %H:%M}" if value else "—"


def span(value: timedelta) -> str:
    """How long, in its two largest units."""
    minutes = max(int(value.total_seconds() // 60), 0)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = []
    if days:
        parts.append(ngettext("%(n)d 天", "%(n)d 天", days) % {"n": days})
    if hours:
        parts.append(ngettext("%(n)d 小时", "%(n)d 小时", hours) % {"n": hours})
    if not days and (minutes or not parts):
        parts.append(ngettext("%(n)d 分钟", "%(n)d 分钟", minutes) % {"n": minutes})
    return " ".join(parts)


def share(part: int, whole: int) -> str:
    """ "97.1% (304/313)"; of few, or of none, only what there is."""
    if not whole:
        return "—"
    if whole < FEW:
        return _("%(part)s/%(whole)s(数少,不算率)") % {"part": number(part), "whole": number(whole)}
    return f"{part / whole:.1%} ({number(part)}/{number(whole)})"

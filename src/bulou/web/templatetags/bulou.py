"""Filters and tags that every template has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bulou.kernel import clock
from bulou.web.statuses import EQUATION, LOOKS, Look

register = template.Library()

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

LABELLED = 0.07
"""A part of a bar that is at least this wide has its number written in it."""

MIN_WIDTH = 0.6
"""Per cent; a part that has anything in it stays visible."""


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite; decoration, its meaning is said in words beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static("vendor/lucide/icons.svg"),
        name,
    )


@register.filter
def number(value: int | None) -> str:
    """A count with its separators; "?" where it is not known (which is never 0)."""
    return "?" if value is None else f"{value:,}"


@register.filter
def day(value: date) -> str:
    """2026-11-24 周二"""
    return f"{value:%Y-%m-%d} {WEEKDAYS[value.weekday()]}"


@register.filter
def instant(value: datetime | None) -> str:
    """2026-11-24 周二 14:05, county time; "—" where there is none."""
    if value is None:
        return "—"
    local = clock.local(value)
    return f"{day(local.date())} {local:%H:%M}"


@register.filter
def short(value: datetime | None) -> str:
    """11-24 14:05, county time; for tables of one season."""
    return "—" if value is None else f"{clock.local(value):%m-%d %H:%M}"


@register.filter
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


@register.simple_tag
def share(part: int, whole: int) -> str:
    """ "97.1% (304/313)"; of few, or of none, only what there is."""
    if not whole:
        return "—"
    if whole < FEW:
        return _("%(part)s/%(whole)s(数少,不算率)") % {"part": number(part), "whole": number(whole)}
    return f"{part / whole:.1%} ({number(part)}/{number(whole)})"


@register.simple_tag
def status(key: str) -> SafeString:
    """A status as a badge: icon and words on its tint."""
    look = LOOKS[key]
    return format_html('<span class="badge is-{}">{}{}</span>', key, icon(look.icon), look.title)


@register.simple_tag
def status_title(key: str) -> str:
    """The words of a status."""
    return str(LOOKS[key].title)


LOUD = ("overdue", "unowned", "unknown")
"""What is missing: its numbers stand as badges, so that they are found before all others."""


@register.simple_tag(takes_context=True)
def count(
    context: dict[str, Any], counts: Any, column: str, place: str, kind: str = "", plain: bool = False
) -> SafeString:
    """One number of a balance, a link to the list that it counts for those who may see its rows."""
    value = getattr(counts, column)
    if not value:
        return mark_safe('<span class="zero">0</span>')
    look = LOOKS.get(column) if column in LOUD else None
    inner = format_html("{}{}", icon(look.icon), number(value)) if look else number(value)
    css = f"badge is-{column}" if look else "plain-number"
    if plain or not context["request"].account.sees_persons:
        return format_html('<span class="{}">{}</span>', css, inner)
    asked = {"place": place, "day": context["day"].isoformat(), "kind": kind, "status": column}
    query = urlencode({key: value for key, value in asked.items() if value})
    return format_html('<a class="{}" href="{}?{}">{}</a>', css, reverse("duties"), query, inner)


@dataclass(frozen=True)
class Part:
    """One part of a stacked bar; `x` and `width` in per cent."""

    look: Look
    count: int
    x: float
    width: float

    @property
    def middle(self) -> float:
        return self.x + self.width / 2

    @property
    def labelled(self) -> bool:
        return self.width >= LABELLED * 100


@register.inclusion_tag("web/bar.html")
def bar(counts: Any) -> dict[str, Any]:
    """The balance as a stacked bar; every part has its pattern, the table beside it the numbers."""
    filled = [(LOOKS[key], getattr(counts, key)) for key in EQUATION if getattr(counts, key)]
    total = sum(count for _look, count in filled)
    floor = [max(count / total * 100, MIN_WIDTH) for _look, count in filled]
    scale = 100 / sum(floor) if floor else 1
    parts, x = [], 0.0
    for (look, count), width in zip(filled, floor, strict=True):
        parts.append(Part(look, count, round(x, 2), round(width * scale, 2)))
        x += width * scale
    return {"parts": parts}


@register.inclusion_tag("web/legend.html")
def legend() -> dict[str, Any]:
    """What the patterns of the bars mean; defines them for the whole page."""
    return {"looks": [LOOKS[key] for key in EQUATION]}


@register.simple_tag
def looks(*keys: str) -> list[Look]:
    """The looks of some statuses, in the order given."""
    return [LOOKS[key] for key in keys]


@register.filter
def of(counts: Any, key: str) -> Any:
    """One column of a balance by its name."""
    return counts[key] if isinstance(counts, dict) else getattr(counts, key)

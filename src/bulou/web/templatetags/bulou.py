"""Filters and tags that every template has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString

from bulou.web import controls, formats, parts
from bulou.web.statuses import EQUATION, LOOKS, Look

register = template.Library()

LABELLED = 0.07
"""A part of a bar that is at least this wide has its number written in it."""

MIN_WIDTH = 0.6
"""Per cent; a part that has anything in it stays visible."""

LOUD = ("overdue", "unowned", "unknown")
"""What is missing: its numbers stand as badges, so that they are found before all others."""

for _filter in (formats.number, formats.day, formats.instant, formats.short, formats.span):
    register.filter(_filter)
for _tag in (
    formats.share,
    controls.control,
    parts.due,
    parts.figure,
    parts.icon,
    parts.look,
    parts.mark,
    parts.need,
    parts.owner,
    parts.person,
    parts.phone,
    parts.status,
):
    register.simple_tag(_tag)


@register.simple_tag
def status_title(key: str) -> str:
    """The words of a status."""
    return str(LOOKS[key].title)


@register.simple_tag(takes_context=True)
def kept(context: dict[str, Any], names: str) -> SafeString:
    """The named parts of the page's address as hidden inputs of a form."""
    return controls.kept(context["request"], names)


@register.simple_tag(takes_context=True)
def count(
    context: dict[str, Any], counts: Any, column: str, place: str, kind: str = "", plain: bool = False
) -> SafeString:
    """One number of a balance, a link to the list that it counts for those who may see its rows."""
    loud = column if column in LOUD else ""
    value = getattr(counts, column)
    if not value or plain or not context["may"]["see_persons"]:
        return parts.figure(value or 0, loud)
    asked = {"place": place, "day": context["day"].isoformat(), "kind": kind, "status": column}
    query = urlencode({key: value for key, value in asked.items() if value})
    return parts.figure(value, loud, f"{reverse('duties')}?{query}")


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
    filled = [(LOOKS[key], n) for key in EQUATION if (n := of(counts, key))]
    total = sum(count for _look, count in filled)
    floor = [max(count / total * 100, MIN_WIDTH) for _look, count in filled]
    scale = 100 / sum(floor) if floor else 1
    drawn, x = [], 0.0
    for (look, count), width in zip(filled, floor, strict=True):
        drawn.append(Part(look, count, round(x, 2), round(width * scale, 2)))
        x += width * scale
    return {"parts": drawn}


@register.inclusion_tag("web/legend.html")
def legend() -> dict[str, Any]:
    """What the patterns of the bars mean."""
    return {"looks": [LOOKS[key] for key in EQUATION]}


@register.simple_tag
def looks(*keys: str) -> list[Look]:
    """The looks of some statuses, in the order given."""
    return [LOOKS[key] for key in keys]


@register.filter
def of(counts: Any, key: str) -> Any:
    """One column of a balance by its name."""
    return counts[key] if isinstance(counts, dict) else getattr(counts, key)

"""Filters and tags that every template has."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from bulou.web import bars, controls, formats, parts
from bulou.web.statuses import EQUATION, LOOKS, Look

register = template.Library()

for _filter in (bars.of, formats.number, formats.day, formats.instant, formats.short, formats.span):
    register.filter(_filter)
for _tag in (
    bars.bar,
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


@register.inclusion_tag("web/legend.html")
def legend() -> dict[str, Any]:
    """What the patterns of the bars mean."""
    return {"looks": [LOOKS[key] for key in EQUATION]}


@register.simple_tag
def looks(*keys: str) -> list[Look]:
    """The looks of some statuses, in the order given."""
    return [LOOKS[key] for key in keys]

"""Small pieces of HTML that rows are made of; `templatetags/bulou.py` hands them to every template.

A component (`<c-…>`) costs some 15 µs more than its tag, which a table of a hundred rows would feel: rows use
these tags, pages use the components (docs/adr/0009).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.templatetags.static import static
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from bulou.web.formats import number, short, span
from bulou.web.statuses import LOOKS, Look


@lru_cache(maxsize=256)
def icon(name: str) -> SafeString:
    """An icon of the sprite; decoration, its meaning is said in words beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static("vendor/lucide/icons.svg"),
        name,
    )


def look(key: str) -> Look | None:
    """How a status looks, None where there is no such status."""
    return LOOKS.get(key)


def status(key: str, n: int | str | None = "", href: str = "", words: str = "") -> SafeString:
    """A status as a badge: icon, words (its own or `words`) and a number on its tint; a link with `href`."""
    found = LOOKS[key]
    return mark(key, found.icon, words or found.title, n=n, href=href)


def mark(key: str, icon_name: str, words: Any, n: int | str | None = "", href: str = "") -> SafeString:
    """A badge in a status' colour that says something else: 补录, 更正, 排队中."""
    inner = f"{icon(icon_name)}{conditional_escape(words)}"
    if n != "":
        inner += f' <span class="num">{number(n)}</span>'
    if href:
        return SafeString(f'<a class="badge is-{key}" href="{escape(href)}">{inner}</a>')
    return SafeString(f'<span class="badge is-{key}">{inner}</span>')


def figure(n: int | None, of: str = "", href: str = "") -> SafeString:
    """One number, loud when it is of a status that is; a link to the list that it counts. "?" is unknown."""
    # Digits, commas, "?", icons and names of our own: only the address is escaped. Boards have hundreds.
    if not n:
        return SafeString(f'<span class="zero">{number(n)}</span>')
    found = LOOKS.get(of)
    css = f"badge is-{of}" if found else "plain-number"
    inner = f"{icon(found.icon)}{number(n)}" if found else number(n)
    if href:
        return SafeString(f'<a class="{css}" href="{escape(href)}">{inner}</a>')
    return SafeString(f'<span class="{css}">{inner}</span>')


def need(title: Any) -> SafeString:
    """What somebody cannot go without (dialysis, oxygen, …): stands before the name, never only colour."""
    return format_html('<span class="need">{}{}</span>', icon("heart-pulse"), title)


def person(face: Any, code: str = "", href: str = "") -> SafeString:
    """Somebody as a list shows them: needs first, masked name (a link with `href`), code.

    `face` has `needs`, `name` (masked already) and `code`; without one only `code` is said.
    """
    if not face:
        return format_html('<span class="num">{}</span>', code)
    needs = "".join(need(title) for title in face.needs)
    name = conditional_escape(face.name)
    named = f'<a href="{escape(href)}">{name}</a>' if href else name
    code = conditional_escape(face.code)
    return SafeString(
        f'<span class="person">{needs}<span>{named}</span><span class="muted num nowrap">{code}</span></span>'
    )


def owner(who: Any, seat: Any = "") -> SafeString:
    """Who answers: the post, the name and a button that calls; nobody is said loudly.

    `who` has `label` (the post), `name`, `phone` and `deputy`; `seat` is the empty post's title.
    """
    if not who:
        return format_html('<span class="owner">{}{}</span>', _line(seat), status("unowned"))
    deputy = f' <span class="muted">{escape(_("副岗"))}</span>' if who.deputy else ""
    label, name = conditional_escape(who.label), conditional_escape(who.name)
    return SafeString(
        f'<span class="owner"><span>{label}{deputy}</span><span>{name}</span>{phone(who.phone)}</span>'
    )


def phone(given: str) -> SafeString:
    """A button that calls."""
    if not given:
        return format_html('<span class="muted">{}</span>', _("没有登记电话"))
    said = escape(given)
    return SafeString(
        f'<a class="button" href="tel:{said}">{icon("phone")}<span class="num">{said}</span></a>'
    )


def due(at: datetime | None, late_by: timedelta | None = None) -> SafeString:
    """When something is due, and by how much it is late."""
    when = f'<span class="nowrap">{short(at)}</span>'
    if not late_by:
        return SafeString(when)
    late = mark("overdue", "triangle-alert", _("逾期 {span}").format(span=span(late_by)))
    return SafeString(f"{when} {late}")


def _line(words: Any) -> SafeString:
    return format_html("<span>{}</span>", words) if words else mark_safe("")

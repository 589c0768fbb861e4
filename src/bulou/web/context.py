"""What every page's frame needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bulou.kernel import clock
from bulou.places.models import Place
from bulou.rights import emergencies, mandates
from bulou.rights.capabilities import Capability
from bulou.rights.models import Mandate

THEME_COOKIE = "bulou_theme"
THEMES = ("light", "dark")
MINUTE = 60
AT_ONCE = 15
"""Seconds within which an emergency is shown to those responsible."""


@dataclass(frozen=True)
class Door:
    """One entry of the navigation; `pages` are the names of the URLs that belong to it.

    `capabilities`: the page asks for one of them; without, it answers nothing but a refusal.
    """

    url: str
    title: Any
    icon: str
    pages: tuple[str, ...]
    capabilities: tuple[Capability, ...]

    def opens_for(self, mandate: Mandate) -> bool:
        """Whether a mandate has one of the capabilities."""
        return any(map(mandate.may, self.capabilities))


DOORS = (
    Door("board", _("看板"), "layout-dashboard", ("board", "duties"), (Capability.SEE_NUMBERS,)),
    Door(
        "gaps",
        _("缺口清单"),
        "list-checks",
        ("gaps", "gap", "unknown", "gaps_bulk"),
        (Capability.SEE_PERSONS,),
    ),
    Door("arrivals", _("返乡接返"), "house", ("arrivals",), (Capability.SEE_PERSONS,)),
    Door(
        "people",
        pgettext_lazy("navigation", "人员查找"),
        "users",
        ("people", "person", "unmask", "correct"),
        (Capability.SEE_PERSONS,),
    ),
    Door(
        "posts",
        pgettext_lazy("navigation", "岗位"),
        "book-user",
        ("posts", "post", "post_handover", "handovers", "workers", "worker", "worker_new", "worker_edit"),
        (Capability.SEE_PERSONS,),
    ),
    Door(
        "places",
        pgettext_lazy("navigation", "地点"),
        "map-pin",
        ("places", "place", "place_change", "households", "household", "resident", "organisations"),
        (Capability.SEE_NUMBERS,),
    ),
    Door(
        "imports",
        pgettext_lazy("navigation", "导入"),
        "file-spreadsheet",
        ("imports", "upload"),
        (Capability.IMPORT,),
    ),
    Door(
        "exports",
        pgettext_lazy("navigation", "导出"),
        "download",
        ("exports", "export", "export_new", "export_print"),
        (Capability.EXPORT,),
    ),
    Door(
        "directives",
        _("指令"),
        "file-text",
        ("directives", "directive", "directive_new"),
        (Capability.SEE_NUMBERS,),
    ),
    Door(
        "requests",
        _("居民申请"),
        "phone",
        ("requests", "request", "resident_link"),
        (Capability.ANSWER_RESIDENTS,),
    ),
    Door(
        "rights",
        _("账号与授权"),
        "key-round",
        ("rights", "rights_account", "rights_invite", "rights_pending", "rights_roles", "rights_role"),
        (Capability.MANAGE_RIGHTS,),
    ),
    Door("jobs", _("系统状态"), "settings", ("jobs",), (Capability.KEEP_HOUSE,)),
    Door("rights_pending", _("授权复核"), "shield-check", ("rights_pending",), (Capability.SIGN_DIRECTIVES,)),
    Door("audit", _("审计"), "shield-check", ("audit", "audit_looks", "audit_reviews"), (Capability.AUDIT,)),
    Door(
        "keeping",
        _("保存和备份"),
        "history",
        ("keeping",),
        (Capability.AUDIT, Capability.KEEP_HOUSE),
    ),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """The county's time, what the reader may do, and the navigation with the entry of this page.

    `may` has every capability by its name in small letters: `{% if may.see_persons %}`.
    """
    match, mandate = request.resolver_match, _mandate(request)
    doors = doors_of(mandate)
    return {
        "county_now": clock.local(clock.now()),
        "theme": theme_of(request),
        "where": _place_name(mandate.scope) if mandate else "",
        "mandate": mandate,
        "may": {one.name.lower(): mandate is not None and mandate.may(one) for one in Capability},
        "doors": doors,
        "home": home_of(mandate),
        "page_name": match.url_name if match else "",
        "emergencies": _emergencies(mandate) if mandate else 0,
    }


def doors_of(mandate: Mandate | None) -> list[Door]:
    """The entries of the navigation that a mandate opens."""
    return [door for door in DOORS if mandate is not None and door.opens_for(mandate)]


def home_of(mandate: Mandate | None) -> str:
    """The address of the first page that a mandate opens; with none of them, of one's own account."""
    doors = doors_of(mandate)
    return reverse(doors[0].url if doors else "account")


def _mandate(request: HttpRequest) -> Mandate | None:
    """The mandate of who asks; pages of the office have looked it up already."""
    known: Mandate | None = getattr(request, "mandate", None)
    # A request that was refused before its session was read has no user.
    user = getattr(request, "user", None)
    if known is not None or user is None or not user.is_authenticated:
        return known
    return mandates.chosen(user.pk, request.session.get(mandates.SESSION_KEY))


def _emergencies(mandate: Mandate) -> int:
    """How many emergencies run where the reader is responsible, up to some seconds ago."""
    if not (mandate.may(Capability.KEEP_POSTS) or mandate.may(Capability.AUDIT)):
        return 0
    key = f"emergencies-{mandate.scope}"
    return cache.get_or_set(key, lambda: emergencies.running_in(mandate.scope).count(), AT_ONCE) or 0


def theme_of(request: HttpRequest) -> str:
    """The theme that the reader chose; "" follows the reader's system."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else ""


def _place_name(code: str) -> str:
    """The name of a place, up to a minute old: every page shows it, and names hardly ever change."""

    def find() -> str:
        return Place.objects.filter(code=code).values_list("name", flat=True).first() or ""

    return cache.get_or_set(f"place-name-{code}", find, MINUTE) or ""

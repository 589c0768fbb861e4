"""What every page's frame needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bulou.kernel import clock


@dataclass(frozen=True)
class Door:
    """One entry of the navigation; `pages` are the names of the URLs that belong to it."""

    url: str
    title: Any
    icon: str
    pages: tuple[str, ...]


DOORS = (
    Door("board", _("看板"), "layout-dashboard", ("board", "duties")),
    Door("gaps", _("缺口清单"), "list-checks", ("gaps", "gap_call")),
    Door("people", _("人员查找"), "users", ("people", "person", "unmask")),
    Door("imports", _("导入"), "file-spreadsheet", ("imports", "upload")),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """The county's time and the navigation, with the entry that the page belongs to."""
    match = request.resolver_match
    return {
        "county_now": clock.local(clock.now()),
        "doors": DOORS,
        "page_name": match.url_name if match else "",
    }

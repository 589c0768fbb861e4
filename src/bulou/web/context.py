"""What every page's frame needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bulou.kernel import clock
from bulou.places.models import Account


@dataclass(frozen=True)
class Door:
    """One entry of the navigation; `pages` are the names of the URLs that belong to it.

    `right` is the account's right without which the page answers nothing but a refusal.
    """

    url: str
    title: Any
    icon: str
    pages: tuple[str, ...]
    right: str = ""


DOORS = (
    Door("board", _("看板"), "layout-dashboard", ("board", "duties")),
    Door("gaps", _("缺口清单"), "list-checks", ("gaps", "gap_call"), "sees_persons"),
    Door("people", _("人员查找"), "users", ("people", "person", "unmask"), "sees_persons"),
    Door("imports", _("导入"), "file-spreadsheet", ("imports", "upload"), "may_import"),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """The county's time and the navigation, with the entry that the page belongs to."""
    match, account = request.resolver_match, _account(request)
    return {
        "county_now": clock.local(clock.now()),
        "account": account,
        "doors": [door for door in DOORS if not door.right or getattr(account, door.right, False)],
        "page_name": match.url_name if match else "",
    }


def _account(request: HttpRequest) -> Account | None:
    """The account of who asks; pages of the office have looked it up already."""
    known: Account | None = getattr(request, "account", None)
    # A request that was refused before its session was read has no user.
    user = getattr(request, "user", None)
    if known is not None or user is None or not user.is_authenticated:
        return known
    return Account.objects.filter(user=user.pk).first()

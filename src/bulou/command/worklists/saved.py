"""Keeping a list's filters under a name, for oneself or for everybody who works in the scope."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bulou.command.worklists import duties
from bulou.command.worklists.asked import PARAMS, GapsAsked
from bulou.command.worklists.models import SavedView
from bulou.kernel import clock
from bulou.kernel.problems import problem
from bulou.obligations.kinds import KINDS
from bulou.places import codes
from bulou.rights.models import Mandate

NO_NAME = problem("view-without-name", _("请给这个视图起一个名字(最多 30 个字)。"))
PAGES = ("gaps", "duties")
"""The lists that have views, by the names of their URLs."""
NAME_LENGTH = 30
QUERY_LENGTH = 300
MOST = 30


def of(mandate: Mandate, page: str) -> list[SavedView]:
    """The views of an account, and those that others share with its scope."""
    mine = Q(account=mandate.account_id)
    shared = Q(shared=True, scope__in=codes.path(mandate.scope))
    return list(SavedView.objects.filter(mine | shared, page=page).order_by("-shared", "name", "id")[:MOST])


def keep(mandate: Mandate, *, page: str, name: str, given: Mapping[str, str], shared: bool) -> SavedView:
    """Keep filters under a name; one of the same name is replaced. Raises `view-without-name`.

    Only what the list knows is kept: a view has no place for words that somebody typed.
    """
    title = " ".join(name.split())
    if not title or len(title) > NAME_LENGTH:
        raise NO_NAME.error()
    values = _of_duties(given) if page == "duties" else _of_gaps(given, mandate.scope)
    place = given.get("place", "")
    if place.isdecimal() and len(place) <= codes.ROLL_UP_WIDTH and mandate.covers(place):
        values["place"] = place
    query = urlencode([(key, value) for key, value in values.items() if value])[:QUERY_LENGTH]
    found, _made = SavedView.objects.update_or_create(
        account=mandate.account,
        page=page,
        name=title,
        defaults={"query": query, "scope": mandate.scope, "shared": shared, "made_at": clock.now()},
    )
    return found


def _of_gaps(given: Mapping[str, str], scope: str) -> dict[str, str]:
    """The filters of the list of gaps. Reading them first lets nothing stand that is no filter."""
    wanted = GapsAsked.read(given, scope)
    return {name: given.get(name, "") for name in PARAMS} | {
        "kind": wanted.kind,
        "owner": wanted.owner,
        "handed": wanted.handed,
        "handed_by": wanted.handed_by,
        "called": wanted.called,
        "later": wanted.later,
        "needs": "1" if wanted.needs else "",
        "day": "all" if wanted.day is None else "",
        "gap": wanted.gap.value,
    }


def _of_duties(given: Mapping[str, str]) -> dict[str, str]:
    """The filters of the list of duties; its day is always the day on which it is opened."""
    kind, status = given.get("kind", ""), given.get("status", "")
    return {
        "kind": kind if kind in KINDS else "",
        "status": status if status in duties.COLUMNS else "",
    }


def remove(mandate: Mandate, id: int) -> str:
    """Remove one's own view. The list that it was of; "" when there is no such view."""
    found = SavedView.objects.filter(pk=id, account=mandate.account_id).first()
    if found is None:
        return ""
    found.delete()
    return found.page

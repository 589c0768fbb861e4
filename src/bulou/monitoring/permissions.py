"""Who may release. Whether it may be done now is another question: see `actions.check_release_is_due`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bulou.kernel.problems import problem
from bulou.monitoring.models import Case
from bulou.monitoring.obligations import Release
from bulou.monitoring.orders import Orders
from bulou.places.codes import WIDTHS
from bulou.places.models import Account, Level, Post
from bulou.places.roles import title_of

NOT_ENTITLED = problem(
    "not-entitled-to-release", _("您不能解除监测:应由{entitled}在其辖区内决定。"), status=403
)
COMMAND_OFFICE = "command_office"


def may_release(*, by: str, case: Case) -> bool:
    """Whether an actor ("post:12", "user:3") has a role that the directive entitles, over the case's place.

    An import, a phone or the clock never has one.
    """
    entitled = Orders().of(Release.name, case.place).entitled
    return any(role in entitled and case.place.startswith(place) for role, place in _standing(by))


def check_may_release(*, by: str, case: Case) -> None:
    """Raises `not-entitled-to-release`."""
    if not may_release(by=by, case=case):
        entitled = Orders().of(Release.name, case.place).entitled
        raise NOT_ENTITLED.error(entitled="、".join(title_of(role) for role in entitled))


def _standing(by: str) -> list[tuple[str, str]]:
    """The roles of an actor, each with the place that it is for."""
    kind, _colon, number = by.partition(":")
    if not number.isdecimal():
        return []
    if kind == "post":
        return list(Post.objects.filter(pk=number, closed_at__isnull=True).values_list("role", "place"))
    if kind == "user":
        return [
            standing
            for account in Account.objects.filter(user_id=number, user__is_active=True).select_related("post")
            for standing in _of_account(account)
        ]
    return []


def _of_account(account: Account) -> list[tuple[str, str]]:
    if account.post is not None:
        return [(account.post.role, account.scope)]
    # The county's own log-in without a post is the command office; one that sees only numbers
    # decides nothing about anybody.
    at_county = len(account.scope) == WIDTHS[Level.COUNTY]
    return [(COMMAND_OFFICE, account.scope)] if at_county and account.sees_persons else []

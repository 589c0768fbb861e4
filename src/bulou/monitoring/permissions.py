"""Who may release. Whether it may be done now is another question: see `actions.check_release_is_due`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bulou.kernel.problems import problem
from bulou.monitoring.models import Case
from bulou.monitoring.obligations import Release
from bulou.obligations.orders import Orders
from bulou.places.models import Post
from bulou.places.roles import title_of
from bulou.rights import mandates
from bulou.rights.capabilities import Capability
from bulou.rights.models import Mandate

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
        running = mandates.running(int(number)).select_related("post")
        return [standing for mandate in running for standing in _of_mandate(mandate)]
    return []


def _of_mandate(mandate: Mandate) -> list[tuple[str, str]]:
    if mandate.post is not None:
        return [(mandate.post.role, mandate.scope)]
    # A county-wide mandate to decide cases is the command office's.
    entitled = mandate.is_of_county and mandate.may(Capability.DECIDE_CASES)
    return [(COMMAND_OFFICE, mandate.scope)] if entitled else []

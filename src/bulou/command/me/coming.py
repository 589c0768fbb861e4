"""`/me/coming`: somebody registers their own coming (返乡报备). No account, no link, no script.

What is known already of whoever they say they are is never shown: the answer to a form is the same for a
person of the register, one of another list, and a stranger.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from bulou.arrivals.obligations import DESK
from bulou.arrivals.registration import Origin
from bulou.command import place_choice
from bulou.command.arrivals import registering
from bulou.command.arrivals.registering import Form
from bulou.command.me import door
from bulou.places import codes
from bulou.places.queries import covering, labels, owners
from bulou.web.access import public

WHY = "somebody who is coming home registers before there is anything to log in with; it shows nothing back"
BY = "resident:form"
HOUR, MOST_AN_HOUR = 3_600, 60
"""How many forms one address may send: telephone networks put many people behind one."""


@dataclass(frozen=True)
class Anybody:
    """Who fills in the form: it may name any place of the county."""

    scope: str = settings.BULOU_COUNTY

    def covers(self, code: str) -> bool:
        """Whether a place lies in the county."""
        low, high = codes.scope(self.scope)
        return low <= code < high


@public(WHY)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def coming(request: HttpRequest) -> HttpResponse:
    """`/me/coming`: the form, and after it what happens next. Sent twice it is one source of one journey."""
    if door.is_too_often(request):
        return _said(request, _("请求太频繁,请过一分钟再试。"))
    if request.method == "GET":
        return _page(request, registering.empty(settings.BULOU_COUNTY))
    given = request.POST.copy()
    given["origin"] = Origin.RESIDENT.value
    if given.get("do") == "row":
        return _page(request, registering.with_a_row(given, settings.BULOU_COUNTY))
    form = registering.read(given, Anybody(), None)
    if form.wrong or form.registration is None:
        return _page(request, form)
    if _sends_too_much(request):
        return _said(request, _("这个网络一小时内报备的人太多:请直接打电话给村(社区)或乡镇报备。"))
    registering.save(form, by=BY)
    return render(request, "me/coming_done.html", {"desk": _desk(form.registration.place)})


def _sends_too_much(request: HttpRequest) -> bool:
    key = f"coming-{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, HOUR)
    try:
        return cache.incr(key) > MOST_AN_HOUR
    except ValueError:  # it ran out between the two
        return False


def _desk(place: str) -> dict[str, Any]:
    """Who fetches people to a place, by the place that was named and nothing else."""
    post = covering(DESK, [place]).get(place)
    if post is None:
        return {}
    owner = owners([post]).get(post)
    return {"label": labels([post])[post], "phone": owner.phone if owner else ""}


def _page(request: HttpRequest, form: Form) -> HttpResponse:
    context = {
        "form": form,
        "given": form.given,
        "wrong": form.wrong,
        "places": place_choice.listed(settings.BULOU_COUNTY),
        **_choices(),
    }
    return render(request, "me/coming.html", context, status=422 if form.wrong else 200)


def _choices() -> dict[str, Any]:
    """What may be chosen; nobody "was not asked" here."""
    choices, open_ = registering.choices(), ("", _("请选择"))
    return choices | {name: [open_, *choices[name][1:]] for name in ("healths", "rooms")}


def _said(request: HttpRequest, sentence: str) -> HttpResponse:
    return render(request, "me/said.html", {"sentence": sentence}, status=429)

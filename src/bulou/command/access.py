"""Who may open which page: each view says the capability that it asks for, or why it asks for none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from bulou.kernel.problems import BulouError
from bulou.places import codes
from bulou.places.models import Place
from bulou.rights import mandates
from bulou.rights.capabilities import Capability
from bulou.rights.models import Mandate

View = Callable[..., HttpResponseBase]
AnyView = TypeVar("AnyView", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """What a view asks for: a log-in and all of `capabilities`, or nothing (`public` says why).

    `formats` are the only kinds of answer that it may give (see `matrix.FORMATS`).
    """

    capabilities: tuple[Capability, ...] = ()
    public: str = ""
    formats: tuple[str, ...] = ("html",)


class OfficeRequest(HttpRequest):
    """A request of somebody who has logged in and acts under a mandate."""

    mandate: Mandate


def office(*capabilities: Capability, formats: tuple[str, ...] = ("html",)) -> Callable[[View], View]:
    """For a log-in whose mandate has all these capabilities. A named problem becomes a page that says it.

    A view that answers with anything but a page says so: `formats=("html", "xlsx")`.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        @login_required
        def inner(request: OfficeRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            request.mandate = mandate_of(request)
            for capability in capabilities:
                check_may(request.mandate, capability)
            try:
                return view(request, *args, **kwargs)
            except BulouError as error:
                page = {"title": _("这一步没有办成"), "what_to_do": str(error)}
                return render(request, "web/problem.html", page, status=error.kind.status)

        inner.access = Access(capabilities, formats=formats)  # type: ignore[attr-defined]
        return inner

    return decorate


def public(why: str, formats: tuple[str, ...] = ("html",)) -> Callable[[AnyView], AnyView]:
    """For everybody, logged in or not; `why` stands in the generated matrix."""

    def decorate(view: AnyView) -> AnyView:
        view.access = Access(public=why, formats=formats)  # type: ignore[attr-defined]
        return view

    return decorate


def mandate_of(request: HttpRequest) -> Mandate:
    """The mandate that the log-in acts under: the one chosen, else its first.

    Raises PermissionDenied when none runs.
    """
    found = mandates.chosen(request.user.pk or 0, request.session.get(mandates.SESSION_KEY))
    if found is None:
        raise PermissionDenied(_("您的账号现在没有任何授权:请县系统管理员授权,或核对岗位是否已交接。"))
    return found


def check_may(mandate: Mandate, capability: Capability) -> None:
    """Raises PermissionDenied, naming the capability, when the mandate lacks it."""
    if not mandate.may(capability):
        raise PermissionDenied(
            _("您现在的身份没有“{right}”的权限。工作需要时请向县系统管理员申请。").format(
                right=capability.label
            )
        )


def path_in_scope(mandate: Mandate, code: str) -> list[Place]:
    """The places from the mandate's scope down to the one asked for (the scope itself for "").

    Raises Http404 for a place that is not there or lies outside, so that neither can be told from the other.
    """
    code = code or mandate.scope
    if not (code.isdecimal() and code.isascii() and len(code) in codes.WIDTHS.values()):
        raise Http404
    if not mandate.covers(code):
        raise Http404
    steps = [step for step in codes.path(code) if mandate.covers(step)]
    found = {place.code: place for place in Place.objects.filter(code__in=steps)}
    if code not in found:
        raise Http404
    return [found[step] for step in steps if step in found]


def actor(request: HttpRequest) -> str:
    """Who acts, as the ledger and the audit chain write it."""
    return f"user:{request.user.pk}"

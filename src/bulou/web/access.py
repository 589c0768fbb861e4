"""Who may open which page: each view says the capability that it asks for, or why it asks for none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from bulou.kernel.problems import BulouError
from bulou.places import codes
from bulou.places.models import Place
from bulou.rights import factors, mandates
from bulou.rights.capabilities import Capability
from bulou.rights.models import Mandate

View = Callable[..., HttpResponseBase]
AnyView = TypeVar("AnyView", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """What a view asks for: a log-in, all of `capabilities`, one of `any_of`; or nothing (`public` says why).

    `mandate` is False for the pages of one's own log-in, which nobody needs a mandate for. `formats` are the
    only kinds of answer that it may give (see `matrix.FORMATS`).
    """

    capabilities: tuple[Capability, ...] = ()
    public: str = ""
    formats: tuple[str, ...] = ("html",)
    any_of: tuple[Capability, ...] = ()
    mandate: bool = True

    def allows(self, may: Callable[[Capability], bool]) -> bool:
        """Whether somebody with these capabilities may open the page."""
        return all(map(may, self.capabilities)) and (not self.any_of or any(map(may, self.any_of)))


class OfficeRequest(HttpRequest):
    """A request of somebody who has logged in and acts under a mandate."""

    mandate: Mandate


def office(
    *capabilities: Capability, formats: tuple[str, ...] = ("html",), any_of: tuple[Capability, ...] = ()
) -> Callable[[View], View]:
    """For a log-in whose mandate has all these capabilities. A named problem becomes a page that says it.

    A view that answers with anything but a page says so: `formats=("html", "xlsx")`. A mandate over a
    township or more is asked for a second factor first.
    """
    access = Access(capabilities, formats=formats, any_of=any_of)

    def decorate(view: View) -> View:
        @wraps(view)
        @login_required
        def inner(request: OfficeRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            request.mandate = mandate_of(request)
            if owes_factor(request, request.mandate):
                return to_second_factor(request)
            check_access(access, request.mandate)
            return _said(view, request, *args, **kwargs)

        inner.access = access  # type: ignore[attr-defined]
        return inner

    return decorate


def signed_in(*, formats: tuple[str, ...] = ("html",), before_factor: bool = False) -> Callable[[View], View]:
    """For whoever has logged in, with or without a mandate: the pages of one's own log-in.

    `before_factor`: the pages on which the second factor is shown or made.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        @login_required
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not before_factor and owes_factor(request, None):
                return to_second_factor(request)
            return _said(view, request, *args, **kwargs)

        inner.access = Access(formats=formats, mandate=False)  # type: ignore[attr-defined]
        return inner

    return decorate


def _said(view: View, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
    try:
        return view(request, *args, **kwargs)
    except BulouError as error:
        page = {"title": _("这一步没有办成"), "what_to_do": str(error)}
        return render(request, "web/problem.html", page, status=error.kind.status)


def owes_factor(request: HttpRequest, mandate: Mandate | None) -> bool:
    """Whether this session must show a second factor before it goes on."""
    if settings.BULOU_SECOND_FACTOR == factors.OFF:
        return False
    shown = request.session.get(factors.VERIFIED)
    if shown == factors.SHOWN:
        return False
    return shown == factors.OWED or (mandate is not None and factors.is_required(mandate))


def to_second_factor(request: HttpRequest) -> HttpResponseBase:
    """To the page that asks for the second factor, and back afterwards to a page that can be had again."""
    back = request.get_full_path() if request.method == "GET" else "/"
    return HttpResponseRedirect(f"{reverse('second_factor')}?{urlencode({'next': back})}")


def check_access(access: Access, mandate: Mandate) -> None:
    """Raises PermissionDenied, naming what is missing, when the mandate may not open the page."""
    for capability in access.capabilities:
        check_may(mandate, capability)
    if access.any_of and not any(map(mandate.may, access.any_of)):
        check_may(mandate, access.any_of[0])


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

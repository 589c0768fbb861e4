"""Who may look at what: the account's scope, and whether persons or only numbers in it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from bulou.kernel.problems import BulouError
from bulou.places import codes
from bulou.places.models import Account, Place

View = Callable[..., HttpResponseBase]


class OfficeRequest(HttpRequest):
    """A request of somebody who has logged in and has a scope."""

    account: Account


def office(view: View) -> View:
    """For everybody with a log-in and a scope. A named problem becomes a page that says it."""

    @wraps(view)
    @login_required
    def inner(request: OfficeRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.account = account_of(request)
        try:
            return view(request, *args, **kwargs)
        except BulouError as error:
            page = {"title": _("这一步没有办成"), "what_to_do": str(error)}
            return render(request, "web/problem.html", page, status=error.kind.status)

    return inner


def account_of(request: HttpRequest) -> Account:
    """The account of the log-in. Raises PermissionDenied when it has no scope yet."""
    account = Account.objects.filter(user=request.user.pk).first()
    if account is None:
        raise PermissionDenied(_("您的账号还没有辖区:请县系统管理员为它指定辖区。"))
    return account


def check_sees_persons(account: Account) -> None:
    """Raises PermissionDenied for an account that sees only numbers."""
    if not account.sees_persons:
        raise PermissionDenied(_("您的账号只能看数字,不能看人员名单。工作需要时请向县系统管理员申请。"))


def check_may_import(account: Account) -> None:
    """Raises PermissionDenied for an account that may not bring in workbooks."""
    if not account.may_import:
        raise PermissionDenied(_("您的账号不能导入表格。工作需要时请向县系统管理员申请。"))


def in_scope(account: Account, code: str) -> bool:
    """Whether a place lies in the account's scope."""
    low, high = codes.scope(account.scope)
    return low <= code < high


def path_in_scope(account: Account, code: str) -> list[Place]:
    """The places from the account's scope down to the one asked for (the scope itself for "").

    Raises Http404 for a place that is not there or lies outside, so that neither can be told from the other.
    """
    code = code or account.scope
    if not (code.isdecimal() and code.isascii() and len(code) in codes.WIDTHS.values()):
        raise Http404
    if not in_scope(account, code):
        raise Http404
    steps = [step for step in codes.path(code) if in_scope(account, step)]
    found = {place.code: place for place in Place.objects.filter(code__in=steps)}
    if code not in found:
        raise Http404
    return [found[step] for step in steps if step in found]


def actor(request: HttpRequest) -> str:
    """Who acts, as the ledger and the audit chain write it."""
    return f"user:{request.user.pk}"

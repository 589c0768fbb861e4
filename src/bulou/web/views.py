"""The choice of language, and the pages that say what went wrong and what to do."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bulou.kernel import outages
from bulou.sync.documents import document
from bulou.web.access import public
from bulou.web.context import THEME_COOKIE, THEMES

YEAR = 365 * 24 * 3600


def locked_out(request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
    """Too many wrong passwords: says how long to wait and whom to ask."""
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    return render(request, "web/locked.html", {"minutes": minutes}, status=429)


@public("the log-in page too is in two languages")
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the reader's language for a year and go back to the page."""
    language = request.POST.get("language", "")
    return _remember(request, settings.LANGUAGE_COOKIE_NAME, language, known=tuple(dict(settings.LANGUAGES)))


@public("the log-in page too is light or dark")
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark for a year, or follow the reader's system again."""
    return _remember(request, THEME_COOKIE, request.POST.get("theme", ""), known=("", *THEMES))


def _remember(request: HttpRequest, cookie: str, value: str, *, known: tuple[str, ...]) -> HttpResponse:
    """Back to the page, with the cookie set when the value is one that there is."""
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    response = HttpResponseRedirect(back if safe else "/")
    if value in known:
        response.set_cookie(cookie, value, max_age=YEAR, samesite="Lax")
    return response


def said(request: HttpRequest, status: int, title: str, what_to_do: str) -> HttpResponse:
    """A page about a problem: what it is, and what to do about it."""
    return render(request, "web/problem.html", {"title": title, "what_to_do": what_to_do}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return said(
        request, 400, _("这个请求看不懂"), _("请回到上一页再试;地址如果是手工改过的,请从导航重新进入。")
    )


def denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: `exception` may carry the sentence that says what right is missing."""
    sentence = str(exception or "") or _("您的账号没有这项权限。需要时请向县系统管理员申请。")
    return said(request, 403, _("没有权限"), sentence)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    sentence = _("可能是地址写错了,也可能不在您的辖区之内。请从导航重新进入,或请上级查看。")
    return said(request, 404, _("没有找到这一页"), sentence)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    sentence = _("页面打开得太久,或浏览器没有保存 Cookie。刚才的提交没有生效:请返回、刷新页面后再交一次。")
    return said(request, 403, _("这一页已经过期"), sentence)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 in an outage: drawn without the database or the session, which may be what failed."""
    # Django calls this while it handles the exception.
    outage = outages.problem_of(sys.exception())
    if outage is None:
        return HttpResponse(render_to_string("web/failure.html"), status=500)
    if request.path.startswith("/api/"):
        response: HttpResponse = JsonResponse(document(outage), content_type="application/problem+json")
    else:
        response = HttpResponse(render_to_string("web/failure.html", {"outage": outage}))
    response.status_code = outage.kind.status
    response["Retry-After"] = str(outages.RETRY_SECONDS)
    response["Cache-Control"] = "no-store"
    return response

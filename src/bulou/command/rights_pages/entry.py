"""Getting in: the log-in, the second factor, and the invitation with which one sets the password."""

from __future__ import annotations

import json
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.signals import user_login_failed
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bulou.command.rights_pages.qr import picture
from bulou.kernel.problems import BulouError
from bulou.rights import factors, invitations, log_ins, mandates, passkeys
from bulou.web.access import public, signed_in
from bulou.web.context import home_of

NEW_SECRET = "new_secret"  # noqa: S105  the name of a session's entry
MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


@method_decorator(public("one logs in here"), name="dispatch")
@method_decorator(sensitive_post_parameters("password"), name="dispatch")
class LogIn(LoginView):
    """The log-in page; somebody who is logged in already goes on to the board."""

    template_name = "rights_pages/login.html"
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        return _home(self.request)

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        if self.request.POST.get("shared"):
            log_ins.is_on_shared_phone(self.request)
        return answer


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
@signed_in(before_factor=True)
def second_factor(request: HttpRequest) -> HttpResponse:
    """`/second-factor`: show the second factor, or make the first one."""
    if request.session.get(factors.VERIFIED) == factors.SHOWN:
        return HttpResponseRedirect(_next(request))
    if not factors.in_force(request.user.pk or 0).exists():
        return HttpResponseRedirect(_with_next("factor_new", request))
    if request.method == "GET":
        return _ask(request)
    if not AxesProxyHandler.is_allowed(request, _who(request)):
        return _too_many(request)
    try:
        factors.check_code(request.user.pk or 0, request.POST.get("code", ""))
    except BulouError as error:
        return _count(request) or _ask(request, wrong=str(error))
    return _shown(request)


@never_cache
@require_GET
@signed_in(before_factor=True, formats=("json",))
def passkey_options(request: HttpRequest) -> HttpResponse:
    """`/second-factor/passkey`: what the browser needs to show a passkey."""
    options, state = passkeys.begin_check(request.user.pk or 0, request.get_host())
    request.session[passkeys.STATE] = state
    return JsonResponse(options)


@never_cache
@require_POST
@signed_in(before_factor=True)
def passkey_shown(request: HttpRequest) -> HttpResponse:
    """`/second-factor/passkey/shown`: the browser has signed with a passkey."""
    if not request.POST.get("answer"):
        # The browser asked nobody: no try to get in.
        return _ask(request, wrong=_("没有取得通行密钥:请重试,或改用验证码。"))
    state = request.session.pop(passkeys.STATE, None)
    try:
        passkeys.check(request.user.pk or 0, answer_of(request), state, request.get_host())
    except BulouError as error:
        return _count(request) or _ask(request, wrong=str(error))
    return _shown(request)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
@signed_in(before_factor=True)
def new_factor(request: HttpRequest) -> HttpResponse:
    """`/second-factor/new`: take an authenticator into use. Whoever has a factor must have shown it first."""
    user = request.user.pk or 0
    if request.session.get(factors.VERIFIED) != factors.SHOWN and factors.in_force(user).exists():
        return HttpResponseRedirect(_with_next("second_factor", request))
    secret = _secret(request)
    if request.method == "GET":
        return _offer(request, secret)
    try:
        factors.enrol_code(user, secret, request.POST.get("code", ""))
    except BulouError as error:
        return _offer(request, secret, wrong=str(error))
    del request.session[NEW_SECRET]
    _mark_shown(request)
    context = {"codes": factors.new_recovery_codes(user), "next": _next(request)}
    return render(request, "rights_pages/recovery_codes.html", context)


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
@public("somebody invited has no log-in yet; the link's secret is asked for")
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """`/invitation/<secret>`: set the password of an account, once."""
    try:
        found = invitations.find(secret)
    except BulouError as error:
        page = {"title": _("链接不能用了"), "what_to_do": str(error)}
        return render(request, "web/problem.html", page, status=404)
    wrong = ""
    if request.method == "POST":
        wrong = _accept(secret, request.POST.get("password", ""), request.POST.get("again", ""))
        if not wrong:
            logout(request)
            found.account.user.refresh_from_db()
            login(request, found.account.user, backend=MODEL_BACKEND)
            return HttpResponseRedirect(_home(request))
    context = {"account": found.account, "username": found.account.user.get_username(), "wrong": wrong}
    return render(request, "rights_pages/invitation.html", context, status=422 if wrong else 200)


def _accept(secret: str, password: str, again: str) -> str:
    """What is wrong with the password, or "" when it was set."""
    if password != again:
        return _("两次输入的密码不一样:请重新输入。")
    try:
        invitations.accept(secret, password)
    except BulouError as error:
        return str(error)
    return ""


def answer_of(request: HttpRequest) -> dict[str, Any]:
    """What the browser's credential says; nothing usable is an empty answer, which no check lets pass."""
    try:
        found = json.loads(request.POST.get("answer", ""))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _secret(request: HttpRequest) -> bytes:
    """The secret that is offered; the same until it was taken, so that a reload spoils no QR code."""
    if NEW_SECRET not in request.session:
        request.session[NEW_SECRET] = factors.new_secret().hex()
    return bytes.fromhex(request.session[NEW_SECRET])


def _offer(request: HttpRequest, secret: bytes, *, wrong: str = "") -> HttpResponse:
    address = factors.address_of(secret, request.user.get_username())
    context = {
        "picture": picture(address),
        "letters": factors.in_letters(secret),
        "wrong": wrong,
        "next": _next(request),
        "is_first": needs_factor(request) and request.session.get(factors.VERIFIED) != factors.SHOWN,
    }
    return render(request, "rights_pages/factor_new.html", context, status=422 if wrong else 200)


def _ask(request: HttpRequest, *, wrong: str = "") -> HttpResponse:
    kinds = set(factors.in_force(request.user.pk or 0).values_list("kind", flat=True))
    context = {"kinds": kinds, "wrong": wrong, "next": _next(request)}
    return render(request, "rights_pages/second_factor.html", context, status=422 if wrong else 200)


def _shown(request: HttpRequest) -> HttpResponse:
    _mark_shown(request)
    return HttpResponseRedirect(_next(request))


def _mark_shown(request: HttpRequest) -> None:
    log_ins.rotate(request)
    request.session[factors.VERIFIED] = factors.SHOWN


def _count(request: HttpRequest) -> HttpResponse | None:
    """A wrong code counts like a wrong password: too many lock the log-in and sign this session out."""
    user_login_failed.send(__name__, credentials=_who(request), request=request)
    return None if AxesProxyHandler.is_allowed(request, _who(request)) else _too_many(request)


def _too_many(request: HttpRequest) -> HttpResponse:
    logout(request)
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    return render(request, "web/locked.html", {"minutes": minutes}, status=429)


def _who(request: HttpRequest) -> dict[str, str]:
    return {"username": request.user.get_username()}


def _next(request: HttpRequest) -> str:
    back = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return back if safe else _home(request)


def _home(request: HttpRequest) -> str:
    """Where somebody goes who did not ask for a page: the first one that the mandate opens."""
    return home_of(mandates.chosen(request.user.pk or 0, request.session.get(mandates.SESSION_KEY)))


def _with_next(name: str, request: HttpRequest) -> str:
    return f"{reverse(name)}?next={_next(request)}"


def needs_factor(request: HttpRequest) -> bool:
    """Whether the log-in has a mandate that asks for a second factor."""
    return any(map(factors.is_required, mandates.running(request.user.pk or 0)))

"""One's own account: devices that are signed in, the password, second factors."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bulou.command.rights_pages.entry import answer_of, needs_factor
from bulou.command.rights_pages.hats import with_places
from bulou.kernel import audit
from bulou.kernel.problems import BulouError, problem
from bulou.rights import factors, invitations, log_ins, mandates, passkeys
from bulou.rights.models import Account, LogIn, SecondFactor
from bulou.web.access import actor, signed_in

WRONG_PASSWORD = problem("account-wrong-password", gettext_lazy("现在的密码不对:请检查大小写和输入法。"))
NOT_ALIKE = problem("account-passwords-differ", gettext_lazy("两次输入的新密码不一样:请重新输入。"))


@never_cache
@require_GET
@signed_in()
def account(request: HttpRequest) -> HttpResponse:
    """`/account`"""
    return _page(request)


def _page(request: HttpRequest, *, wrong: str = "") -> HttpResponse:
    user = request.user.pk or 0
    context = {
        "log_ins": list(log_ins.standing(user)),
        "this": request.session.get(log_ins.KEY),
        "factors": list(factors.in_force(user)),
        "codes_left": factors.recovery_codes_left(user),
        "mandates": with_places(list(mandates.running(user))),
        "wrong": wrong,
    }
    return render(request, "rights_pages/account.html", context, status=422 if wrong else 200)


@require_POST
@signed_in()
def sign_out(request: HttpRequest, id: int) -> HttpResponse:
    """`/account/log-ins/<id>/end`: sign one of one's own devices out."""
    found = LogIn.objects.filter(pk=id, user=request.user.pk).first()
    if found is None:
        raise Http404
    log_ins.end(found, by=actor(request))
    messages.success(request, _("那台设备已退出登录。"))
    return _back()


@require_POST
@signed_in()
def sign_out_others(request: HttpRequest) -> HttpResponse:
    """`/account/log-ins/end`: sign out every device but this."""
    log_ins.end_all(request.user.pk or 0, but=request.session.get(log_ins.KEY))
    audit.record("log_in.ended_others", by=actor(request), subject=actor(request))
    messages.success(request, _("其他设备都已退出登录。"))
    return _back()


@never_cache
@sensitive_post_parameters("now", "password", "again")
@require_http_methods(["GET", "POST"])
@signed_in()
def password(request: HttpRequest) -> HttpResponse:
    """`/account/password`: a new password; every other device is signed out."""
    wrong = ""
    if request.method == "POST":
        try:
            _change(request)
        except BulouError as error:
            wrong = str(error)
        else:
            messages.success(request, _("密码已改,其他设备都已退出登录。"))
            return _back()
    return render(request, "rights_pages/password.html", {"wrong": wrong}, status=422 if wrong else 200)


def _change(request: HttpRequest) -> None:
    found = Account.objects.select_related("user").filter(user=request.user.pk).first()
    if found is None or not found.user.check_password(request.POST.get("now", "")):
        raise WRONG_PASSWORD.error()
    if request.POST.get("password", "") != request.POST.get("again", ""):
        raise NOT_ALIKE.error()
    invitations.set_password(found, request.POST.get("password", ""))
    update_session_auth_hash(request, found.user)
    log_ins.follow(request)
    log_ins.end_all(found.user_id, but=request.session.get(log_ins.KEY))
    audit.record("account.password_changed", by=actor(request), subject=actor(request))


@never_cache
@require_POST
@signed_in()
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """`/account/recovery-codes`: new ones, shown this once."""
    codes = factors.new_recovery_codes(request.user.pk or 0)
    return render(request, "rights_pages/recovery_codes.html", {"codes": codes, "next": reverse("account")})


@require_POST
@signed_in()
def remove_factor(request: HttpRequest, id: int) -> HttpResponse:
    """`/account/factors/<id>/remove`"""
    found = SecondFactor.objects.filter(pk=id, user=request.user.pk).first()
    if found is None:
        raise Http404
    factors.remove(found, by=actor(request), needed=needs_factor(request))
    messages.success(request, _("这个验证方式已删除。"))
    return _back()


@never_cache
@require_GET
@signed_in(formats=("json",))
def new_passkey_options(request: HttpRequest) -> HttpResponse:
    """`/account/passkey`: what the browser needs to make a passkey."""
    user = request.user
    options, state = passkeys.begin_enrolment(user.pk or 0, user.get_username(), request.get_host())
    request.session[passkeys.STATE] = state
    return JsonResponse(options)


@require_POST
@signed_in()
def new_passkey(request: HttpRequest) -> HttpResponse:
    """`/account/passkey/new`: keep the passkey that the browser made."""
    given: Any = request.session.pop(passkeys.STATE, None)
    title = request.POST.get("title", "")
    try:
        passkeys.complete_enrolment(
            request.user.pk or 0, answer_of(request), given, request.get_host(), title=title
        )
    except BulouError as error:
        return _page(request, wrong=str(error))
    request.session[factors.VERIFIED] = factors.SHOWN
    messages.success(request, _("通行密钥已登记。"))
    return _back()


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("account"))

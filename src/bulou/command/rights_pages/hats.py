"""The mandate that one acts under: choose it, pass it on for a while, take more in an emergency."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from bulou.command import place_choice
from bulou.command.place_choice import PlaceUnclear
from bulou.kernel import clock
from bulou.kernel.problems import BulouError, problem
from bulou.places.queries import names
from bulou.rights import emergencies, giving, log_ins, mandates
from bulou.rights.capabilities import Capability
from bulou.rights.models import Account, Emergency, Mandate
from bulou.web.access import OfficeRequest, office, signed_in
from bulou.web.context import home_of

NO_ACCOUNT = problem("account-not-found", gettext_lazy("没有这个用户名:请核对后再填。"), status=404)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in()
def hats(request: HttpRequest) -> HttpResponse:
    """`/hats`: choose under which mandate one acts."""
    found = list(mandates.running(request.user.pk or 0))
    if request.method == "GET":
        context = {"rows": with_places(found), "next": _next(request)}
        return render(request, "rights_pages/hats.html", context)
    asked = request.POST.get("mandate", "")
    chosen = next((one for one in found if str(one.pk) == asked), None)
    if chosen is None:
        raise Http404
    put_on(request, chosen)
    messages.success(request, _("现在的身份:{role}").format(role=chosen.role))
    return HttpResponseRedirect(_next(request))


def put_on(request: HttpRequest, mandate: Mandate) -> None:
    """From now on act under a mandate; the session has a new key, as its power changes."""
    log_ins.rotate(request)
    request.session[mandates.SESSION_KEY] = mandate.pk


@never_cache
@require_http_methods(["GET", "POST"])
@office()
def delegations(request: OfficeRequest) -> HttpResponse:
    """`/delegations`: pass the mandate that one acts under on to somebody, for at most two weeks."""
    wrong, scope = "", request.mandate.scope
    where = place_choice.shown(request.POST, "scope", scope)
    if request.method == "POST":
        try:
            made = _delegate(request)
        except PlaceUnclear as error:
            where = error.choice
        except BulouError as error:
            wrong = str(error)
        else:
            said = _("已提交,另一个人复核后生效。") if made.awaits else _("已委托。")
            messages.success(request, said)
            return HttpResponseRedirect(reverse("delegations"))
    standing = Mandate.objects.filter(delegated_from__account=request.mandate.account_id, emergency=None)
    running = list(standing.exclude(ends_at__lte=clock.now()).select_related("account", "role"))
    context = {
        "wrong": wrong,
        "rows": with_places(running),
        "given": request.POST,
        "until": clock.local(clock.now() + timedelta(days=1)),
        "latest": clock.local(clock.now() + giving.LONGEST_DELEGATION),
        "days": giving.LONGEST_DELEGATION.days,
        "asked_place": where,
        "places": place_choice.listed(scope),
    }
    bad = bool(wrong or where.error)
    return render(request, "rights_pages/delegations.html", context, status=422 if bad else 200)


def _delegate(request: OfficeRequest) -> Mandate:
    return giving.delegate(
        request.mandate,
        account_named(request.POST.get("username", "")),
        scope=place_choice.chosen(request.POST, "scope", request.mandate.scope),
        ends_at=instant_of(request.POST.get("until", "")),
        reason=request.POST.get("reason", ""),
    )


@require_POST
@office()
def end_delegation(request: OfficeRequest, id: int) -> HttpResponse:
    """`/delegations/<id>/end`: take back what one passed on."""
    found = Mandate.objects.filter(pk=id, delegated_from__account=request.mandate.account_id).first()
    if found is None:
        raise Http404
    giving.take_back(found, by=request.mandate, reason=_("委托人收回"))
    messages.success(request, _("已收回。"))
    return HttpResponseRedirect(reverse("delegations"))


@never_cache
@require_http_methods(["GET", "POST"])
@office(Capability.BREAK_GLASS)
def emergency(request: OfficeRequest) -> HttpResponse:
    """`/emergency`: take more power for at most an hour, with a reason."""
    wrong = ""
    if request.method == "POST":
        try:
            taken = _take(request)
        except BulouError as error:
            wrong = str(error)
        else:
            put_on(request, taken.mandate)
            messages.warning(request, _("紧急提权已生效,到期自动收回;事后由隐私保护专员复核。"))
            return HttpResponseRedirect(reverse("board"))
    mine = Emergency.objects.filter(mandate__account=request.mandate.account_id)
    context = {
        "wrong": wrong,
        "given": request.POST,
        "can_widen": len(request.mandate.scope) > emergencies.TOWNSHIP,
        "can_unmask": not request.mandate.may(Capability.UNMASK),
        "running": list(mine.filter(mandate__ends_at__gt=clock.now()).select_related("mandate")),
        "past": list(mine.filter(mandate__ends_at__lte=clock.now()).select_related("mandate")[:20]),
        "minutes": [(str(n), _("{n} 分钟").format(n=n)) for n in (15, 30, 60)],
    }
    return render(request, "rights_pages/emergency.html", context, status=422 if wrong else 200)


def _take(request: OfficeRequest) -> Emergency:
    minutes = request.POST.get("minutes", "")
    return emergencies.take(
        request.mandate,
        wider="wider" in request.POST,
        unmask="unmask" in request.POST,
        minutes=int(minutes) if minutes.isdecimal() and len(minutes) < 4 else 60,
        reason=request.POST.get("reason", ""),
    )


@require_POST
@office()
def end_emergency(request: OfficeRequest, id: int) -> HttpResponse:
    """`/emergency/<id>/end`: give it back before its end."""
    found = Emergency.objects.filter(pk=id, mandate__account=request.mandate.account_id).first()
    if found is None:
        raise Http404
    emergencies.give_back(found, by=request.mandate)
    request.session.pop(mandates.SESSION_KEY, None)
    messages.success(request, _("紧急提权已提前结束。"))
    return HttpResponseRedirect(reverse("board"))


def with_places(found: list[Mandate]) -> list[tuple[Mandate, str]]:
    """Each mandate with the name of its place."""
    known = names(one.scope for one in found)
    return [(one, known.get(one.scope, one.scope)) for one in found]


def account_named(username: str) -> Account:
    """The account of a user name. Raises `account-not-found`."""
    found = Account.objects.filter(user__username=username.strip(), user__is_active=True).first()
    if found is None:
        raise NO_ACCOUNT.error()
    return found


def instant_of(text: str) -> datetime:
    """A local time of a form. Raises `mandate-bad-end` for one that cannot be read."""
    try:
        return clock.parse_instant(text)
    except (BulouError, ValueError):
        raise giving.BAD_END.error(days=giving.LONGEST_DELEGATION.days) from None


def _next(request: HttpRequest) -> str:
    back = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    hat = mandates.chosen(request.user.pk or 0, request.session.get(mandates.SESSION_KEY))
    return back if safe else home_of(hat)

"""Accounts: who has one here, invitations, what each may do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bulou.command import place_choice
from bulou.command.actors import actor_titles
from bulou.command.asked import Page
from bulou.command.place_choice import PlaceChoice, PlaceUnclear
from bulou.command.rights_pages import worker_choice
from bulou.command.rights_pages.hats import instant_of, with_places
from bulou.command.rights_pages.qr import picture
from bulou.command.rights_pages.worker_choice import WorkerChoice, WorkerUnclear
from bulou.kernel import clock
from bulou.kernel.problems import BulouError
from bulou.places.models import Post
from bulou.places.queries import held_by, labels
from bulou.rights import factors, giving, invitations, mandates
from bulou.rights.capabilities import Capability
from bulou.rights.models import Account, Mandate, Role
from bulou.rights.queries import accounts_of, waiting
from bulou.web.access import OfficeRequest, actor, office

MANAGE = Capability.MANAGE_RIGHTS


@never_cache
@require_GET
@office(MANAGE)
def accounts(request: OfficeRequest) -> HttpResponse:
    """`/rights`: the accounts of one's scope, with what runs and what waits for a second person."""
    words = request.GET.get("q", "").strip()
    found = accounts_of(request.mandate).order_by("user__username")
    if words:
        found = found.filter(Q(user__username__icontains=words) | Q(title__icontains=words))
    page = Page.of(request, found.count())
    rows = list(found[page.offset : page.offset + page.size])
    running: dict[int, list[tuple[Mandate, str]]] = {}
    for one, where in with_places(list(mandates.in_force().filter(account__in=rows))):
        running.setdefault(one.account_id, []).append((one, where))
    context = {
        "q": words,
        "page": page,
        "rows": [(one, running.get(one.pk, [])) for one in rows],
        "waiting": waiting(request.mandate).count(),
    }
    return render(request, "rights_pages/accounts.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@office(MANAGE)
def invite(request: OfficeRequest) -> HttpResponse:
    """`/rights/invite`: a new account; its link is shown once, to be read from this screen."""
    wrong, who = "", WorkerChoice(request.POST.get("who", ""))
    if request.method == "POST":
        try:
            found, secret = invitations.invite(
                request.POST.get("username", "").strip(),
                title=request.POST.get("title", ""),
                worker=worker_choice.chosen(request.POST, request.mandate),
                by=actor(request),
            )
        except WorkerUnclear as error:
            who = error.choice
        except BulouError as error:
            wrong = str(error)
        else:
            return _link_shown(request, found, secret)
    context = {"wrong": wrong, "who": who, "given": request.POST}
    bad = bool(wrong or who.error)
    return render(request, "rights_pages/invite.html", context, status=422 if bad else 200)


def _link_shown(request: OfficeRequest, found: Account, secret: str) -> HttpResponse:
    link = request.build_absolute_uri(reverse("invitation", args=[secret]))
    hours = int(invitations.LASTS.total_seconds() // 3600)
    context = {"account": found, "link": link, "picture": picture(link), "hours": hours}
    return render(request, "rights_pages/link.html", context)


@never_cache
@require_GET
@office(MANAGE)
def account(request: OfficeRequest, id: int) -> HttpResponse:
    """`/rights/accounts/<id>`"""
    return _page(request, _found(request, id))


def _page(
    request: OfficeRequest,
    found: Account,
    *,
    wrong: str = "",
    where: PlaceChoice | None = None,
    who: WorkerChoice | None = None,
) -> HttpResponse:
    scope = request.mandate.scope
    rows = list(found.mandates.select_related("role", "post").order_by("-starts_at", "-pk")[:100])
    now, running = clock.now(), {one.pk for one in mandates.running(found.user_id)}
    posts = list(held_by(found.worker_id)) if found.worker_id else []
    titles = labels(one.pk for one in posts)
    actors = actor_titles(one.granted_by for one in rows)
    lines = [
        (one, where, _state(one, running, now), actors[one.granted_by]) for one, where in with_places(rows)
    ]
    context = {
        "account": found,
        "rows": lines,
        "roles": [(one.pk, str(one)) for one in Role.objects.order_by("code")],
        "posts": [("", _("不按岗位")), *((str(one.pk), titles[one.pk]) for one in posts)],
        "factors": factors.in_force(found.user_id).count(),
        "given": request.POST,
        "wrong": wrong,
        "asked_place": where or place_choice.shown(request.POST, "scope", scope),
        "places": place_choice.listed(scope),
        "who": who or WorkerChoice(),
        "worker": worker_choice.said(found.worker_id),
    }
    bad = bool(wrong or where or who)
    return render(request, "rights_pages/managed.html", context, status=422 if bad else 200)


def _state(mandate: Mandate, running: set[int], now: datetime) -> str:
    """running, awaits (a second person), ended, or idle (to come, or its post is with somebody else)."""
    if mandate.ends_at is not None and mandate.ends_at <= now:
        return "ended"
    if mandate.awaits:
        return "awaits"
    return "running" if mandate.pk in running else "idle"


@never_cache
@require_POST
@office(MANAGE)
def grant(request: OfficeRequest, id: int) -> HttpResponse:
    """`/rights/accounts/<id>/grant`: give a mandate."""
    found, until = _found(request, id), request.POST.get("until", "")
    try:
        post = _post(found, request.POST.get("post", ""))
        scope = place_choice.chosen(request.POST, "scope", request.mandate.scope)
        made = giving.give(
            found,
            request.POST.get("role", ""),
            scope or (post.place if post else ""),
            giver=request.mandate,
            post=post,
            ends_at=instant_of(until) if until else None,
            reason=request.POST.get("reason", ""),
        )
    except PlaceUnclear as error:
        return _page(request, found, where=error.choice)
    except BulouError as error:
        return _page(request, found, wrong=str(error))
    messages.success(request, _("已提交,另一个人复核后生效。") if made.awaits else _("已授权。"))
    return _to(found)


def _post(account: Account, text: str) -> Post | None:
    """A post that the account's worker holds."""
    if not (account.worker_id and text.isdecimal() and len(text) < 12):
        return None
    return held_by(account.worker_id).filter(pk=text).first()


@never_cache
@require_POST
@office(MANAGE)
def worker(request: OfficeRequest, id: int) -> HttpResponse:
    """`/rights/accounts/<id>/worker`: whose account it is, so that mandates may follow a post."""
    found = _found(request, id)
    try:
        invitations.set_worker(found, worker_choice.chosen(request.POST, request.mandate), by=actor(request))
    except WorkerUnclear as error:
        return _page(request, found, who=error.choice)
    messages.success(request, _("已记下。") if found.worker_id else _("已取消对应。"))
    return _to(found)


@require_POST
@office(MANAGE)
def withdraw(request: OfficeRequest, id: int) -> HttpResponse:
    """`/rights/mandates/<id>/withdraw`"""
    one = Mandate.objects.select_related("account").filter(pk=id).first()
    if one is None or not request.mandate.covers(one.scope):
        raise Http404
    try:
        giving.take_back(one, by=request.mandate, reason=request.POST.get("reason", ""))
    except BulouError as error:
        return _page(request, one.account, wrong=str(error))
    messages.success(request, _("已收回。"))
    return _to(one.account)


@require_POST
@office(MANAGE)
def shut(request: OfficeRequest, id: int) -> HttpResponse:
    """`/rights/accounts/<id>/shut`: nobody gets in with it, whoever is in is out."""
    return _act(request, id, invitations.shut, _("已停用,正在使用的设备都已退出。"))


@require_POST
@office(MANAGE)
def reopen(request: OfficeRequest, id: int) -> HttpResponse:
    """`/rights/accounts/<id>/reopen`"""
    return _act(request, id, invitations.reopen, _("已重新启用。"))


@require_POST
@office(MANAGE)
def reset_factors(request: OfficeRequest, id: int) -> HttpResponse:
    """`/rights/accounts/<id>/reset`: the phone is lost; the next log-in makes a new second factor."""

    def reset(found: Account, *, by: str, reason: str) -> None:
        factors.remove_all(found.user_id, by=by)

    return _act(request, id, reset, _("第二重验证已清除,下次登录时重新登记。"))


def _act(request: OfficeRequest, id: int, verb: Callable[..., Any], done: str) -> HttpResponse:
    found = _found(request, id)
    reason = request.POST.get("reason", "").strip()
    if found.pk == request.mandate.account_id:
        return _page(request, found, wrong=giving.NOT_TO_ONESELF.say())
    if len(reason) < giving.SHORTEST_REASON:
        return _page(request, found, wrong=giving.REASON_NEEDED.say())
    verb(found, by=actor(request), reason=reason)
    messages.success(request, done)
    return _to(found)


@never_cache
@require_POST
@office(MANAGE)
def link(request: OfficeRequest, id: int) -> HttpResponse:
    """`/rights/accounts/<id>/link`: a new link, also for a password that was forgotten."""
    found = _found(request, id)
    return _link_shown(request, found, invitations.new_link(found, by=actor(request)))


def _found(request: OfficeRequest, id: int) -> Account:
    """An account of one's scope; another looks as if it were not there."""
    found = accounts_of(request.mandate).filter(pk=id).first()
    if found is None:
        raise Http404
    return found


def _to(found: Account) -> HttpResponse:
    return HttpResponseRedirect(reverse("rights_account", args=[found.pk]))

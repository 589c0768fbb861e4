"""Posts: the list, a post's time line, handing it over, standing in, leaving."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bulou.command.actors import actor_titles
from bulou.command.registers import rosters, terms
from bulou.command.registers.candidates import candidates
from bulou.kernel import clock
from bulou.kernel.clock import parse_instant
from bulou.kernel.problems import BulouError
from bulou.places import codes, handing, posts
from bulou.places.models import Handover, Post, Worker
from bulou.places.queries import name_path
from bulou.places.roles import ROLES, title_of
from bulou.rights.capabilities import Capability
from bulou.web.access import OfficeRequest, actor, office, path_in_scope

PAGE = 50


@require_GET
@office(Capability.SEE_PERSONS)
def list_posts(request: OfficeRequest) -> HttpResponse:
    """`/posts`: the posts of a place and below; vacant ones with `?state=vacant`."""
    crumbs = path_in_scope(request.mandate, request.GET.get("place", ""))
    place, now = crumbs[-1], clock.now()
    state, role = request.GET.get("state", ""), request.GET.get("role", "")
    if state and state not in rosters.STATES:
        raise Http404
    asked = rosters.PostsAsked(place.code, role, state, now)
    found = rosters.after(asked.found(), request.GET.get("after", ""))
    rows = rosters.rows_of(found[: PAGE + 1], above=place.code, now=now)
    context = {
        "crumbs": crumbs,
        "place": place,
        "rows": rows[:PAGE],
        "next": rows[PAGE - 1].cursor if len(rows) > PAGE else "",
        "total": asked.found().order_by().count(),
        "vacant": rosters.vacant_under(place.code),
        "state": state,
        "role": role,
        "roles": [("", _("全部岗位")), *((one.code, one.title) for one in ROLES.values())],
        "now": now,
    }
    return render(request, "registers/posts.html", context)


@never_cache
@require_GET
@office(Capability.SEE_PERSONS)
def show_post(request: OfficeRequest, id: int) -> HttpResponse:
    """`/posts/<id>`: who held it in time, and the next hand-over."""
    post = post_in_scope(request, id)
    return render(request, "registers/post.html", _page(request, post))


def post_in_scope(request: OfficeRequest, id: int) -> Post:
    """Raises Http404 for a post that is not there or lies outside."""
    found = Post.objects.filter(pk=id).first()
    if found is None or not request.mandate.covers(found.place):
        raise Http404
    return found


def _page(request: OfficeRequest, post: Post) -> dict[str, Any]:
    now, found = clock.now(), terms.terms(post)
    path = name_path(post.place, separator="\n").split("\n")
    handovers = list(Handover.objects.filter(post=post).select_related("giver", "taker").order_by("-pk")[:20])
    context = {
        "post": post,
        "title": f"{path[-1]} {title_of(post.role)}",
        "around": " / ".join(path[:-1]),
        "terms": found,
        "line": terms.line(found, now),
        "holders": [one for one in found if not one.deputy and one.runs(now)],
        "deputies": [one for one in found if one.deputy and one.runs(now)],
        "gap": terms.gap_now(found, now),
        "handovers": [_told(one) for one in handovers],
        "makers": actor_titles(one.made_by for one in handovers),
        "now": now,
    }
    return context | (_handing(request, post) if _may_hand(request) else {"left": _left(post)})


def _may_hand(request: OfficeRequest) -> bool:
    return request.mandate.may(Capability.KEEP_POSTS)


def _told(one: Handover) -> dict[str, Any]:
    giver = handing.name_of(one.giver) if one.giver else ""
    return {"row": one, "giver": giver, "taker": handing.name_of(one.taker)}


def _handing(request: OfficeRequest, post: Post) -> dict[str, Any]:
    """The box in which a post is handed over: candidates, or the one chosen with what stands against it."""
    given = request.POST if request.method == "POST" else request.GET
    at, words = _instant(given.get("at", "")), given.get("q", "")
    chosen = _chosen(given.get("to", ""))
    conflicts = handing.conflicts(post, chosen, at) if chosen else []
    return {
        "post": post,
        "q": words,
        "at": terms.local_input(at or clock.now()),
        "chosen": chosen,
        "chosen_name": handing.name_of(chosen) if chosen else "",
        "people": candidates(post, words) if chosen is None else [],
        "conflicts": conflicts,
        "forbidden": any(one.final for one in conflicts),
        "left": _left(post),
    }


def _left(post: Post) -> int:
    """What goes along with the post."""
    return rosters.left_of([post.pk], clock.now()).get(post.pk, 0)


def _instant(text: str) -> datetime | None:
    return parse_instant(text) if text else None


def _chosen(text: str) -> Worker | None:
    if not (text.isdecimal() and len(text) < 19):
        return None
    return Worker.objects.filter(pk=int(text)).first()


@never_cache
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("q", "words")
@office(Capability.KEEP_POSTS)
def hand_over(request: OfficeRequest, id: int) -> HttpResponse:
    """`/posts/<id>/handover`: GET the box (candidates, conflicts), POST hands it over."""
    post = post_in_scope(request, id)
    if request.method == "GET":
        return _box(request, post)
    taker = _chosen(request.POST.get("to", ""))
    if taker is None:
        return _box(request, post, _("请先选择接岗人。"), 422)
    try:
        at = _when(request.POST.get("at", ""))
        made = handing.hand_over(
            post.pk, taker.pk, at, words=request.POST.get("words", ""), by=actor(request)
        )
    except BulouError as error:
        return _box(request, post, str(error), error.kind.status)
    said = _("已交给{name},从 {at} 起;{n} 项未完成的责任一并转交。双方都会看到这次交接。")
    messages.success(
        request, said.format(name=handing.name_of(taker), at=handing.shown(made.at), n=f"{_left(post):,}")
    )
    return _to_post(post)


def _when(text: str) -> datetime | None:
    """The instant that was asked for; the minute that runs is now."""
    asked = _instant(text)
    running = asked is not None and terms.local_input(asked) == terms.local_input(clock.now())
    return None if running else asked


def _box(request: OfficeRequest, post: Post, refused: str = "", status: int = 200) -> HttpResponse:
    part = bool(request.headers.get("HX-Request"))
    context = _handing(request, post) if part else _page(request, post)
    template = "registers/_handover.html" if part else "registers/post.html"
    return render(request, template, context | {"refused": refused}, status=status)


def _to_post(post: Post) -> HttpResponse:
    return HttpResponseRedirect(reverse("post", args=[post.pk]))


@never_cache
@require_POST
@office(Capability.KEEP_POSTS)
def deputise(request: OfficeRequest, id: int) -> HttpResponse:
    """`/posts/<id>/deputy`: somebody stands in until an end."""
    post = post_in_scope(request, id)
    worker = _chosen(request.POST.get("to", ""))
    if worker is None:
        raise handing.NO_SUCH_WORKER.error()
    starts, ends = (_instant(request.POST.get(name, "")) for name in ("at", "until"))
    handing.deputise(post.pk, worker.pk, starts or clock.now(), ends, by=actor(request))
    messages.success(request, _("已登记副岗。"))
    return _to_post(post)


@never_cache
@require_POST
@office(Capability.KEEP_POSTS)
def vacate(request: OfficeRequest, id: int) -> HttpResponse:
    """`/posts/<id>/vacate`: a holder or deputy leaves without a successor."""
    post = post_in_scope(request, id)
    worker = _chosen(request.POST.get("worker", ""))
    if worker is None:
        raise handing.NO_SUCH_WORKER.error()
    posts.leave(post, worker.pk, by=actor(request))
    messages.success(request, _("已办理离任。没有接任的人,这个岗位现在算作无人负责。"))
    return _to_post(post)


@never_cache
@require_GET
@office(Capability.SEE_PERSONS)
def list_handovers(request: OfficeRequest) -> HttpResponse:
    """`/handovers`: what I was given or gave and have not said to have seen; below, those of my area."""
    worker = request.mandate.account.worker_id
    mine = list(handing.unseen_by(worker)[:PAGE]) if worker else []
    waiting: list[Handover] = []
    if _may_hand(request):
        waiting = list(_waiting(request.mandate.scope)[:PAGE])
    titles = posts.labels(one.post_id for one in (*mine, *waiting))
    context = {
        "mine": [_told(one) | {"title": titles[one.post_id]} for one in mine],
        "waiting": [_told(one) | {"title": titles[one.post_id]} for one in waiting],
        "worker": worker,
    }
    return render(request, "registers/handovers.html", context)


def _waiting(scope: str) -> Any:
    unseen = Q(taker_saw_at__isnull=True) | Q(giver__isnull=False, giver_saw_at__isnull=True)
    found = Handover.objects.filter(unseen, codes.within("post__place", scope))
    return found.select_related("post", "giver", "taker").order_by("-pk")


@never_cache
@require_POST
@office(Capability.SEE_PERSONS)
def see_handover(request: OfficeRequest, id: int) -> HttpResponse:
    """`/handovers/<id>/seen`: a side has seen it; who keeps posts may say that a side was told by phone."""
    found = Handover.objects.filter(pk=id).select_related("post").first()
    own = request.mandate.account.worker_id
    if found is None or not (
        request.mandate.covers(found.post.place) or own in (found.giver_id, found.taker_id)
    ):
        raise Http404
    told = _chosen(request.POST.get("worker", ""))
    side = told.pk if told and _may_hand(request) else own
    if side is None:
        raise handing.NOT_A_SIDE.error()
    handing.see(found.pk, side, by=actor(request))
    return HttpResponseRedirect(reverse("handovers"))

"""Acts about a selection, or about all that a list has: first what will happen, then doing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from bulou.command.worklists import bulk, people_here, saved
from bulou.command.worklists.asked import GapsAsked
from bulou.command.worklists.bulk import Plan
from bulou.command.worklists.gap_views import key_of, post_of
from bulou.kernel import clock
from bulou.kernel.ids import uuid7
from bulou.kernel.problems import BulouError
from bulou.obligations import followup
from bulou.obligations.followup_model import Outcome, Why
from bulou.obligations.gaps import Gap
from bulou.rights.capabilities import Capability
from bulou.web.access import OfficeRequest, actor, office, path_in_scope

ACTS = ("later", "hand", "back", "call")


@sensitive_post_parameters("words")
@require_POST
@office(Capability.SEE_PERSONS, Capability.WORK_GAPS)
def preview(request: OfficeRequest) -> HttpResponse:
    """`/gaps/bulk`: what an act would do about which lines; nothing happens yet."""
    ids = bulk.in_scope(_chosen(request), request.mandate.scope)
    context = _context(request, ids)
    if request.POST.get("ready") != "1":
        return render(request, "worklists/bulk.html", context)
    try:
        plan = _plan(request)
        result = bulk.preview(plan, ids)
    except BulouError as error:
        return render(request, "worklists/bulk.html", context | {"wrong": str(error)}, status=422)
    context |= {"result": result, "refusals": bulk.refusals(result), "key": uuid7()}
    return render(request, "worklists/bulk.html", context)


@sensitive_post_parameters("words")
@require_POST
@office(Capability.SEE_PERSONS, Capability.WORK_GAPS)
def do(request: OfficeRequest) -> HttpResponse:
    """`/gaps/bulk/do`: what the preview showed. The form's key makes a second click harmless."""
    key = key_of(request.POST.get("key", ""))
    ids = bulk.in_scope(_chosen(request), request.mandate.scope)
    result, _job = bulk.do(_plan(request), ids, by=actor(request), key=key)
    if result is None:
        messages.success(request, _("已开始处理 {n} 条,完成后清单自动更新。").format(n=len(ids)))
    else:
        left = sum(result.refused.values())
        said = _("已处理 {done} 条,{left} 条没有动。").format(done=result.done + result.repeated, left=left)
        messages.success(request, said)
    return HttpResponseRedirect(_back(request))


def _chosen(request: OfficeRequest) -> list[int]:
    """The lines of the form: named one by one, all together (`ids`), or all of the list (`all`)."""
    if request.POST.get("all") == "1":
        given = QueryDict(request.POST.get("query", ""))
        crumbs = path_in_scope(request.mandate, given.get("place", ""))
        wanted = GapsAsked.read({name: given.get(name, "") for name in given}, crumbs[-1].code)
        if wanted.gap == Gap.UNKNOWN:
            raise bulk.NOTHING_CHOSEN.error()
        return [line.id for line in wanted.lines(limit=bulk.MOST + 1)]
    texts = [*request.POST.getlist("id"), *request.POST.get("ids", "").split(",")]
    return [int(text) for text in texts if text.isdecimal() and text.isascii() and len(text) < 19]


def _plan(request: OfficeRequest) -> Plan:
    act, post = request.POST.get("act", ""), post_of(request)
    if act == "hand" and not people_here.may_be_handed(post, request.mandate.scope, ""):
        raise Http404
    return Plan(
        act=act,
        until=request.POST.get("until", ""),
        why=request.POST.get("why", ""),
        post=post,
        outcome=request.POST.get("outcome", ""),
        words=request.POST.get("words", "").strip()[: followup.WORDS],
    )


def _context(request: OfficeRequest, ids: list[int]) -> dict[str, Any]:
    act, now = request.POST.get("act", ""), clock.now()
    if act not in ACTS:
        raise bulk.NO_SUCH_ACT.error()
    return {
        "act": act,
        "ids": ",".join(str(id) for id in ids),
        "count": len(ids),
        "query": _query(request),
        "list": _list(request),
        "back": _back(request),
        "given": request.POST,
        "whys": Why.choices,
        "outcomes": Outcome.choices,
        "posts": people_here.choices(request.mandate.scope) if act == "hand" else [],
        "latest": f"{clock.local(followup.latest(now) - clock.DAY / 1440):%Y-%m-%dT%H:%M}",
    }


def _list(request: OfficeRequest) -> str:
    """The list that the lines were chosen from, by the name of its URL."""
    given = request.POST.get("list", "gaps")
    return given if given in saved.PAGES else "gaps"


def _back(request: OfficeRequest) -> str:
    return f"{reverse(_list(request))}?{_query(request)}"


def _query(request: OfficeRequest) -> str:
    """The list's address as it was, each part written anew."""
    return QueryDict(request.POST.get("query", "")).urlencode()

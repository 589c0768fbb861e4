"""The office's side of the residents' page: links and papers for a person, requests and their answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bulou.command.actors import actor_titles
from bulou.command.asked import Page
from bulou.command.me import twin
from bulou.command.registers.cells import read
from bulou.kernel import clock, seal
from bulou.kernel.problems import BulouError
from bulou.people.models import Person
from bulou.people.queries import everybody, mask_name
from bulou.places.queries import labels, name_path, name_paths
from bulou.residents import actions, links, queries
from bulou.residents.models import About, Outcome, Request
from bulou.rights.capabilities import Capability
from bulou.web.access import OfficeRequest, actor, office

PURPOSE = "answer-residents"


@require_GET
@never_cache
@office(Capability.ANSWER_RESIDENTS)
def requests(request: OfficeRequest) -> HttpResponse:
    """`/requests`: what residents of the scope asked for and nobody answered yet, or what was done."""
    done = request.GET.get("done") == "1"
    found = queries.of_scope(request.mandate.scope, only_open=not done)
    page = Page.of(request, found.order_by().count())
    shown = [queries.view(one) for one in found[page.offset : page.offset + page.size]]
    places = name_paths({one.request.place for one in shown}, above=request.mandate.scope, separator=" ")
    posts = labels(one.request.post_id for one in shown if one.request.post_id)
    context = {
        "rows": [
            {
                "view": one,
                "name": masked(one.request.person),
                "where": places[one.request.place],
                "post": posts.get(one.request.post_id or 0, ""),
            }
            for one in shown
        ],
        "page": page,
        "done": done,
        "now": clock.now(),
    }
    return render(request, "me/requests.html", context)


@never_cache
@sensitive_post_parameters("words", "value")
@require_http_methods(["GET", "POST"])
@office(Capability.ANSWER_RESIDENTS)
def request_(request: OfficeRequest, id: int) -> HttpResponse:
    """`/requests/<id>`: one request, and its answer in words that the resident reads."""
    one = Request.objects.filter(pk=id).select_related("person").first()
    if one is None or not request.mandate.covers(one.place):
        raise Http404
    refused = ""
    if request.method == "POST":
        refused = _answered(request, one)
        if not refused:
            messages.success(request, _("已答复,本人打开自己的页面就能看到。"))
            return HttpResponseRedirect(reverse("requests"))
    (view,) = [one for one in queries.of_person(one.person) if one.request.pk == id]
    context = {
        "view": view,
        "maker": actor_titles([one.made_by])[one.made_by] if view.by_office else "",
        "uid": one.person.uid,
        "name": masked(one.person),
        "address": name_path(one.place, separator=" "),
        "post": labels([one.post_id]).get(one.post_id, "") if one.post_id else "",
        "outcomes": Outcome.choices,
        "puts_right": one.field in actions.CORRECTABLE,
        "given": request.POST,
        "refused": refused,
    }
    return render(request, "me/answer.html", context, status=422 if refused else 200)


def _answered(request: OfficeRequest, one: Request) -> str:
    """Answer it; the sentence about what is wrong, or "" when it was answered."""
    given = {name: request.POST.get(name, "") for name in ("outcome", "words", "value")}
    try:
        value = given["value"].strip()
        if value and one.field in actions.CORRECTABLE and given["outcome"] != Outcome.REFUSED:
            column = "away_to" if one.field == "away" else one.field
            values, wrong = read("residents", {column: value}, [column])
            if wrong:
                return wrong[column]
            given["value"] = str(values[column])
        actions.answer(one, by=actor(request), **given)
    except BulouError as error:
        return str(error)
    return ""


@never_cache
@require_http_methods(["GET", "POST"])
@office(Capability.ANSWER_RESIDENTS, formats=("html", "pdf"))
def link(request: OfficeRequest, uid: UUID) -> HttpResponse:
    """`/people/<uid>/link`: the link that somebody has; a new one is shown this once, or printed."""
    person = _person(request, uid)
    context: dict[str, Any] = {"person": person, "name": masked(person), "refused": "", "code": ""}
    status = 200
    if request.method == "POST":
        try:
            made = _done(request, person)
            if isinstance(made, HttpResponse):
                return made
            context |= made
        except BulouError as error:
            context["refused"], status = str(error), error.kind.status
    running = links.running(person)
    context |= {
        "link": running,
        "locked": running is not None and links.is_locked(running),
        "lives": name_path(person.place, separator=" "),
        "days": links.LASTS.days,
        "asked": links.questions(person),
    }
    return render(request, "me/link.html", context, status=status)


def _done(request: OfficeRequest, person: Person) -> dict[str, Any] | HttpResponse:
    """Make, print, free or withdraw; what the page shows of it."""
    do, by, running = request.POST.get("do", ""), actor(request), links.running(person)
    if do in ("make", "print"):
        token, _link = links.make(person, by=by)
        address = request.build_absolute_uri(reverse("me", args=[token]))
        if do == "print":
            return _pdf(twin.make_pdf(person, by=by, address=address, language=_language(request)))
        code = segno.make(address, error="m", micro=False).svg_data_uri(scale=6, border=2)
        return {"code": code, "address": address}
    if running is None:
        raise links.LINK_DEAD.error()
    if do == "free":
        links.free(running, by=by)
    elif do == "withdraw":
        links.withdraw(running, by=by)
    else:
        raise Http404
    return {}


@never_cache
@require_POST
@office(Capability.ANSWER_RESIDENTS, formats=("html", "pdf"))
def paper(request: OfficeRequest, uid: UUID) -> HttpResponse:
    """`/people/<uid>/paper`: the paper twin for somebody without a phone. It has the name: recorded."""
    found = _person(request, uid)
    return _pdf(twin.make_pdf(found, by=actor(request), language=_language(request)))


@never_cache
@sensitive_post_parameters("words", "value")
@require_http_methods(["GET", "POST"])
@office(Capability.ANSWER_RESIDENTS)
def ask(request: OfficeRequest, uid: UUID) -> HttpResponse:
    """`/people/<uid>/ask`: what somebody without a phone asks for on paper, written down by the office."""
    person, refused = _person(request, uid), ""
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in ("words", "field", "value")}
        try:
            made = actions.ask(person=person, about=_about(request), by=actor(request), **given)
        except BulouError as error:
            refused = str(error)
        else:
            said = _("已代录,编号 {number}。请把编号抄给本人,时限内答复。").format(number=made.number)
            messages.success(request, said)
            return HttpResponseRedirect(reverse("request", args=[made.pk]))
    context = {
        "person": person,
        "name": masked(person),
        "lives": name_path(person.place, separator=" "),
        "abouts": [("", _("请选择")), *About.choices],
        "fields": [("", _("请选择")), *actions.FIELDS.items()],
        "given": request.POST,
        "refused": refused,
    }
    return render(request, "me/paper_ask.html", context, status=422 if refused else 200)


def _about(request: OfficeRequest) -> str:
    """What the request is about. Raises `request-about`."""
    about = request.POST.get("about", "")
    if about not in About.values:
        raise actions.NO_SUCH_ABOUT.error()
    return about


def _language(request: OfficeRequest) -> str:
    """The language of the paper: the one chosen, else that of the page."""
    chosen = request.POST.get("language", "")
    return chosen if chosen in dict(settings.LANGUAGES) else get_language() or settings.LANGUAGE_CODE


def _pdf(made: bytes) -> HttpResponse:
    headers = {"Content-Disposition": 'attachment; filename="resident.pdf"'}
    return HttpResponse(made, content_type="application/pdf", headers=headers)


def _person(request: OfficeRequest, uid: UUID) -> Person:
    """Somebody registered in the scope. Raises Http404."""
    found = everybody(request.mandate.scope, PURPOSE).filter(uid=uid).exclude(sealed=b"").first()
    if found is None:
        raise Http404
    return found


def masked(person: Person) -> str:
    """A name as the office's lists show it."""
    return mask_name(seal.unseal(person.sealed).get("name", ""))

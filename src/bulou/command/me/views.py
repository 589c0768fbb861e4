"""`/me/<token>`: a resident's own page. No account, no script; the link alone shows nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bulou.command.me import door, twin
from bulou.command.me.content import me_of
from bulou.kernel.problems import BulouError
from bulou.monitoring.release import make_pdf
from bulou.residents import actions, links
from bulou.residents.models import About, PersonalLink
from bulou.web.access import public

WHY = "a resident's own page: the link's 256 random bits, then what only the resident knows"
Page = Callable[..., HttpResponse]


def resident(*, asks: bool = True) -> Callable[[Page], Page]:
    """For who holds a running link; with `asks`, only after the questions were answered in this browser."""

    def decorate(view: Page) -> Page:
        @wraps(view)
        @sensitive_variables("token")
        def inner(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponse:
            if door.is_too_often(request):
                return _private(_said(request, _("请求太频繁,请过一分钟再试。"), 429))
            try:
                link = links.find(token)
                if asks and not door.is_open(request, link):
                    return _private(_ask(request, link, token))
                return _private(view(request, link, token, *args, **kwargs))
            except BulouError as error:
                return _private(_said(request, str(error), error.kind.status))

        return inner

    return decorate


def _private(response: HttpResponse) -> HttpResponse:
    """Nobody keeps it, and the link goes to no other site as a referrer.

    Not `no-referrer`: with that, browsers send forms with `Origin: null`, which looks forged.
    """
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _said(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    return render(request, "me/said.html", {"sentence": sentence}, status=status)


def _ask(request: HttpRequest, link: PersonalLink, token: str, wrong: str = "") -> HttpResponse:
    """The questions, without a word about whose link it is."""
    if links.is_locked(link):
        raise links.LINK_LOCKED.error()
    page = {"token": token, "asked": links.questions(link.person), "wrong": wrong}
    return render(request, "me/ask.html", page, status=422 if wrong else 200)


@public(WHY)
@never_cache
@require_GET
@resident()
def me(request: HttpRequest, link: PersonalLink, token: str) -> HttpResponse:
    """`/me/<token>`: everything."""
    page = {"token": token, "me": me_of(link.person), "link": link, "done": request.GET.get("done", "")}
    return render(request, "me/me.html", page)


@public(WHY)
@never_cache
@sensitive_post_parameters("phone", "birth")
@require_POST
@resident(asks=False)
def open_door(request: HttpRequest, link: PersonalLink, token: str) -> HttpResponse:
    """`/me/<token>/open`: what only the resident knows."""
    try:
        phone, birth = request.POST.get("phone", "")[:40], request.POST.get("birth", "")[:20]
        links.answer(link, phone=phone, birth=birth)
    except BulouError as error:
        if error.kind is links.NOT_YOU:
            return _ask(request, link, token, str(error))
        raise
    response = HttpResponseRedirect(reverse("me", args=[token]))
    door.let_in(response, link, token)
    return response


@public(WHY)
@never_cache
@sensitive_post_parameters("words", "value")
@require_http_methods(["GET", "POST"])
@resident()
def ask(request: HttpRequest, link: PersonalLink, token: str, about: str) -> HttpResponse:
    """`/me/<token>/ask/<about>`: a wrong field, an objection, or word that nobody came."""
    if about not in About.values:
        raise Http404
    wrong = ""
    if request.method == "POST":
        try:
            given = {name: request.POST.get(name, "") for name in ("words", "field", "value")}
            actions.ask(person=link.person, about=about, by=f"resident:{link.pk}", **given)
            return HttpResponseRedirect(f"{reverse('me', args=[token])}?done=asked#requests")
        except BulouError as error:
            wrong = str(error)
    page = {
        "token": token,
        "about": about,
        "title": About(about).label,
        "fields": list(actions.FIELDS.items()),
        "given": request.POST,
        "wrong": wrong,
    }
    return render(request, "me/request.html", page, status=422 if wrong else 200)


@public(WHY)
@never_cache
@require_POST
@resident()
def take_back(request: HttpRequest, link: PersonalLink, token: str, id: int) -> HttpResponse:
    """`/me/<token>/requests/<id>/back`: an answer that is needed no more."""
    one = link.person.requests.filter(pk=id).first()
    if one is None:
        raise Http404
    actions.take_back(one, by=f"resident:{link.pk}")
    return HttpResponseRedirect(f"{reverse('me', args=[token])}?done=back#requests")


@public(WHY, formats=("html", "pdf"))
@never_cache
@require_GET
@resident()
def paper(request: HttpRequest, link: PersonalLink, token: str) -> HttpResponse:
    """`/me/<token>/paper`: the same in large type, to print."""
    return _pdf(twin.make_pdf(link.person, by=f"resident:{link.pk}"), "me.pdf")


@public(WHY, formats=("html", "pdf"))
@never_cache
@require_GET
@resident()
def release_note(request: HttpRequest, link: PersonalLink, token: str) -> HttpResponse:
    """`/me/<token>/release`: one's own release note, once one is free."""
    stay = me_of(link.person).stay
    if stay is None or not stay.has_note:
        raise Http404
    made = make_pdf(stay.case, office=stay.case.decided_by, by=f"resident:{link.pk}")
    return _pdf(made, f"release-{stay.case.number}.pdf")


def _pdf(made: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(made, content_type="application/pdf", headers=headers)


@public(WHY)
@never_cache
@require_POST
@resident()
def end(request: HttpRequest, link: PersonalLink, token: str) -> HttpResponse:
    """`/me/<token>/end`: the resident withdraws the link."""
    links.withdraw(link, by=f"resident:{link.pk}")
    response = _said(request, _("链接已撤销,任何人都不能再用它打开。需要时可向村(社区)要新的。"), 200)
    door.shut(response, token)
    return response


@public(WHY)
@never_cache
@require_POST
@resident(asks=False)
def leave(request: HttpRequest, link: PersonalLink, token: str) -> HttpResponse:
    """`/me/<token>/leave`: this browser forgets the answers; the link stays."""
    response = HttpResponseRedirect(reverse("me", args=[token]))
    door.shut(response, token)
    return response

"""Directives in the office: what is in force, drafting, previewing, the second signature, the paper."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bulou.command.directives import form, orders
from bulou.command.directives import paper as papers
from bulou.kernel import clock
from bulou.kernel.clock import parse_instant
from bulou.kernel.problems import BulouError
from bulou.obligations import directives as standing
from bulou.obligations import drafts
from bulou.obligations.kept_days import KeptDays
from bulou.obligations.kinds import Kind, ordered_kind, ordered_kinds
from bulou.obligations.models import Directive, DirectiveDraft, KindName
from bulou.places.codes import WIDTHS
from bulou.places.models import Level
from bulou.places.queries import children
from bulou.rights import hands
from bulou.rights.capabilities import Capability
from bulou.rights.hands import Hands
from bulou.web.access import OfficeRequest, actor, office, path_in_scope


@require_GET
@office(Capability.SEE_NUMBERS)
def directives(request: OfficeRequest) -> HttpResponse:
    """`/directives`: what is in force here and above, what waits for a signature, what became of the rest."""
    kind = _kind_of(request)
    lines = orders.draft_lines(request.mandate, kind)
    page = {
        "kind": kind,
        "kinds": [("", _("全部类别")), *((one.name, one.title) for one in ordered_kinds().values())],
        "standing": orders.standing(request.mandate, kind, clock.now()),
        "waiting": [line for line in lines if line.is_open],
        "history": [line for line in lines if not line.is_open],
    }
    return render(request, "directives/directives.html", page)


@require_http_methods(["GET", "POST"])
@office(Capability.DRAFT_DIRECTIVES)
def new(request: OfficeRequest) -> HttpResponse:
    """`/directives/new?kind=&place=`: the form made from the kind; "see" counts without saving anything."""
    crumbs = path_in_scope(request.mandate, request.GET.get("place", ""))
    kind = _kind_of(request)
    page: dict[str, Any] = {
        "crumbs": crumbs,
        "place": crumbs[-1],
        "below": children(crumbs[-1].code)[:400],
        "kinds": [(one.name, one.title) for one in _orderable(crumbs[-1].code)],
    }
    if not kind:
        return render(request, "directives/choose.html", page)
    given = _given(request, kind, crumbs[-1].code)
    return _drafted(request, kind, page, given)


def _kind_of(request: OfficeRequest) -> str:
    """What directives of `?kind=` speak of, "" for all."""
    kind = request.GET.get("kind", "")
    return kind if kind in ordered_kinds() else ""


def _orderable(place: str) -> list[Kind]:
    """What a directive for a place may speak of."""
    is_county = len(place) == WIDTHS[Level.COUNTY]
    return [one for one in ordered_kinds().values() if is_county or not one.county_only]


def _drafted(request: OfficeRequest, kind: str, page: dict[str, Any], given: dict[str, Any]) -> HttpResponse:
    """Save the draft, or show the form with its preview or with what is wrong."""
    errors, refused, effects = given.pop("errors"), "", dict[str, Any]()
    if request.method == "POST" and not errors:
        try:
            if request.POST.get("do") == "save":
                made = drafts.draft(**given, by=actor(request))
                messages.success(request, _("草案已保存,请另一位有签发权的人签发。现在什么都没有改变。"))
                return HttpResponseRedirect(reverse("directive", args=[made.pk]))
            effects = _effects(_unsaved(given, by=actor(request)))
        except BulouError as error:
            refused = str(error)
    page |= {
        "kind": ordered_kind(kind),
        "controls": form.controls(ordered_kind(kind), given["params"], errors),
        "given": given | {name: _local(given[name]) for name in ("valid_from", "valid_until")},
        "refused": refused,
        "wrong": errors,
        **effects,
    }
    bad = bool(errors or refused)
    return render(request, "directives/new.html", page, status=422 if bad else 200)


def _effects(one: DirectiveDraft, known: list[Directive] | None = None) -> dict[str, Any]:
    """What an order would do: what it would open, or what the purge would erase."""
    if one.kind.name == KeptDays.name:
        return {"days_moved": orders.days_moved(one)}
    return {"preview": orders.preview(one, known)}


def _unsaved(given: dict[str, Any], *, by: str) -> DirectiveDraft:
    """The draft that would be saved, checked as if it were."""
    made = DirectiveDraft(
        **(given | {"kind": KindName.objects.get(name=given["kind"])}),
        drafted_by=by,
    )
    drafts.check(made, given["kind"])
    return made


def _given(request: OfficeRequest, kind: str, place: str) -> dict[str, Any]:
    """What the form holds: what was posted, else a draft that is copied, else the order that governs now."""
    if request.method == "GET":
        copied = _copied(request, kind)
        params = copied.params if copied else standing.governing(kind, place, clock.now()).params
        words = {name: getattr(copied, name, "") for name in ("number", "title", "ground")}
        times = dict.fromkeys(("valid_from", "valid_until"))
        full = orders.full(ordered_kind(kind), params)
        return {
            "kind": kind,
            "place": place,
            "params": full,
            **words,
            **times,
            "repeals": False,
            "errors": {},
        }
    repeals = request.POST.get("repeals") == "yes"
    values, errors = form.read(ordered_kind(kind), request.POST)
    wrong = {} if repeals else errors
    given: dict[str, Any] = {
        "kind": kind,
        "place": place,
        "params": values,
        "repeals": repeals,
        "errors": wrong,
    }
    given |= {name: request.POST.get(name, "").strip() for name in ("number", "title", "ground")}
    for name in ("valid_from", "valid_until"):
        given[name] = _moment(request.POST.get(name, ""), name, wrong)
    return given


def _copied(request: OfficeRequest, kind: str) -> DirectiveDraft | None:
    """The draft of `?from=`, when it is one of this kind that the account sees."""
    number = request.GET.get("from", "")
    if not (number.isdecimal() and number.isascii() and len(number) < 15):
        return None
    found = DirectiveDraft.objects.filter(pk=number, kind__name=kind, repeals=False).first()
    return found if found and orders.sees(request.mandate, found.place) else None


def _moment(text: str, name: str, errors: dict[str, str]) -> datetime | None:
    if not text:
        return None
    try:
        return parse_instant(text)
    except BulouError as error:
        errors[name] = str(error)
        return None


def _local(moment: datetime | None) -> str:
    """As the input of a local time wants it."""
    return f"{clock.local(moment):%Y-%m-%dT%H:%M}" if moment else ""


@require_GET
@office(Capability.SEE_NUMBERS)
def order(request: OfficeRequest, id: int) -> HttpResponse:
    """`/directives/<id>`: an order, what it changes, what it would open, who drafted and signed it."""
    return _show(request, _seen(request, id))


def _show(request: OfficeRequest, one: DirectiveDraft, refused: str = "") -> HttpResponse:
    page, mandate, by = orders.page_of(one), request.mandate, actor(request)
    covers = mandate.covers(one.place)
    context = {
        "page": page,
        "order": one,
        **(_effects(one, page.known) if page.is_open else {}),
        "is_drafter": one.drafted_by == by,
        **_second(one, by, asked=page.is_open and covers and mandate.may(Capability.SIGN_DIRECTIVES)),
        "refused": refused,
    }
    return render(request, "directives/order.html", context, status=422 if refused else 200)


def _second(one: DirectiveDraft, by: str, *, asked: bool) -> dict[str, bool]:
    """Whether the reader may decide, and whether as the drafter's second hand or as one that cannot be told.

    Another log-in of the human who drafted is the same hand (`rights.hands`).
    """
    verdict = hands.compare(one.drafted_by, by, first_at=one.drafted_at) if asked else None
    return {
        "may_sign": verdict is Hands.TWO,
        "same_hand": verdict is Hands.ONE,
        "hand_unknown": verdict is Hands.UNKNOWN,
    }


def _seen(request: OfficeRequest, id: int) -> DirectiveDraft:
    """An order that holds in the account's scope. Raises Http404."""
    found = DirectiveDraft.objects.select_related("kind").filter(pk=id).first()
    if found is None or not orders.sees(request.mandate, found.place):
        raise Http404
    return found


def _to_decide(request: OfficeRequest, id: int) -> DirectiveDraft:
    """A draft of a place within the account's own scope. Raises Http404."""
    found = _seen(request, id)
    if not request.mandate.covers(found.place):
        raise Http404
    return found


@require_POST
@office(Capability.SIGN_DIRECTIVES)
def sign(request: OfficeRequest, id: int) -> HttpResponse:
    """`/directives/<id>/sign`: the second signature."""
    one = _to_decide(request, id)
    try:
        drafts.sign(one, by=actor(request))
    except BulouError as error:
        return _show(request, _seen(request, id), str(error))
    messages.success(request, _("已签发。从生效时间起按这道指令开账;已经开出的责任不变。"))
    return HttpResponseRedirect(reverse("directive", args=[id]))


@require_POST
@office(Capability.SIGN_DIRECTIVES)
def reject(request: OfficeRequest, id: int) -> HttpResponse:
    """`/directives/<id>/reject`: back to the drafter, with words."""
    try:
        drafts.reject(_to_decide(request, id), words=request.POST.get("words", ""), by=actor(request))
    except BulouError as error:
        return _show(request, _seen(request, id), str(error))
    return HttpResponseRedirect(reverse("directive", args=[id]))


@require_POST
@office(Capability.DRAFT_DIRECTIVES)
def withdraw(request: OfficeRequest, id: int) -> HttpResponse:
    """`/directives/<id>/withdraw`: one's own draft taken back."""
    try:
        drafts.withdraw(_to_decide(request, id), by=actor(request))
    except BulouError as error:
        return _show(request, _seen(request, id), str(error))
    return HttpResponseRedirect(reverse("directive", args=[id]))


@require_GET
@office(Capability.SEE_NUMBERS, formats=("html", "pdf"))
def paper(request: OfficeRequest, id: int) -> HttpResponse:
    """`/directives/<id>/order`: the signed order on paper, with a code that anybody can verify."""
    one = _seen(request, id)
    if one.decision != drafts.Decision.SIGNED:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="order-{one.pk}.pdf"'}
    return HttpResponse(papers.make_pdf(one), content_type="application/pdf", headers=headers)

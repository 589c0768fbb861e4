"""One gap: what it is, who answers, what has been done about it, and the acts."""

from __future__ import annotations

import json
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from bulou.command.words import event_title
from bulou.command.worklists import lists, people_here, proof_form, row_html, told
from bulou.facts.arrivals import SideFact
from bulou.kernel import clock
from bulou.kernel.ids import uuid7
from bulou.kernel.problems import BulouError
from bulou.obligations import evidence, followup
from bulou.obligations.evidence import Evidence, Source
from bulou.obligations.followup import Act, Call, Hand, Postpone, TakeBack
from bulou.obligations.followup_model import Outcome, Why
from bulou.obligations.gaps import Gap, Line
from bulou.rights.capabilities import Capability
from bulou.web.access import OfficeRequest, actor, office


@require_GET
@office(Capability.SEE_PERSONS)
def show(request: OfficeRequest, id: int) -> HttpResponse:
    """`/gaps/<id>`"""
    return _page(request, _duty(request, id))


@require_POST
@office(Capability.SEE_PERSONS, Capability.WORK_GAPS)
def call(request: OfficeRequest, id: int) -> HttpResponse:
    """`/gaps/<id>/call`: record a call to the owner. The form's key makes a second click harmless."""
    act = Call(words=_words(request), outcome=request.POST.get("outcome", ""))
    return _act(request, id, act, "call", _("已记下这次电话。"))


@require_POST
@office(Capability.SEE_PERSONS, Capability.WORK_GAPS)
def later(request: OfficeRequest, id: int) -> HttpResponse:
    """`/gaps/<id>/later`: postpone, with a reason; the duty stays overdue and counted."""
    return _act(request, id, later_of(request), "later", _("已推迟:到时间会回到前面;账上仍算逾期。"))


@require_POST
@office(Capability.SEE_PERSONS, Capability.WORK_GAPS)
def hand(request: OfficeRequest, id: int) -> HttpResponse:
    """`/gaps/<id>/hand`: another post follows it up from now on."""
    of = _duty(request, id)
    post = post_of(request)
    if not people_here.may_be_handed(post, request.mandate.scope, of.line.place):
        raise Http404
    return _act(request, id, Hand(words=_words(request), post=post), "hand", _("已转交,双方都能看到。"))


@require_POST
@office(Capability.SEE_PERSONS, Capability.WORK_GAPS)
def take_back(request: OfficeRequest, id: int) -> HttpResponse:
    """`/gaps/<id>/back`: it is with its owner again."""
    return _act(request, id, TakeBack(words=_words(request)), "back", _("已收回。"))


@require_POST
@office(Capability.SEE_PERSONS, Capability.WORK_GAPS)
def done(request: OfficeRequest, id: int) -> HttpResponse:
    """`/gaps/<id>/done`: it was done; the proof is entered for whoever did it."""
    of, key = _duty(request, id), _key(request)
    try:
        evidence.enter(of, _evidence(request, of), by=actor(request), key=key)
    except BulouError as error:
        return _page(request, of, wrong={"done": str(error)})
    late = of.is_late(clock.parse_instant(request.POST["happened"]))
    messages.success(request, _("已补录:记为迟到完成。") if late else _("已补录:记为按时完成。"))
    return HttpResponseRedirect(_back(request))


def later_of(request: OfficeRequest) -> Postpone:
    """What a form for postponing says. Raises `postponed-not-later` for no time at all, `bad-instant`."""
    until = request.POST.get("until", "")
    at = clock.parse_instant(until) if until else None
    return Postpone(words=_words(request), until=at, why=request.POST.get("why", ""))


def post_of(request: OfficeRequest) -> int:
    """The post that a form names, 0 for none."""
    text = request.POST.get("post", "")
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 16 else 0


def _evidence(request: OfficeRequest, of: evidence.Duty) -> Evidence:
    proof = next((one for one in of.proofs if one.kind == request.POST.get("proof")), None)
    happened, who = request.POST.get("happened", ""), request.POST.get("who", "")
    owner = f"post:{of.line.post_id}" if of.line.post_id else ""
    return Evidence(
        proof=proof.kind if proof else "",
        values=proof_form.values_of(proof, request.POST) if proof else {},
        happened_at=clock.parse_instant(happened),
        source=request.POST.get("source", ""),
        done_by=owner if who == "owner" else "",
        words=_words(request),
    )


def _act(request: OfficeRequest, id: int, act: Act, form: str, said: str) -> HttpResponse:
    of, key = _duty(request, id), _key(request)
    try:
        followup.one(act, id, by=actor(request), key=key)
    except BulouError as error:
        if request.htmx:  # type: ignore[attr-defined]
            return _said(str(error))
        return _page(request, of, wrong={form: str(error)})
    if request.htmx:  # type: ignore[attr-defined]
        return _row(request, of, said)
    messages.success(request, said)
    return HttpResponseRedirect(_back(request))


def _row(request: OfficeRequest, of: evidence.Duty, said: str) -> HttpResponse:
    """The list's row as it is now."""
    now = clock.now()
    rows = lists.of_gaps([_line(of)], request.mandate.scope, request.mandate.scope, now)
    return HttpResponse(row_html.gap_rows(rows, request.mandate.may(Capability.WORK_GAPS), said))


def _said(sentence: str) -> HttpResponse:
    """What went wrong, said beside the list, which stays as it is."""
    said = json.dumps({"said": {"text": sentence, "tone": "bad"}})
    return HttpResponse(sentence, status=422, headers={"HX-Reswap": "none", "HX-Trigger": said})


def _page(request: OfficeRequest, of: evidence.Duty, wrong: dict[str, str] | None = None) -> HttpResponse:
    now, scope = clock.now(), request.mandate.scope
    given = request.POST if wrong and "done" in wrong else None
    posts = people_here.choices(scope, of.line.place)
    context = {
        "row": lists.of_gaps([_line(of)], scope, scope[:6], now)[0],
        "of": of,
        "open": of.line.met_at is None and of.line.excused_at is None,
        "entries": told.about([of.line.pk], {post.id: post.label for post in posts}),
        "outcomes": Outcome.choices,
        "whys": Why.choices,
        "sources": Source.choices,
        "posts": posts,
        "proofs": [
            (proof.kind, event_title(proof.kind), proof_form.fields_of(proof, given))
            for proof in of.proofs
            # A side of a hand-over is told on the journey's page, where the other one stands.
            if not issubclass(proof, SideFact)
        ],
        "latest": f"{clock.local(followup.latest(now) - clock.DAY / 1440):%Y-%m-%dT%H:%M}",
        "at_most": f"{clock.local(now):%Y-%m-%dT%H:%M}",
        "key": uuid7(),
        "back": _back(request),
        "wrong": wrong or {},
        "given": request.POST,
    }
    return render(request, "worklists/gap.html", context, status=422 if wrong else 200)


def _duty(request: OfficeRequest, id: int) -> evidence.Duty:
    """The line in the reader's scope; outside and unknown look the same (404)."""
    if id >= 2**63:
        raise Http404
    try:
        of = evidence.duty(id)
    except BulouError:
        raise Http404 from None
    if not request.mandate.covers(of.line.place):
        raise Http404
    return of


def _line(of: evidence.Duty) -> Line:
    line = of.line
    return Line(
        id=line.pk,
        kind=of.kind.name,
        subject=line.subject,
        evidence="",
        place=line.place,
        post_id=line.post_id,
        opens_at=line.opens_at,
        due_at=line.due_at,
        gap=Gap.UNDONE,
        level=line.level,
        sunk=False,
        key=(),
    )


def _words(request: OfficeRequest) -> str:
    return request.POST.get("note", "").strip()[: followup.WORDS]


def _key(request: OfficeRequest) -> UUID:
    return key_of(request.POST.get("key", ""))


def key_of(text: str) -> UUID:
    """The key that a form was made with. Raises Http404 for none."""
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _back(request: OfficeRequest) -> str:
    back = request.POST.get("back", "") or request.GET.get("back", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return back if safe and back.startswith("/gaps") else reverse("gaps")

"""Deciding what people's history means: who waits, one by one on evidence, several who were looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bulou.arrivals.deciding import Decision, decide_many, evidence
from bulou.arrivals.models import Proposal
from bulou.command.arrivals import deciding, looks
from bulou.command.arrivals.acts import number_of
from bulou.command.asked import Page
from bulou.kernel.problems import BulouError
from bulou.obligations.orders import Orders
from bulou.rights.capabilities import Capability
from bulou.web.access import OfficeRequest, actor, office, path_in_scope

LAST = "arrivals.decision"
"""Where a session keeps what its last decision said."""
MOST_AT_ONCE = 50
NEEDS = (Capability.SEE_PERSONS, Capability.UNMASK, Capability.DECIDE_CASES)


@never_cache
@require_GET
@office(*NEEDS)
def decisions(request: OfficeRequest) -> HttpResponse:
    """`/arrivals/decisions`: whose history nobody has decided on, the longest waiting first."""
    crumbs = path_in_scope(request.mandate, request.GET.get("place", ""))
    waiting = deciding.listed(crumbs[-1].code)
    page = Page.of(request, waiting.order_by().count())
    found = list(waiting[page.offset : page.offset + page.size])
    seen = looks.looked_at(found, by=actor(request))
    context = {
        "crumbs": crumbs,
        "place": crumbs[-1],
        "page": page,
        "rows": deciding.rows_of(found, seen, above=crumbs[-1].code),
        "several": len(seen) > 1,
    }
    return render(request, "arrivals/decisions.html", context)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@office(*NEEDS)
def decision(request: OfficeRequest, id: int) -> HttpResponse:
    """`/arrivals/decisions/<id>`: the evidence, once it is opened with a reason; then the decision."""
    proposal = _one(request, id)
    seen = bool(looks.looked_at([proposal], by=actor(request)))
    if request.method == "GET":
        return _form(request, proposal, seen=seen)
    if request.POST.get("do") == "look":
        return _look(request, proposal)
    try:
        _check_seen(proposal, seen)
        _keep(request, [(proposal, deciding.read(proposal, _given(request)))])
    except BulouError as error:
        return _form(request, proposal, seen=seen, wrong=str(error), status=error.kind.status)
    messages.success(request, _("已定级。"))
    return HttpResponseRedirect(reverse("arrival_decisions"))


@never_cache
@sensitive_post_parameters()
@require_POST
@office(*NEEDS)
def several(request: OfficeRequest) -> HttpResponse:
    """`/arrivals/decisions/several`: what would hold for each who was looked at; then deciding it."""
    found = _chosen(request)
    seen = looks.looked_at(found, by=actor(request))
    for one in found:
        _check_seen(one, one.pk in seen)
    orders = Orders()
    rows = deciding.rows_of(found, seen, above=request.mandate.scope, orders=orders)
    wrong, status = "", 200
    if request.POST.get("ready") == "1":
        try:
            said = [(one, _said_of_all(request, one, orders)) for one in found]
            _keep(request, [(one, deciding.read(one, words, orders)) for one, words in said])
        except BulouError as error:
            wrong, status = str(error), error.kind.status
        else:
            messages.success(request, _("已给 {n} 人定级。").format(n=len(found)))
            return HttpResponseRedirect(reverse("arrival_decisions"))
    context = {
        "lines": [(row, deciding.in_words(row.rule), evidence(row.proposal)) for row in rows],
        "given": _start(request, found[0], orders),
        "wrong": wrong,
    }
    return render(request, "arrivals/several.html", context, status=status)


def _look(request: OfficeRequest, proposal: Proposal) -> HttpResponse:
    try:
        reason = request.POST.get("reason", "")
        looks.record(proposal.journey, looks.VISITS, by=actor(request), reason=reason)
    except BulouError as error:
        return _form(request, proposal, seen=False, unseen=str(error))
    return HttpResponseRedirect(reverse("arrival_decision", args=[proposal.pk]))


def _form(
    request: OfficeRequest,
    proposal: Proposal,
    *,
    seen: bool,
    wrong: str = "",
    unseen: str = "",
    status: int = 422,
) -> HttpResponse:
    orders, place, looked_at = Orders(), proposal.journey.place, {proposal.pk} if seen else set()
    [row] = deciding.rows_of([proposal], looked_at, above=request.mandate.scope, orders=orders)
    context = {
        "row": row,
        "proposal": proposal,
        "journey": proposal.journey,
        "seen": seen,
        "evidence": evidence(proposal) if seen else "",
        "rule": deciding.in_words(row.rule),
        "rules": [(one.exposure, deciding.in_words(one)) for one in deciding.rules(place, orders)],
        "given": _start(request, proposal, orders),
        "why": _("返乡人员定级"),
        "wrong": wrong,
        "unseen": unseen,
    }
    return render(request, "arrivals/decision.html", context, status=status if wrong or unseen else 200)


def _start(request: OfficeRequest, proposal: Proposal, orders: Orders) -> Mapping[str, str]:
    """The form as it was sent; at first as the directive and the last decision say."""
    office = request.mandate.title
    start = deciding.prefilled(proposal, office, request.session.get(LAST, {}), orders)
    return start | ({name: value for name, value in _given(request).items() if name in start})


def _given(request: OfficeRequest) -> dict[str, str]:
    return {name: str(value) for name, value in request.POST.items()}


def _said_of_all(request: OfficeRequest, proposal: Proposal, orders: Orders) -> Mapping[str, str]:
    """Of several only what is the same for all is said; each gets the directive's rule."""
    said = _start(request, proposal, orders)
    rule = deciding.prefilled(proposal, "", {}, orders)["rule"]
    return {**said, "rule": rule, "words": "", "first_day": ""}


def _keep(request: OfficeRequest, made: Sequence[tuple[Proposal, Decision]]) -> None:
    decide_many(made, by=actor(request))
    decided = made[-1][1]
    request.session[LAST] = {name: getattr(decided, name) for name in deciding.KEPT}


def _check_seen(proposal: Proposal, seen: bool) -> None:
    if not seen:
        raise deciding.NOT_LOOKED_AT.error(number=proposal.journey.number)


def _one(request: OfficeRequest, id: int) -> Proposal:
    """A question that waits in the reader's scope; one decided, outside and unknown look the same (404)."""
    found = deciding.listed(request.mandate.scope).filter(pk=id).first() if id < 2**63 else None
    if found is None:
        raise Http404
    return found


def _chosen(request: OfficeRequest) -> list[Proposal]:
    """The questions that a form names, in the list's order. Raises `decision-nothing-chosen`."""
    numbers = [number_of(text) for text in request.POST.getlist("id")][:MOST_AT_ONCE]
    found = list(deciding.listed(request.mandate.scope).filter(pk__in=numbers))
    if not found:
        raise deciding.NOTHING_CHOSEN.error()
    return found

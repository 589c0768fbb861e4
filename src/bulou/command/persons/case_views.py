"""What is decided about a case from the person's page: release, and an end by death, hospital or transfer."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from bulou.command.persons.person import PersonPage
from bulou.command.persons.views import context_of, person_in_scope
from bulou.facts.monitoring import EndReason
from bulou.kernel.clock import parse_instant
from bulou.kernel.problems import BulouError, problem
from bulou.monitoring import actions
from bulou.monitoring.models import Case
from bulou.rights.capabilities import Capability
from bulou.web.access import OfficeRequest, actor, office

NO_END_REASON = problem("end-reason-missing", _("请选择终止的原因:死亡、入院或转出。"))


@never_cache
@require_POST
@office(Capability.SEE_PERSONS)
def release(request: OfficeRequest, uid: UUID) -> HttpResponse:
    """`/people/<uid>/release`: somebody entitled to it releases the person."""
    page, case = _page(request, uid)
    try:
        actions.release(case=case, by=actor(request))
    except BulouError as error:
        return _refused(request, page, error)
    return _back(page, case)


@never_cache
@require_POST
@office(Capability.SEE_PERSONS, Capability.DECIDE_CASES)
def end(request: OfficeRequest, uid: UUID) -> HttpResponse:
    """`/people/<uid>/end`: death, hospital or transfer; what is owed ends at that moment."""
    page, case = _page(request, uid)
    happened = request.POST.get("happened", "")
    try:
        reason = _reason(request.POST.get("reason", ""))
        at = parse_instant(happened) if happened else None
        actions.end(case=case, reason=reason, by=actor(request), at=at)
    except BulouError as error:
        return _refused(request, page, error)
    return _back(page, case)


def _reason(text: str) -> EndReason:
    if text not in set(EndReason) - {EndReason.RELEASED}:
        raise NO_END_REASON.error()
    return EndReason(text)


def _page(request: OfficeRequest, uid: UUID) -> tuple[PersonPage, Case]:
    page = person_in_scope(request, uid)
    if page.case is None:
        raise Http404
    return page, page.case


def _refused(request: OfficeRequest, page: PersonPage, error: BulouError) -> HttpResponse:
    context = context_of(request, page) | {"refused": str(error)}
    return render(request, "persons/person.html", context, status=422)


def _back(page: PersonPage, case: Case) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('person', args=[page.person.uid])}?case={case.pk}")

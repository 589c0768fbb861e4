"""Correcting a wrong entry about somebody: a new event takes the place of the old one; both stay."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bulou.command import words
from bulou.command.persons.person import PersonPage
from bulou.command.persons.views import person_in_scope
from bulou.command.worklists import proof_form
from bulou.facts.base import FACTS, Fact, parse
from bulou.facts.monitoring import HealthReported
from bulou.kernel import audit, clock
from bulou.kernel.database import atomic
from bulou.kernel.models import Event
from bulou.kernel.problems import BulouError, problem
from bulou.monitoring import actions, corrections
from bulou.rights.capabilities import Capability
from bulou.web.access import OfficeRequest, actor, office

CORRECTED = "monitoring.corrected"
LEAST_REASON = 4

NO_CORRECTION_REASON = problem(
    "correction-without-reason", gettext_lazy("更正必须写明理由(至少 4 个字):本人可以看到。"), status=422
)
CORRECTED_ALREADY = problem(
    "corrected-already", gettext_lazy("这条记录已经更正过:请在更正后的那一条上再改。"), status=409
)


@never_cache
@require_http_methods(["GET", "POST"])
@office(Capability.SEE_PERSONS, Capability.WORK_GAPS)
def correct(request: OfficeRequest, uid: UUID, event: UUID) -> HttpResponse:
    """`/people/<uid>/events/<event>/correct`: the entry with its values, and what it should have said."""
    page = person_in_scope(request, uid)
    wrong, fact = _entry(page, event)
    if request.method == "GET":
        return _form(request, page, wrong, fact, _as_given(wrong, fact))
    try:
        _save(request, page, wrong, fact)
    except BulouError as error:
        return _form(request, page, wrong, fact, request.POST, str(error))
    messages.success(request, _("已更正:原来的记录留着,标为已更正。"))
    return HttpResponseRedirect(reverse("person", args=[uid]))


def _entry(page: PersonPage, id: UUID) -> tuple[Event, type[Fact]]:
    """The entry of one of the person's stays that the reader sees. Raises Http404."""
    stays = [case.pk for case in page.cases]
    found = Event.objects.filter(id=id, subject__in=stays).select_related("kind").first()
    fact = FACTS.get(found.kind.name) if found else None
    if found is None or fact is None or fact.subject_type != "case" or not fact.from_outside:
        raise Http404
    return found, fact


def _save(request: OfficeRequest, page: PersonPage, wrong: Event, fact: type[Fact]) -> None:
    reason = request.POST.get("reason", "").strip()
    if len(reason) < LEAST_REASON:
        raise NO_CORRECTION_REASON.error()
    case = next(case for case in page.cases if case.pk == wrong.subject)
    by = actor(request)
    with atomic():
        if Event.objects.filter(corrects=wrong.id).exists():
            raise CORRECTED_ALREADY.error()
        if request.POST.get("never") == "1" and fact is HealthReported:
            corrections.take_back(case=case, report=wrong, by=by)
        else:
            values = proof_form.values_of(fact, request.POST)
            values |= {name: wrong.data[name] for name in proof_form.OURS if name in wrong.data}
            said = parse(fact.kind, values)
            happened = clock.parse_instant(request.POST.get("happened", ""))
            actions.record(case=case, fact=said, by=by, happened_at=happened, corrects=wrong.id)  # type: ignore[arg-type]
        audit.record(
            CORRECTED,
            by=by,
            subject=f"case:{case.number}",
            place=case.place,
            reason=reason[:300],
            detail={"event": str(wrong.id)},
        )


def _as_given(wrong: Event, fact: type[Fact]) -> QueryDict:
    """The entry's values as its form would send them."""
    given = QueryDict(mutable=True)
    for field in proof_form.fields_of(fact):
        value = wrong.data.get(field.name)
        if field.type == "many":
            given.setlist(field.input, value or [])
        elif value not in (None, False):
            given[field.input] = "1" if value is True else str(value)
    given["happened"] = f"{clock.local(wrong.happened_at):%Y-%m-%dT%H:%M}"
    return given


def _form(
    request: OfficeRequest,
    page: PersonPage,
    wrong: Event,
    fact: type[Fact],
    given: QueryDict,
    error: str = "",
) -> HttpResponse:
    context = {
        "page": page,
        "event": wrong,
        "title": words.event_title(fact.kind),
        "said": words.describe(fact.kind, wrong.data),
        "fields": proof_form.fields_of(fact, given),
        "given": given,
        "may_be_taken_back": fact is HealthReported,
        "at_most": f"{clock.local(clock.now()):%Y-%m-%dT%H:%M}",
        "wrong": error,
    }
    return render(request, "persons/correct.html", context, status=422 if error else 200)

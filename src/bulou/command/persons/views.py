"""Finding a person, the person's page, and looking at what is masked (with a reason, recorded)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bulou.command.asked import Page
from bulou.command.persons import search
from bulou.command.persons.acts import acts_for
from bulou.command.persons.person import PersonPage, find
from bulou.kernel.problems import BulouError
from bulou.monitoring.release import make_pdf
from bulou.people.lookups import looks_at, unmask
from bulou.rights.capabilities import Capability
from bulou.web.access import OfficeRequest, actor, office, path_in_scope

MOST_LOOKS = 200
"""So many look-ups are counted on the page; the audit pages have them all."""
MASKED = {
    "name": gettext_lazy("姓名"),
    "identity": gettext_lazy("身份证号"),
    "phone": gettext_lazy("手机号"),
    "away": gettext_lazy("外出地址"),
    "remark": gettext_lazy("备注"),
}


@never_cache
@sensitive_post_parameters("q")
@require_http_methods(["GET", "POST"])
@office(Capability.SEE_PERSONS)
def people(request: OfficeRequest) -> HttpResponse:
    """`/people`: who is under monitoring here; search is by POST, so that no address holds a number."""
    wrong = ""
    if request.method == "POST":
        uid = search.uid_of(request.POST.get("q", ""), request.mandate.scope, by=actor(request))
        if uid is not None:
            return HttpResponseRedirect(reverse("person", args=[uid]))
        wrong = _("在您的辖区内没有找到。请核对编号或 18 位身份证号;不在本辖区的人,请与他所在的乡镇联系。")
    crumbs = path_in_scope(request.mandate, request.GET.get("place", ""))
    running = search.running(crumbs[-1].code)
    page = Page.of(request, running.count())
    context = {
        "crumbs": crumbs,
        "place": crumbs[-1],
        "wrong": wrong,
        "page": page,
        "rows": search.lines(running, page, crumbs[-1].code),
    }
    return render(request, "persons/people.html", context, status=422 if wrong else 200)


@never_cache
@require_GET
@office(Capability.SEE_PERSONS)
def person(request: OfficeRequest, uid: UUID) -> HttpResponse:
    """`/people/<uid>`"""
    return render(request, "persons/person.html", context_of(request, person_in_scope(request, uid)))


@never_cache
@require_POST
@office(Capability.SEE_PERSONS, Capability.UNMASK)
def show_masked(request: OfficeRequest, uid: UUID) -> HttpResponse:
    """`/people/<uid>/identity`: one masked value in full. The reason is recorded before it is shown."""
    page = person_in_scope(request, uid)
    field = request.POST.get("field", "")
    if field not in MASKED:
        raise Http404
    reason = request.POST.get("reason", "")
    shown, wrong = "", ""
    try:
        shown = unmask(page.person, field, by=actor(request), reason=reason)  # type: ignore[arg-type]
    except BulouError as error:
        wrong = str(error)
    context = context_of(request, page) | {"field": field, "field_title": MASKED[field], "wrong": wrong}
    context |= {"shown": shown or _("没有登记"), "was_shown": not wrong}
    part = request.htmx  # type: ignore[attr-defined]
    template = "persons/_identity.html" if part else "persons/person.html"
    return render(request, template, context, status=422 if wrong else 200)


@never_cache
@require_POST
@office(Capability.SEE_PERSONS, formats=("html", "pdf"))
def release_note(request: OfficeRequest, uid: UUID) -> HttpResponse:
    """`/people/<uid>/release-note`: the note in PDF, once the person is free. It has the name: recorded."""
    page = person_in_scope(request, uid)
    if page.case is None:
        raise Http404
    made = make_pdf(page.case, office=page.case.decided_by, by=actor(request))
    headers = {"Content-Disposition": f'attachment; filename="release-{page.case.number}.pdf"'}
    return HttpResponse(made, content_type="application/pdf", headers=headers)


def person_in_scope(request: OfficeRequest, uid: UUID) -> PersonPage:
    """The person in the account's scope; outside and unknown look the same (404)."""
    case = request.GET.get("case", "")
    page = find(uid, request.mandate.scope, case=int(case) if case.isdecimal() and case.isascii() else None)
    if page is None:
        raise Http404
    return page


def context_of(request: OfficeRequest, page: PersonPage) -> dict[str, Any]:
    """What the person's page shows, and what this account may do there."""
    looks = list(looks_at(page.person.pk)[:MOST_LOOKS])
    return {
        "page": page,
        "masked": MASKED.items(),
        "looks": len(looks),
        "last_look": looks[0] if looks else None,
        "acts": acts_for(page.case, request.mandate, actor(request)) if page.case else None,
    }

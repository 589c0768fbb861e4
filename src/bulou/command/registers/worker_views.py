"""Workers and organisations: lists, a worker's posts over time, corrections, leaving, two entries of one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bulou.command.registers import staff
from bulou.command.registers.candidates import candidates_of, search
from bulou.command.registers.cells import read
from bulou.kernel import clock
from bulou.kernel.problems import BulouError
from bulou.places import handing, staffing
from bulou.places.models import Organisation, Worker
from bulou.rights.capabilities import Capability
from bulou.web.access import OfficeRequest, actor, check_may, office

PAGE = 50
FIELDS = ("name", "phone", "identity", "duty", "politics")


@never_cache
@require_GET
@office(Capability.SEE_PERSONS)
def list_workers(request: OfficeRequest) -> HttpResponse:
    """`/workers`: who works here; `?q=` a name, initials or a phone number."""
    words, after = request.GET.get("q", "").strip(), request.GET.get("after", "")
    found = staff.workers_of(request.mandate.scope, county=request.mandate.is_of_county)
    if words:
        found = found.filter(pk__in=search(words, request.mandate.scope))
    total = found.order_by().count()
    if after.isdecimal() and len(after) < 19:
        found = found.filter(pk__gt=int(after))
    rows = staff.rows_of(found.select_related("organisation")[: PAGE + 1])
    context = {
        "rows": rows[:PAGE],
        "next": rows[PAGE - 1].id if len(rows) > PAGE else "",
        "total": total,
        "words": words,
    }
    return render(request, "registers/workers.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@office(Capability.KEEP_POSTS)
def new_worker(request: OfficeRequest) -> HttpResponse:
    """`/workers/new`: register somebody, checked like a row of the workbook."""
    return _edit(request, None)


@never_cache
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@office(Capability.KEEP_POSTS)
def edit_worker(request: OfficeRequest, id: int) -> HttpResponse:
    """`/workers/<id>/edit`: correct name, phone, organisation, duty."""
    return _edit(request, _worker(request, id))


def _worker(request: OfficeRequest, id: int) -> Worker:
    found = staff.worker_in_scope(id, request.mandate)
    if found is None:
        raise Http404
    return found


def _edit(request: OfficeRequest, worker: Worker | None) -> HttpResponse:
    wrong: dict[str, str] = {}
    refused, status = "", 200
    if request.method == "POST":
        values, wrong = read("workers", request.POST.dict(), FIELDS)
        status = 422
        if not wrong:
            try:
                saved = _save(request, worker, values)
                return HttpResponseRedirect(reverse("worker", args=[saved.pk]))
            except BulouError as error:
                refused, status = str(error), error.kind.status
    given = request.POST if request.method == "POST" else _shown(worker)
    context = {
        "worker": worker,
        "given": given,
        "wrong": wrong,
        "refused": refused,
        "organisations": staff.choices(),
    }
    return render(request, "registers/worker_edit.html", context, status=status)


def _save(request: OfficeRequest, worker: Worker | None, values: dict[str, Any]) -> Worker:
    chosen = request.POST.get("organisation", "")
    data = staffing.WorkerData(
        name=values["name"] or "",
        phone=values["phone"] or "",
        # An identity number that the form does not show stays.
        id=values["identity"] or (staffing.data_of(worker).id if worker else ""),
        title=values["duty"] or "",
        party=values["politics"] or "",
        organisation=int(chosen) if chosen.isdecimal() and len(chosen) < 19 else None,
    )
    if worker is None:
        return staffing.add(data, by=actor(request))
    return staffing.change(worker.pk, data, by=actor(request))


def _shown(worker: Worker | None) -> dict[str, Any]:
    if worker is None:
        return {}
    data = staffing.data_of(worker)
    return {
        "name": data.name,
        "phone": data.phone,
        "duty": data.title,
        "politics": data.party,
        "organisation": data.organisation or "",
    }


@never_cache
@require_GET
@office(Capability.SEE_PERSONS)
def show_worker(request: OfficeRequest, id: int) -> HttpResponse:
    """`/workers/<id>`: posts over time; hand-overs that wait for a word; what leaving would vacate."""
    worker = _worker(request, id)
    keeps = request.mandate.may(Capability.KEEP_POSTS)
    words = request.GET.get("twin", "").strip()
    context = {
        "worker": worker,
        "data": staffing.data_of(worker),
        "held": staff.posts_over_time(worker),
        "leaving": staffing.leaving(worker.pk) if keeps else [],
        "unseen": handing.unseen_by(worker.pk).count(),
        "now": clock.now(),
        "twin": words,
        "twins": _twins(request, worker, words) if keeps and words else [],
    }
    return render(request, "registers/worker.html", context)


def _twins(request: OfficeRequest, worker: Worker, words: str) -> list[Any]:
    return [one for one in candidates_of(search(words, request.mandate.scope)) if one.id != worker.pk]


@never_cache
@require_POST
@sensitive_post_parameters()
@office(Capability.KEEP_POSTS)
def leave(request: OfficeRequest, id: int) -> HttpResponse:
    """`/workers/<id>/leave`: every post is vacated at once."""
    worker = _worker(request, id)
    left = staffing.leave(worker.pk, words=request.POST.get("words", ""), by=actor(request))
    messages.success(request, _("已离任 {n} 个岗位。空出来的岗位在“空岗”里。").format(n=len(left)))
    return HttpResponseRedirect(reverse("worker", args=[worker.pk]))


@never_cache
@require_POST
@office(Capability.KEEP_POSTS)
def merge(request: OfficeRequest, id: int) -> HttpResponse:
    """`/workers/<id>/merge`: another entry becomes part of this one."""
    keep, gone = _worker(request, id), _number(request.POST.get("gone", ""))
    _worker(request, gone)
    staffing.merge(keep.pk, gone, by=actor(request))
    messages.success(request, _("两条登记已合并,历任岗位都在这里。"))
    return HttpResponseRedirect(reverse("worker", args=[keep.pk]))


@never_cache
@require_POST
@office(Capability.KEEP_POSTS)
def split(request: OfficeRequest, id: int) -> HttpResponse:
    """`/workers/<id>/split`: the merge is taken back."""
    worker = _worker(request, id)
    staffing.split(worker.pk, by=actor(request))
    messages.success(request, _("合并已撤销。"))
    return HttpResponseRedirect(reverse("worker", args=[worker.pk]))


def _number(text: str) -> int:
    if not (text.isdecimal() and len(text) < 19):
        raise handing.NO_SUCH_WORKER.error()
    return int(text)


@require_http_methods(["GET", "POST"])
@office(Capability.SEE_NUMBERS)
def organisations(request: OfficeRequest) -> HttpResponse:
    """`/organisations`: by name; POST registers one or corrects one."""
    refused, status = "", 200
    if request.method == "POST":
        check_may(request.mandate, Capability.KEEP_PLACES)
        id = request.POST.get("id", "")
        try:
            staffing.set_organisation(
                int(id) if id.isdecimal() and len(id) < 19 else None,
                request.POST.get("name", ""),
                request.POST.get("kind", ""),
                by=actor(request),
            )
            return HttpResponseRedirect(reverse("organisations"))
        except BulouError as error:
            refused, status = str(error), error.kind.status
    words, after = request.GET.get("q", "").strip(), request.GET.get("after", "")
    found = staff.organisations(words)
    total = found.count()
    rows = list((found.filter(name__gt=after) if after else found)[: PAGE + 1])
    context = {
        "rows": rows[:PAGE],
        "next": rows[PAGE - 1].name if len(rows) > PAGE else "",
        "total": total,
        "words": words,
        "refused": refused,
        "editing": _organisation(request.GET.get("id", "")),
    }
    return render(request, "registers/organisations.html", context, status=status)


def _organisation(id: str) -> Organisation | None:
    return Organisation.objects.filter(pk=int(id)).first() if id.isdecimal() and len(id) < 19 else None

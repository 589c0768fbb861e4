"""Bringing workbooks in: upload, check with errors shown on the sheet, confirm; and what came in before."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bulou.command.access import OfficeRequest, actor, office
from bulou.command.actors import actor_titles
from bulou.command.asked import Page
from bulou.command.imports import uploads
from bulou.command.imports.findings import Checked
from bulou.command.imports.grid import ACTIONS, grids
from bulou.command.imports.uploads import Upload
from bulou.kernel.problems import CATALOGUE, BulouError
from bulou.rights.capabilities import Capability
from bulou.sheets.columns import kinds
from bulou.sheets.models import ImportRun

HISTORY = 20


@never_cache
@require_http_methods(["GET", "POST"])
@office(Capability.IMPORT, Capability.SEE_PERSONS)
def imports(request: OfficeRequest) -> HttpResponse:
    """`/imports`: send workbooks; those on their way; those that came in."""
    uploads.sweep()
    if request.method == "POST":
        return _receive(request)
    return _imports(request)


def _imports(request: OfficeRequest, *, wrong: str = "") -> HttpResponse:
    context = {
        "kinds": uploads.choices(request.mandate),
        "pending": uploads.pending(request.mandate),
        "history": history(request),
        "wrong": wrong,
    }
    return render(request, "imports/imports.html", context, status=422 if wrong else 200)


def history(request: OfficeRequest) -> list[dict[str, Any]]:
    """The last imports: all of the county for accounts of the county, else one's own."""
    found = ImportRun.objects.order_by("-started_at", "-id")
    if not request.mandate.is_of_county:
        found = found.filter(by=actor(request))
    runs = list(found[:HISTORY])
    titles = {kind.name: kind.title for kind in kinds()}
    actors = actor_titles(run.by for run in runs)
    return [{"run": run, "kind": titles.get(run.kind, run.kind), "by": actors[run.by]} for run in runs]


def _receive(request: OfficeRequest) -> HttpResponse:
    """Keep and check the files that were sent."""
    files = [file for file in request.FILES.getlist("files") if isinstance(file, UploadedFile)]
    if not files:
        return _imports(request, wrong=_("请先选择要导入的表。"))
    kind = request.POST.get("kind", "")
    kept, wrong = [], []
    for file in files:
        try:
            upload = uploads.keep(file, mandate=request.mandate, kind=kind)
            kept.append(upload)
            if upload.kind:
                uploads.check(upload, mandate=request.mandate, by=actor(request))
        except BulouError as error:
            wrong.append(str(error))
    if wrong:
        return _imports(request, wrong=" ".join(wrong))
    target = reverse("upload", args=[kept[0].id]) if len(kept) == 1 else reverse("imports")
    return HttpResponseRedirect(target)


@never_cache
@require_GET
@office(Capability.IMPORT, Capability.SEE_PERSONS)
def upload(request: OfficeRequest, id: UUID) -> HttpResponse:
    """`/imports/<id>`: what the check found, on the sheet; or what came in."""
    found = _own(request, id)
    checked = found.checked
    context: dict[str, Any] = {"upload": found, "checked": checked, "kinds": uploads.choices(request.mandate)}
    if checked:
        context |= _findings(request, found, checked)
    return render(request, "imports/upload.html", context)


def _findings(request: OfficeRequest, upload: Upload, checked: Checked) -> dict[str, Any]:
    """The grid of one kind of findings, a page of rows at a time."""
    present = [action for action in ACTIONS if checked.actions.get(action)]
    asked = request.GET.get("show", "")
    action = asked if asked in present else (present[0] if present else "")
    chosen = [problem for problem in checked.problems if problem.action == action]
    rows = sorted({(problem.sheet, problem.row) for problem in chosen})
    page = Page.of(request, len(rows))
    on_page = set(rows[page.offset : page.offset + page.size])
    shown = [problem for problem in checked.problems if (problem.sheet, problem.row) in on_page]
    return {
        "action": action,
        "actions": [(one, checked.actions[one]) for one in present],
        "page": page,
        "grids": grids(shown, upload.errors),
        "refusal": CATALOGUE[checked.refusal].say() if checked.refusal else "",
    }


@require_POST
@office(Capability.IMPORT, Capability.SEE_PERSONS)
def choose(request: OfficeRequest, id: UUID) -> HttpResponse:
    """`/imports/<id>/kind`: the workbook is of another kind than was guessed."""
    found = _own(request, id)
    if not found.is_done and not found.is_running:
        uploads.choose_kind(found, request.POST.get("kind", ""), mandate=request.mandate, by=actor(request))
    return HttpResponseRedirect(reverse("upload", args=[id]))


@require_POST
@office(Capability.IMPORT, Capability.SEE_PERSONS)
def confirm(request: OfficeRequest, id: UUID) -> HttpResponse:
    """`/imports/<id>/confirm`: bring it in. A second click changes nothing."""
    found = _own(request, id)
    if found.checked is None:
        raise uploads.KIND_NOT_CHOSEN.error()
    if not uploads.bring_in(found, mandate=request.mandate, by=actor(request)):
        messages.info(request, _("这份表已经导入,或正在导入,没有重复导入。"))
    return HttpResponseRedirect(reverse("upload", args=[id]))


@require_POST
@office(Capability.IMPORT, Capability.SEE_PERSONS)
def discard(request: OfficeRequest, id: UUID) -> HttpResponse:
    """`/imports/<id>/discard`: delete what was sent."""
    found = _own(request, id)
    if not found.is_running:
        uploads.discard(found)
        messages.success(request, _("已删除这份上传的表。"))
    return HttpResponseRedirect(reverse("imports"))


@never_cache
@require_GET
@office(Capability.IMPORT, Capability.SEE_PERSONS, formats=("html", "xlsx"))
def problems(request: OfficeRequest, id: UUID) -> FileResponse:
    """`/imports/<id>/problems.xlsx`: the workbook with the column 问题."""
    found = _own(request, id)
    if not found.errors.exists():
        raise Http404
    response = FileResponse(found.errors.open("rb"), as_attachment=True)
    name = quote(f"问题-{found.name.rsplit('.', 1)[0]}.xlsx")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


def _own(request: OfficeRequest, id: UUID) -> Upload:
    """An upload of one's own; another's looks as if it were not there."""
    found = uploads.find(id, request.mandate)
    if found is None:
        raise Http404
    return found

"""Bringing workbooks in: upload, mend what is wrong, see what will change, confirm, take back."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bulou.command.imports import history, mending, pages, uploads, work
from bulou.command.imports.mending import Asked
from bulou.command.imports.uploads import Upload
from bulou.kernel.problems import BulouError, problem
from bulou.rights.capabilities import Capability
from bulou.web.access import OfficeRequest, actor, office

LOOK_FIRST = problem(
    "import-look-first", gettext_lazy("这份表有疑似截断的提示:请先核对,再勾选“已核对”并导入。"), status=422
)
UNDER_WAY = problem("import-under-way", gettext_lazy("这份表正在检查或导入:请等它完成。"), status=409)


@never_cache
@require_http_methods(["GET", "POST"])
@office(Capability.IMPORT, Capability.SEE_PERSONS)
def imports(request: OfficeRequest) -> HttpResponse:
    """`/imports`: send workbooks; those on their way; those that came in."""
    if request.method == "POST":
        return _receive(request)
    return _imports(request)


def _imports(request: OfficeRequest, *, wrong: str = "") -> HttpResponse:
    context = {
        "kinds": pages.titled(uploads.choices(request.mandate)),
        "pending": pages.pending(request.mandate),
        "history": history.of(request, latest=10),
        "limits": {"files": uploads.MOST_FILES, "megabytes": uploads.LARGEST_BYTES >> 20},
        "wrong": wrong,
    }
    return render(request, "imports/imports.html", context, status=422 if wrong else 200)


def _receive(request: OfficeRequest) -> HttpResponse:
    """Keep the files that were sent, and ask for them to be checked."""
    files = [file for file in request.FILES.getlist("files") if isinstance(file, UploadedFile)]
    if not files:
        return _imports(request, wrong=_("请先选择要导入的表。"))
    kept, wrong = [], []
    try:
        uploads.check_number(len(files))
    except BulouError as error:
        return _imports(request, wrong=str(error))
    for file in files:
        try:
            upload = uploads.keep(file, power=request.mandate, kind=request.POST.get("kind", ""))
        except BulouError as error:
            wrong.append(str(error))
        else:
            kept.append(upload)
            _ask_check(request, upload)
    if wrong:
        return _imports(request, wrong=" ".join(wrong))
    target = reverse("upload", args=[kept[0].id]) if len(kept) == 1 else reverse("imports")
    return HttpResponseRedirect(target)


def _ask_check(request: OfficeRequest, upload: Upload) -> None:
    work.ask(work.CHECK, upload, power=request.mandate, by=actor(request))


@never_cache
@require_GET
@office(Capability.IMPORT, Capability.SEE_PERSONS)
def upload(request: OfficeRequest, id: UUID) -> HttpResponse:
    """`/imports/<id>`: how far the check is; what it found, to be mended; what will change; what came in."""
    return render(request, "imports/upload.html", pages.of_upload(request, _own(request, id)))


@require_POST
@office(Capability.IMPORT, Capability.SEE_PERSONS)
def choose(request: OfficeRequest, id: UUID) -> HttpResponse:
    """`/imports/<id>/kind`: the workbook is of another kind than was guessed, or is a whole list."""
    found = _idle(request, id)
    if not found.is_done:
        kind = request.POST.get("kind", "")
        if kind not in {one.name for one in uploads.choices(request.mandate)}:
            raise uploads.KIND_NOT_CHOSEN.error()
        _ask_check(request, found.noted(kind=kind, whole=request.POST.get("whole") == "1"))
    return HttpResponseRedirect(reverse("upload", args=[id]))


@require_POST
@office(Capability.IMPORT, Capability.SEE_PERSONS)
def mend(request: OfficeRequest, id: UUID) -> HttpResponse:
    """`/imports/<id>/mend`: cells are to say something else. JSON for the script, a redirect without it.

    Fields `sheet`, `row`, `at`, `text`, as often as there are cells; `all=1`: all that say the same, too.
    When no bad cell is left, the file is checked anew.
    """
    found = _idle(request, id)
    asked = _asked(request)
    if request.POST.get("all") == "1" and asked and (checked := found.checked):
        first = asked[0]
        others = mending.alike(checked, found.mends, first.sheet, first.row, first.at)
        asked += [Asked(*cell, first.text) for cell in others]
    told, checked = mending.mend(found, asked, power=request.mandate, by=actor(request))
    left = checked.to_mend
    if (checked.stale and not left) or request.POST.get("check") == "1":
        _ask_check(request, found)
    if "application/json" not in request.headers.get("Accept", ""):
        return HttpResponseRedirect(reverse("upload", args=[id]))
    alike = [
        len(mending.alike(checked, found.mends, one.sheet, one.row, one.at)) for one in asked[:1] if told
    ]
    cells = [one._asdict() for one in told]
    return JsonResponse({"cells": cells, "left": left, "alike": alike[0] if alike else 0})


def _asked(request: HttpRequest) -> list[Asked]:
    """The cells of a form; what is no cell is left out."""
    fields = (request.POST.getlist(name) for name in ("sheet", "row", "at", "text"))
    return [
        Asked(sheet, int(row), int(at), text)
        for sheet, row, at, text in zip(*fields, strict=False)
        if row.isdecimal() and at.isdecimal() and len(row) < 9 and len(at) < 6
    ]


@require_POST
@office(Capability.IMPORT, Capability.SEE_PERSONS)
def confirm(request: OfficeRequest, id: UUID) -> HttpResponse:
    """`/imports/<id>/confirm`: bring it in. A second click changes nothing."""
    found = _own(request, id)
    checked = found.checked
    if checked is None:
        raise uploads.KIND_NOT_CHOSEN.error()
    if found.is_done or work.is_active(work.latest([id]).get(id)):
        messages.info(request, _("这份表已经导入,或正在导入,没有重复导入。"))
        return HttpResponseRedirect(reverse("upload", args=[id]))
    if checked.alarms and request.POST.get("looked") != "1":
        raise LOOK_FIRST.error()
    end_gone = bool(checked.changes.gone_count) and request.POST.get("end_gone") == "1"
    work.ask(work.BRING_IN, found, power=request.mandate, by=actor(request), end_gone=end_gone)
    return HttpResponseRedirect(reverse("upload", args=[id]))


@require_POST
@office(Capability.IMPORT, Capability.SEE_PERSONS)
def discard(request: OfficeRequest, id: UUID) -> HttpResponse:
    """`/imports/<id>/discard`: delete what was sent."""
    uploads.discard(_idle(request, id))
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


@never_cache
@require_GET
@office(Capability.IMPORT, Capability.SEE_PERSONS)
def runs(request: OfficeRequest) -> HttpResponse:
    """`/imports/history`: who brought which file, when, and what became of it."""
    return render(request, "imports/history.html", history.page_of(request))


@never_cache
@require_GET
@office(Capability.IMPORT, Capability.SEE_PERSONS)
def run(request: OfficeRequest, id: UUID) -> HttpResponse:
    """`/imports/runs/<id>`: one import, its problems, and the way back."""
    return render(request, "imports/run.html", history.run_page(request, id))


@require_POST
@office(Capability.IMPORT, Capability.SEE_PERSONS)
def undo(request: OfficeRequest, id: UUID) -> HttpResponse:
    """`/imports/runs/<id>/undo`: take the whole import back."""
    work.ask_undo(history.find(request, id), by=actor(request))
    return HttpResponseRedirect(reverse("import_run", args=[id]))


def _own(request: OfficeRequest, id: UUID) -> Upload:
    """An upload of one's own; another's looks as if it were not there."""
    found = uploads.find(id, request.mandate)
    if found is None:
        raise Http404
    return found


def _idle(request: OfficeRequest, id: UUID) -> Upload:
    """An upload of one's own on which nothing is being done. Raises `import-under-way`."""
    found = _own(request, id)
    if work.is_active(work.latest([id]).get(id)):
        raise UNDER_WAY.error()
    return found

"""Workbooks: sent, checked by a job, mended, and brought in by a job."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from ninja import File, Form, Router
from ninja.files import UploadedFile

from bulou.command.api.frame import (
    PROBLEMS,
    Cursor,
    Limit,
    actor,
    keys_of,
    operation,
    page,
    part,
    purpose,
    token_of,
)
from bulou.command.api.idempotency import act, repeatable
from bulou.command.api.import_lines import change_line, finding_line, upload_line, upload_one
from bulou.command.api.import_shapes import (
    Asked,
    Choose,
    Confirm,
    Discarded,
    Findings,
    Mend,
    MendResult,
    RowChanges,
    UploadLine,
    UploadOne,
    Uploads,
)
from bulou.command.imports import mending, uploads, work
from bulou.command.imports.titles import titles_of_columns
from bulou.command.imports.uploads import Upload
from bulou.command.imports.views import LOOK_FIRST, UNDER_WAY
from bulou.kernel.models import Job
from bulou.kernel.problems import problem
from bulou.places.queries import name_paths
from bulou.rights.capabilities import Capability
from bulou.sheets.changes import Change
from bulou.sheets.columns import kind_named

NO_SUCH_UPLOAD = problem(
    "api-no-such-upload", _("本令牌没有这份上传的表:它可能已导入、已删除或已过一天。"), 404
)
MAY = (Capability.IMPORT, Capability.SEE_PERSONS)

Sent = File(...)

router = Router(tags=["imports"])


@router.post("/imports", **act("send_workbook", UploadLine, *MAY, status=202))
@repeatable
def send_workbook(
    request: HttpRequest,
    file: UploadedFile = Sent,
    kind: str = Form("", max_length=30, pattern=r"^[a-z_]*$"),
    whole: bool = Form(False),
) -> tuple[int, object]:
    """Keep a workbook and ask for it to be checked; its kind is guessed when left out."""
    purpose(request)
    token = token_of(request)
    upload = uploads.keep(file, power=token, kind=kind).noted(whole=whole)
    return 202, upload_line(upload, _ask(request, work.CHECK, upload))


@router.get("/imports", response={200: Uploads} | PROBLEMS, **operation("list_workbooks", *MAY))
def list_workbooks(request: HttpRequest, cursor: str | None = Cursor, limit: int = Limit) -> HttpResponse:
    """The workbooks that this token sent and that are still here, the latest first."""
    found, keys = uploads.pending(token_of(request)), keys_of(cursor, str)
    if keys:
        found = [one for one in found if str(one.id) < str(keys[0])]
    shown, after = page(found, limit, lambda one: (str(one.id),))
    jobs = work.latest(one.id for one in shown)
    return JsonResponse({"rows": [upload_line(one, jobs.get(one.id)) for one in shown], "next": after})


@router.get("/imports/{id}", response={200: UploadOne} | PROBLEMS, **operation("read_workbook", *MAY))
def read_workbook(request: HttpRequest, id: UUID) -> HttpResponse:
    """How far a workbook is, and what its check found."""
    return JsonResponse(upload_one(own_upload(request, id)))


@router.get("/imports/{id}/problems", response={200: Findings} | PROBLEMS, **operation("list_problems", *MAY))
def list_problems(
    request: HttpRequest, id: UUID, cursor: str | None = Cursor, limit: int = Limit
) -> HttpResponse:
    """What of a workbook was not taken literally, in the order of its rows."""
    purpose(request)
    checked = own_upload(request, id).checked
    found = sorted(checked.problems, key=lambda one: (one.sheet, one.row, one.at)) if checked else []
    return part(found, cursor, limit, finding_line)


@router.get(
    "/imports/{id}/changes/{sort}",
    response={200: RowChanges} | PROBLEMS,
    **operation("list_row_changes", *MAY),
)
def list_row_changes(
    request: HttpRequest,
    id: UUID,
    sort: Literal["new", "changed"],
    cursor: str | None = Cursor,
    limit: int = Limit,
) -> HttpResponse:
    """What bringing the workbook in would register or change, row by row."""
    purpose(request)
    upload = own_upload(request, id)
    checked = upload.checked
    found: list[Change] = getattr(checked.changes, sort) if checked else []
    titles = titles_of_columns(kind_named(upload.kind)) if checked else {}
    paths = name_paths({one.place for one in found if one.place})
    return part(found, cursor, limit, lambda one: change_line(one, titles, paths))


@router.post("/imports/{id}/kind", **act("choose_kind", UploadLine, *MAY, status=202))
@repeatable
def choose_kind(request: HttpRequest, id: UUID, choose: Choose) -> tuple[int, object]:
    """Say of which kind a workbook is, or that it is a whole list; it is checked anew."""
    found = _idle(request, id)
    if choose.kind not in {one.name for one in uploads.choices(token_of(request))}:
        raise uploads.KIND_NOT_CHOSEN.error()
    if found.is_done:
        return 202, upload_line(found, work.latest([id]).get(id))
    noted = found.noted(kind=choose.kind, whole=choose.whole)
    return 202, upload_line(noted, _ask(request, work.CHECK, noted))


@router.post("/imports/{id}/mend", **act("mend_cells", MendResult, *MAY))
@repeatable
def mend_cells(request: HttpRequest, id: UUID, mend: Mend) -> tuple[int, object]:
    """Cells say something else; each is checked at once by the code that checks files."""
    found, job = _idle(request, id), None
    asked = [mending.Asked(one.sheet, one.row, one.at, one.text) for one in mend.cells]
    told_, checked = mending.mend(found, asked, power=token_of(request), by=actor(request))
    if checked.stale and not checked.to_mend:
        job = _ask(request, work.CHECK, found)
    cells = [one._asdict() for one in told_]
    return 200, {"cells": cells, "left": checked.to_mend, "job": str(job.pk) if job else None}


@router.post("/imports/{id}/confirm", **act("confirm_import", Asked, *MAY, status=202))
@repeatable
def confirm_import(request: HttpRequest, id: UUID, confirm: Confirm) -> tuple[int, object]:
    """Bring the workbook in; asked again, the job that does or did it is told."""
    found, before = own_upload(request, id), work.latest([id]).get(id)
    checked = found.checked
    if checked is None:
        raise uploads.KIND_NOT_CHOSEN.error()
    if before is not None and (found.is_done or work.is_active(before)):
        if before.kind != work.BRING_IN:
            raise UNDER_WAY.error()
        return 202, {"job": str(before.pk)}
    if checked.alarms and not confirm.looked:
        raise LOOK_FIRST.error()
    end_gone = bool(checked.changes.gone_count) and confirm.end_gone
    return 202, {"job": str(_ask(request, work.BRING_IN, found, end_gone=end_gone).pk)}


@router.delete("/imports/{id}", **act("discard_workbook", Discarded, *MAY))
@repeatable
def discard_workbook(request: HttpRequest, id: UUID) -> tuple[int, object]:
    """Delete what was sent."""
    uploads.discard(_idle(request, id))
    return 200, {"id": str(id)}


def _ask(request: HttpRequest, kind: str, upload: Upload, **more: Any) -> Job:
    return work.ask(kind, upload, power=token_of(request), by=actor(request), **more)


def own_upload(request: HttpRequest, id: UUID) -> Upload:
    """A workbook that this token sent. Raises `api-no-such-upload`."""
    found = uploads.find(id, token_of(request))
    if found is None:
        raise NO_SUCH_UPLOAD.error()
    return found


def _idle(request: HttpRequest, id: UUID) -> Upload:
    """The same, on which nothing is being done. Raises `import-under-way`."""
    found = own_upload(request, id)
    if work.is_active(work.latest([id]).get(id)):
        raise UNDER_WAY.error()
    return found

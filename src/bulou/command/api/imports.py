"""Workbooks: sent, checked by a job, mended, brought in by a job, taken back by a job."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from bulou.command.api.frame import (
    BAD_CURSOR,
    PROBLEMS,
    Cursor,
    Limit,
    Words,
    actor,
    keys_of,
    operation,
    page,
    purpose,
    token_of,
    told,
)
from bulou.command.api.idempotency import act, repeatable
from bulou.command.imports import history, mending, pages, uploads, work
from bulou.command.imports.titles import titles_of_columns
from bulou.command.imports.uploads import Upload
from bulou.command.imports.views import LOOK_FIRST, UNDER_WAY
from bulou.kernel import seal
from bulou.kernel.models import Job
from bulou.kernel.problems import problem
from bulou.places.queries import name_paths
from bulou.rights.capabilities import Capability
from bulou.sheets.changes import Change
from bulou.sheets.columns import kind_named
from bulou.sheets.models import ImportRun
from bulou.sheets.problems import sentence
from bulou.sheets.reading import Problem as Finding

NO_SUCH_UPLOAD = problem(
    "api-no-such-upload", _("本令牌没有这份上传的表:它可能已导入、已删除或已过一天。"), 404
)
NO_SUCH_RUN = problem("api-no-such-run", _("本令牌的范围内没有这次导入:请核对编号。"), status=404)
MAY = (Capability.IMPORT, Capability.SEE_PERSONS)

Sent = File(...)

router = Router(tags=["imports"])
States = Literal["done", "checking", "importing", "failed", "unknown", "checked"]


class UploadLine(Schema):
    """A workbook on its way, at most a day. `unknown`: say of which kind it is. `job`: the last on it."""

    id: UUID
    name: str
    kind: str
    whole: bool
    at: str
    state: States
    job: UUID | None


class Uploads(Schema):
    rows: list[UploadLine]
    next: str | None


class UploadOne(UploadLine):
    """What the check found; null before it. `alarms` must be looked at before the file is brought in.

    `to_mend`: cells that keep their rows out. `stale`: cells were mended since. `gone`: whom a whole list
    does not have.
    """

    counts: dict[str, int] | None
    gone: int
    to_mend: int
    stale: bool
    fatal: bool
    alarms: list[str]
    area: str


class FindingLine(Schema):
    """What was not taken literally: refused, repaired or ignored. `row` as Excel counts, `at` from 0."""

    sheet: str
    row: int
    at: int
    column: str
    value: str
    action: str
    code: str
    sentence: str


class Findings(Schema):
    rows: list[FindingLine]
    next: str | None


class FieldChange(Schema):
    """A value before and after, masked."""

    column: str
    old: str
    new: str


class ChangeLine(Schema):
    """What one row would register or change; the first 300 of each sort are kept."""

    sheet: str
    row: int
    who: str
    place: str
    fields: list[FieldChange]


class RowChanges(Schema):
    rows: list[ChangeLine]
    next: str | None


class Choose(Schema):
    """Of which kind it is; `whole`: it is the whole list of the area that its rows are in."""

    kind: Words = Field(max_length=30)
    whole: bool = False


class CellText(Schema):
    """A cell and what it is to say."""

    sheet: Words = Field(max_length=100)
    row: int = Field(ge=1, lt=2**31)
    at: int = Field(ge=0, lt=2**31)
    text: Words = Field(max_length=mending.LONGEST)


class Mend(Schema):
    """Cells to put right."""

    cells: list[CellText] = Field(min_length=1, max_length=500)


class Mended(Schema):
    """A cell after mending: whether it keeps its row out still, and why."""

    sheet: str
    row: int
    at: int
    text: str
    good: bool
    says: str


class MendResult(Schema):
    """`left`: bad cells that remain. When none does, the file is checked anew by `job`."""

    cells: list[Mended]
    left: int
    job: UUID | None


class Confirm(Schema):
    """`looked`: the alarms were looked at. `end_gone`: whom a whole list does not have is ended."""

    looked: bool = False
    end_gone: bool = False


class Asked(Schema):
    """The job that was asked for."""

    job: UUID


class Discarded(Schema):
    """The workbook and all that was found in it are deleted."""

    id: UUID


class RunLine(Schema):
    """An import: who brought which file, what became of its rows, and whether it was taken back."""

    id: UUID
    kind: str
    file_name: str
    by: str
    place: str
    started_at: str
    ended_at: str | None
    rows: int
    new: int
    updated: int
    unchanged: int
    refused: int
    gone: int
    undone_at: str | None
    taken_back: int
    kept: int
    may_undo: bool


class Runs(Schema):
    rows: list[RunLine]
    next: str | None


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
    return 202, _line(upload, _ask(request, work.CHECK, upload))


@router.get("/imports", response={200: Uploads} | PROBLEMS, **operation("list_workbooks", *MAY))
def list_workbooks(request: HttpRequest, cursor: str | None = Cursor, limit: int = Limit) -> HttpResponse:
    """The workbooks that this token sent and that are still here, the latest first."""
    found, keys = uploads.pending(token_of(request)), keys_of(cursor, str)
    if keys:
        found = [one for one in found if str(one.id) < str(keys[0])]
    shown, after = page(found, limit, lambda one: (str(one.id),))
    jobs = work.latest(one.id for one in shown)
    return JsonResponse({"rows": [_line(one, jobs.get(one.id)) for one in shown], "next": after})


@router.get("/imports/{id}", response={200: UploadOne} | PROBLEMS, **operation("read_workbook", *MAY))
def read_workbook(request: HttpRequest, id: UUID) -> HttpResponse:
    """How far a workbook is, and what its check found."""
    return JsonResponse(_one(_own(request, id)))


@router.get("/imports/{id}/problems", response={200: Findings} | PROBLEMS, **operation("list_problems", *MAY))
def list_problems(
    request: HttpRequest, id: UUID, cursor: str | None = Cursor, limit: int = Limit
) -> HttpResponse:
    """What of a workbook was not taken literally, in the order of its rows."""
    purpose(request)
    checked = _own(request, id).checked
    found = sorted(checked.problems, key=lambda one: (one.sheet, one.row, one.at)) if checked else []
    return _part(found, cursor, limit, _finding)


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
    upload = _own(request, id)
    checked = upload.checked
    found: list[Change] = getattr(checked.changes, sort) if checked else []
    titles = titles_of_columns(kind_named(upload.kind)) if checked else {}
    paths = name_paths({one.place for one in found if one.place})
    return _part(found, cursor, limit, lambda one: _change(one, titles, paths))


@router.post("/imports/{id}/kind", **act("choose_kind", UploadLine, *MAY, status=202))
@repeatable
def choose_kind(request: HttpRequest, id: UUID, choose: Choose) -> tuple[int, object]:
    """Say of which kind a workbook is, or that it is a whole list; it is checked anew."""
    found = _idle(request, id)
    if choose.kind not in {one.name for one in uploads.choices(token_of(request))}:
        raise uploads.KIND_NOT_CHOSEN.error()
    if found.is_done:
        return 202, _line(found, work.latest([id]).get(id))
    noted = found.noted(kind=choose.kind, whole=choose.whole)
    return 202, _line(noted, _ask(request, work.CHECK, noted))


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
    found, before = _own(request, id), work.latest([id]).get(id)
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


@router.get("/runs", response={200: Runs} | PROBLEMS, **operation("list_imports", *MAY))
def list_imports(request: HttpRequest, cursor: str | None = Cursor, limit: int = Limit) -> HttpResponse:
    """Imports of this post or of its area, the latest first."""
    found, keys = history.runs_of(token_of(request), actor(request)), keys_of(cursor, str)
    if keys:
        found = found.filter(pk__lt=_uuid(str(keys[0])))
    shown, after = page(list(found[: limit + 1]), limit, lambda one: (str(one.pk),))
    return JsonResponse({"rows": [_run(one) for one in shown], "next": after})


@router.get("/runs/{id}", response={200: RunLine} | PROBLEMS, **operation("read_import", *MAY))
def read_import(request: HttpRequest, id: UUID) -> HttpResponse:
    """One import."""
    return JsonResponse(_run(_of_scope(request, id)))


@router.get(
    "/runs/{id}/problems", response={200: Findings} | PROBLEMS, **operation("list_import_problems", *MAY)
)
def list_import_problems(
    request: HttpRequest, id: UUID, cursor: str | None = Cursor, limit: int = Limit
) -> HttpResponse:
    """The problems of an import that were kept."""
    purpose(request)
    kept = seal.unseal(_of_scope(request, id).problems).get("problems", [])
    return _part([Finding(*one) for one in kept], cursor, limit, _finding)


@router.post("/runs/{id}/undo", **act("undo_import", Asked, *MAY, status=202))
@repeatable
def undo_import(request: HttpRequest, id: UUID) -> tuple[int, object]:
    """Take a whole import back within a day; what others built on stays, and is counted."""
    return 202, {"job": str(work.ask_undo(_of_scope(request, id), by=actor(request)).pk)}


def _ask(request: HttpRequest, kind: str, upload: Upload, **more: Any) -> Job:
    return work.ask(kind, upload, power=token_of(request), by=actor(request), **more)


def _own(request: HttpRequest, id: UUID) -> Upload:
    """A workbook that this token sent. Raises `api-no-such-upload`."""
    found = uploads.find(id, token_of(request))
    if found is None:
        raise NO_SUCH_UPLOAD.error()
    return found


def _idle(request: HttpRequest, id: UUID) -> Upload:
    """The same, on which nothing is being done. Raises `import-under-way`."""
    found = _own(request, id)
    if work.is_active(work.latest([id]).get(id)):
        raise UNDER_WAY.error()
    return found


def _of_scope(request: HttpRequest, id: UUID) -> ImportRun:
    """An import of this post or of its area. Raises `api-no-such-run`."""
    found = history.runs_of(token_of(request), actor(request)).filter(pk=id).first()
    if found is None:
        raise NO_SUCH_RUN.error()
    return found


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise BAD_CURSOR.error() from error


def _part(found: Sequence[Any], cursor: str | None, limit: int, line: Any) -> HttpResponse:
    """A part of something that is kept whole: the cursor is how far it was read."""
    keys = keys_of(cursor, int)
    start = int(keys[0]) if keys else 0
    if start < 0:
        raise BAD_CURSOR.error()
    numbered = list(enumerate(found[start : start + limit + 1], start + 1))
    shown, after = page(numbered, limit, lambda one: (one[0],))
    return JsonResponse({"rows": [line(one) for _number, one in shown], "next": after})


def _line(one: Upload, job: Job | None) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "name": one.name,
        "kind": one.kind,
        "whole": one.whole,
        "at": told(one.at),
        "state": pages.state_of(one, job),
        "job": str(job.pk) if job else None,
    }


def _one(upload: Upload) -> dict[str, Any]:
    checked = upload.checked
    return _line(upload, work.latest([upload.id]).get(upload.id)) | {
        "counts": checked.counts if checked else None,
        "gone": checked.changes.gone_count if checked else 0,
        "to_mend": checked.to_mend if checked else 0,
        "stale": bool(checked and checked.stale),
        "fatal": bool(checked and checked.fatal),
        "alarms": [sentence(found) for found in checked.alarms] if checked else [],
        "area": checked.area if checked else "",
    }


def _finding(one: Finding) -> dict[str, Any]:
    names = ("sheet", "row", "at", "column", "value", "action", "code")
    return {name: getattr(one, name) for name in names} | {"sentence": sentence(one)}


def _change(one: Change, titles: dict[str, str], paths: dict[str, str]) -> dict[str, Any]:
    fields = [
        {"column": titles.get(name, name), "old": pages.masked(name, old), "new": pages.masked(name, new)}
        for name, old, new in one.fields
    ]
    place = paths.get(one.place, "")
    return {"sheet": one.sheet, "row": one.row, "who": one.who, "place": place, "fields": fields}


def _run(one: ImportRun) -> dict[str, Any]:
    names = ("kind", "file_name", "by", "place", "rows", "new", "updated", "unchanged", "refused", "gone")
    return {
        "id": str(one.pk),
        "taken_back": one.taken_back,
        "kept": one.kept,
        "may_undo": history.may_undo(one),
        **{name: getattr(one, name) for name in names},
        **{name: told(getattr(one, name)) for name in ("started_at", "ended_at", "undone_at")},
    }

"""Imports that were done: who brought which file, its problems; taken back by a job."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from ninja import Router

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
    uuid_of,
)
from bulou.command.api.idempotency import act, repeatable
from bulou.command.api.import_lines import finding_line, run_line
from bulou.command.api.import_shapes import Asked, Findings, RunLine, Runs
from bulou.command.api.imports import MAY
from bulou.command.imports import history, work
from bulou.kernel import seal
from bulou.kernel.problems import problem
from bulou.sheets.models import ImportRun
from bulou.sheets.reading import Problem as Finding

NO_SUCH_RUN = problem("api-no-such-run", _("本令牌的范围内没有这次导入:请核对编号。"), status=404)

router = Router(tags=["imports"])


@router.get("/runs", response={200: Runs} | PROBLEMS, **operation("list_imports", *MAY))
def list_imports(request: HttpRequest, cursor: str | None = Cursor, limit: int = Limit) -> HttpResponse:
    """Imports of this post or of its area, the latest first."""
    found, keys = history.runs_of(token_of(request), actor(request)), keys_of(cursor, str)
    if keys:
        found = found.filter(pk__lt=uuid_of(str(keys[0])))
    shown, after = page(list(found[: limit + 1]), limit, lambda one: (str(one.pk),))
    return JsonResponse({"rows": [run_line(one) for one in shown], "next": after})


@router.get("/runs/{id}", response={200: RunLine} | PROBLEMS, **operation("read_import", *MAY))
def read_import(request: HttpRequest, id: UUID) -> HttpResponse:
    """One import."""
    return JsonResponse(run_line(_of_scope(request, id)))


@router.get(
    "/runs/{id}/problems", response={200: Findings} | PROBLEMS, **operation("list_import_problems", *MAY)
)
def list_import_problems(
    request: HttpRequest, id: UUID, cursor: str | None = Cursor, limit: int = Limit
) -> HttpResponse:
    """The problems of an import that were kept."""
    purpose(request)
    kept = seal.unseal(_of_scope(request, id).problems).get("problems", [])
    return part([Finding(*one) for one in kept], cursor, limit, finding_line)


@router.post("/runs/{id}/undo", **act("undo_import", Asked, *MAY, status=202))
@repeatable
def undo_import(request: HttpRequest, id: UUID) -> tuple[int, object]:
    """Take a whole import back within a day; what others built on stays, and is counted."""
    return 202, {"job": str(work.ask_undo(_of_scope(request, id), by=actor(request)).pk)}


def _of_scope(request: HttpRequest, id: UUID) -> ImportRun:
    """An import of this post or of its area. Raises `api-no-such-run`."""
    found = history.runs_of(token_of(request), actor(request)).filter(pk=id).first()
    if found is None:
        raise NO_SUCH_RUN.error()
    return found

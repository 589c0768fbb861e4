"""Long work: how far it is; what waits, runs or failed, for who keeps the house."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema

from bulou.command.api.frame import (
    BAD_CURSOR,
    PROBLEMS,
    Cursor,
    Limit,
    actor,
    keys_of,
    operation,
    page,
    token_of,
    told,
    uuid_of,
)
from bulou.kernel import jobs
from bulou.kernel.fields import from_micros, to_micros
from bulou.kernel.models import Job
from bulou.kernel.problems import problem
from bulou.rights.capabilities import Capability

NO_SUCH_JOB = problem("api-no-such-job", _("没有编号为 {id} 的后台工作。"), status=404)

router = Router(tags=["programs"])


class JobLine(Schema):
    """Long work: how far it is, and what came of it."""

    id: UUID
    kind: str
    state: Literal["queued", "running", "done", "failed"]
    progress: int
    total: int
    problem: str
    detail: str
    result: dict[str, Any]
    by: str
    created_at: str


class Jobs(Schema):
    rows: list[JobLine]
    next: str | None


@router.get("/jobs", response={200: Jobs} | PROBLEMS, **operation("list_jobs", Capability.KEEP_HOUSE))
def list_jobs(request: HttpRequest, cursor: str | None = Cursor, limit: int = Limit) -> HttpResponse:
    """All long work of the last 30 days, the latest first."""
    found, keys = Job.objects.order_by("-created_at", "-id"), keys_of(cursor, int, str)
    if keys:
        at, id = _moment(int(keys[0])), uuid_of(str(keys[1]))
        found = found.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=id))
    shown, after = page(list(found[: limit + 1]), limit, lambda one: (to_micros(one.created_at), str(one.pk)))
    return JsonResponse({"rows": [_line(one) for one in shown], "next": after})


@router.get("/jobs/{id}", response={200: JobLine} | PROBLEMS, **operation("read_job"))
def read_job(request: HttpRequest, id: UUID) -> HttpResponse:
    """Long work that this token's post asked for, or any for who keeps the house."""
    one = Job.objects.filter(pk=id).first()
    if one is None or not (one.by == actor(request) or token_of(request).may(Capability.KEEP_HOUSE)):
        raise NO_SUCH_JOB.error(id=id)
    return JsonResponse(_line(one))


def _moment(micros: int) -> datetime:
    """An instant of a cursor. Raises `bad-cursor`."""
    try:
        return from_micros(micros)
    except OverflowError as error:
        raise BAD_CURSOR.error() from error


def _line(one: Job) -> dict[str, Any]:
    names = ("kind", "state", "progress", "total", "problem", "result", "by")
    return {
        "id": str(one.pk),
        "detail": jobs.sentence(one) if one.problem else "",
        "created_at": told(one.created_at),
        **{name: getattr(one, name) for name in names},
    }

"""Lists taken out for a purpose: asked for, written at once or by a job, fetched by the token that asked."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema
from pydantic import Field

from bulou.command.api.frame import (
    PROBLEMS,
    Cursor,
    Limit,
    Problem,
    Words,
    actor,
    file_of,
    keys_of,
    operation,
    page,
    place_of,
    purpose,
    token_of,
    told,
    uuid_of,
)
from bulou.command.api.idempotency import act, repeatable
from bulou.command.exports import TABLES, Table, asking, files
from bulou.command.exports.models import Export, Format, Purpose, State
from bulou.command.exports.tables import table_named
from bulou.command.exports.views import TYPES
from bulou.kernel.problems import problem
from bulou.rights.capabilities import Capability

NO_SUCH_EXPORT = problem("api-no-such-export", _("本令牌没有这份导出:请核对编号。"), status=404)
NO_FILE = problem("api-export-no-file", _("打印页只能在页面上打开:请导出成 xlsx、csv 或 text。"))
GONE: dict[Any, Any] = {410: Problem}
EXPORT = Capability.EXPORT

router = Router(tags=["exports"])


class ParamLine(Schema):
    """A filter that a list knows."""

    name: str
    title: str


class ListLine(Schema):
    """A list that can be taken out; `full`: it has masked values."""

    name: str
    title: str
    needs: list[str]
    params: list[ParamLine]
    full: bool


class Lists(Schema):
    rows: list[ListLine]


class NewExport(Schema):
    """Which list of which place, as what, and for what (`words`: four signs at least, for whom and why)."""

    list: Words = Field(max_length=40)
    place: str | None = Field(None, pattern=r"^[0-9]{6,26}$")
    filters: dict[str, Words] = Field(default_factory=dict, max_length=20)
    format: Literal["xlsx", "csv", "text"]
    purpose: Literal[tuple(Purpose.values)]  # type: ignore[valid-type]  # mypy cannot read choices
    words: Words = Field(max_length=200)
    full: bool = False


class ExportLine(Schema):
    """What was taken out; `rows`, `size` and `sha256` once it is done, `problem` when it failed."""

    id: UUID
    list: str
    place: str
    format: Literal[tuple(Format.values)]  # type: ignore[valid-type]  # mypy cannot read choices
    full: bool
    purpose: str
    words: str
    as_of: str
    state: Literal[tuple(State.values)]  # type: ignore[valid-type]  # mypy cannot read choices
    job: UUID | None
    problem: str
    rows: int | None
    size: int | None
    sha256: str
    expires_at: str
    removed_at: str | None
    fetched: int


class Exports(Schema):
    rows: list[ExportLine]
    next: str | None


@router.get("/lists", response={200: Lists} | PROBLEMS, **operation("list_lists", EXPORT))
def list_lists(request: HttpRequest) -> HttpResponse:
    """The lists that this token may take out."""
    token = token_of(request)
    may = [table for table in TABLES.values() if all(map(token.may, table.needs))]
    return JsonResponse({"rows": [_table(table) for table in sorted(may, key=lambda one: one.name)]})


@router.post("/exports", **act("ask_export", ExportLine, EXPORT, status=201))
@repeatable
def ask_export(request: HttpRequest, new: NewExport) -> tuple[int, object]:
    """Take a list out, recorded with its purpose; a long one is written by a job."""
    purpose(request)
    table = table_named(new.list)
    asked = asking.Asked(
        table=table,
        place=place_of(request, new.place),
        filters=table.filters_of(new.filters),
        format=new.format,
        purpose=new.purpose,
        words=new.words,
        full=new.full,
    )
    return 201, _line(asking.ask(asked, token_of(request), by=actor(request)))


@router.get("/exports", response={200: Exports} | PROBLEMS, **operation("list_exports", EXPORT))
def list_exports(request: HttpRequest, cursor: str | None = Cursor, limit: int = Limit) -> HttpResponse:
    """What this token took out, the latest first."""
    found, keys = _own(request).order_by("-pk"), keys_of(cursor, str)
    if keys:
        found = found.filter(pk__lt=uuid_of(str(keys[0])))
    shown, after = page(list(found[: limit + 1]), limit, lambda one: (str(one.pk),))
    return JsonResponse({"rows": [_line(one) for one in shown], "next": after})


@router.get("/exports/{id}", response={200: ExportLine} | PROBLEMS, **operation("read_export", EXPORT))
def read_export(request: HttpRequest, id: UUID) -> HttpResponse:
    """How far an export is."""
    return JsonResponse(_line(_one(request, id)))


@router.get(
    "/exports/{id}/file",
    response={200: None} | GONE | PROBLEMS,
    openapi_extra=file_of(*TYPES.values()),
    **operation("fetch_export", EXPORT),
)
def fetch_export(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """The file, within 24 hours. Recorded each time."""
    one = _one(request, id)
    if one.format not in TYPES:
        raise NO_FILE.error()
    parts = files.fetch(one, by=actor(request))
    answer = StreamingHttpResponse(parts, content_type=TYPES[Format(one.format)])
    answer["Content-Length"] = str(one.size)
    return answer


def _own(request: HttpRequest) -> Any:
    return Export.objects.filter(token=token_of(request))


def _one(request: HttpRequest, id: UUID) -> Export:
    """An export of this token. Raises `api-no-such-export`."""
    found: Export | None = _own(request).filter(pk=id).first()
    if found is None:
        raise NO_SUCH_EXPORT.error()
    return found


def _table(table: Table) -> dict[str, Any]:
    return {
        "name": table.name,
        "title": str(table.title),
        "needs": [one.value for one in table.needs],
        "params": [{"name": one.name, "title": str(one.title)} for one in table.params],
        "full": table.has_masked,
    }


def _line(one: Export) -> dict[str, Any]:
    names = ("place", "format", "full", "purpose", "words", "state", "problem", "rows", "size", "fetched")
    return {
        "id": str(one.pk),
        "list": one.name,
        "job": str(one.job) if one.job else None,
        "sha256": one.digest,
        **{name: getattr(one, name) for name in names},
        **{name: told(getattr(one, name)) for name in ("as_of", "expires_at", "removed_at")},
    }

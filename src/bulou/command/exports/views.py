"""Taking a list out: what for, how; the file; and who took what out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.request import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from bulou.command.exports import asking, files
from bulou.command.exports.models import Export, Format, Purpose, State
from bulou.command.exports.tables import TABLES, Query, Table, table_named
from bulou.command.exports.writers import Said, printed_rows
from bulou.kernel import clock
from bulou.kernel.models import Job
from bulou.kernel.problems import BulouError
from bulou.places import codes
from bulou.places.queries import names
from bulou.rights.capabilities import Capability
from bulou.web.access import OfficeRequest, actor, office, path_in_scope

PAGE = 50
TYPES = {
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
    Format.TEXT: "text/plain; charset=utf-8",
}
ENDINGS = {Format.XLSX: "xlsx", Format.CSV: "csv", Format.TEXT: "txt"}


@never_cache
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("q", "words")
@office(Capability.EXPORT)
def new(request: OfficeRequest) -> HttpResponse:
    """`/exports/new?list=…`: what for and how, then the file."""
    given = request.POST if request.method == "POST" else request.GET
    table = table_named(given.get("list", ""))
    place = path_in_scope(request.mandate, given.get("place", ""))[-1]
    asking.check_may_export(table, request.mandate)
    if request.method == "GET":
        return render(request, "exports/new.html", _form(request, table, place, given))
    try:
        export = asking.ask(_asked(table, place.code, given), request.mandate, by=actor(request))
    except BulouError as error:
        context = _form(request, table, place, given) | {"refused": str(error)}
        return render(request, "exports/new.html", context, status=error.kind.status)
    return HttpResponseRedirect(reverse("export", args=[export.pk]))


def _asked(table: Table, place: str, given: QueryDict) -> asking.Asked:
    return asking.Asked(
        table=table,
        place=place,
        filters=table.filters_of(given.dict()),  # type: ignore[arg-type]  # no lists: `dict()` takes the last
        format=given.get("format", ""),
        purpose=given.get("purpose", ""),
        words=given.get("words", ""),
        full=given.get("full") == "1",
    )


def _form(request: OfficeRequest, table: Table, place: Any, given: QueryDict) -> dict[str, Any]:
    filters = table.filters_of(given.dict())  # type: ignore[arg-type]
    query = Query(place.code, request.mandate.scope, filters)
    return {
        "table": table,
        "place": place,
        "filters": filters,
        "conditions": table.conditions(filters),
        "count": table.count(query),
        "may_unmask": table.has_masked and request.mandate.may(Capability.UNMASK),
        "formats": Format.choices,
        "purposes": [("", "—"), *Purpose.choices],
        "given": given,
        "most_full": asking.MOST_FULL,
    }


@never_cache
@require_GET
@office()
def show(request: OfficeRequest, id: UUID) -> HttpResponse:
    """`/exports/<id>`: how far it is, and the file; the record alone for whoever looks after privacy."""
    export = _found(request, id, mine=False)
    mine = export.user_id == request.user.pk
    text = ""
    if mine and export.format == Format.TEXT and export.state == State.DONE and not export.removed_at:
        text = b"".join(files.fetch(export, by=actor(request))).decode()
    job = Job.objects.filter(pk=export.job).first() if export.job and export.state == State.WAITING else None
    context = {**_of(export), "mine": mine, "text": text, "job": job}
    part = "exports/_state.html" if request.headers.get("HX-Request") else "exports/export.html"
    return render(request, part, context)


def _of(export: Export) -> dict[str, Any]:
    table = TABLES.get(export.name)
    return {
        "export": export,
        "title": table.title if table else export.name,
        "place": names([export.place]).get(export.place, export.place),
        "gone": bool(export.removed_at) or export.expires_at <= clock.now(),
    }


@never_cache
@require_GET
@office(Capability.EXPORT, formats=("html", "xlsx", "csv", "text"))
def file(request: OfficeRequest, id: UUID) -> HttpResponseBase:
    """`/exports/<id>/file`: the file, for its maker alone; recorded."""
    export = _found(request, id, mine=True)
    if export.format not in TYPES:
        raise Http404
    said = Said.of(export, table_named(export.name))
    name = (
        f"{said.place}{said.title}-{clock.local(export.as_of):%Y%m%d-%H%M}.{ENDINGS[Format(export.format)]}"
    )
    answer = StreamingHttpResponse(
        files.fetch(export, by=actor(request)), content_type=TYPES[Format(export.format)]
    )
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["Content-Length"] = str(export.size)
    return answer


@never_cache
@require_GET
@office(Capability.EXPORT)
def printed(request: OfficeRequest, id: UUID) -> HttpResponse:
    """`/exports/<id>/print`: the frozen list as a page to print; recorded."""
    export = _found(request, id, mine=True)
    if export.format != Format.PRINT:
        raise Http404
    table = table_named(export.name)
    rows = printed_rows(files.fetch(export, by=actor(request)))
    titles = [column.title for column in table.columns]
    context = {**_of(export), "said": Said.of(export, table), "titles": titles, "rows": list(rows)}
    return render(request, "exports/print.html", context)


@require_GET
@office()
def history(request: OfficeRequest) -> HttpResponse:
    """`/exports`: what I took out; with AUDIT, what anybody took out in my area."""
    everybody = request.mandate.may(Capability.AUDIT) and request.GET.get("who") != "me"
    found = _visible(request, everybody=everybody)
    before = request.GET.get("before", "")
    try:
        found = found.filter(pk__lt=UUID(before)) if before else found
    except ValueError:
        raise Http404 from None
    rows = list(found[: PAGE + 1])
    place_names = names(export.place for export in rows)
    lines = [
        (
            one,
            TABLES[one.name].title if one.name in TABLES else one.name,
            place_names.get(one.place, one.place),
        )
        for one in rows[:PAGE]
    ]
    context = {
        "lines": lines,
        "everybody": everybody,
        "may_audit": request.mandate.may(Capability.AUDIT),
        "next": rows[PAGE - 1].pk if len(rows) > PAGE else None,
    }
    return render(request, "exports/history.html", context)


def _visible(request: OfficeRequest, *, everybody: bool) -> QuerySet[Export, Export]:
    mine = Q(user_id=request.user.pk)
    theirs = codes.within("scope", request.mandate.scope) if everybody else Q(pk__in=[])
    return Export.objects.filter(mine | theirs).order_by("-pk")


def _found(request: OfficeRequest, id: UUID, *, mine: bool) -> Export:
    """Raises Http404 also for what belongs to somebody else."""
    audit = not mine and request.mandate.may(Capability.AUDIT)
    found = _visible(request, everybody=audit).filter(pk=id).first()
    if found is None:
        raise Http404
    return found

"""Papers and workbooks to fetch: release notes, signed orders, a workbook with its problems written in."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from ninja import Router

from bulou.command.api.cases import one_case
from bulou.command.api.frame import PDF, PROBLEMS, actor, file_of, operation, pdf_answer, purpose
from bulou.command.api.imports import MAY, own_upload
from bulou.command.api.orders import seen_order
from bulou.command.directives import paper
from bulou.command.exports.models import Format
from bulou.command.exports.views import TYPES
from bulou.kernel.problems import problem
from bulou.monitoring import release
from bulou.obligations import drafts
from bulou.rights.capabilities import Capability

NOT_SIGNED = problem("api-order-not-signed", _("这道指令还没有签发:签发后才有文书。"), status=409)
NO_PROBLEMS = problem("api-no-problems-file", _("这份表还没有检查,或没有带“问题”列的文件。"), status=404)
XLSX = TYPES[Format.XLSX]

router = Router(tags=["papers"])


@router.get(
    "/cases/{number}/note",
    response={200: None} | PROBLEMS,
    openapi_extra=file_of(PDF),
    **operation("fetch_release_note", Capability.SEE_PERSONS),
)
def fetch_note(request: HttpRequest, number: str) -> HttpResponse:
    """The release note, once the person is free. It has the name: each time recorded."""
    case = one_case(request, number)
    return pdf_answer(release.make_pdf(case, office=case.decided_by, by=actor(request)))


@router.get(
    "/orders/{int:id}/paper",
    response={200: None} | PROBLEMS,
    openapi_extra=file_of(PDF),
    **operation("fetch_order_paper", Capability.SEE_NUMBERS),
)
def fetch_order(request: HttpRequest, id: int) -> HttpResponse:
    """A signed order, with a code that anybody can verify."""
    order = seen_order(request, id)
    if order.decision != drafts.Decision.SIGNED:
        raise NOT_SIGNED.error()
    return pdf_answer(paper.make_pdf(order))


@router.get(
    "/imports/{id}/problems.xlsx",
    response={200: None} | PROBLEMS,
    openapi_extra=file_of(XLSX),
    **operation("fetch_problems", *MAY),
)
def fetch_problems(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """The workbook that was sent, with a column that says what is wrong in each row."""
    purpose(request)
    found = own_upload(request, id)
    if not found.errors.exists():
        raise NO_PROBLEMS.error()
    return FileResponse(found.errors.open("rb"), content_type=XLSX)

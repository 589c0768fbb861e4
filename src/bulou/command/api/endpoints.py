"""The HTTP API at `/api/v1/`: events in, balance and gaps out, for those who hold a token.

Every answer that is not 2xx is a problem document (RFC 9457) in the language asked for.
"""

from __future__ import annotations

import functools
import gzip
import io
import json
import logging
import zlib
from collections.abc import Callable
from typing import Any, Literal

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.urls import URLPattern, URLResolver, re_path
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI, Query, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer
from pydantic import Field
from pydantic_core import from_json

from bulou.command import rows
from bulou.facts.reasons import reason
from bulou.kernel import clock
from bulou.kernel.problems import BulouError, problem
from bulou.obligations.balance import balance
from bulou.obligations.gaps import gaps
from bulou.places.models import Place
from bulou.sync import intake, tokens
from bulou.sync.documents import document
from bulou.sync.models import Token

log = logging.getLogger(__name__)

BODY_LIMIT = 20 * 2**20
"""Bytes of a request body, after inflating."""

BAD_JSON = problem("bad-json", _("请求的内容不是有效的 JSON(UTF-8):请检查后重新提交。"), status=400)
BAD_BODY = problem("bad-body", _("请求的内容应为 {shape}。"))
BAD_QUERY = problem("bad-query", _("参数有误:{field}({reason})。"))
BAD_GZIP = problem("bad-gzip", _("gzip 压缩的内容不完整或已损坏:请重新提交。"), status=400)
TOO_BIG = problem("body-too-big", _("请求的内容超过 {mib} MiB:请分批提交。"), status=413)
CUT_OFF = problem("body-cut-off", _("请求的内容没有收完:请重新提交。"), status=400)
NO_LENGTH = problem("no-length", _("请求须带 Content-Length。"), status=411)
BAD_ENCODING = problem("bad-encoding", _("只支持 gzip 压缩。"), status=415)
NO_PAGE = problem("no-such-endpoint", _("没有这个接口:请对照 /api/v1/openapi.json。"), status=404)
NO_METHOD = problem("no-such-method", _("这个接口只支持 {allowed}。"), status=405)
NOT_YOURS = problem(
    "place-outside-scope", _("本令牌的范围内没有这个地点:请核对编码,或请管理员核对范围。"), status=404
)
DATABASE = problem("database-unavailable", _("数据库暂时不能写入或读取:请稍后原样重新提交。"), status=503)


class Bearer(HttpBearer):
    """The token of the request; its row becomes `request.auth`."""

    def authenticate(self, request: HttpRequest, token: str) -> Token:
        return tokens.authenticate(f"Bearer {token}")


api = NinjaAPI(title="Bulou", version="1", docs_url=None, auth=Bearer(), urls_namespace="api")


class Event(Schema):
    """Something that happened. `id` is a UUID version 7 made where it happened."""

    id: str
    kind: str
    subject: str
    happened_at: str
    data: dict[str, Any] = Field(default_factory=dict)
    corrects: str | None = None


class Events(Schema):
    """At most 500 events; gzip welcome."""

    events: list[Event]


class Problem(Schema):
    """A problem document (RFC 9457); `code` is stable."""

    type: str
    code: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, Any]] | None = None


class Result(Schema):
    """What became of one event; the same order as they were sent in."""

    id: str | None
    status: Literal["new", "identical", "refused"]
    problem: Problem | None


class Results(Schema):
    results: list[Result]


class BalanceLine(Schema):
    """universe = met + late + open + overdue + excused, and owned + unowned = universe."""

    kind: str
    place: str
    name: str
    universe: int
    met: int
    late: int
    open: int
    overdue: int
    excused: int
    owned: int
    unowned: int
    unknown: int


class Balance(Schema):
    rows: list[BalanceLine]


class GapLine(Schema):
    """What is undone, unowned or unknown, and who answers for it."""

    kind: str
    subject: str
    place: str
    owner: str | None
    opens_at: str
    due_at: str | None
    gap: Literal["undone", "unowned", "unknown"]
    level: int


class Gaps(Schema):
    rows: list[GapLine]


PROBLEMS = dict.fromkeys([400, 401, 404, 413, 422, 503], Problem)
Code = Query(None, pattern=r"^[0-9]{6,26}$", description="A place code; the token's scope when left out.")


@api.post(
    "/events",
    response={200: Results} | PROBLEMS,
    operation_id="receive_events",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": Events.model_json_schema(ref_template="#/{model}")}},
        }
    },
)
def post_events(request: HttpRequest) -> HttpResponse:
    """Take in events, each exactly once. When this answers, they are kept."""
    token: Token = request.auth  # type: ignore[attr-defined]
    items = _events(_body(request))
    results = intake.receive(items, actor=f"post:{token.post_id}", scope=token.scope)
    # Past ninja's own rendering: five hundred results need no second validation.
    return JsonResponse({"results": results})


@api.get("/balance", response={200: Balance} | PROBLEMS, operation_id="read_balance")
def get_balance(
    request: HttpRequest,
    place: str | None = Code,
    kind: str | None = None,
    since: str | None = Query(None, alias="from"),
    until: str | None = Query(None, alias="to"),
) -> HttpResponse:
    """The balance of a place and of each place directly below it; `from`/`to` bound when it opened."""
    found = balance(
        _place(request, place),
        kinds=[kind] if kind else None,
        opened_from=clock.parse_instant(since) if since else None,
        opened_to=clock.parse_instant(until) if until else None,
    )
    return JsonResponse(rows.of_balance(found))


@api.get("/gaps", response={200: Gaps} | PROBLEMS, operation_id="read_gaps")
def get_gaps(
    request: HttpRequest,
    place: str | None = Code,
    kind: str | None = None,
    gap: Literal["undone", "unowned", "unknown"] | None = None,
    limit: int | None = Query(None, ge=1, le=1_000_000),
    offset: int = Query(0, ge=0, le=10**9),
) -> HttpResponse:
    """What is missing now: undone, unowned, unknown."""
    found = gaps(_place(request, place), kind=kind, gap=gap, limit=limit, offset=offset)
    return JsonResponse(rows.of_gaps(found))


def _place(request: HttpRequest, code: str | None) -> str:
    """The place asked about, which must lie in the token's scope."""
    scope: str = request.auth.scope  # type: ignore[attr-defined]
    if code is None:
        return scope
    if not code.startswith(scope) or not Place.objects.filter(code=code).exists():
        raise NOT_YOURS.error()
    return code


def _body(request: HttpRequest) -> bytes:
    """The request's body, inflated. Raises a problem when it is too big, cut off or in another coding."""
    if "Transfer-Encoding" in request.headers and "Content-Length" not in request.headers:
        raise NO_LENGTH.error()
    body = request.body
    coding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if coding == "gzip":
        return _inflate(body)
    if coding != "identity":
        raise BAD_ENCODING.error()
    return body


def _inflate(body: bytes) -> bytes:
    try:
        plain = gzip.GzipFile(fileobj=io.BytesIO(body)).read(BODY_LIMIT + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise BAD_GZIP.error() from error
    if len(plain) > BODY_LIMIT:
        raise TOO_BIG.error(mib=BODY_LIMIT // 2**20)
    return plain


def _events(body: bytes) -> list[Any]:
    try:
        # It bounds the nesting and the length of numbers, and refuses NaN and half characters.
        sent = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise BAD_JSON.error() from error
    if not isinstance(sent, dict) or not isinstance(sent.get("events"), list):
        raise BAD_BODY.error(shape='{"events": [...]}')
    events: list[Any] = sent["events"]
    return events


def answer(error: BulouError, errors: list[dict[str, Any]] | None = None) -> HttpResponse:
    """A problem as an HTTP answer."""
    response = JsonResponse(
        document(error, errors), status=error.kind.status, content_type="application/problem+json"
    )
    if error.kind.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if error.kind.status == 503:
        response["Retry-After"] = "30"
    return response


@api.exception_handler(BulouError)
def _on_problem(_request: HttpRequest, error: BulouError) -> HttpResponse:
    return answer(error)


@api.exception_handler(AuthenticationError)
def _on_no_token(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    return answer(tokens.INVALID.error())


@api.exception_handler(ValidationError)
def _on_bad_query(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [
        {"pointer": "/" + "/".join(str(part) for part in one["loc"]), "detail": reason(one)}
        for one in error.errors
    ]
    first = error.errors[0]
    return answer(BAD_QUERY.error(field=str(first["loc"][-1]), reason=reason(first)), errors)


@api.exception_handler(RequestDataTooBig)
def _on_too_big(_request: HttpRequest, _error: RequestDataTooBig) -> HttpResponse:
    return answer(TOO_BIG.error(mib=BODY_LIMIT // 2**20))


@api.exception_handler(UnreadablePostError)
def _on_cut_off(_request: HttpRequest, _error: UnreadablePostError) -> HttpResponse:
    return answer(CUT_OFF.error())


@api.exception_handler(HttpError)
def _on_http_error(_request: HttpRequest, _error: HttpError) -> HttpResponse:
    return answer(BAD_JSON.error())


def _on_database(_request: HttpRequest, error: Any) -> HttpResponse:
    # The text of a database's error may quote values; its class does not.
    log.error("the database did not answer: %s", type(error).__name__)
    return answer(DATABASE.error())


for _kind in (OperationalError, InterfaceError):
    api.add_exception_handler(_kind, _on_database)


View = Callable[..., HttpResponse]


def _with_problems(view: View) -> View:
    """Each answer in the language asked for, never cached; a refused method as a problem document."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        language = translation.get_language_from_request(request)
        with translation.override(language):
            try:
                response = view(request, *args, **kwargs)
            except Http404:
                response = answer(NO_PAGE.error())
            if response.status_code == 405:
                response = _method_problem(response["Allow"])
        response["Cache-Control"] = "no-store"
        response["Content-Language"] = language
        patch_vary_headers(response, ("Accept-Language",))
        return response

    return wrapped


def _method_problem(allowed: str) -> HttpResponse:
    response = answer(NO_METHOD.error(allowed=allowed))
    response["Allow"] = allowed
    return response


@csrf_exempt
@_with_problems
def _no_page(_request: HttpRequest) -> HttpResponse:
    return answer(NO_PAGE.error())


def urls() -> tuple[list[URLPattern | URLResolver], str, str]:
    """What stands under `/api/v1/`: `path("api/v1/", urls())`."""
    patterns, app, namespace = api.urls
    for pattern in patterns:
        if isinstance(pattern, URLPattern) and pattern.callback is not None:
            pattern.callback = _with_problems(pattern.callback)
    return [*patterns, re_path("", _no_page, name="no-such-endpoint")], app, namespace


def schema_text() -> str:
    """The OpenAPI document as it is kept in `docs/api/openapi.json`."""
    return json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), ensure_ascii=False, indent=2) + "\n"

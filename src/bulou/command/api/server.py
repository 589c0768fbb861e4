"""The HTTP API at `/api/v1/` for programs that hold a token: its endpoints together, and its refusals.

Every answer that is not 2xx is a problem document (RFC 9457) in the language asked for.
"""

from __future__ import annotations

import functools
import json
import logging
from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.urls import URLPattern, URLResolver, re_path
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from bulou.command.api import (
    accounts,
    arrival_acts,
    arrival_decisions,
    bodies,
    books,
    cases,
    chain,
    duplicates,
    duties,
    etags,
    events,
    exports,
    followups,
    grounds,
    history,
    households,
    imports,
    jobs,
    links,
    mandates,
    orders,
    papers,
    person_acts,
    persons,
    posts,
    registers,
    requests,
    roles,
    runs,
    searching,
    webhooks,
    workers,
)
from bulou.command.api.frame import Bearer
from bulou.facts.reasons import reason
from bulou.kernel import outages
from bulou.kernel.problems import BulouError, problem
from bulou.sync import tokens
from bulou.sync.documents import document

log = logging.getLogger(__name__)

BAD_QUERY = problem("bad-query", _("参数有误:{field}({reason})。"))
BAD_FORM = problem("bad-form", _("表单的内容不完整,或字段、文件太多:请检查后重新提交。"), status=400)
CUT_OFF = problem("body-cut-off", _("请求的内容没有收完:请重新提交。"), status=400)
NO_PAGE = problem("no-such-endpoint", _("没有这个接口:请对照 /api/v1/openapi.json。"), status=404)
NO_METHOD = problem("no-such-method", _("这个接口只支持 {allowed}。"), status=405)


class Api(NinjaAPI):
    """Says in its schema that refusals are problem documents."""

    def get_openapi_schema(self, *args: Any, **kwargs: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(*args, **kwargs)
        for methods in schema["paths"].values():
            for method, operation in methods.items():
                _refuse_with_problems(operation["responses"])
                if method == "get":
                    _say_tags(operation)
        return schema


def _refuse_with_problems(responses: dict[Any, dict[str, Any]]) -> None:
    for status, response in responses.items():
        content = response.get("content", {})
        if int(status) >= 400 and "application/json" in content:
            response["content"] = {"application/problem+json": content["application/json"]}


def _say_tags(operation: dict[str, Any]) -> None:
    """A read answer has a tag, and is not sent again to whoever knows it."""
    good = next(iter(operation["responses"].values()))
    if "application/json" in good.get("content", {}):
        good["headers"] = {"ETag": {"schema": {"type": "string"}}}
        operation.setdefault("parameters", []).append(etags.IF_NONE_MATCH)
        operation["responses"][304] = {"description": "Not Modified"}


api = Api(title="Bulou", version="1", docs_url=None, auth=Bearer(), urls_namespace="api")
for _module in (
    *(events, books, followups, registers, posts, workers, grounds),
    *(persons, person_acts, households, duplicates, cases, orders, history, searching, imports, runs),
    *(exports, webhooks, jobs, duties, requests, links, papers),
    *(accounts, mandates, roles, chain),
    *(arrival_acts, arrival_decisions),
):
    api.add_router("", _module.router)


def answer(error: BulouError, errors: list[dict[str, Any]] | None = None) -> HttpResponse:
    """A problem as an HTTP answer."""
    response = JsonResponse(
        document(error, errors), status=error.kind.status, content_type="application/problem+json"
    )
    if error.kind.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if error.kind.status == 503:
        response["Retry-After"] = str(outages.RETRY_SECONDS)
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
    return answer(bodies.TOO_BIG.error(mib=bodies.BODY_LIMIT // 2**20))


@api.exception_handler(UnreadablePostError)
def _on_cut_off(_request: HttpRequest, _error: UnreadablePostError) -> HttpResponse:
    return answer(CUT_OFF.error())


def _on_bad_form(_request: HttpRequest, _error: Any) -> HttpResponse:
    return answer(BAD_FORM.error())


for _broken in (MultiPartParserError, TooManyFieldsSent, TooManyFilesSent):
    api.add_exception_handler(_broken, _on_bad_form)


@api.exception_handler(HttpError)
def _on_http_error(_request: HttpRequest, _error: HttpError) -> HttpResponse:
    return answer(bodies.BAD_JSON.error())


def _on_outage(_request: HttpRequest, error: Any) -> HttpResponse:
    """A full disk or a database that is away; any other error of a file is a fault of ours."""
    found = outages.problem_of(error)
    if found is None:
        raise error
    # What a database's error says may quote values; its class does not.
    log.error("outage %s: %s", found.code, type(error).__name__)
    return answer(found)


for _kind in (OperationalError, InterfaceError, OSError):
    api.add_exception_handler(_kind, _on_outage)


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
            response = etags.tagged(request, response)
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

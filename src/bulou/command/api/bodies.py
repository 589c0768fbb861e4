"""Reading the body of a request: bounded, inflated, and as JSON."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from pydantic_core import from_json

from bulou.kernel.problems import problem

BODY_LIMIT = 20 * 2**20
"""Bytes of a request body, after inflating."""

BAD_JSON = problem("bad-json", _("请求的内容不是有效的 JSON(UTF-8):请检查后重新提交。"), status=400)
BAD_GZIP = problem("bad-gzip", _("gzip 压缩的内容不完整或已损坏:请重新提交。"), status=400)
TOO_BIG = problem("body-too-big", _("请求的内容超过 {mib} MiB:请分批提交。"), status=413)
NO_LENGTH = problem("no-length", _("请求须带 Content-Length。"), status=411)
BAD_ENCODING = problem("bad-encoding", _("只支持 gzip 压缩。"), status=415)


def read(request: HttpRequest) -> bytes:
    """The request's body, inflated.

    Raises `no-length`, `bad-encoding`, `bad-gzip`, `body-too-big`.
    """
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


def as_json(body: bytes) -> Any:
    """The body as JSON. Raises `bad-json`."""
    try:
        # It bounds the nesting and the length of numbers, and refuses NaN and half characters.
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise BAD_JSON.error() from error

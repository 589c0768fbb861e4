"""Entity tags (RFC 9110, 8.8.3): what is known is not sent again, what changed is not overwritten.

The tag is a digest of the body, so it tells apart whatever a reader can see, in the language it was read in.
"""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.utils.http import parse_etags
from django.utils.translation import gettext_lazy as _

from bulou.kernel.problems import problem

CHANGED = problem(
    "changed-meanwhile",
    _("您读取之后,这一项已被别人改动:请重新读取,核对后再提交。"),
    status=412,
)
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "schema": {"type": "string", "maxLength": 200},
    "description": "The `ETag` under which this was read: 412 when somebody changed it meanwhile.",
}
IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "required": False,
    "schema": {"type": "string", "maxLength": 1000},
    "description": "The `ETag` of what is known already: 304 when nothing changed.",
}


def tag(body: bytes) -> str:
    """The strong tag of a body."""
    return f'"{hashlib.sha256(body).hexdigest()}"'


def tagged(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A read answer with its tag, or without its body for whoever knows it."""
    if request.method != "GET" or response.status_code != 200 or response.streaming:
        return response
    if response["Content-Type"].partition(";")[0] != "application/json":
        return response
    response["ETag"] = tag(response.content)
    known = _tags(request, "If-None-Match")
    if "*" not in known and response["ETag"] not in known:
        return response
    unchanged = HttpResponseNotModified()
    unchanged["ETag"] = response["ETag"]
    return unchanged


def check_unchanged(request: HttpRequest, body: object) -> None:
    """Whether `body` is what the sender read, where the request says so. Raises `changed-meanwhile`.

    Asked in the transaction that changes it, with its row locked.
    """
    wanted = _tags(request, "If-Match")
    if wanted and "*" not in wanted and tag(JsonResponse(body).content) not in wanted:
        raise CHANGED.error()


def _tags(request: HttpRequest, header: str) -> set[str]:
    """The tags that a request knows.

    What is compressed on its way has a weak tag (`W/`); ours are digests, so it says the same.
    """
    return {one.removeprefix("W/") for one in parse_etags(request.headers.get(header, ""))}

"""What every endpoint shares: the token and what it may do, the place asked about, pages, problems."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from ninja import Query, Schema
from ninja.security import HttpBearer
from pydantic import AfterValidator, Field, StringConstraints

from bulou.kernel import clock
from bulou.kernel.problems import problem
from bulou.obligations import positions
from bulou.places.models import Place
from bulou.rights.capabilities import Capability
from bulou.sync import tokens
from bulou.sync.models import Token

NOT_YOURS = problem(
    "place-outside-scope", _("本令牌的范围内没有这个地点:请核对编码,或请管理员核对范围。"), status=404
)
NO_PURPOSE = problem(
    "token-no-purpose",
    _("本令牌没有写明用途,不能查询人员:请管理员另发一个写明用途的令牌。"),
    status=403,
)
BAD_CURSOR = problem("bad-cursor", _("cursor 不是上一页给出的 next:请从第一页重新开始。"))
IN_THE_FUTURE = problem("api-in-the-future", _("时间 {at} 晚于现在:请核对。"))
LONGEST_PAGE = 200


class Bearer(HttpBearer):
    """The token of the request, which must have these capabilities, and one of `any_of` if there are any.

    Its row becomes `request.auth`.
    """

    def __init__(self, *capabilities: Capability, any_of: Sequence[Capability] = ()) -> None:
        super().__init__()
        self.capabilities = capabilities
        self.any_of = any_of

    def authenticate(self, request: HttpRequest, token: str) -> Token:
        found = tokens.authenticate(f"Bearer {token}")
        for capability in self.capabilities:
            tokens.check_may(found, capability)
        if self.any_of and not any(map(found.may, self.any_of)):
            tokens.check_may(found, self.any_of[0])
        return found


class Problem(Schema):
    """A problem document (RFC 9457); `code` is stable."""

    type: str
    code: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, Any]] | None = None


PROBLEMS: dict[Any, Any] = dict.fromkeys([400, 401, 403, 404, 409, 411, 412, 413, 415, 422, 503], Problem)
Code = Query(None, pattern=r"^[0-9]{6,26}$", description="A place code; the token's scope when left out.")
Cursor = Query(None, max_length=400, description="`next` of the page before.")
Limit = Query(50, ge=1, le=LONGEST_PAGE)
Words = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
"""Text that a database can keep."""


def _storable(values: dict[str, Any]) -> dict[str, Any]:
    """Values that a database can keep as JSON. Raises ValueError."""
    if "\\u0000" in json.dumps(values, allow_nan=False):
        raise ValueError("NUL")
    json.dumps(values, ensure_ascii=False).encode()
    return values


Values = Annotated[dict[str, Any], AfterValidator(_storable)]
Number = Annotated[int, Field(ge=1, lt=2**63)]
"""The number of a row."""
YEARS = range(2000, 2101)
"""In which a moment of the books can lie."""


def token_of(request: HttpRequest) -> Token:
    """The token that was shown."""
    token: Token = request.auth  # type: ignore[attr-defined]  # set by ninja
    return token


def actor(request: HttpRequest) -> str:
    """Who acts, as the ledger and the audit chain write it."""
    return f"post:{token_of(request).post_id}"


def purpose(request: HttpRequest) -> str:
    """What the token is for. Raises `token-no-purpose`: nobody is looked up without one."""
    found = token_of(request).purpose
    if not found:
        raise NO_PURPOSE.error()
    return f"api: {found}"


def place_of(request: HttpRequest, code: str | None) -> str:
    """The place asked about, which must lie in the token's scope. Raises `place-outside-scope`."""
    scope = token_of(request).scope
    if code is None:
        return scope
    plain = code.isascii() and code.isdecimal()
    if not plain or not token_of(request).covers(code) or not Place.objects.filter(code=code).exists():
        raise NOT_YOURS.error()
    return code


def keys_of(cursor: str | None, *types: type) -> positions.Key | None:
    """The keys in a cursor, None for the first page. Raises `bad-cursor`."""
    if cursor is None:
        return None
    keys = positions.read(cursor, types)
    if keys is None:
        raise BAD_CURSOR.error()
    return keys


def page(
    found: Sequence[Any], limit: int, keys: Callable[[Any], tuple[str | int, ...]]
) -> tuple[Any, str | None]:
    """What was asked for with one more than `limit`: the page, and the cursor of the next if there is one."""
    shown = found[:limit]
    return shown, positions.to_text(keys(shown[-1])) if len(found) > limit else None


def uuid_of(text: str) -> UUID:
    """The id in a cursor. Raises `bad-cursor`."""
    try:
        return UUID(text)
    except ValueError as error:
        raise BAD_CURSOR.error() from error


def part(found: Sequence[Any], cursor: str | None, limit: int, line: Any) -> HttpResponse:
    """A part of something that is kept whole: the cursor is how far it was read."""
    keys = keys_of(cursor, int)
    start = int(keys[0]) if keys else 0
    if start < 0:
        raise BAD_CURSOR.error()
    numbered = list(enumerate(found[start : start + limit + 1], start + 1))
    shown, after = page(numbered, limit, lambda one: (one[0],))
    return JsonResponse({"rows": [line(one) for _number, one in shown], "next": after})


def moment(text: str | None) -> datetime | None:
    """An instant that was sent, None when none was. Raises `bad-instant`, also for one of another age."""
    if not text:
        return None
    found = clock.parse_instant(text)
    if found.year not in YEARS:
        raise clock.BAD_INSTANT.error(value=text)
    return found


def past(text: str | None) -> datetime | None:
    """An instant that is not later than now. Raises `bad-instant`, `api-in-the-future`."""
    found = moment(text)
    if found and found > clock.now():
        raise IN_THE_FUTURE.error(at=text)
    return found


def told(at: datetime | None) -> str | None:
    """An instant as answers say it, with the county's offset."""
    return clock.local(at).isoformat() if at else None


def operation(name: str, *may: Capability, any_of: Sequence[Capability] = ()) -> dict[str, Any]:
    """How an endpoint that reads is declared: its name in the schema, and what its token must be allowed."""
    return {"auth": Bearer(*may, any_of=any_of), "operation_id": name}


def file_of(*kinds: str) -> dict[str, Any]:
    """How an endpoint that answers with a file of these media types is declared."""
    content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in kinds}
    return {"responses": {200: {"description": "The file", "content": content}}}


PDF = "application/pdf"


def pdf_answer(content: bytes) -> HttpResponse:
    """A paper."""
    return HttpResponse(content, content_type=PDF)

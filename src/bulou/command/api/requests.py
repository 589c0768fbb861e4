"""What residents ask for, and its answer in words that the resident reads."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema
from pydantic import Field

from bulou.command.api.etags import check_unchanged
from bulou.command.api.fields import parsed
from bulou.command.api.frame import (
    PROBLEMS,
    Cursor,
    Limit,
    Words,
    actor,
    keys_of,
    operation,
    page,
    purpose,
    token_of,
    told,
)
from bulou.command.api.idempotency import act, repeatable
from bulou.command.api.links import living
from bulou.kernel import audit
from bulou.kernel.database import atomic
from bulou.kernel.problems import problem
from bulou.residents import actions, queries
from bulou.residents.models import About, Outcome, Request
from bulou.residents.queries import RequestView
from bulou.rights.capabilities import Capability

NO_SUCH_REQUEST = problem("api-no-such-request", _("本令牌的范围内没有这件申请:请核对编号。"), status=404)
MAY = Capability.ANSWER_RESIDENTS

router = Router(tags=["residents"])


class RequestLine(Schema):
    """A request: about whom, what, in the resident's words; `post` answers for it until `due_at`."""

    id: int
    number: str
    person: UUID
    about: Literal[tuple(About.values)]  # type: ignore[valid-type]  # mypy cannot read choices
    field: str
    words: str
    value: str
    place: str
    post: int | None
    made_at: str
    due_at: str | None
    answered_at: str | None
    outcome: str
    answer: str
    taken_back_at: str | None


class Requests(Schema):
    rows: list[RequestLine]
    next: str | None


class WrittenDown(Schema):
    """What somebody without a phone asks for on paper; `field` and `value` for a correction."""

    about: Literal[tuple(About.values)]  # type: ignore[valid-type]  # mypy cannot read choices
    words: Words = Field(max_length=actions.LONGEST)
    field: Words = Field("", max_length=20)
    value: Words = Field("", max_length=200)


class Answer(Schema):
    """What was decided, in words for the resident; `value`: what the register says from now on.

    `value` is written as in the cells of the workbook, for a correction that is not refused.
    """

    outcome: Literal[tuple(Outcome.values)]  # type: ignore[valid-type]  # mypy cannot read choices
    words: Words = Field(max_length=actions.LONGEST)
    value: Words = Field("", max_length=200)


@router.get("/requests", response={200: Requests} | PROBLEMS, **operation("list_requests", MAY))
def list_requests(
    request: HttpRequest, waiting: bool = True, cursor: str | None = Cursor, limit: int = Limit
) -> HttpResponse:
    """What residents of the scope asked for, the oldest first; `waiting`: not answered yet."""
    what_for, keys = purpose(request), keys_of(cursor, int)
    found = queries.of_scope(token_of(request).scope, only_open=waiting).order_by("pk")
    if keys:
        found = found.filter(pk__gt=keys[0])
    shown, after = page(list(found[: limit + 1]), limit, lambda one: (one.pk,))
    _record(request, token_of(request).scope, what_for, len(shown))
    return JsonResponse({"rows": [_line(queries.view(one)) for one in shown], "next": after})


@router.post(
    "/persons/{uid}/requests", **act("write_request_down", RequestLine, MAY, status=201, refuses=(429,))
)
@repeatable
def write_down(request: HttpRequest, uid: UUID, new: WrittenDown) -> tuple[int, object]:
    """A request on paper, written down for whom it is of; an answer is owed from now on."""
    made = actions.ask(person=living(request, uid), by=actor(request), **new.dict())
    return 201, _one(_found(request, made.pk))


@router.get("/requests/{int:id}", response={200: RequestLine} | PROBLEMS, **operation("read_request", MAY))
def read_request(request: HttpRequest, id: int) -> HttpResponse:
    """One request; its `ETag` may be given to the answer as `If-Match`."""
    what_for, one = purpose(request), _found(request, id)
    _record(request, one.place, what_for, 1)
    return JsonResponse(_one(one))


@router.post("/requests/{int:id}/answer", **act("answer_request", RequestLine, MAY, checked=True))
@repeatable
def answer_request(request: HttpRequest, id: int, answer: Answer) -> tuple[int, object]:
    """Answer it; an accepted correction changes the register. Once."""
    purpose(request)
    with atomic():
        one = _found(request, id)
        check_unchanged(request, _one(one))
        given = {"outcome": answer.outcome, "words": answer.words, "value": _value(one, answer)}
        actions.answer(one, by=actor(request), **given)
    return 200, _one(_found(request, id))


def _found(request: HttpRequest, id: int) -> Request:
    """A request of the scope. Raises `api-no-such-request`."""
    found = Request.objects.filter(pk=id).select_related("person").first() if id < 2**63 else None
    if found is None or not token_of(request).covers(found.place):
        raise NO_SUCH_REQUEST.error()
    return found


def _value(one: Request, answer: Answer) -> str:
    """What the register is to say, read like a cell. Raises `api-bad-field`."""
    given = answer.value.strip()
    if not given or one.field not in actions.CORRECTABLE or answer.outcome == Outcome.REFUSED:
        return ""
    column = "away_to" if one.field == "away" else one.field
    return str(parsed("residents", {column: given}, [column])[column])


def _record(request: HttpRequest, place: str, what_for: str, count: int) -> None:
    detail = {"count": count, "token": token_of(request).pk}
    audit.record("residents.requests_read", by=actor(request), place=place, reason=what_for, detail=detail)


def _one(one: Request) -> dict[str, Any]:
    return _line(next(view for view in queries.of_person(one.person) if view.request.pk == one.pk))


def _line(view: RequestView) -> dict[str, Any]:
    one = view.request
    names = ("number", "about", "field", "place", "outcome")
    return {
        "id": one.pk,
        "person": str(one.person.uid),
        "words": view.words,
        "value": view.value,
        "answer": view.answer,
        "post": one.post_id,
        "due_at": told(view.due_at),
        **{name: getattr(one, name) for name in names},
        **{name: told(getattr(one, name)) for name in ("made_at", "answered_at", "taken_back_at")},
    }

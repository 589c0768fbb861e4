"""Events from outside, and the feed of what changed."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Schema
from pydantic import Field

from bulou.command.api import bodies
from bulou.command.api.frame import PROBLEMS, Bearer, Limit, Problem, actor, token_of
from bulou.kernel.problems import problem
from bulou.rights.capabilities import Capability
from bulou.sync import feed, intake

BAD_BODY = problem("bad-body", _("请求的内容应为 {shape}。"))

Kinds = Query(default_factory=list, max_length=50)

router = Router(tags=["events"])


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


def _body_schema() -> dict[str, Any]:
    """The shape of a body that is read past ninja: gzipped or not, its items answered one by one."""
    items = {"type": "array", "maxItems": intake.MOST_ITEMS, "items": Event.model_json_schema()}
    return {
        "title": "Events",
        "type": "object",
        "properties": {"events": items},
        "required": ["events"],
        "description": Events.__doc__,
    }


class Result(Schema):
    """What became of one event; the same order as they were sent in."""

    id: str | None
    status: Literal["new", "identical", "refused"]
    problem: Problem | None


class Results(Schema):
    results: list[Result]


class Change(Schema):
    """One event of the ledger. `seq` is the order in which they were received."""

    seq: int
    id: str
    kind: str
    subject: str
    place: str
    happened_at: str
    received_at: str
    corrects: str | None
    data: dict[str, Any]


class Changes(Schema):
    """Ask again with `after` = `next` for what comes later; `more` says whether there is some already."""

    rows: list[Change]
    next: int
    more: bool


@router.post(
    "/events",
    response={200: Results} | PROBLEMS,
    auth=Bearer(Capability.SEND_EVENTS),
    operation_id="receive_events",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _body_schema()}},
        }
    },
)
def post_events(request: HttpRequest) -> HttpResponse:
    """Take in events, each exactly once. When this answers, they are kept."""
    items = _events(bodies.read(request))
    results = intake.receive(items, actor=actor(request), scope=token_of(request).scope)
    # Past ninja's own rendering: five hundred results need no second validation.
    return JsonResponse({"results": results})


def _events(body: bytes) -> list[Any]:
    sent = bodies.as_json(body)
    if not isinstance(sent, dict) or not isinstance(sent.get("events"), list):
        raise BAD_BODY.error(shape='{"events": [...]}')
    events: list[Any] = sent["events"]
    return events


@router.get(
    "/changes",
    response={200: Changes} | PROBLEMS,
    auth=Bearer(Capability.SEE_PERSONS),
    operation_id="read_changes",
)
def get_changes(
    request: HttpRequest,
    after: int = Query(0, ge=0, lt=2**63),
    kind: list[str] = Kinds,
    limit: int = Limit,
) -> HttpResponse:
    """What the ledger received after a sequence number, about subjects in the token's scope."""
    found = feed.changes(token_of(request).scope, after=after, kinds=kind, limit=limit)
    return JsonResponse(found.as_json())

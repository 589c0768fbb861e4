"""Directives: what is in force, drafts with their preview, the second signature; nothing is signed alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema
from pydantic import Field

from bulou.command.api.frame import (
    PROBLEMS,
    Cursor,
    Limit,
    Values,
    Words,
    actor,
    keys_of,
    moment,
    operation,
    page,
    place_of,
    token_of,
    told,
)
from bulou.command.api.idempotency import act, repeatable
from bulou.command.directives import orders
from bulou.command.keeping.state import Moved
from bulou.kernel import clock
from bulou.kernel.problems import problem
from bulou.obligations import drafts
from bulou.obligations.directives import kind_id
from bulou.obligations.kept_days import KeptDays
from bulou.obligations.kinds import ordered_kind
from bulou.obligations.models import Directive, DirectiveDraft
from bulou.rights.capabilities import Capability

NO_SUCH_ORDER = problem("api-no-such-order", _("本令牌的范围内没有这道指令:请核对编号。"), status=404)
SEES = Capability.SEE_NUMBERS

router = Router(tags=["directives"])


class DirectiveLine(Schema):
    """What is in force at a place and below, from one instant until another (not included)."""

    id: int
    kind: str
    place: str
    number: str
    valid_from: str
    valid_until: str | None
    params: dict[str, Any]
    order: int | None


class Directives(Schema):
    rows: list[DirectiveLine]
    next: str | None


class OrderLine(Schema):
    """An order on its way: who drafted it, what became of it. `open`: it can still be signed or sent back."""

    id: int
    kind: str
    place: str
    number: str
    title: str
    ground: str
    valid_from: str | None
    valid_until: str | None
    params: dict[str, Any]
    repeals: bool
    drafted_by: str
    drafted_at: str
    expires_at: str
    decision: Literal["open", "signed", "rejected", "withdrawn"]
    open: bool
    decided_by: str
    decided_at: str | None
    words: str
    signature: str


class Orders(Schema):
    rows: list[OrderLine]
    next: str | None


class NewOrder(Schema):
    """An order to draft; `params` as the kind has them, `valid_from` left out: from the signature on."""

    kind: Words = Field(max_length=60)
    place: str = Field(pattern=r"^[0-9]{6,26}$")
    params: Values = Field(default_factory=dict)
    number: Words = Field(max_length=60)
    title: Words = Field(max_length=120)
    ground: Words = Field("", max_length=300)
    valid_from: str | None = None
    valid_until: str | None = None
    repeals: bool = False


class Reject(Schema):
    """Why it goes back to its drafter."""

    words: Words = Field(max_length=300)


class PreviewLine(Schema):
    """How many duties would open at a place, and how many open without the order."""

    title: str
    after: int
    today: int


class DaysLine(Schema):
    """Of a kind of personal data: days kept and records due at the order's start, with it and without."""

    title: str
    days_after: int
    days_today: int
    due_after: int
    due_today: int


class Preview(Schema):
    """What would open from `since` to `until`, beside the orders of today; `unowned`: nobody answers.

    `days`: of an order about how long personal data are kept, where they change.
    """

    since: str
    until: str
    after: int
    today: int
    unowned: int
    posts: int
    places: list[PreviewLine]
    days: list[DaysLine]


@router.get("/directives", response={200: Directives} | PROBLEMS, **operation("list_directives", SEES))
def list_directives(
    request: HttpRequest, kind: str | None = None, cursor: str | None = Cursor, limit: int = Limit
) -> HttpResponse:
    """What is in force or to come in the scope and above it, in the order in which it was signed."""
    ends = Q(valid_until__isnull=True) | Q(valid_until__gt=clock.now())
    found = Directive.objects.filter(orders.of_scope(token_of(request)), ends).order_by("id")
    keys = keys_of(cursor, int)
    if keys:
        found = found.filter(pk__gt=keys[0])
    if kind:
        found = found.filter(kind=kind_id(ordered_kind(kind).name))
    shown, after = page(list(found.select_related("kind")[: limit + 1]), limit, lambda one: (one.pk,))
    return JsonResponse({"rows": [_directive(one) for one in shown], "next": after})


@router.get("/orders", response={200: Orders} | PROBLEMS, **operation("list_orders", SEES))
def list_orders(
    request: HttpRequest, waiting: bool = False, cursor: str | None = Cursor, limit: int = Limit
) -> HttpResponse:
    """Orders of the scope and above, the latest first; `waiting`: those that can still be signed."""
    found = drafts.drafts(orders.of_scope(token_of(request))).order_by("-pk")
    if waiting:
        found = found.filter(decision=drafts.Decision.OPEN, expires_at__gt=clock.now())
    keys = keys_of(cursor, int)
    if keys:
        found = found.filter(pk__lt=keys[0])
    shown, after = page(list(found[: limit + 1]), limit, lambda one: (one.pk,))
    return JsonResponse({"rows": [_order(one) for one in shown], "next": after})


@router.post("/orders", **act("draft_order", OrderLine, SEES, Capability.DRAFT_DIRECTIVES, status=201))
@repeatable
def draft_order(request: HttpRequest, new: NewOrder) -> tuple[int, object]:
    """Write an order down for another post to sign; it changes nothing in the books."""
    return 201, _order(drafts.draft(**_given(request, new), by=actor(request)))


@router.post(
    "/orders/preview",
    response={200: Preview} | PROBLEMS,
    **operation("preview_order", SEES, Capability.DRAFT_DIRECTIVES),
)
def preview_order(request: HttpRequest, new: NewOrder) -> HttpResponse:
    """What an order would open, before anything is written down."""
    given = _given(request, new)
    kind = given.pop("kind")
    made = DirectiveDraft(**given, kind_id=kind_id(ordered_kind(kind).name), drafted_by=actor(request))
    drafts.check(made, kind)
    return JsonResponse(_preview(made))


@router.get("/orders/{int:id}", response={200: OrderLine} | PROBLEMS, **operation("read_order", SEES))
def read_order(request: HttpRequest, id: int) -> HttpResponse:
    """One order."""
    return JsonResponse(_order(seen_order(request, id)))


@router.get(
    "/orders/{int:id}/preview",
    response={200: Preview} | PROBLEMS,
    **operation("read_order_preview", SEES),
)
def read_order_preview(request: HttpRequest, id: int) -> HttpResponse:
    """What a draft that waits would open if it were signed now."""
    one = seen_order(request, id)
    drafts.check_open(one)
    return JsonResponse(_preview(one))


@router.post("/orders/{int:id}/sign", **act("sign_order", OrderLine, SEES, Capability.SIGN_DIRECTIVES))
@repeatable
def sign_order(request: HttpRequest, id: int) -> tuple[int, object]:
    """Put a draft in force; the post that drafted it cannot. Only the first decision counts."""
    drafts.sign(_own(request, id), by=actor(request))
    return 200, _order(seen_order(request, id))


@router.post("/orders/{int:id}/reject", **act("reject_order", OrderLine, SEES, Capability.SIGN_DIRECTIVES))
@repeatable
def reject_order(request: HttpRequest, id: int, reject: Reject) -> tuple[int, object]:
    """Send a draft back with words that its drafter sees."""
    drafts.reject(_own(request, id), words=reject.words, by=actor(request))
    return 200, _order(seen_order(request, id))


@router.post(
    "/orders/{int:id}/withdraw", **act("withdraw_order", OrderLine, SEES, Capability.DRAFT_DIRECTIVES)
)
@repeatable
def withdraw_order(request: HttpRequest, id: int) -> tuple[int, object]:
    """Take a draft of one's own back."""
    drafts.withdraw(_own(request, id), by=actor(request))
    return 200, _order(seen_order(request, id))


def seen_order(request: HttpRequest, id: int) -> DirectiveDraft:
    """An order that holds in the scope. Raises `api-no-such-order`."""
    found = DirectiveDraft.objects.select_related("kind").filter(pk=id).first() if id < 2**63 else None
    if found is None or not orders.sees(token_of(request), found.place):
        raise NO_SUCH_ORDER.error()
    return found


def _own(request: HttpRequest, id: int) -> DirectiveDraft:
    """An order of a place of the scope itself. Raises `api-no-such-order`."""
    found = seen_order(request, id)
    if not token_of(request).covers(found.place):
        raise NO_SUCH_ORDER.error()
    return found


def _given(request: HttpRequest, new: NewOrder) -> dict[str, Any]:
    """What was sent, its place within the scope and its instants read."""
    times: dict[str, datetime | None] = {
        name: moment(getattr(new, name)) for name in ("valid_from", "valid_until")
    }
    return new.dict() | times | {"place": place_of(request, new.place)}


def _directive(one: Directive) -> dict[str, Any]:
    return {
        "id": one.pk,
        "kind": one.kind.name,
        "place": one.place,
        "number": one.number,
        "valid_from": told(one.valid_from),
        "valid_until": told(one.valid_until),
        "params": orders.full(ordered_kind(one.kind.name), one.params),
        "order": one.order_id,
    }


def _order(one: DirectiveDraft) -> dict[str, Any]:
    names = ("place", "number", "title", "ground", "params", "repeals", "drafted_by", "decided_by", "words")
    times = ("valid_from", "valid_until", "drafted_at", "expires_at", "decided_at")
    return {
        "id": one.pk,
        "kind": one.kind.name,
        "decision": one.decision or "open",
        "open": drafts.is_open(one),
        "signature": one.signature,
        **{name: getattr(one, name) for name in names},
        **{name: told(getattr(one, name)) for name in times},
    }


def _preview(one: DirectiveDraft) -> dict[str, Any]:
    made = orders.preview(one)
    counted = made.counted
    return {
        "since": told(counted.since),
        "until": told(counted.until),
        "after": counted.after.total,
        "today": counted.today.total,
        "unowned": counted.after.unowned,
        "posts": counted.after.posts,
        "places": [{"title": line.title, "after": line.after, "today": line.today} for line in made.places],
        "days": [_days(line) for line in orders.days_moved(one)] if one.kind.name == KeptDays.name else [],
    }


def _days(line: Moved) -> dict[str, Any]:
    return {
        "title": line.after.title,
        "days_after": line.after.days,
        "days_today": line.today.days,
        "due_after": line.after.due,
        "due_today": line.today.due,
    }

"""Mandates: given to an account, confirmed by a second person, taken back."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema
from pydantic import Field

from bulou.command.api.frame import (
    PROBLEMS,
    Cursor,
    Limit,
    Number,
    Words,
    keys_of,
    moment,
    operation,
    page,
    place_of,
    told,
)
from bulou.command.api.idempotency import act, repeatable
from bulou.command.api.programs import account_of, program
from bulou.kernel import clock
from bulou.kernel.problems import problem
from bulou.places import handing
from bulou.places.models import Post
from bulou.places.queries import held_by
from bulou.rights import giving, mandates, queries
from bulou.rights.capabilities import Capability
from bulou.rights.models import Account, Mandate

NO_SUCH_MANDATE = problem("api-no-such-mandate", _("本令牌的范围内没有这项授权:请核对编号。"), status=404)
MANAGE = Capability.MANAGE_RIGHTS
State = Literal["running", "awaits", "ended", "idle"]

router = Router(tags=["rights"])


class MandateLine(Schema):
    """A role in a place, with a post only while that is held. `idle`: to come, or the post is another's."""

    id: int
    account: int
    role: str
    scope: str
    post: int | None
    starts_at: str
    ends_at: str | None
    state: State
    granted_by: str
    confirmed_by: str
    reason: str
    delegated_from: int | None


class Mandates(Schema):
    rows: list[MandateLine]
    next: str | None


class Give(Schema):
    """Which role, where (the post's place when left out), until when, and why (four signs at least)."""

    role: Words = Field(max_length=30)
    scope: str | None = Field(None, pattern=r"^[0-9]{6,26}$")
    post: Number | None = None
    ends_at: str | None = None
    reason: Words = Field(max_length=200)


class Because(Schema):
    """Why."""

    reason: Words = Field("", max_length=200)


@router.get(
    "/mandates/waiting",
    response={200: Mandates} | PROBLEMS,
    **operation("list_waiting_mandates", any_of=giving.CONFIRMERS),
)
def list_waiting(request: HttpRequest, cursor: str | None = Cursor, limit: int = Limit) -> HttpResponse:
    """The mandates of the scope that wait for a second person, in the order in which they were given."""
    found, keys = queries.waiting(program(request)), keys_of(cursor, int)
    if keys:
        found = found.filter(pk__gt=keys[0])
    shown, after = page(list(found[: limit + 1]), limit, lambda one: (one.pk,))
    return JsonResponse({"rows": [mandate_line(one, ()) for one in shown], "next": after})


@router.post("/accounts/{int:id}/mandates", **act("give_mandate", MandateLine, MANAGE, status=201))
@repeatable
def give(request: HttpRequest, id: int, new: Give) -> tuple[int, object]:
    """Give an account a role in a place; a grave one waits for a second person."""
    account = account_of(request, id)
    post = _post(account, new.post)
    made = giving.give(
        account,
        new.role,
        place_of(request, new.scope or (post.place if post else None)),
        giver=program(request),
        post=post,
        ends_at=moment(new.ends_at),
        reason=new.reason,
    )
    return 201, _now(made.pk)


@router.post("/mandates/{int:id}/withdraw", **act("withdraw_mandate", MandateLine, MANAGE))
@repeatable
def withdraw(request: HttpRequest, id: int, why: Because) -> tuple[int, object]:
    """End a mandate, with all that was passed on from it."""
    giving.take_back(_of_scope(request, id), by=program(request), reason=why.reason)
    return 200, _now(id)


@router.post("/mandates/{int:id}/confirm", **act("confirm_mandate", MandateLine, any_of=giving.CONFIRMERS))
@repeatable
def confirm(request: HttpRequest, id: int) -> tuple[int, object]:
    """The second of two: it runs from now on. Not for who gave it, nor for whom it is."""
    giving.confirm(_of_scope(request, id), second=program(request))
    return 200, _now(id)


@router.post("/mandates/{int:id}/refuse", **act("refuse_mandate", MandateLine, any_of=giving.CONFIRMERS))
@repeatable
def refuse(request: HttpRequest, id: int, why: Because) -> tuple[int, object]:
    """The second of two: it never ran."""
    giving.refuse(_of_scope(request, id), second=program(request), reason=why.reason)
    return 200, _now(id)


def _of_scope(request: HttpRequest, id: int) -> Mandate:
    """A mandate of the scope. Raises `api-no-such-mandate`."""
    found = Mandate.objects.select_related("account", "delegated_from").filter(pk=id).first()
    if found is None or not program(request).covers(found.scope):
        raise NO_SUCH_MANDATE.error()
    return found


def _post(account: Account, id: int | None) -> Post | None:
    """A post that the account's worker holds. Raises `no-such-post`."""
    if id is None:
        return None
    found = held_by(account.worker_id).filter(pk=id).first() if account.worker_id else None
    if found is None:
        raise handing.NO_SUCH_POST.error()
    return found


def _now(id: int) -> dict[str, Any]:
    one = Mandate.objects.select_related("account").get(pk=id)
    running = mandates.running(one.account.user_id).filter(pk=id).values_list("pk", flat=True)
    return mandate_line(one, set(running))


def mandate_line(one: Mandate, running: Collection[int]) -> dict[str, Any]:
    """A mandate as answers say it; `running` are the numbers of those that run now."""
    return {
        "id": one.pk,
        "account": one.account_id,
        "role": one.role_id,
        "scope": one.scope,
        "post": one.post_id,
        "starts_at": told(one.starts_at),
        "ends_at": told(one.ends_at),
        "state": _state(one, running),
        "granted_by": one.granted_by,
        "confirmed_by": one.confirmed_by,
        "reason": one.reason,
        "delegated_from": one.delegated_from_id,
    }


def _state(one: Mandate, running: Collection[int]) -> State:
    if one.ends_at is not None and one.ends_at <= clock.now():
        return "ended"
    if one.awaits:
        return "awaits"
    return "running" if one.pk in running else "idle"

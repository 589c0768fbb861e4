"""Accounts of the office: who has one here, invited by a link, shut and opened again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from ninja import Router, Schema
from pydantic import Field

from bulou.command.api.frame import (
    PROBLEMS,
    Cursor,
    Limit,
    Number,
    Words,
    actor,
    keys_of,
    operation,
    page,
    token_of,
    told,
)
from bulou.command.api.idempotency import act, repeatable
from bulou.command.api.mandates import MandateLine, mandate_line
from bulou.command.api.programs import account_of, program
from bulou.command.registers import staff
from bulou.kernel import clock
from bulou.places import handing
from bulou.places.models import Worker
from bulou.rights import factors, giving, invitations, mandates, powers, queries
from bulou.rights.capabilities import Capability
from bulou.rights.models import Account, Mandate

MANAGE = Capability.MANAGE_RIGHTS

router = Router(tags=["rights"])


class AccountLine(Schema):
    """A log-in of the office; `worker` is whose posts it may act for. `open`: it can be used."""

    id: int
    username: str
    title: str
    worker: int | None
    open: bool
    made_at: str


class Accounts(Schema):
    rows: list[AccountLine]
    next: str | None


class AccountOne(AccountLine):
    """The same with its mandates, the latest first (at most 100), and how many second factors it has."""

    factors: int
    mandates: list[MandateLine]


class Invite(Schema):
    """A user name (no person's name or number), what the account is for, and whose it is, if anybody's."""

    username: Words = Field(max_length=30)
    title: Words = Field(max_length=50)
    worker: Number | None = None


class Invited(AccountLine):
    """The link with which its owner sets the password; shown this once, it works once until `ends_at`."""

    link: str
    ends_at: str


class Whose(Schema):
    """The worker whose account it is; null for nobody's."""

    worker: Number | None


class Why(Schema):
    """On what ground (four signs at least)."""

    reason: Words = Field(max_length=200)


@router.get("/accounts", response={200: Accounts} | PROBLEMS, **operation("list_accounts", MANAGE))
def list_accounts(request: HttpRequest, cursor: str | None = Cursor, limit: int = Limit) -> HttpResponse:
    """The accounts with a mandate in the scope, and for the county those with none, by their numbers."""
    found, keys = queries.accounts_of(program(request)).order_by("pk"), keys_of(cursor, int)
    if keys:
        found = found.filter(pk__gt=keys[0])
    shown, after = page(list(found[: limit + 1]), limit, lambda one: (one.pk,))
    return JsonResponse({"rows": [_line(one) for one in shown], "next": after})


@router.post("/accounts", **act("invite_account", Invited, MANAGE, status=201))
@repeatable
def invite(request: HttpRequest, new: Invite) -> tuple[int, object]:
    """A new account without a password, and the link that is to be given to its owner."""
    made, secret = invitations.invite(
        new.username, title=new.title, worker=_worker(request, new.worker), by=actor(request)
    )
    return 201, _invited(request, made, secret)


@router.get("/accounts/{int:id}", response={200: AccountOne} | PROBLEMS, **operation("read_account", MANAGE))
def read_account(request: HttpRequest, id: int) -> HttpResponse:
    """One account with what it may do."""
    return JsonResponse(_one(account_of(request, id)))


@router.post("/accounts/{int:id}/link", **act("renew_invitation", Invited, MANAGE, status=201))
@repeatable
def renew(request: HttpRequest, id: int) -> tuple[int, object]:
    """A new link, also for a password that was forgotten; older ones end."""
    found = account_of(request, id)
    return 201, _invited(request, found, invitations.new_link(found, by=actor(request)))


@router.post("/accounts/{int:id}/worker", **act("set_account_worker", AccountOne, MANAGE))
@repeatable
def set_worker(request: HttpRequest, id: int, whose: Whose) -> tuple[int, object]:
    """Whose account it is: mandates by post run while this worker holds the post."""
    found = account_of(request, id)
    invitations.set_worker(found, _worker(request, whose.worker), by=actor(request))
    return 200, _one(account_of(request, id))


@router.post("/accounts/{int:id}/shut", **act("shut_account", AccountOne, MANAGE))
@repeatable
def shut(request: HttpRequest, id: int, why: Why) -> tuple[int, object]:
    """Nobody gets in with it, and whoever is in is out."""
    return _act(request, id, why, invitations.shut)


@router.post("/accounts/{int:id}/reopen", **act("reopen_account", AccountOne, MANAGE))
@repeatable
def reopen(request: HttpRequest, id: int, why: Why) -> tuple[int, object]:
    """It may be used again, with the mandates that still run."""
    return _act(request, id, why, invitations.reopen)


@router.post("/accounts/{int:id}/reset", **act("reset_factors", AccountOne, MANAGE))
@repeatable
def reset(request: HttpRequest, id: int, why: Why) -> tuple[int, object]:
    """The phone is lost: the next log-in makes a new second factor."""

    def remove_all(found: Account, *, by: str, reason: str) -> None:
        factors.remove_all(found.user_id, by=by)

    return _act(request, id, why, remove_all)


def _act(request: HttpRequest, id: int, why: Why, verb: Callable[..., None]) -> tuple[int, object]:
    """Do it with a reason, to somebody else's account."""
    found = account_of(request, id)
    if found.pk in powers.accounts_behind(actor(request)):
        raise giving.NOT_TO_ONESELF.error()
    if len(why.reason.strip()) < giving.SHORTEST_REASON:
        raise giving.REASON_NEEDED.error()
    verb(found, by=actor(request), reason=why.reason)
    return 200, _one(account_of(request, id))


def _worker(request: HttpRequest, id: int | None) -> Worker | None:
    """A worker of the scope. Raises `no-such-worker`."""
    if id is None:
        return None
    found = staff.worker_in_scope(id, token_of(request))
    if found is None:
        raise handing.NO_SUCH_WORKER.error()
    return found


def _line(one: Account) -> dict[str, Any]:
    return {
        "id": one.pk,
        "username": one.user.get_username(),
        "title": one.title,
        "worker": one.worker_id,
        "open": one.user.is_active,
        "made_at": told(one.made_at),
    }


def _one(one: Account) -> dict[str, Any]:
    rows = Mandate.objects.filter(account=one).select_related("role", "account").order_by("-pk")[:100]
    running = set(mandates.running(one.user_id).values_list("pk", flat=True))
    lines = [mandate_line(row, running) for row in rows]
    return _line(one) | {"factors": factors.in_force(one.user_id).count(), "mandates": lines}


def _invited(request: HttpRequest, one: Account, secret: str) -> dict[str, Any]:
    link = request.build_absolute_uri(reverse("invitation", args=[secret]))
    return _line(one) | {"link": link, "ends_at": told(clock.now() + invitations.LASTS)}

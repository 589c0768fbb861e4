"""Roles: what each may do; a change is asked for by one and decided by another."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema
from pydantic import Field

from bulou.command.api.etags import check_unchanged
from bulou.command.api.frame import (
    PROBLEMS,
    Cursor,
    Limit,
    Words,
    keys_of,
    operation,
    page,
    told,
)
from bulou.command.api.idempotency import act, repeatable
from bulou.command.api.programs import program
from bulou.kernel.database import atomic
from bulou.kernel.problems import problem
from bulou.rights import changing, giving
from bulou.rights.capabilities import Capability
from bulou.rights.models import Role, RoleChange

NO_SUCH_ROLE = problem("api-no-such-role", _("没有这个角色:请从角色列表中选择。"), status=404)
NO_SUCH_CHANGE = problem("api-no-such-role-change", _("没有这项修改:请核对编号。"), status=404)
MANAGE = Capability.MANAGE_RIGHTS

router = Router(tags=["rights"])


class RoleLine(Schema):
    """A role and what it may do."""

    code: str
    title: str
    capabilities: list[Capability]


class Roles(Schema):
    rows: list[RoleLine]


class Wanted(Schema):
    """What the role is to be able to do."""

    capabilities: list[Capability] = Field(max_length=len(Capability))


class AskChange(Wanted):
    """The same, and why (four signs at least)."""

    reason: Words = Field(max_length=200)


class Effect(Schema):
    """What a change would give and take, and how many mandates and accounts it would touch."""

    gained: list[Capability]
    lost: list[Capability]
    mandates: int
    accounts: int


class RoleChangeLine(Schema):
    """A change that was asked for, and what became of it; `accepted` is null until it is decided."""

    id: int
    role: str
    capabilities: list[Capability]
    reason: str
    asked_by: str
    asked_at: str
    decided_by: str
    decided_at: str | None
    accepted: bool | None


class RoleChanges(Schema):
    rows: list[RoleChangeLine]
    next: str | None


class RoleChangeAnswer(Schema):
    """Whether the second person accepts."""

    accept: bool


@router.get("/roles", response={200: Roles} | PROBLEMS, **operation("list_roles", MANAGE))
def list_roles(request: HttpRequest) -> HttpResponse:
    """Every role."""
    return JsonResponse({"rows": [_role(one) for one in Role.objects.order_by("code")]})


@router.get("/roles/{name}", response={200: RoleLine} | PROBLEMS, **operation("read_role", MANAGE))
def read_role(request: HttpRequest, name: str) -> HttpResponse:
    """One role; its `ETag` may be given to a change as `If-Match`."""
    return JsonResponse(_role(_found(name)))


@router.post(
    "/roles/{name}/preview", response={200: Effect} | PROBLEMS, **operation("preview_role_change", MANAGE)
)
def preview(request: HttpRequest, name: str, wanted: Wanted) -> HttpResponse:
    """Whom a change would touch, before it is asked for."""
    found = changing.effect(_found(name), wanted.capabilities)
    touched = {"mandates": found.mandates, "accounts": found.accounts}
    return JsonResponse({"gained": _values(found.gained), "lost": _values(found.lost)} | touched)


@router.post(
    "/roles/{name}/changes", **act("ask_role_change", RoleChangeLine, MANAGE, status=201, checked=True)
)
@repeatable
def ask(request: HttpRequest, name: str, new: AskChange) -> tuple[int, object]:
    """Ask for a change; another of the county decides."""
    with atomic():
        role = _found(name)
        check_unchanged(request, _role(role))
        made = changing.ask(role, new.capabilities, by=program(request), reason=new.reason)
    return 201, _change(made)


@router.get(
    "/role-changes",
    response={200: RoleChanges} | PROBLEMS,
    **operation("list_role_changes", any_of=giving.CONFIRMERS),
)
def list_changes(
    request: HttpRequest, waiting: bool = False, cursor: str | None = Cursor, limit: int = Limit
) -> HttpResponse:
    """The changes that were asked for, the latest first; `waiting`: those that nobody decided yet."""
    found, keys = RoleChange.objects.order_by("-pk"), keys_of(cursor, int)
    if waiting:
        found = found.filter(decided_at__isnull=True)
    if keys:
        found = found.filter(pk__lt=keys[0])
    shown, after = page(list(found[: limit + 1]), limit, lambda one: (one.pk,))
    return JsonResponse({"rows": [_change(one) for one in shown], "next": after})


@router.post(
    "/role-changes/{int:id}/decide", **act("decide_role_change", RoleChangeLine, any_of=giving.CONFIRMERS)
)
@repeatable
def decide(request: HttpRequest, id: int, answer: RoleChangeAnswer) -> tuple[int, object]:
    """The second of two accepts or refuses. Not for who asked."""
    found = RoleChange.objects.filter(pk=id).first() if id < 2**63 else None
    if found is None:
        raise NO_SUCH_CHANGE.error()
    return 200, _change(changing.decide(found, accept=answer.accept, second=program(request)))


def _found(name: str) -> Role:
    """A role. Raises `api-no-such-role`."""
    found = Role.objects.filter(pk=name).first() if "\0" not in name else None
    if found is None:
        raise NO_SUCH_ROLE.error()
    return found


def _values(found: list[Capability]) -> list[str]:
    return [one.value for one in found]


def _role(one: Role) -> dict[str, Any]:
    return {"code": one.code, "title": str(one), "capabilities": list(one.capabilities)}


def _change(one: RoleChange) -> dict[str, Any]:
    names = ("capabilities", "reason", "asked_by", "decided_by")
    return {
        "id": one.pk,
        "role": one.role_id,
        "accepted": one.accepted if one.decided_at else None,
        **{name: getattr(one, name) for name in names},
        **{name: told(getattr(one, name)) for name in ("asked_at", "decided_at")},
    }

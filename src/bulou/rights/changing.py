"""Changing what a role may do: one asks, another decides; before, it is shown whom it would touch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from bulou.kernel import audit, clock
from bulou.kernel.database import atomic
from bulou.kernel.problems import problem
from bulou.rights import giving, mandates
from bulou.rights.capabilities import Capability
from bulou.rights.models import Role, RoleChange
from bulou.rights.powers import Power

NOTHING_NEW = problem("role-nothing-new", _("这个角色的权限没有变化。"))
ONE_AT_A_TIME = problem(
    "role-one-change-at-a-time", _("这个角色有一项修改在等待复核:请先办完那一项。"), status=409
)
NOT_OPEN = problem("role-change-not-open", _("这项修改已经办过:请刷新后再看。"), status=409)
COUNTY_ONLY = problem("role-county-only", _("角色由县一级修改:请联系县系统管理员。"), status=403)


@dataclass(frozen=True)
class Effect:
    """What a change would do: capabilities gained and lost, and the mandates in force that it touches."""

    gained: list[Capability]
    lost: list[Capability]
    mandates: int
    accounts: int


def effect(role: Role, capabilities: Iterable[str]) -> Effect:
    """What it would do if a role had these capabilities."""
    before, after = set(role.capabilities), set(capabilities)
    touched = mandates.in_force().filter(role=role).order_by()
    return Effect(
        gained=[one for one in Capability if one.value in after - before],
        lost=[one for one in Capability if one.value in before - after],
        mandates=touched.count(),
        accounts=touched.values("account").distinct().count(),
    )


def ask(role: Role, capabilities: Iterable[str], *, by: Power, reason: str) -> RoleChange:
    """Somebody who manages the county's rights asks for a change.

    Raises `role-county-only`, `role-nothing-new`, `role-one-change-at-a-time`, `mandate-kept-apart`,
    `mandate-reason-needed`.
    """
    wanted = [one.value for one in Capability if one.value in set(capabilities)]
    if not (by.is_of_county and by.may(Capability.MANAGE_RIGHTS)):
        raise COUNTY_ONLY.error()
    if len(reason.strip()) < giving.SHORTEST_REASON:
        raise giving.REASON_NEEDED.error()
    if set(wanted) == set(role.capabilities):
        raise NOTHING_NEW.error()
    giving.check_set(frozenset(wanted))
    with atomic():
        if RoleChange.objects.filter(role=role, decided_at__isnull=True).exists():
            raise ONE_AT_A_TIME.error()
        change = RoleChange.objects.create(
            role=role,
            capabilities=wanted,
            reason=reason.strip(),
            asked_by=by.actor,
            asked_at=clock.now(),
        )
        _record("role.change_asked", change, by=by.actor, reason=change.reason)
    return change


def decide(change: RoleChange, *, accept: bool, second: Power) -> RoleChange:
    """A second person of the county decides. Raises `role-change-not-open`, `mandate-not-by-oneself`, …"""
    with atomic():
        found = RoleChange.objects.select_for_update().get(pk=change.pk)
        if found.decided_at is not None:
            raise NOT_OPEN.error()
        if not second.is_of_county:
            raise COUNTY_ONLY.error()
        giving.check_second(found.asked_by, second.scope, second, first_at=found.asked_at)
        found.decided_by, found.decided_at, found.accepted = second.actor, clock.now(), accept
        found.save(update_fields=["decided_by", "decided_at", "accepted"])
        if accept:
            _apply(found)
        _record("role.changed" if accept else "role.change_refused", found, by=found.decided_by)
    return found


def _apply(change: RoleChange) -> None:
    """The role has the new set; nobody may come to have what is kept apart."""
    role = change.role
    role.capabilities = change.capabilities
    role.save(update_fields=["capabilities"])
    for one in mandates.in_force().filter(role=role):
        giving.check_apart(one.account)


def _record(action: str, change: RoleChange, *, by: str, reason: str = "") -> None:
    audit.record(
        action,
        by=by,
        subject=f"role:{change.role_id}",
        reason=reason,
        detail={"change": change.pk, "capabilities": change.capabilities},
    )

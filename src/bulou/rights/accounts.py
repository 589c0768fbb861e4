"""Accounts: the log-ins of the office, and those of the demo county."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass

from django.contrib.auth import get_user_model

from bulou.kernel import audit, clock
from bulou.kernel.database import atomic
from bulou.places.models import Level, Place, Post, Worker
from bulou.places.queries import holdings_at, subtree
from bulou.rights import mandates
from bulou.rights.models import Account

DEMO_PASSWORD = "bulou-demo-2022"  # noqa: S105  only for the demo county, and only with BULOU_DEMO=1


@dataclass(frozen=True)
class DemoAccount:
    """A demo log-in as `make run` prints it; the password is empty when the account stood already."""

    username: str
    password: str
    title: str
    scope: str


def make_account(
    username: str, password: str, *, title: str, worker: Worker | None = None, by: str
) -> Account:
    """A log-in without any mandate yet; one that stands keeps its password."""
    with atomic():
        user, made = get_user_model().objects.get_or_create(username=username)
        if made:
            user.set_password(password)
            user.save(update_fields=["password"])
        account, _made = Account.objects.update_or_create(
            user=user,
            defaults={"title": title, "worker": worker},
            create_defaults={"title": title, "worker": worker, "made_at": clock.now()},
        )
        audit.record("account.set", by=by, subject=f"user:{user.pk}", detail={"title": title})
    return account


@dataclass(frozen=True)
class _Plan:
    """A demo log-in to be made: its role is its reason to be there."""

    username: str
    title: str
    role: str
    scope: str
    post: Post | None = None


def make_demo_accounts(by: str) -> list[DemoAccount]:
    """Log-ins of every role in the demo county, those of the field in one community with a grid worker.

    The password is the fixed demo one with BULOU_DEMO=1, else made for each account and shown once.
    """
    return [_demo(plan, by) for plan in _demo_plan() if plan.scope]


def _demo_plan() -> list[_Plan]:
    county = Place.objects.filter(level=Level.COUNTY).values_list("code", flat=True).first() or ""
    grid, post = _grid_worker(county)
    village, township = grid[:12], grid[:9]
    return [
        _Plan("county", "县疫情防控办", "county_office", county),
        _Plan("leader", "县领导(只看数字)", "leader", county),
        _Plan("township", "乡镇管理员", "township", township),
        _Plan("community", "村(社区)管理员", "community", village),
        _Plan("grid", "网格员", "grid", grid, post),
        _Plan("clinic", "卫生院医务人员", "clinic", township),
        _Plan("department", "县教育局", "department", county),
        _Plan("inspector", "县督查组", "inspector", county),
        _Plan("privacy", "隐私保护专员", "privacy_officer", county),
        _Plan("admin", "系统管理员", "system_admin", county),
    ]


def _grid_worker(county: str) -> tuple[str, Post | None]:
    """The first grid worker's post that is held, and its place; without one, the first area of the county."""
    held = holdings_at().filter(post__role="grid_worker").select_related("post")
    holding = held.order_by("post__place", "post_id").first()
    if holding is not None:
        return holding.post.place, holding.post
    inner = subtree(county).filter(level=Level.COMPOUND).first() if county else None
    return (inner.code if inner else county), None


def _demo(plan: _Plan, by: str) -> DemoAccount:
    password = DEMO_PASSWORD if os.environ.get("BULOU_DEMO") == "1" else secrets.token_urlsafe(9)
    stood = get_user_model().objects.filter(username=plan.username).exists()
    if not stood:
        worker = _holder(plan.post) if plan.post else None
        account = make_account(plan.username, password, title=plan.title, worker=worker, by=by)
        mandates.grant(account, plan.role, plan.scope, post=plan.post, by=by)
    return DemoAccount(plan.username, "" if stood else password, plan.title, plan.scope)


def _holder(post: Post) -> Worker:
    return holdings_at().filter(post=post).select_related("worker").order_by("deputy", "id")[0].worker

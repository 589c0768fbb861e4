"""Accounts: what a log-in may see, and the demo county's log-ins."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from bulou.kernel import audit
from bulou.kernel.database import atomic
from bulou.kernel.problems import problem
from bulou.places.models import Account, Level, Place, Post
from bulou.places.queries import subtree

NO_ACCOUNT = problem("no-account", _("该登录名没有设定范围:请联系县里的管理员。"), status=403)

DEMO_PASSWORD = "bulou-demo-2022"  # noqa: S105  only for the demo county, and only with BULOU_DEMO=1


@dataclass(frozen=True)
class Scope:
    """What an account may see: a place, persons or only numbers, and whether it may import."""

    code: str
    title: str
    sees_persons: bool
    may_import: bool
    post: int | None = None


@dataclass(frozen=True)
class DemoAccount:
    """A demo log-in as `make run` prints it; the password is empty when the account stood already."""

    username: str
    password: str
    title: str
    scope: str


def scope_of(user: Any) -> Scope:
    """The scope of a user. Raises `no-account` for one without an account."""
    account = Account.objects.filter(user_id=user.pk).first()
    if account is None:
        raise NO_ACCOUNT.error()
    return Scope(account.scope, account.title, account.sees_persons, account.may_import, account.post_id)


def make_account(
    username: str,
    password: str,
    *,
    title: str,
    scope: str,
    sees_persons: bool,
    may_import: bool = False,
    post: Post | None = None,
    by: str,
) -> Account:
    """A log-in with its scope; one that stands keeps its password."""
    with atomic():
        user, made = get_user_model().objects.get_or_create(username=username)
        if made:
            user.set_password(password)
            user.save(update_fields=["password"])
        account, _made = Account.objects.update_or_create(
            user=user,
            defaults={
                "title": title,
                "scope": scope,
                "sees_persons": sees_persons,
                "may_import": may_import,
                "post": post,
            },
        )
        audit.record("account.set", by=by, subject=f"user:{user.pk}", place=scope, detail={"title": title})
    return account


def make_demo_accounts(by: str) -> list[DemoAccount]:
    """Log-ins at each level of the demo county, in one community that has a grid worker's post.

    The password is the fixed demo one with BULOU_DEMO=1, else made for each account and shown once.
    """
    return [
        _demo(username, title, place, sees_persons, may_import, by)
        for username, title, place, sees_persons, may_import in _demo_plan()
        if place
    ]


def _demo_plan() -> list[tuple[str, str, str, bool, bool]]:
    """(username, title, scope, sees persons, may import); the county board sees numbers and may import."""
    county = Place.objects.filter(level=Level.COUNTY).values_list("code", flat=True).first() or ""
    grid = _grid_worker_place(county)
    village, township = grid[:12], grid[:9]
    return [
        ("county", "县疫情防控办", county, True, True),
        ("leader", "县领导(只看数字)", county, False, False),
        ("township", "乡镇管理员", township, True, True),
        ("community", "村(社区)管理员", village, True, True),
        ("grid", "网格员", grid, True, False),
        ("clinic", "卫生院医务人员", township, True, False),
    ]


def _grid_worker_place(county: str) -> str:
    """Where the first grid worker's post is; without one, the first village that has anything in it."""
    post = Post.objects.filter(role="grid_worker").order_by("place", "id").first()
    if post is not None:
        return post.place
    inner = subtree(county).filter(level=Level.COMPOUND).first() if county else None
    return inner.code if inner else county


def _demo(username: str, title: str, scope: str, sees: bool, may_import: bool, by: str) -> DemoAccount:
    password = DEMO_PASSWORD if os.environ.get("BULOU_DEMO") == "1" else secrets.token_urlsafe(9)
    stood = get_user_model().objects.filter(username=username).exists()
    post = (
        Post.objects.filter(role="grid_worker", place=scope).order_by("id").first()
        if username == "grid"
        else None
    )
    make_account(
        username,
        password,
        title=title,
        scope=scope,
        sees_persons=sees,
        may_import=may_import,
        post=post,
        by=by,
    )
    return DemoAccount(username, "" if stood else password, title, scope)

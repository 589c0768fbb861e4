"""Bearer tokens: who may send events, from where, until when. Only a token's digest is kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from bulou.kernel import audit, clock
from bulou.kernel.database import atomic
from bulou.kernel.problems import problem
from bulou.places.models import Place, Post
from bulou.rights.capabilities import Capability
from bulou.sync.models import Token, may_by_default

NO_POST = problem(
    "token-no-such-post", _("没有编号为 {post} 的岗位,或该岗位已撤销:请核对岗位编号。"), status=404
)
NO_SCOPE = problem("token-no-such-scope", _("没有编码为 {scope} 的地点:请核对编码。"), status=404)
BAD_DAYS = problem("token-bad-days", _("有效天数应在 1 到 {most} 之间。"))
NO_TOKEN = problem("token-no-such-token", _("没有编号为 {token} 的令牌。"), status=404)
INVALID = problem(
    "token-invalid",
    _("需要有效的令牌(Authorization: Bearer …):它可能写错、过期或已收回,请向管理员要一个新的。"),
    status=401,
)

LACKS = problem(
    "token-lacks", _("本令牌没有“{right}”的权限:请管理员另发一个带有这项权限的令牌。"), status=403
)

MOST_DAYS = 366
PREFIX = "bulou_"
"""Lets a leaked token be recognised in files and logs."""


def make(
    post_id: int,
    scope: str,
    days: int,
    by: str,
    *,
    purpose: str = "",
    capabilities: Iterable[Capability] | None = None,
) -> tuple[str, Token]:
    """A new token for a post, a place and a purpose, for so many days: its text and its row.

    `capabilities` are what it may do; without them it may send events and see what is missing.

    The text cannot be had again. A place beyond the post's own is the system administrator's to give, and
    stands on the audit chain. Raises `token-no-such-post`, `token-no-such-scope`, `token-bad-days`.
    """
    if not 1 <= days <= MOST_DAYS:
        raise BAD_DAYS.error(most=MOST_DAYS)
    post = Post.objects.filter(pk=post_id, closed_at__isnull=True).first()
    if post is None:
        raise NO_POST.error(post=post_id)
    if not Place.objects.filter(code=scope).exists():
        raise NO_SCOPE.error(scope=scope)
    now = clock.now()
    text = PREFIX + secrets.token_urlsafe(32)
    with atomic():
        token = Token.objects.create(
            digest=digest(text),
            post=post,
            scope=scope,
            purpose=purpose.strip(),
            capabilities=may_by_default() if capabilities is None else [one.value for one in capabilities],
            made_at=now,
            ends_at=now + timedelta(days=days),
        )
        audit.record(
            "token.made",
            by=by,
            subject=f"token:{token.pk}",
            place=scope,
            reason=purpose.strip(),
            detail={
                "post": post.pk,
                "days": days,
                "beyond_post": not scope.startswith(post.place),
                "may": token.capabilities,
            },
        )
    return text, token


def withdraw(token_id: int, by: str) -> None:
    """End a token at once. Raises `token-no-such-token`; a token withdrawn already stays as it is."""
    with atomic():
        if not Token.objects.filter(pk=token_id).exists():
            raise NO_TOKEN.error(token=token_id)
        ended = Token.objects.filter(pk=token_id, withdrawn_at__isnull=True).update(withdrawn_at=clock.now())
        if ended:
            audit.record("token.withdrawn", by=by, subject=f"token:{token_id}")


def check_may(token: Token, capability: Capability) -> None:
    """Raises `token-lacks` for a capability that the token was not given."""
    if not token.may(capability):
        raise LACKS.error(right=capability.label)


def authenticate(header: str) -> Token:
    """The token in an `Authorization` header, with its post. Raises `token-invalid` whatever is wrong."""
    kind, _space, text = header.partition(" ")
    if kind.lower() != "bearer" or not text.strip():
        raise INVALID.error()
    token = Token.objects.select_related("post").filter(digest=digest(text.strip())).first()
    if token is None or not _runs(token):
        raise INVALID.error()
    return token


def running(token: int) -> Token | None:
    """A token by its number while it may still be used; for work that was asked for with it."""
    found = Token.objects.select_related("post").filter(pk=token).first()
    return found if found and _runs(found) else None


def _runs(token: Token) -> bool:
    return not (token.withdrawn_at or token.ends_at <= clock.now() or token.post.closed_at)


def digest(text: str) -> str:
    """What is kept of a token: it has 256 random bits, so a plain SHA-256 cannot be turned round."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()

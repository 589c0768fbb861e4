"""Accounts by invitation: a link that works once and ends; nobody but the person knows the password."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from bulou.kernel import audit, clock
from bulou.kernel.database import atomic
from bulou.kernel.problems import problem
from bulou.places.models import Worker
from bulou.rights import log_ins
from bulou.rights.models import Account, Invitation

LASTS = timedelta(hours=72)
USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,29}")

BAD_USERNAME = problem(
    "account-bad-username", _("用户名用小写字母开头,3 到 30 位字母、数字、点、横线;不要用姓名和身份证号。")
)
USERNAME_TAKEN = problem("account-username-taken", _("用户名“{username}”已有人使用:请换一个。"), status=409)
NO_TITLE = problem("account-no-title", _("请写明这个账号是做什么的,例如“唐兴镇值班”。"))
LINK_ENDED = problem("invitation-ended", _("这个链接已用过或已过期:请向发给您的人要一个新的。"), status=404)
BAD_PASSWORD = problem("account-bad-password", _("密码不够好:{why}"))
WEAK = {
    "password_too_short": _("太短了,至少 10 位。"),
    "password_too_common": _("这个密码很多人在用,容易被猜中。"),
}
"""What the checks of a password say, by their codes, in the words of this program."""


def invite(username: str, *, title: str, worker: Worker | None = None, by: str) -> tuple[Account, str]:
    """A new account without a password, and the secret of its link.

    Raises `account-bad-username`, `account-username-taken`, `account-no-title`.
    """
    if not USERNAME.fullmatch(username):
        raise BAD_USERNAME.error()
    if not title.strip():
        raise NO_TITLE.error()
    users = get_user_model().objects
    with atomic():
        if users.filter(username=username).exists():
            raise USERNAME_TAKEN.error(username=username)
        user = users.create(username=username, password="!")  # noqa: S106  unusable until one is set
        account = Account.objects.create(
            user=user, title=title.strip()[:50], worker=worker, made_at=clock.now()
        )
        audit.record("account.made", by=by, subject=f"user:{user.pk}", detail={"title": account.title})
        secret = new_link(account, by=by)
    return account, secret


def new_link(account: Account, *, by: str) -> str:
    """The secret of a new link for an account, also for a password that was forgotten. Older links end."""
    secret, now = secrets.token_urlsafe(32), clock.now()
    with atomic():
        Invitation.objects.filter(account=account, used_at__isnull=True, ends_at__gt=now).update(ends_at=now)
        Invitation.objects.create(
            account=account, digest=_digest(secret), made_by=by, made_at=now, ends_at=now + LASTS
        )
        audit.record("account.invited", by=by, subject=f"user:{account.user_id}")
    return secret


def find(secret: str) -> Invitation:
    """The invitation of a link. Raises `invitation-ended` whatever is wrong with it."""
    found = (
        Invitation.objects.select_related("account__user")
        .filter(digest=_digest(secret), used_at__isnull=True, ends_at__gt=clock.now())
        .first()
    )
    if found is None or not found.account.user.is_active:
        raise LINK_ENDED.error()
    return found


def accept(secret: str, password: str) -> Account:
    """The person sets the password; the link is used up and older log-ins end.

    Raises `invitation-ended`, `account-bad-password`.
    """
    with atomic():
        invitation = find(secret)
        account = invitation.account
        set_password(account, password)
        now = clock.now()
        if not Invitation.objects.filter(pk=invitation.pk, used_at__isnull=True).update(used_at=now):
            raise LINK_ENDED.error()
        log_ins.end_all(account.user_id)
        actor = f"user:{account.user_id}"
        audit.record("account.accepted", by=actor, subject=actor)
    return account


def set_password(account: Account, password: str) -> None:
    """Raises `account-bad-password` with what is wrong."""
    user = account.user
    try:
        validate_password(password, user)
    except ValidationError as error:
        why = [str(WEAK.get(one.code or "", one.messages[0])) for one in error.error_list]
        raise BAD_PASSWORD.error(why=" ".join(why)) from error
    user.set_password(password)
    user.save(update_fields=["password"])


def set_worker(account: Account, worker: Worker | None, *, by: str) -> None:
    """Whose account it is: mandates by post run while this worker holds the post. Twice changes nothing."""
    if account.worker_id == (worker.pk if worker else None):
        return
    with atomic():
        account.worker = worker
        account.save(update_fields=["worker"])
        detail = {"worker": worker.pk if worker else None}
        audit.record("account.worker_set", by=by, subject=f"user:{account.user_id}", detail=detail)


def shut(account: Account, *, by: str, reason: str) -> None:
    """A log-in ends: nobody gets in, and whoever is in is out. Shut twice is recorded once."""
    with atomic():
        if _set_active(account, active=False):
            log_ins.end_all(account.user_id)
            audit.record("account.shut", by=by, subject=f"user:{account.user_id}", reason=reason.strip())


def reopen(account: Account, *, by: str, reason: str) -> None:
    """A log-in that was shut may be used again, with the mandates that still run."""
    with atomic():
        if _set_active(account, active=True):
            audit.record("account.reopened", by=by, subject=f"user:{account.user_id}", reason=reason.strip())


def _set_active(account: Account, *, active: bool) -> int:
    changed = get_user_model().objects.filter(pk=account.user_id, is_active=not active)
    return changed.update(is_active=active)


def _digest(secret: str) -> str:
    """What is kept of a secret: it has 256 random bits, so a plain SHA-256 cannot be turned round."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()

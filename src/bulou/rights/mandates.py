"""Mandates: granting and withdrawing them, and which of them run now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from bulou.kernel import audit, clock
from bulou.kernel.database import atomic
from bulou.kernel.fields import InstantField
from bulou.kernel.problems import problem
from bulou.places.models import Holding, Place, Post
from bulou.places.queries import NO_SUCH_PLACE
from bulou.rights.capabilities import Capability
from bulou.rights.models import Account, Mandate, Role

SESSION_KEY = "mandate"
"""The session's entry for the number of the mandate that was chosen."""

NO_SUCH_ROLE = problem("no-such-role", _("没有“{role}”这个角色:请从角色列表中选择。"), status=404)
POST_NEEDS_WORKER = problem(
    "mandate-post-needs-worker", _("按岗位授权须先把账号与工作人员对应起来:请先选择是谁。")
)


def running(user: int, now: datetime | None = None) -> QuerySet[Mandate, Mandate]:
    """The mandates that a user may act under at an instant, its own before those passed on by others.

    One with a post runs only while the account's worker holds that post, as holder or deputy. One passed on
    runs only while the mandate it comes from does: within its time, its post still held, its log-in not shut.
    One that awaits a second person does not run.
    """
    return in_force(now).filter(account__user_id=user)


def in_force(now: datetime | None = None) -> QuerySet[Mandate, Mandate]:
    """Every mandate that runs at an instant, whoever has it."""
    moment = now or clock.now()
    source = Q(delegated_from__isnull=True) | _in_force("delegated_from__", moment)
    return (
        Mandate.objects.filter(_in_force("", moment), source)
        .select_related("account", "role")
        .order_by(F("delegated_from").asc(nulls_first=True), "id")
    )


def _in_force(prefix: str, moment: datetime) -> Q:
    """Within its time, confirmed, its log-in open, its post held by the account's worker."""
    held = Holding.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=moment),
        starts_at__lte=moment,
        post=OuterRef(f"{prefix}post"),
        worker=OuterRef(f"{prefix}account__worker"),
    )
    by_post = Q(**{f"{prefix}post__isnull": True}) | Q(Exists(held.order_by()))
    standing = Q(**{f"{prefix}awaits": False, f"{prefix}account__user__is_active": True})
    return _runs(prefix, moment) & standing & by_post


def chosen(user: int, mandate: int | None) -> Mandate | None:
    """The running mandate that a user chose to act under, else the first one; None when none runs."""
    found = list(running(user))
    return next((one for one in found if one.pk == mandate), found[0] if found else None)


def _runs(prefix: str, moment: datetime) -> Q:
    return Q(**{f"{prefix}starts_at__lte": moment}) & (
        Q(**{f"{prefix}ends_at__isnull": True}) | Q(**{f"{prefix}ends_at__gt": moment})
    )


def grant(
    account: Account,
    role: str,
    scope: str,
    *,
    by: str,
    post: Post | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    reason: str = "",
    awaits: bool = False,
    delegated_from: Mandate | None = None,
    adds: Sequence[Capability] = (),
) -> Mandate:
    """An account gets a role in a place. Who may give what to whom is asked by `rights.giving`.

    Raises `no-such-role`, `no-such-place`, `mandate-post-needs-worker`.
    """
    if not Role.objects.filter(pk=role).exists():
        raise NO_SUCH_ROLE.error(role=role)
    if not Place.objects.filter(pk=scope).exists():
        raise NO_SUCH_PLACE.error(code=scope)
    if post is not None and account.worker_id is None:
        raise POST_NEEDS_WORKER.error()
    with atomic():
        mandate = Mandate.objects.create(
            account=account,
            role_id=role,
            scope=scope,
            post=post,
            starts_at=starts_at or clock.now(),
            ends_at=ends_at,
            granted_by=by,
            reason=reason,
            awaits=awaits,
            delegated_from=delegated_from,
            adds=[one.value for one in adds],
        )
        audit.record(
            "mandate.granted",
            by=by,
            subject=f"user:{account.user_id}",
            place=scope,
            reason=reason,
            detail={
                "mandate": mandate.pk,
                "role": role,
                "post": post.pk if post else None,
                "awaits": awaits,
                "from": delegated_from.pk if delegated_from else None,
                "until": ends_at.isoformat() if ends_at else None,
                "adds": mandate.adds,
            },
        )
    return mandate


def withdraw(mandate: Mandate, *, by: str, reason: str = "") -> None:
    """End a mandate at once, with all that was passed on from it. One that ended already stays as it is."""
    now = clock.now()
    with atomic():
        ended = Mandate.objects.filter(
            Q(ends_at__isnull=True) | Q(ends_at__gt=now), Q(pk=mandate.pk) | Q(delegated_from=mandate.pk)
        ).update(ends_at=_not_before_start(now))
        if ended:
            audit.record(
                "mandate.withdrawn",
                by=by,
                subject=f"user:{mandate.account.user_id}",
                place=mandate.scope,
                reason=reason,
                detail={"mandate": mandate.pk, "role": mandate.role_id},
            )


def _not_before_start(now: datetime) -> Greatest:
    """The end of a mandate that may not have begun yet."""
    return Greatest(F("starts_at"), Value(now, output_field=InstantField()))

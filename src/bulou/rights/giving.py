"""Who may give which mandate to whom: within one's own scope, never to oneself, grave ones only by two.

    given (awaits) --confirmed by another--> running --ends, withdrawn--> ended
          └------- refused ----------------------------------------------> ended

Rights over accounts, over the audit and over persons are kept apart: no account has two of them.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from bulou.kernel import audit, clock
from bulou.kernel.database import atomic
from bulou.kernel.problems import problem
from bulou.places.models import Post
from bulou.rights import hands, mandates
from bulou.rights.capabilities import Capability
from bulou.rights.hands import Hands
from bulou.rights.models import Account, Mandate, Role
from bulou.rights.powers import PROGRAM, Power, accounts_behind

GRAVE = frozenset(
    {
        Capability.MANAGE_RIGHTS,
        Capability.DECIDE_CASES,
        Capability.SIGN_DIRECTIVES,
        Capability.AUDIT,
        Capability.KEEP_HOUSE,
    }
)
"""A role with one of these is given by two: one gives it, another confirms it."""
APART = (
    (Capability.MANAGE_RIGHTS, Capability.SEE_PERSONS),
    (Capability.MANAGE_RIGHTS, Capability.AUDIT),
    (Capability.AUDIT, Capability.SEE_PERSONS),
)
"""What nobody has both of: who hands out rights or watches over them sees no persons."""
CONFIRMERS = (Capability.MANAGE_RIGHTS, Capability.SIGN_DIRECTIVES)
"""Who may be the second person: another who manages rights, or who signs for the place."""
LONGEST_DELEGATION = timedelta(days=14)
SHORTEST_REASON = 4

BEYOND_SCOPE = problem(
    "mandate-beyond-scope", _("只能在自己的辖区内授权:请选择本辖区的地点,或请上级授权。"), status=403
)
NOT_TO_ONESELF = problem("mandate-not-to-oneself", _("不能给自己授权:请另一位管理员办理。"), status=403)
NOT_BY_ONESELF = problem(
    "mandate-not-by-oneself", _("经办人和本人不能复核:请另一位管理员或签发人复核。"), status=403
)
NOBODY_LOOKED = problem(
    "mandate-two-programs", _("提出和复核不能都由程序办理:请一位登录的管理员或签发人复核。"), status=403
)
HANDS_UNKNOWN = problem(
    "mandate-hands-unknown",
    _("无法确认经办和复核的是两个人:请登录复核,并先为账号登记工作人员、为岗位登记任职人。"),
    status=403,
)
NOT_YOURS_TO_GIVE = problem("mandate-not-yours-to-give", _("您现在的身份不能办理这项授权。"), status=403)
KEPT_APART = problem(
    "mandate-kept-apart", _("“{one}”和“{other}”不能由同一个账号兼任:请先收回其中一项,或另开账号。")
)
NOT_AWAITING = problem("mandate-not-awaiting", _("这项授权不在等待复核:请刷新后再看。"), status=409)
REASON_NEEDED = problem("mandate-reason-needed", _("请写明理由(至少 4 个字)。"))
BAD_END = problem("mandate-bad-end", _("结束时间应在现在之后,且不超过 {days} 天。"))
NOT_PASSED_ON = problem("mandate-not-passed-on", _("别人转来的授权不能再转:请原授权人直接委托。"), status=403)


def give(
    account: Account,
    role: str,
    scope: str,
    *,
    giver: Power,
    post: Post | None = None,
    ends_at: datetime | None = None,
    reason: str,
) -> Mandate:
    """Somebody who manages rights gives a mandate; one with grave capabilities awaits a second person.

    Raises `mandate-not-yours-to-give`, `mandate-beyond-scope`, `mandate-not-to-oneself`,
    `mandate-kept-apart`, `mandate-reason-needed`, `mandate-bad-end`, and what `mandates.grant` raises.
    """
    if not giver.may(Capability.MANAGE_RIGHTS):
        raise NOT_YOURS_TO_GIVE.error()
    _check(account, scope, giver, reason)
    if ends_at is not None and ends_at <= clock.now():
        raise BAD_END.error(days="3650")
    with atomic():
        made = mandates.grant(
            account,
            role,
            scope,
            by=giver.actor,
            post=post,
            ends_at=ends_at,
            reason=reason.strip(),
            awaits=is_grave(capabilities_of(role)),
        )
        check_apart(account)
    return made


def delegate(
    source: Mandate, account: Account, *, scope: str = "", ends_at: datetime, reason: str
) -> Mandate:
    """Whoever has a mandate passes it on for a while, in its scope or a part of it; it ends with its source.

    Raises `mandate-not-passed-on`, `mandate-bad-end`, and what `give` raises.
    """
    if source.delegated_from_id is not None or source.adds:
        raise NOT_PASSED_ON.error()
    now = clock.now()
    if not now < ends_at <= now + LONGEST_DELEGATION:
        raise BAD_END.error(days=LONGEST_DELEGATION.days)
    _check(account, scope or source.scope, source, reason)
    with atomic():
        made = mandates.grant(
            account,
            source.role_id,
            scope or source.scope,
            by=source.actor,
            ends_at=min(ends_at, source.ends_at or ends_at),
            reason=reason.strip(),
            awaits=is_grave(source.capabilities),
            delegated_from=source,
        )
        check_apart(account)
    return made


def _check(account: Account, scope: str, giver: Power, reason: str) -> None:
    if not giver.covers(scope):
        raise BEYOND_SCOPE.error()
    if account.pk in accounts_behind(giver.actor):
        raise NOT_TO_ONESELF.error()
    if len(reason.strip()) < SHORTEST_REASON:
        raise REASON_NEEDED.error()


def confirm(mandate: Mandate, *, second: Power) -> Mandate:
    """A second person confirms; from now on it runs.

    Raises `mandate-not-awaiting`, `mandate-not-by-oneself`, `mandate-not-yours-to-give`.
    """
    with atomic():
        found = _awaiting(mandate)
        check_second(found.granted_by, found.scope, second, first_at=found.starts_at, also=found.account_id)
        found.awaits, found.confirmed_by = False, second.actor
        found.save(update_fields=["awaits", "confirmed_by"])
        check_apart(found.account)
        _record("mandate.confirmed", found, by=second.actor)
    return found


def refuse(mandate: Mandate, *, second: Power, reason: str) -> None:
    """A second person refuses: it ends without having run. Raises what `confirm` does."""
    with atomic():
        found = _awaiting(mandate)
        check_second(found.granted_by, found.scope, second, first_at=found.starts_at, also=found.account_id)
        mandates.withdraw(found, by=second.actor, reason=reason.strip())


def check_second(
    first: str, scope: str, second: Power, *, first_at: datetime, also: int | None = None
) -> None:
    """The second person is another than the first (and than whom it is about), and may confirm there.

    A program is whoever holds its post; and of the two one must have logged in, since whoever keeps the
    server can make tokens for two posts. Raises `mandate-not-by-oneself`, `mandate-two-programs`,
    `mandate-hands-unknown`, `mandate-not-yours-to-give`.
    """
    verdict = hands.compare(first, second.actor, first_at=first_at)
    if verdict is Hands.ONE or also in accounts_behind(second.actor):
        raise NOT_BY_ONESELF.error()
    if first.startswith(PROGRAM) and second.actor.startswith(PROGRAM):
        raise NOBODY_LOOKED.error()
    if verdict is Hands.UNKNOWN:
        raise HANDS_UNKNOWN.error()
    if not second.covers(scope) or not any(map(second.may, CONFIRMERS)):
        raise NOT_YOURS_TO_GIVE.error()


def take_back(mandate: Mandate, *, by: Power, reason: str) -> None:
    """End a mandate: by who manages rights there, or by whoever passed it on.

    Raises `mandate-not-yours-to-give`, `mandate-reason-needed`.
    """
    source = mandate.delegated_from
    own = source is not None and source.account_id == by.account_id
    if not own and not (by.may(Capability.MANAGE_RIGHTS) and by.covers(mandate.scope)):
        raise NOT_YOURS_TO_GIVE.error()
    if len(reason.strip()) < SHORTEST_REASON:
        raise REASON_NEEDED.error()
    mandates.withdraw(mandate, by=by.actor, reason=reason.strip())


def _awaiting(mandate: Mandate) -> Mandate:
    found = (
        Mandate.objects.select_for_update(of=("self",))
        .select_related("account", "role")
        .filter(pk=mandate.pk, awaits=True)
        .first()
    )
    if found is None or (found.ends_at is not None and found.ends_at <= clock.now()):
        raise NOT_AWAITING.error()
    return found


def check_apart(account: Account) -> None:
    """Raises `mandate-kept-apart` when the account's mandates, or those to come, join what is kept apart."""
    standing = Mandate.objects.filter(account=account).exclude(ends_at__lte=clock.now())
    check_set(frozenset().union(*(one.capabilities for one in standing.select_related("role"))))


def check_set(capabilities: frozenset[str]) -> None:
    """Raises `mandate-kept-apart` for a set that nobody may have."""
    for one, other in APART:
        if {one.value, other.value} <= capabilities:
            raise KEPT_APART.error(one=one.label, other=other.label)


def is_grave(capabilities: frozenset[str]) -> bool:
    """Whether a set of capabilities is given only by two."""
    return bool({one.value for one in GRAVE} & capabilities)


def capabilities_of(role: str) -> frozenset[str]:
    """What a role may do; nothing for one that is not there (`mandates.grant` says so)."""
    found = Role.objects.filter(pk=role).values_list("capabilities", flat=True).first()
    return frozenset(found or ())


def _record(action: str, mandate: Mandate, *, by: str, reason: str = "") -> None:
    audit.record(
        action,
        by=by,
        subject=f"user:{mandate.account.user_id}",
        place=mandate.scope,
        reason=reason,
        detail={"mandate": mandate.pk, "role": mandate.role_id},
    )

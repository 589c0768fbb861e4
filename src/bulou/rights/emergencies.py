"""Breaking the glass: more power for at most an hour, with a reason, shown to those responsible, reviewed.

Who answers for less than a township may take the whole township; nobody takes more than that. Everybody may
take the right to see full values. It needs no consent, because lives may hang on it (P18); the privacy
officer reviews each one within three days.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bulou.kernel import audit, clock
from bulou.kernel.database import atomic
from bulou.kernel.problems import problem
from bulou.places import codes
from bulou.places.models import Level
from bulou.rights import giving, hands, mandates
from bulou.rights.capabilities import Capability
from bulou.rights.hands import Hands
from bulou.rights.models import Emergency, Mandate
from bulou.rights.powers import Power

LONGEST = timedelta(minutes=60)
REVIEW_WITHIN = timedelta(days=3)
SHORTEST_REASON = 8
TOWNSHIP = codes.WIDTHS[Level.TOWNSHIP]

MAY_NOT = problem("emergency-may-not", _("您现在的身份不能紧急提权:请联系上级值班人员。"), status=403)
SAY_WHY = problem("emergency-say-why", _("请写明紧急情况(至少 8 个字):事后要据此复核。"))
NOTHING_MORE = problem("emergency-nothing-more", _("您现在的身份已经有这些权限,不需要紧急提权。"))
NOT_TO_REVIEW = problem("emergency-not-to-review", _("这次提权已经复核过:请刷新后再看。"), status=409)
SAY_FINDING = problem("emergency-say-finding", _("请写明复核结论(至少 4 个字)。"))


def take(source: Mandate, *, wider: bool, unmask: bool, minutes: int = 60, reason: str) -> Emergency:
    """Take the whole township, or the right to see full values, or both, for so many minutes.

    Raises `emergency-may-not`, `emergency-say-why`, `emergency-nothing-more`.
    """
    if not source.may(Capability.BREAK_GLASS) or source.adds or source.delegated_from_id:
        raise MAY_NOT.error()
    if len(reason.strip()) < SHORTEST_REASON:
        raise SAY_WHY.error()
    scope = source.scope[:TOWNSHIP] if wider else source.scope
    adds = [Capability.UNMASK] if unmask and not source.may(Capability.UNMASK) else []
    if scope == source.scope and not adds:
        raise NOTHING_MORE.error()
    now = clock.now()
    span = min(timedelta(minutes=max(minutes, 1)), LONGEST)
    by = source.actor
    with atomic():
        mandate = mandates.grant(
            source.account,
            source.role_id,
            scope,
            by=by,
            starts_at=now,
            ends_at=now + span,
            reason=reason.strip()[:200],
            delegated_from=source,
            adds=adds,
        )
        made = Emergency.objects.create(mandate=mandate, began_at=now, review_due_at=now + REVIEW_WITHIN)
        audit.record(
            "emergency.taken",
            by=by,
            subject=f"mandate:{mandate.pk}",
            place=scope,
            reason=reason.strip()[:300],
            detail={"minutes": span.seconds // 60, "adds": mandate.adds, "from": source.scope},
        )
    return made


def give_back(emergency: Emergency, *, by: Mandate) -> None:
    """The one who took it gives it back before its end; the review stays due. Raises `emergency-may-not`."""
    if emergency.mandate.account_id != by.account_id:
        raise MAY_NOT.error()
    mandates.withdraw(emergency.mandate, by=by.actor, reason="given back")


def review(emergency: Emergency, *, justified: bool, finding: str, by: Power) -> Emergency:
    """The privacy officer's finding: of another human than whoever took it, whatever the log-in.

    Raises `emergency-not-to-review`, `emergency-say-finding`, for somebody who may not audit, or whose own
    it is, `emergency-may-not`, and `mandate-hands-unknown`.
    """
    mandate = emergency.mandate
    verdict = hands.compare(mandate.actor, by.actor, first_at=emergency.began_at)
    if not by.may(Capability.AUDIT) or verdict is Hands.ONE:
        raise MAY_NOT.error()
    if verdict is Hands.UNKNOWN:
        raise giving.HANDS_UNKNOWN.error()
    if len(finding.strip()) < giving.SHORTEST_REASON:
        raise SAY_FINDING.error()
    with atomic():
        found = Emergency.objects.select_for_update().get(pk=emergency.pk)
        if found.reviewed_at is not None:
            raise NOT_TO_REVIEW.error()
        found.reviewed_by, found.reviewed_at = by.actor, clock.now()
        found.justified, found.finding = justified, finding.strip()[:300]
        found.save(update_fields=["reviewed_by", "reviewed_at", "justified", "finding"])
        audit.record(
            "emergency.reviewed",
            by=found.reviewed_by,
            subject=f"mandate:{found.mandate_id}",
            place=found.mandate.scope,
            reason=found.finding,
            detail={"justified": justified},
        )
    return found


def to_review(scope: str) -> QuerySet[Emergency, Emergency]:
    """Those of a scope that nobody has reviewed, the most urgent first."""
    return _of(scope).filter(reviewed_at__isnull=True).order_by("review_due_at", "pk")


def reviewed(scope: str) -> QuerySet[Emergency, Emergency]:
    """Those that were reviewed, the latest first."""
    return _of(scope).filter(reviewed_at__isnull=False).order_by("-reviewed_at", "-pk")


def running_in(scope: str) -> QuerySet[Emergency, Emergency]:
    """Those that run now in a scope: shown to whoever is responsible there."""
    now = clock.now()
    return _of(scope).filter(mandate__ends_at__gt=now).order_by("pk")


def _of(scope: str) -> QuerySet[Emergency, Emergency]:
    within = codes.within("mandate__scope", scope)
    return Emergency.objects.filter(within).select_related("mandate__account", "mandate__role")

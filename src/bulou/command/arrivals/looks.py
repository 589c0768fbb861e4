"""Opening what is sealed about a journey: an act with a reason, recorded, visible to the person."""

from __future__ import annotations

from collections.abc import Iterable

from bulou.arrivals.models import Journey, Proposal
from bulou.kernel import audit
from bulou.kernel.models import AuditLine
from bulou.people.lookups import UNMASKED, check_reason

JOURNEY, VISITS = "journey", "visits"
"""What was opened, as the audit chain says it."""


def record(journey: Journey, field: str, *, by: str, reason: str) -> None:
    """Record that somebody opens what is sealed, before it is shown. Raises `reason-missing`."""
    check_reason(reason)
    audit.record(
        UNMASKED,
        by=by,
        subject=f"person:{journey.person_id}",
        place=journey.place,
        reason=reason.strip()[:300],
        detail={"field": field, "journey": journey.number},
    )


def looked_at(questions: Iterable[Proposal], *, by: str) -> set[int]:
    """Of these questions those whose evidence somebody has opened since they were asked."""
    asked = list(questions)
    people = {f"person:{one.journey.person_id}" for one in asked}
    looks = AuditLine.objects.filter(action=UNMASKED, subject__in=people, actor=by).order_by("seq")
    last = {
        one.detail.get("journey"): one.at for one in looks if one.detail.get("field") in (JOURNEY, VISITS)
    }
    return {one.pk for one in asked if (at := last.get(one.journey.number)) and at >= one.made_at}

"""Who owes: the query that every kind of this room is made of.

It starts from where the person of a case was (`CasePlace`), because an obligation is owed at the place, and
by the post, that held when it opened; a late run must give what a punctual one gives.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    CharField,
    F,
    FilteredRelation,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models import Case as Switch
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Least
from django.db.models.lookups import LessThan

from bulou.kernel.fields import InstantField, to_micros
from bulou.kernel.moments import as_instant, holds_at, number
from bulou.monitoring.models import CasePlace
from bulou.obligations.kinds import NEVER, UNIVERSE_COLUMNS

STARTS_AT = F("case__starts_at")
ENDED_AT = F("case__ended_at")
END_REASON = F("case__end_reason")

Universe = QuerySet[Any, dict[str, Any]]


def stopped_by(case: str, moment: Combinable, excuse: str) -> tuple[Combinable, Combinable]:
    """When a duty stops that either the case's end or another moment stops, and why: the earlier counts.

    Neither known, it stops at an instant that never comes.
    """
    never = number(to_micros(NEVER))
    ended = Coalesce(Cast(F(f"{case}ended_at"), BigIntegerField()), never)
    other = Coalesce(Cast(moment, BigIntegerField()), never)
    why = Switch(
        When(LessThan(other, ended), then=Value(excuse)),
        default=F(f"{case}end_reason"),
        output_field=CharField(),
    )
    return as_instant(Least(ended, other)), why


def owing(
    who: QuerySet[CasePlace, CasePlace],
    *,
    opens: Combinable,
    due: Combinable,
    owner: str,
    seated: Combinable,
    stops: Combinable = ENDED_AT,
    excuse: Combinable = END_REASON,
) -> Universe:
    """One row for each place row of `who`, unless what is owed stopped by the opening.

    `seated` is the moment at which the place and the owner's seat are looked at; `stops` and `excuse` say
    when and why the duty ends before it is due.
    """
    seat = holds_at(seated, "case__seats__") & Q(case__seats__seat=owner)
    early = Q(stops__lt=F("due_at"))
    return (
        who.filter(holds_at(seated))
        .annotate(
            owners=FilteredRelation("case__seats", condition=seat),
            opens_at=opens,
            due_at=due,
            stops=stops,
            subject=F("case_id"),
        )
        .filter(Q(stops__isnull=True) | Q(stops__gt=F("opens_at")))
        .annotate(
            post=F("owners__post_id"),
            excused_at=Switch(When(early, then=F("stops")), output_field=InstantField()),
            excuse=Switch(When(early, then=excuse), default=Value(""), output_field=CharField()),
        )
        .values(*UNIVERSE_COLUMNS)
    )


def active(opens_at: datetime) -> QuerySet[CasePlace, CasePlace]:
    """Places of cases whose term holds an opening."""
    return CasePlace.objects.filter(case__starts_at__lte=opens_at, case__ends_at__gt=opens_at)

"""Who owes: the query that every kind of this room is made of.

It starts from where the person of a case was (`CasePlace`), because an obligation is owed at the place, and
by the post, that held when it opened; a late run must give what a punctual one gives.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, CharField, F, FilteredRelation, Q, QuerySet, Value, When
from django.db.models import Case as Switch
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from bulou.kernel import clock
from bulou.kernel.fields import EPOCH, InstantField, micros
from bulou.monitoring.models import CasePlace
from bulou.obligations.kinds import UNIVERSE_COLUMNS

DAY = micros(clock.DAY)
# Asia/Shanghai has had one offset since 1991, so days can be counted in whole numbers in SQL.
OFFSET = micros(clock.local(EPOCH + timedelta(days=20_000)).utcoffset() or timedelta())
STARTS_AT = F("case__starts_at")
ENDS_AT = F("case__ends_at")
ENDED_AT = F("case__ended_at")

Universe = QuerySet[Any, dict[str, Any]]


def instant(moment: datetime) -> Value:
    """A moment as a value of a query."""
    return Value(moment, output_field=InstantField())


def plus(moment: Combinable, span: int) -> Combinable:
    """So many microseconds later, in SQL."""
    return Cast(moment, BigIntegerField()) + Value(span, output_field=BigIntegerField())


def start_of_day(moment: Combinable) -> Combinable:
    """00:00 of the county day of a moment, in SQL."""
    return Cast(moment, BigIntegerField()) - plus(moment, OFFSET) % Value(DAY, output_field=BigIntegerField())


def holds_at(moment: Any, prefix: str = "") -> Q:
    """A filter: the interval `starts_at` to `ends_at` (not included) holds the moment."""
    return Q(**{f"{prefix}starts_at__lte": moment}) & (
        Q(**{f"{prefix}ends_at__isnull": True}) | Q(**{f"{prefix}ends_at__gt": moment})
    )


def owing(
    who: QuerySet[CasePlace, CasePlace],
    *,
    opens: Combinable,
    due: Combinable,
    owner: str,
    seated: Combinable,
    ended: Combinable = ENDED_AT,
    excuse: Combinable = F("case__end_reason"),
) -> Universe:
    """One row for each place row of `who`, unless what is owed ended by the opening.

    `seated` is the moment at which the place and the owner's seat are looked at; `ended` and `excuse` say
    when and why the duty ends before it is due.
    """
    seat = holds_at(seated, "case__seats__") & Q(case__seats__seat=owner)
    return (
        who.filter(holds_at(seated))
        .annotate(
            owners=FilteredRelation("case__seats", condition=seat),
            opens_at=opens,
            due_at=due,
            stops=ended,
            subject=F("case_id"),
        )
        .filter(Q(stops__isnull=True) | Q(stops__gt=F("opens_at")))
        .annotate(
            post=F("owners__post_id"),
            excused_at=Switch(When(stops__lt=F("due_at"), then=F("stops")), output_field=InstantField()),
            excuse=Switch(
                When(stops__lt=F("due_at"), then=excuse), default=Value(""), output_field=CharField()
            ),
        )
        .values(*UNIVERSE_COLUMNS)
    )


def active(opens_at: datetime) -> QuerySet[CasePlace, CasePlace]:
    """Places of cases whose term holds an opening."""
    return CasePlace.objects.filter(case__starts_at__lte=opens_at, case__ends_at__gt=opens_at)

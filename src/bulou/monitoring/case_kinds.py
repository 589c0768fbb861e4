"""The shapes of what is owed because of a case: in windows of the day, or once at a moment of its term."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F, Min, QuerySet
from django.db.models.expressions import Combinable

from bulou.facts import monitoring as facts
from bulou.kernel.moments import as_instant, instant, minutes, plus
from bulou.monitoring.models import Case, CasePlace, Seat
from bulou.monitoring.universe import Universe, active, owing
from bulou.obligations.kinds import Daily, DailyKind, Kind, OnceKind, WindowSpan
from bulou.people.models import Person

CHANGES = frozenset(
    fact.kind
    for fact in (
        facts.Admitted,
        facts.TermChanged,
        facts.TestDaysChanged,
        facts.Moved,
        facts.Ended,
        facts.Released,
        facts.Resumed,
        facts.Withdrawn,
    )
)
ENDING_COLUMNS = ("subject", "starts_at", "ends_at", "ended_at", "excuse")


class CaseKind(Kind, abstract=True):
    """Owed because of a case, when it opens at or after `first` and before `beyond`."""

    subject_type = "case"
    owners = tuple(Seat.choices)
    changed_by = CHANGES

    def first(self, case: str) -> Combinable:
        """The first moment at which it may open; `case` is the way to the case, like "case__"."""
        return F(f"{case}starts_at")

    def beyond(self, case: str) -> Combinable:
        """The first moment at which it may open no longer."""
        return F(f"{case}ends_at")

    def owed_since(self, seq: int) -> datetime | None:
        changed = Case.objects.filter(changed_seq__gt=seq)
        earliest: datetime | None = changed.aggregate(earliest=Min(as_instant(self.first(""))))["earliest"]
        return earliest

    def endings(self, seq: int) -> QuerySet[Any, dict[str, Any]]:
        # From the person's side, because a case has fields of its own with the names that are asked for.
        return (
            Person.objects.filter(cases__changed_seq__gt=seq)
            .annotate(
                subject=F("cases__pk"),
                starts_at=as_instant(self.first("cases__")),
                ends_at=as_instant(self.beyond("cases__")),
                ended_at=F("cases__ended_at"),
                excuse=F("cases__end_reason"),
            )
            .values(*ENDING_COLUMNS)
        )


class DailyCaseKind(CaseKind, DailyKind, abstract=True):
    """Owed in each window that opens within the term and before what is owed ended."""

    def universe(self, window: WindowSpan, params: Daily) -> Universe:
        opens = instant(window.opens_at)
        return owing(
            active(window.opens_at),
            opens=opens,
            due=instant(window.due_at),
            owner=params.owner,
            seated=opens,
        )


class OnceCaseKind(CaseKind, OnceKind, abstract=True):
    """Owed once by each case, from `first` until `due`."""

    def beyond(self, case: str) -> Combinable:
        return plus(self.first(case), 1)

    def due(self, opens: Combinable, params: Any) -> Combinable:
        """When what opened at a moment is due."""
        return plus(opens, minutes(params.minutes))

    def universe(self, window: WindowSpan, params: Any) -> Universe:
        opens = as_instant(self.first("case__"))
        who = CasePlace.objects.annotate(anchor=opens).filter(
            anchor__gte=window.opens_at, anchor__lt=window.closes_at
        )
        return owing(who, opens=opens, due=self.due(opens, params), owner=params.owner, seated=opens)

"""A mass duty for benchmarks: every person of the register reports once a day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from django.db.models import BigIntegerField, CharField, F, QuerySet, Value
from django.db.models.functions import Cast

from bulou.facts.base import Fact
from bulou.kernel import clock
from bulou.kernel.fields import InstantField
from bulou.obligations.kinds import DailyKind, WindowSpan
from bulou.people.models import Person

START = clock.start_of(date(2022, 4, 16))


class Reported(Fact):
    """A person reported."""

    kind: ClassVar[str] = "bench.reported"
    subject_type: ClassVar[str] = "person"


class MassReport(DailyKind):
    """Everybody reports once a day, until 20:00."""

    default: ClassVar = {"windows": [["", "00:00", "20:00"]]}
    name = "bench.report"
    title = "bench"
    subject_type = "person"
    proofs = (Reported,)

    def universe(self, window: WindowSpan, params: Any) -> QuerySet[Any, dict[str, Any]]:
        return Person.objects.values(
            "place",
            subject=F("pk"),
            post=Cast(F("birth_month"), BigIntegerField()),
            opens_at=Value(window.opens_at, InstantField()),
            due_at=Value(window.due_at, InstantField()),
            excused_at=Cast(Value(None), BigIntegerField()),
            excuse=Value("", CharField()),
        )

    def owed_since(self, seq: int) -> datetime | None:
        return None if seq else START

    def endings(self, seq: int) -> QuerySet[Any, dict[str, Any]]:
        return Person.objects.none().values(
            subject=F("pk"),
            starts_at=F("registered_at"),
            ends_at=F("registered_at"),
            ended_at=F("died_at"),
            excuse=F("relation"),
        )

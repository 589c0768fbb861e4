"""How long journeys are kept: 30 days after the end, then nothing is left of who came from where."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.db.models import BigIntegerField, F, Max, QuerySet, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from bulou.arrivals.models import (
    Alert,
    Break,
    Journey,
    Lodging,
    PartTest,
    Proposal,
    Source,
    Stay,
    Visit,
    VisitKey,
)
from bulou.arrivals.models import Part as DecisionPart
from bulou.facts.base import FACTS
from bulou.kernel.events import kind_id
from bulou.kernel.fields import FOREVER
from bulou.kernel.models import Event
from bulou.kernel.retention import Cut, Part, Rule, rule
from bulou.obligations.kinds import KINDS
from bulou.obligations.models import Obligation, Window
from bulou.people.retention import needed_until

LIST = _("结束后 30 天内还可能有人查询和申诉,此后不再需要")
JOURNEY = "journey"


def _of_journeys() -> Collection[int]:
    """The kinds of events whose subject is a journey; those of hand-overs and breaks name no door."""
    return [kind_id(fact.kind) for fact in FACTS.values() if fact.subject_type == JOURNEY]


def _windows(subject_type: str) -> Callable[[], Collection[int]]:
    def numbers() -> Collection[int]:
        names = [name for name, kind in KINDS.items() if kind.subject_type == subject_type]
        return list(Window.objects.filter(kind__name__in=names).values_list("pk", flat=True))

    return numbers


def _ended() -> QuerySet[Journey, Journey]:
    return Journey.objects.exclude(sealed=b"").annotate(ends=F("ended_at"))


def _until(person: Any) -> QuerySet[Any, Any]:
    """The end of a person's last journey; no end while one is open."""
    ends = Coalesce(Cast(F("ended_at"), BigIntegerField()), Value(FOREVER, BigIntegerField()))
    return Journey.objects.filter(person=person).order_by().values("person").annotate(until=Max(ends))


needed_until("arrivals", _until)

JOURNEYS = rule(
    Rule(
        "arrivals.journey",
        _("返乡接返(结束后)"),
        Journey,
        30,
        LIST,
        _ended,
        {
            "place": Cut(),
            "station": None,
            "party": "",
            "wheelchair": False,
            "infant": False,
            "single_room": None,
            "sealed": b"",
        },
        (
            Part(
                Proposal,
                "journey_id",
                {"exposure": 0, "before": None, "area": None, "visit": None, "sealed": None},
            ),
            Part(PartTest, "journey_id"),
            Part(Alert, "journey_id"),
            Part(Lodging, "journey_id"),
            Part(Stay, "journey_id"),
            Part(DecisionPart, "journey_id"),
            Part(VisitKey, "journey_id"),
            Part(Visit, "journey_id"),
            Part(Source, "journey_id"),
            Part(Break, "journey_id", {"sealed": None}),
            Part(Obligation, "subject", {"place": Cut()}, {"window_id": _windows(JOURNEY)}),
            Part(Event, "subject", {"place": Cut()}, {"kind_id": _of_journeys}),
        ),
        order=8,
    )
)

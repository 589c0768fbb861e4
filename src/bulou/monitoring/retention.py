"""How long stays under monitoring are kept: health detail and doors go, what the books need stays."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.db.models import BigIntegerField, F, Max, QuerySet
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from bulou.facts.base import FACTS
from bulou.kernel.events import DECLARED, kind_id
from bulou.kernel.models import Event
from bulou.kernel.retention import ERASED, ERASED_DATA, Cut, Part, Rule, keep, rule
from bulou.monitoring.models import AbnormalReport, Case, CasePlace, CaseTest
from bulou.obligations.kinds import KINDS
from bulou.obligations.models import Obligation, Window
from bulou.people.retention import needed_until

SOURCE = _("结束后 30 天内还可能有人查询和申诉,此后不再需要")
ROOM = "monitoring."
CASE = "case"


def _told() -> Collection[int]:
    """Kinds of events that say how somebody was: their data are erased."""
    return [kind_id(fact.kind) for fact in FACTS.values() if fact.subject_type == CASE and fact.from_outside]


def _of_cases() -> Collection[int]:
    """All kinds of events about a case."""
    return [kind_id(name) for name in sorted(DECLARED) if name.startswith(ROOM)]


def _windows(subject_type: str) -> Callable[[], Collection[int]]:
    def numbers() -> Collection[int]:
        names = [name for name, kind in KINDS.items() if kind.subject_type == subject_type]
        return list(Window.objects.filter(kind__name__in=names).values_list("pk", flat=True))

    return numbers


def _stays() -> QuerySet[Case, Case]:
    return Case.objects.exclude(ground=ERASED).annotate(ends=Coalesce(F("ended_at"), F("ends_at")))


def _until(person: Any) -> QuerySet[Any, Any]:
    """The end of a person's last stay, over or still to come."""
    ends = Cast(Coalesce(F("ended_at"), F("ends_at")), BigIntegerField())
    return Case.objects.filter(person=person).order_by().values("person").annotate(until=Max(ends))


needed_until("monitoring", _until)

STAYS = rule(
    Rule(
        "monitoring.stay",
        _("居家健康监测(解除或到期后)"),
        Case,
        30,
        SOURCE,
        _stays,
        {
            "place": Cut(),
            "measure": ERASED,
            "ground": ERASED,
            "evidence_sealed": b"",
            "decided_by": ERASED,
            "appeal": ERASED,
            "sealed": None,
            "row_key": None,
        },
        (
            Part(CasePlace, "case_id", {"place": Cut()}),
            Part(CaseTest, "case_id"),
            Part(Obligation, "subject", {"place": Cut()}, {"window_id": _windows(CASE)}),
            Part(Event, "subject", {"place": Cut()}, {"kind_id": _of_cases}),
            Part(Event, "subject", {"data": ERASED_DATA}, {"kind_id": _told}),
        ),
        order=10,
    )
)
keep(AbnormalReport, "a time and a stay's number, which the duty to follow up is counted from; no value")
keep(Obligation, "an excuse says that a duty ended, of a stay's number; the books balance on it")

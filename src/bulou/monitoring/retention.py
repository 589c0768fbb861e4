"""How long stays under monitoring are kept: health detail and doors go, what the books need stays."""

from __future__ import annotations

from collections.abc import Callable, Collection

from django.db.models import F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Length
from django.utils.translation import gettext_lazy as _

from bulou.facts.base import FACTS
from bulou.kernel.events import DECLARED, kind_id
from bulou.kernel.models import Event
from bulou.kernel.retention import ERASED, ERASED_DATA, Cut, Part, Rule, keep, rule
from bulou.monitoring.models import AbnormalReport, Case, CasePlace, CaseTest
from bulou.obligations.kinds import KINDS
from bulou.obligations.models import Obligation, Window
from bulou.people.models import Person
from bulou.people.retention import HANGS_ON_A_PERSON, NOBODY, known
from bulou.places.codes import WIDTHS
from bulou.places.models import Level

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


def _passers_by() -> QuerySet[Person, Person]:
    """Persons whom only monitoring registered, behind no door: they go with their last stay."""
    last = (
        Case.objects.filter(person=OuterRef("pk"))
        .values("person")
        .annotate(last=Max(Coalesce(F("ended_at"), F("ends_at"))))
        .values("last")
    )
    doorless = known().annotate(width=Length("place")).filter(width__lt=WIDTHS[Level.DOOR])
    return doorless.annotate(ends=Subquery(last))


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
PASSERS_BY = rule(
    Rule(
        "monitoring.passer_by",
        _("仅因监测登记的外来人员(最后一次监测结束后)"),
        Person,
        30,
        SOURCE,
        _passers_by,
        NOBODY,
        HANGS_ON_A_PERSON,
        order=20,
    )
)
keep(AbnormalReport, "a time and a stay's number, which the duty to follow up is counted from; no value")
keep(Obligation, "an excuse says that a duty ended, of a stay's number; the books balance on it")

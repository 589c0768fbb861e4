"""How long leads are kept: 30 days after they are settled, then nothing is left of whom they named."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from bulou.arrivals.models import Lead
from bulou.facts.base import FACTS
from bulou.kernel.events import kind_id
from bulou.kernel.models import Event
from bulou.kernel.retention import Cut, Part, Rule, Scrambled, rule
from bulou.obligations.kinds import KINDS
from bulou.obligations.models import Obligation, Window

LEAD = "lead"


def _events() -> Collection[int]:
    return [kind_id(fact.kind) for fact in FACTS.values() if fact.subject_type == LEAD]


def _windows() -> Collection[int]:
    names = [name for name, kind in KINDS.items() if kind.subject_type == LEAD]
    return list(Window.objects.filter(kind__name__in=names).values_list("pk", flat=True))


def _settled() -> QuerySet[Lead, Lead]:
    return Lead.objects.exclude(sealed=b"").annotate(ends=Coalesce("settled_at", "withdrawn_at"))


LEADS = rule(
    Rule(
        "arrivals.lead",
        _("协查(办结后)"),
        Lead,
        30,
        _("办结后 30 天内下发单位还可能查问,此后不再需要"),
        _settled,
        {
            "place": Cut(),
            "journey": None,
            "id_key": None,
            "name_key": None,
            "phone_key": None,
            "words_key": Scrambled(),
            "sealed": b"",
        },
        (
            Part(Obligation, "subject", {"place": Cut()}, {"window_id": _windows}),
            Part(Event, "subject", {"place": Cut()}, {"kind_id": _events}),
        ),
        order=7,
    )
)

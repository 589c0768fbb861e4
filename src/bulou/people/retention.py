"""How long persons of the register are kept, and what is left of them: a number, for the books."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext_lazy as _

from bulou.kernel.events import DECLARED, kind_id
from bulou.kernel.models import Event
from bulou.kernel.retention import ERASED_DATA, Cut, Part, Rule, rule
from bulou.people.models import Duplicate, Person
from bulou.people.token_model import Token

NOBODY: dict[str, Any] = {
    "place": Cut(),
    "sealed": b"",
    "id_key": None,
    "name_key": b"",
    "phone_key": None,
    "twin_key": None,
    "row_key": None,
    "relation": "",
    "sex": "",
    "birth_month": None,
    "doses": None,
    "last_dose": None,
    "needs": "",
}
"""What a person who was erased is."""


def people_events() -> Collection[int]:
    """The kinds of events whose subject is a person."""
    return [kind_id(name) for name in sorted(DECLARED) if name.startswith("people.")]


HANGS_ON_A_PERSON = (
    Part(Event, "subject", {"place": Cut(), "data": ERASED_DATA}, {"kind_id": people_events}),
    Part(Token, "person_id"),
    Part(Duplicate, "first_id"),
    Part(Duplicate, "second_id"),
)


def known() -> QuerySet[Person, Person]:
    """The persons who were not erased."""
    return Person.objects.exclude(sealed=b"")


def _gone() -> QuerySet[Person, Person]:
    went = Coalesce(Least(F("left_at"), F("died_at")), F("left_at"), F("died_at"))
    return known().filter(merged_into__isnull=True).annotate(ends=went)


def _merged() -> QuerySet[Person, Person]:
    """Records that were found to be of somebody registered elsewhere, from the decision on."""
    return known().filter(merged_into__isnull=False).annotate(ends=_decided())


def _decided() -> Any:
    from django.db.models import OuterRef, Q, Subquery

    pairs = Duplicate.objects.filter(
        Q(first_id=OuterRef("pk")) | Q(second_id=OuterRef("pk")), decision=Duplicate.Decision.SAME
    )
    return Subquery(pairs.order_by("-decided_at").values("decided_at")[:1])


GONE = rule(
    Rule(
        "people.gone",
        _("离开本县或去世的居民"),
        Person,
        30,
        _("居民登记在住本县期间保存;离开后留 30 天供更正"),
        _gone,
        NOBODY,
        HANGS_ON_A_PERSON,
    )
)
MERGED = rule(
    Rule(
        "people.merged",
        _("核实为重复而并入他人的登记"),
        Person,
        30,
        _("合并后 30 天内还可以撤销"),
        _merged,
        NOBODY,
        HANGS_ON_A_PERSON,
    )
)

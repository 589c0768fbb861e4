"""How long persons of the register are kept, and what is left of them: a number, for the books.

Residents are kept while they live here. Who is at no door is kept while some room needs them: rooms above say
until when (`needed_until`), and 30 days after the last of them a passer-by is erased.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.db.models import BigIntegerField, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models import Case as Switch
from django.db.models.functions import Coalesce, Greatest, Least, Length
from django.db.models.lookups import GreaterThan, LessThan
from django.utils.translation import gettext_lazy as _

from bulou.kernel.events import DECLARED, kind_id
from bulou.kernel.fields import FOREVER, InstantField
from bulou.kernel.models import Event
from bulou.kernel.retention import ERASED_DATA, Cut, Part, Rule, rule
from bulou.people.models import Duplicate, Person
from bulou.people.token_model import Token
from bulou.places.codes import WIDTHS
from bulou.places.models import Level

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


Answer = Callable[[Any], QuerySet[Any, Any]]
NEEDED: dict[str, Answer] = {}


def needed_until(name: str, answer: Answer) -> None:
    """Register until when a room needs persons.

    `answer(person)` takes a reference to a person's number in the query around it, and gives at most one
    row with the annotation `until` in microseconds, `FOREVER` while no end is known.
    """
    NEEDED[name] = answer


def last_needed() -> Any:
    """In SQL, the last instant at which any room needs a person; NULL while one does without an end.

    NULL, too, for whom no room ever needed: it is not for the rooms to say when somebody goes whom they
    do not know.
    """
    never = Value(0, BigIntegerField())
    answers = [
        Coalesce(Subquery(answer(OuterRef("pk")).values("until")), never) for answer in NEEDED.values()
    ]
    last = Greatest(never, never, *answers)
    return Switch(
        When(GreaterThan(last, 0) & LessThan(last, FOREVER), then=last), output_field=InstantField()
    )


def _passers_by() -> QuerySet[Person, Person]:
    """Persons behind no door: nobody of the register, known by what happened to them here."""
    doorless = known().annotate(width=Length("place")).filter(width__lt=WIDTHS[Level.DOOR])
    return doorless.annotate(ends=last_needed())


def _gone() -> QuerySet[Person, Person]:
    went = Coalesce(Least(F("left_at"), F("died_at")), F("left_at"), F("died_at"))
    return known().filter(merged_into__isnull=True).annotate(ends=went)


def _merged() -> QuerySet[Person, Person]:
    """Records that were found to be of somebody registered elsewhere, from the decision on."""
    return known().filter(merged_into__isnull=False).annotate(ends=_decided())


def _decided() -> Any:
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
PASSERS_BY = rule(
    Rule(
        "people.passer_by",
        _("只因监测、返乡或申请登记的外来人员(最后一件事办结后)"),
        Person,
        30,
        _("最后一件事办结后 30 天内还可能有人查询和申诉"),
        _passers_by,
        NOBODY,
        HANGS_ON_A_PERSON,
        order=20,
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

"""Questions about persons. Each names its scope and its purpose, or it is refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from bulou.kernel import seal
from bulou.kernel.problems import problem
from bulou.people import keys
from bulou.people.models import Household, Need, Person, Presence
from bulou.places import codes
from bulou.places.queries import name_paths

SCOPE_MISSING = problem("scope-missing", _("查询人员必须说明范围和用途:缺少其中一项,不能查询。"), status=403)
PERSON_OUTSIDE = problem("person-outside-scope", _("此人不在您负责的范围内。"), status=403)


def persons(scope: str | None = None, purpose: str | None = None) -> QuerySet[Person, Person]:
    """The living persons registered under a place, for a purpose; merged records and those who left are out.

    Raises `scope-missing` without a scope or a purpose: it never means "everybody".
    """
    return everybody(scope, purpose).filter(left_at__isnull=True, died_at__isnull=True)


def behind_doors(scope: str | None = None, purpose: str | None = None) -> QuerySet[Person, Person]:
    """Those of `persons` whose household is known."""
    return persons(scope, purpose).filter(place__in=Household.objects.values("place_id"))


def everybody(scope: str | None = None, purpose: str | None = None) -> QuerySet[Person, Person]:
    """Like `persons`, with those who left or died; not those who were erased. Raises `scope-missing`."""
    if not scope or not purpose:
        raise SCOPE_MISSING.error()
    known = Person.objects.exclude(sealed=b"")
    return known.filter(codes.within("place", scope), merged_into__isnull=True).order_by("place", "id")


def count(scope: str) -> int:
    """How many persons live under a place; a number, no persons."""
    return persons(scope, "count").order_by().count()


def households(scope: str) -> QuerySet[Household, Household]:
    """The households under a place."""
    return Household.objects.filter(codes.within("place_id", scope)).order_by("place_id")


def counts_below(scope: str, width: int) -> dict[str, int]:
    """Persons by the first `width` digits of their place."""
    from django.db.models.functions import Substr

    found = (
        persons(scope, "count")
        .order_by()
        .annotate(head=Substr("place", 1, width))
        .values_list("head")
        .annotate(n=Count("id"))
    )
    return dict(found)


def mask_identity(number: str) -> str:
    """An identity number as pages show it: 1410**********123X."""
    return f"{number[:4]}{'*' * (len(number) - 8)}{number[-4:]}" if len(number) > 8 else "*" * len(number)


def mask_phone(phone: str) -> str:
    """A phone number as pages show it: 138****5678."""
    return f"{phone[:3]}{'*' * (len(phone) - 7)}{phone[-4:]}" if len(phone) > 7 else "*" * len(phone)


def mask_name(name: str) -> str:
    """A name as lists outside the own grid show it: 王*, 欧阳**."""
    return name[:1] + "*" * (len(name) - 1)


@dataclass(frozen=True)
class PersonView:
    """A person as pages and lists show them: identity and phone masked."""

    id: int
    name: str
    identity: str
    phone: str
    place: str
    address: str
    relation: str
    sex: str
    birth_month: int | None
    presence: str
    needs: tuple[str, ...]
    doses: int | None
    last_dose: date | None
    has_identity: bool
    has_phone: bool


def views(found: Iterable[Person], *, above: str | None = None) -> list[PersonView]:
    """Views of persons, in their order; addresses from below `above`."""
    people = list(found)
    addresses = name_paths({person.place for person in people}, above=above, separator=" ")
    return [view_of(person, addresses[person.place]) for person in people]


def view(person: int, *, scope: str, purpose: str) -> PersonView:
    """One person of a scope, masked. Raises `scope-missing`, `person-outside-scope`."""
    return views([get(person, scope=scope, purpose=purpose)])[0]


def get(person: int, *, scope: str, purpose: str) -> Person:
    """One person of a scope. Raises `scope-missing`, `person-outside-scope` (also when there is nobody)."""
    found = everybody(scope, purpose).filter(pk=person).first()
    if found is None:
        raise PERSON_OUTSIDE.error()
    return found


def view_of(person: Person, address: str) -> PersonView:
    """A view of a person whose address is known already."""
    who = seal.unseal(person.sealed)
    return PersonView(
        id=person.pk,
        name=who.get("name", ""),
        identity=mask_identity(who.get("id", "")),
        phone=mask_phone(who.get("phone", "")),
        place=person.place,
        address=address,
        relation=person.relation,
        sex=person.sex,
        birth_month=person.birth_month,
        presence=str(Presence(person.presence).label),
        needs=tuple(need_labels(person.needs)),
        doses=person.doses,
        last_dose=person.last_dose,
        has_identity="id" in who,
        has_phone="phone" in who,
    )


def need_labels(needs: str) -> Iterator[str]:
    """The titles of a person's needs in the reader's language."""
    return (str(Need(code).label) for code in needs.split(",") if code)


def with_identity(number: str, *, purpose: str) -> QuerySet[Person, Person]:
    """The records with this identity number, anywhere in the county; merged ones are out.

    A look-up by the whole number only finds who is known already, so it needs no scope, but a purpose.
    """
    if not purpose:
        raise SCOPE_MISSING.error()
    return Person.objects.filter(id_key=keys.id_key(number), merged_into__isnull=True).order_by("id")


def names_of(person_ids: Iterable[int]) -> dict[int, str]:
    """Names by person, for lists inside a scope that was checked already."""
    found = Person.objects.filter(pk__in=set(person_ids)).values_list("id", "sealed")
    return {id: seal.unseal(sealed).get("name", "") for id, sealed in found}

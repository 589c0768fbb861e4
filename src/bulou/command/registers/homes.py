"""Households of a place, and the people behind one door: those with needs first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import QuerySet

from bulou.kernel import seal
from bulou.monitoring.models import Case
from bulou.people import queries as people
from bulou.people.models import Household, Person, Presence
from bulou.people.queries import mask_identity, mask_name, mask_phone, need_labels
from bulou.places import codes
from bulou.places.queries import name_paths

PURPOSE = "household-register"
AT_ONCE = 1_000
HEAD = "户主"


@dataclass(frozen=True)
class Home:
    """One household as the list shows it: masked head, how many, what they need."""

    code: str
    where: str
    head: str
    people: int
    needs: tuple[str, ...]


def households(place: str, after: str = "") -> QuerySet[Household, Household]:
    """The households of a place and below, in the order of their doors, behind one of them."""
    found = people.households(place)
    return found.filter(place_id__gt=after) if after.isdecimal() else found


def rows_of(found: Iterable[Household], *, above: str) -> list[Home]:
    """Households with their people, however many with as many queries."""
    doors = [home.place_id for home in found]
    if not doors:
        return []
    members: dict[str, list[Person]] = {door: [] for door in doors}
    living = people.persons(codes.path(doors[0])[0], PURPOSE).filter(place__in=doors)
    for person in living:
        members[person.place].append(person)
    paths = name_paths(doors, above=above, separator=" ")
    return [_home(door, paths[door], members[door]) for door in doors]


def _home(door: str, where: str, members: list[Person]) -> Home:
    head = next((one for one in members if one.relation == HEAD), members[0] if members else None)
    needs = dict.fromkeys(label for one in members for label in need_labels(one.needs))
    return Home(door, where, masked(head) if head else "", len(members), tuple(needs))


def masked(person: Person) -> str:
    """A person's name as lists show it."""
    return mask_name(seal.unseal(person.sealed).get("name", ""))


@dataclass(frozen=True)
class Member:
    """Somebody behind a door, masked."""

    id: int
    uid: UUID
    name: str
    identity: str
    phone: str
    relation: str
    presence: str
    needs: tuple[str, ...]
    doses: int | None
    gone: str
    cases: tuple[str, ...] = ()
    full: dict[str, str] = field(default_factory=dict, repr=False, compare=False)
    where: str = ""


def members(door: str, scope: str) -> list[Member]:
    """Everybody registered behind a door, those with needs first, then the head; those gone last."""
    found = list(people.everybody(scope, PURPOSE).filter(place=door))
    cases: dict[int, list[str]] = {}
    for person, number in Case.objects.filter(person__in=found).values_list("person_id", "number"):
        cases.setdefault(person, []).append(number)
    ranked = sorted(found, key=lambda one: (_gone(one) != "", not one.needs, one.relation != HEAD, one.pk))
    return [member(one, tuple(cases.get(one.pk, ()))) for one in ranked]


def _gone(person: Person) -> str:
    return "died" if person.died_at else "left" if person.left_at else ""


def member(person: Person, cases: tuple[str, ...] = (), where: str = "") -> Member:
    """A person of the register, masked."""
    who = seal.unseal(person.sealed)
    return Member(
        id=person.pk,
        uid=person.uid,
        name=mask_name(who.get("name", "")),
        identity=mask_identity(who.get("id", "")),
        phone=mask_phone(who.get("phone", "")),
        relation=person.relation,
        presence=str(Presence(person.presence).label),
        needs=tuple(need_labels(person.needs)),
        doses=person.doses,
        gone=_gone(person),
        cases=cases,
        full={name: who.get(name, "") for name in ("name", "id", "phone")},
        where=where,
    )


def in_batches(place: str) -> Iterator[Member]:
    """Everybody who lives under a place, a thousand at a time, in the order of doors."""
    last: tuple[str, int] | None = None
    while True:
        part = people.persons(place, PURPOSE)
        if last is not None:
            part = part.filter(place__gte=last[0]).exclude(place=last[0], pk__lte=last[1])
        found = list(part[:AT_ONCE])
        paths = name_paths({one.place for one in found}, above=place, separator=" ") if found else {}
        for person in found:
            yield member(person, where=paths[person.place])
        if len(found) < AT_ONCE:
            return
        last = found[-1].place, found[-1].pk

"""The persons of a list: found in the register by identity number, else registered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from bulou.kernel import seal
from bulou.kernel.database import in_parts
from bulou.people import actions as people
from bulou.people import keys
from bulou.people.models import Person
from bulou.people.register import Register, Resident


class PersonBook:
    """Finds the persons of many rows in sets; whoever is not registered is, at the place of the row."""

    def __init__(self, actor: str) -> None:
        self._actor = actor

    def of(self, rows: Sequence[Resident], *, lives_here: bool = True) -> list[Person]:
        """The person of each row, in order. `lives_here`: who had left the county has come back."""
        hash_id = seal.lookup_hasher(keys.IDENTITY)
        numbers = [hash_id(row.identity) for row in rows]
        known = find(numbers)
        missing = [row for row, key in zip(rows, numbers, strict=True) if key not in known]
        if missing:
            self._register(missing)
            known = find(numbers)
        found = [nearest(known[key], row.place) for row, key in zip(rows, numbers, strict=True)]
        if lives_here:
            self._come_back(found)
        return found

    def _come_back(self, found: Sequence[Person]) -> None:
        """An earlier list said that they had left."""
        for person in {person.pk: person for person in found if person.left_at}.values():
            people.come_back(person.pk, by=self._actor)

    def _register(self, missing: list[Resident]) -> None:
        register = Register()
        try:
            register.stage(enumerate(missing))
            register.merge(by=self._actor)
        finally:
            register.close()


def find(numbers: Iterable[bytes]) -> dict[bytes, list[Person]]:
    """The register's persons by the keys of their identity numbers, oldest record first, merges followed."""
    found: dict[bytes, list[Person]] = defaultdict(list)
    for part in in_parts(sorted(set(numbers))):
        people = Person.objects.filter(id_key__in=part).select_related("merged_into").order_by("id")
        for person in people:
            if person.id_key is not None:
                found[bytes(person.id_key)].append(_kept(person))
    return dict(found)


def _kept(person: Person) -> Person:
    while person.merged_into is not None:
        person = person.merged_into
    return person


def nearest(people: Sequence[Person], village: str) -> Person:
    """Of several records of one number the one in the village, else the oldest."""
    return next((person for person in people if person.place.startswith(village)), people[0])


def resident(*, place: str, name: str, identity: str, phone: str, presence: str = "home") -> Resident:
    """Somebody of whom a list knows no more than who they are and how they are reached."""
    return Resident(
        place=place,
        name=name,
        identity=identity,
        phone=phone,
        relation="",
        presence=presence,
        away="",
        doses=None,
        last_dose="",
        needs="",
        remark="",
    )

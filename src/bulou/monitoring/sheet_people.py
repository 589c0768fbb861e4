"""The persons of a monitoring workbook: found in the register by identity number, else registered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from bulou.kernel import seal
from bulou.monitoring.ledger import in_parts
from bulou.people import actions as people
from bulou.people import keys
from bulou.people.models import Person
from bulou.people.register import Register, Resident


class PersonBook:
    """Finds the persons of many rows in sets; whoever is not registered is, at the village of the row."""

    def __init__(self, actor: str) -> None:
        self._actor = actor

    def of(self, rows: Sequence[tuple[dict[str, Any], str]]) -> list[Person]:
        """The person of each (values, village), in order."""
        hash_id = seal.lookup_hasher(keys.IDENTITY)
        numbers = [hash_id(values["identity"]) for values, _village in rows]
        known = find(numbers)
        missing = [
            _resident(values, village)
            for (values, village), key in zip(rows, numbers, strict=True)
            if key not in known
        ]
        if missing:
            self._register(missing)
            known = find(numbers)
        found = [nearest(known[key], village) for (_values, village), key in zip(rows, numbers, strict=True)]
        for person in {person.pk: person for person in found if person.left_at}.values():
            # Who is monitored here lives here; an earlier list said that they had left.
            people.come_back(person.pk, by=self._actor)
        return found

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


def _resident(values: dict[str, Any], village: str) -> Resident:
    return Resident(
        place=village,
        name=values["name"],
        identity=values["identity"],
        phone=values["phone"],
        relation="",
        presence="home",
        away="",
        doses=None,
        last_dose="",
        needs="",
        remark="",
    )

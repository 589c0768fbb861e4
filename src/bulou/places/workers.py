"""Workers: found by name and phone, else made. Name, phone and identity number are sealed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bulou.kernel import seal
from bulou.kernel.database import atomic
from bulou.places.models import Worker

WRITTEN_AT_ONCE = 400
"""Keys in one query; SQLite takes at most 32,766 parameters, and shorter statements are planned faster."""


@dataclass(frozen=True)
class Contact:
    """A name and a phone number, both already in their normal form."""

    name: str
    phone: str

    def keys(self) -> tuple[bytes, bytes]:
        """(phone key, name key)."""
        return seal.lookup("phone", self.phone), seal.lookup("name", self.name)


@dataclass
class WorkerBook:
    """Workers of a file, found in sets."""

    ids: dict[tuple[bytes, bytes], int] = field(default_factory=dict)
    made: list[int] = field(default_factory=list)
    """The ids of the workers that were registered because nobody was found."""

    def find(self, contacts: Iterable[Contact]) -> None:
        """Look up many at once."""
        keys = {contact.keys() for contact in contacts} - self.ids.keys()
        phones = sorted({phone for phone, _name in keys})
        for start in range(0, len(phones), WRITTEN_AT_ONCE):
            found = Worker.objects.filter(phone_key__in=phones[start : start + WRITTEN_AT_ONCE])
            for id, kept, phone, name in found.values_list("id", "merged_into_id", "phone_key", "name_key"):
                self.ids[bytes(phone), bytes(name)] = kept or id

    def ensure(self, contacts: Sequence[Contact]) -> list[int]:
        """The ids of many contacts, made where nobody is found."""
        self.find(contacts)
        fresh: dict[tuple[bytes, bytes], Worker] = {}
        for contact in contacts:
            keys = contact.keys()
            if keys not in self.ids:
                fresh.setdefault(keys, _unknown(contact))
        with atomic():
            for worker in Worker.objects.bulk_create(fresh.values(), batch_size=WRITTEN_AT_ONCE):
                self.ids[bytes(worker.phone_key), bytes(worker.name_key)] = worker.pk
                self.made.append(worker.pk)
        return [self.ids[contact.keys()] for contact in contacts]


def _unknown(contact: Contact) -> Worker:
    phone_key, name_key = contact.keys()
    sealed = seal.seal({"name": contact.name, "phone": contact.phone})
    return Worker(sealed=sealed, phone_key=phone_key, name_key=name_key)


def ensure(name: str, phone: str) -> int:
    """The id of the worker with this name and phone, made when there is none."""
    return WorkerBook().ensure([Contact(name, phone)])[0]


def find(name: str, phone: str) -> Worker | None:
    """The worker with this name and phone."""
    phone_key, name_key = Contact(name, phone).keys()
    return Worker.objects.filter(phone_key=phone_key, name_key=name_key).first()

"""Leads (协查): taken in as lists name them, and bound to the journeys of those whom they name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db.models import F, Q, QuerySet

from bulou.arrivals import ledger
from bulou.arrivals.models import Journey, Lead, Way
from bulou.arrivals.obligations import DESK
from bulou.arrivals.registration import (
    WRITTEN_AT_ONCE,
    Origin,
    Registration,
    Stop,
    next_numbers,
    register_many,
)
from bulou.facts import leads as facts
from bulou.kernel import clock, seal
from bulou.kernel.database import atomic, in_parts, lock_for_order
from bulou.kernel.events import NewEvent
from bulou.people import keys
from bulou.people.book import find, nearest
from bulou.people.models import Person
from bulou.places import codes
from bulou.places.queries import covering

WORDS = "lead words"
"""The purpose of a keyed hash."""


@dataclass(frozen=True, kw_only=True)
class NewLead:
    """What a list from above says of one person. `deadline`: None where the list names none."""

    name: str
    issued_by: str
    identity: str = ""
    phone: str = ""
    place: str = ""
    deadline: datetime | None = None
    arrives_at: datetime | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    stops: Sequence[Stop] = ()

    def words(self) -> dict[str, str]:
        """What is kept of it, sealed. The deadline of a list that gives hours is no part of its words."""
        said = {**self.details, "name": self.name, "id": self.identity, "phone": self.phone}
        return {name: text for name, text in said.items() if text}


def words_hasher() -> Callable[[NewLead], bytes]:
    """By which the same row of the same issuer is told."""
    hash_one = seal.lookup_hasher(WORDS)
    return lambda one: hash_one(json.dumps([one.issued_by, one.words()], sort_keys=True))


def receive(many: Sequence[NewLead], *, by: str) -> list[Lead]:
    """Take leads in; those that stand already are left out. Whoever the register knows gets a journey."""
    with atomic():
        lock_for_order("leads")
        fresh = _fresh(many)
        if not fresh:
            return []
        persons = _persons(fresh.values())
        journeys = _journeys(list(fresh.values()), persons, by)
        leads = _create(fresh, persons, journeys, by)
        told = [event(lead, facts.LeadReceived(), by, lead.received_at) for lead in leads]
        ledger.append([*told, *(event(one, facts.LeadMatched(), by) for one in leads if one.journey_id)])
        _match_standing(leads)
    return leads


def _match_standing(leads: Sequence[Lead]) -> None:
    """Leads without a number are bound to journeys that run, by phone and name together."""
    phones = {bytes(one.phone_key) for one in leads if one.phone_key and not one.id_key}
    for part in in_parts(sorted(phones)):
        running = Journey.objects.filter(ended_at__isnull=True, person__phone_key__in=part)
        journeys = {one.person_id: one for one in running.select_related("person")}
        _match([one.person for one in journeys.values()], journeys)


def _fresh(many: Sequence[NewLead]) -> dict[bytes, NewLead]:
    """Leads that do not stand yet, each once, by the key of their words."""
    hash_words = words_hasher()
    wanted = {hash_words(one): one for one in many}
    for part in in_parts(list(wanted)):
        standing = Lead.objects.filter(words_key__in=part, withdrawn_at__isnull=True)
        for key in standing.values_list("words_key", flat=True):
            wanted.pop(bytes(key), None)
    return wanted


def _persons(many: Iterable[NewLead]) -> dict[str, Person]:
    """The register's persons by the identity numbers of leads."""
    hash_id = seal.lookup_hasher(keys.IDENTITY)
    by_key = {hash_id(one.identity): one for one in many if one.identity}
    return {by_key[key].identity: nearest(found, by_key[key].place) for key, found in find(by_key).items()}


def _journeys(many: Sequence[NewLead], persons: Mapping[str, Person], by: str) -> dict[str, Journey]:
    """The journeys, by identity number, of those whom the register knows."""
    known = [one for one in many if one.identity in persons]
    journeys = register_many([_registration(one, persons[one.identity]) for one in known], by=by)
    return {one.identity: journey for one, journey in zip(known, journeys, strict=True)}


def _registration(one: NewLead, person: Person) -> Registration:
    return Registration(
        origin=Origin.LEAD.value,
        name=one.name,
        identity=one.identity,
        phone=one.phone,
        place=_place(one, person),
        arrives_at=one.arrives_at or clock.now(),
        way=Way.OTHER.value,
        details=one.details,
        stops=one.stops,
    )


def _place(one: NewLead, person: Person | None) -> str:
    """Where the search is owed: as the list says, else where the register has the person."""
    county = str(settings.BULOU_COUNTY)
    if person is not None and person.place.startswith(one.place or county):
        return person.place
    return one.place or county


def _create(
    fresh: Mapping[bytes, NewLead],
    persons: Mapping[str, Person],
    journeys: Mapping[str, Journey],
    by: str,
) -> list[Lead]:
    now, seal_one, seq = clock.now(), seal.sealer(), ledger.next_seq()
    hash_id, hash_name, hash_phone = map(seal.lookup_hasher, (keys.IDENTITY, keys.NAME, keys.PHONE))
    places = {key: _place(one, persons.get(one.identity)) for key, one in fresh.items()}
    desks = covering(DESK, set(places.values()), now)
    numbers = next_numbers(len(fresh), now, Lead, "XC")
    return Lead.objects.bulk_create(
        [
            Lead(
                number=number,
                place=places[key],
                desk_id=desks.get(places[key]),
                journey=journeys.get(one.identity) if one.identity else None,
                issued_by=one.issued_by,
                received_at=now,
                deadline=one.deadline,
                id_key=hash_id(one.identity) if one.identity else None,
                name_key=hash_name(one.name),
                phone_key=hash_phone(one.phone) if one.phone else None,
                words_key=key,
                sealed=seal_one(one.words()),
                told_by=by,
                changed_seq=seq,
            )
            for number, (key, one) in zip(numbers, fresh.items(), strict=True)
        ],
        batch_size=WRITTEN_AT_ONCE,
    )


def event(lead: Lead, fact: facts.LeadFact, by: str, at: datetime | None = None) -> NewEvent:
    """The event of a fact about a lead."""
    return ledger.of_part(fact, lead.pk, lead.place, by=by, happened_at=at)


def hear_registered(told: Sequence[NewEvent]) -> None:
    """Somebody was registered: open leads that name them are bound to the journey. Nobody is answered for."""
    if not _unbound().exists():
        return
    for part in in_parts(sorted({event.subject for event in told})):
        journeys = {one.person_id: one for one in Journey.objects.filter(pk__in=part)}
        _match(Person.objects.filter(pk__in=list(journeys)), journeys)


def _unbound() -> QuerySet[Lead, Lead]:
    """Leads that nobody has settled, of whose person no journey is known."""
    return Lead.objects.filter(settled_at__isnull=True, withdrawn_at__isnull=True, journey__isnull=True)


def _match(persons: Iterable[Person], journeys: Mapping[int, Journey]) -> None:
    by_number: dict[bytes, Person] = {}
    by_phone: dict[tuple[bytes, bytes], Person] = {}
    for person in persons:
        if person.id_key:
            by_number[bytes(person.id_key)] = person
        if person.phone_key:
            by_phone[bytes(person.phone_key), bytes(person.name_key)] = person
    named = Q(id_key__in=list(by_number)) | Q(
        id_key__isnull=True, phone_key__in=[phone for phone, _name in by_phone]
    )
    matched = []
    for lead in _unbound().filter(named):
        found = _person_of(lead, by_number, by_phone)
        if found is not None:
            lead.journey = journeys[found.pk]
            matched.append(lead)
    Lead.objects.bulk_update(matched, ["journey"], batch_size=500)
    ledger.append([event(lead, facts.LeadMatched(), "leads") for lead in matched])


def _person_of(
    lead: Lead, by_number: Mapping[bytes, Person], by_phone: Mapping[tuple[bytes, bytes], Person]
) -> Person | None:
    """Whom a lead names: by its identity number, else by phone and name together."""
    if lead.id_key is not None:
        return by_number.get(bytes(lead.id_key))
    return by_phone.get((bytes(lead.phone_key or b""), bytes(lead.name_key or b"")))


def open_in(scope: str) -> QuerySet[Lead, Lead]:
    """Leads of a place and below that are not settled, those that are due first at the top."""
    return (
        Lead.objects.filter(codes.within("place", scope), settled_at__isnull=True, withdrawn_at__isnull=True)
        .select_related("desk", "journey__person")
        .order_by(F("deadline").asc(nulls_last=True), "received_at", "pk")
    )

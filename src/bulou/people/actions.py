"""What happens to persons of the register: they come, move, leave and die."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from bulou.facts import hearers
from bulou.kernel import clock, events
from bulou.kernel.database import atomic, in_parts
from bulou.kernel.problems import problem
from bulou.people.models import Household, Person, Presence
from bulou.people.register import Resident, preparer
from bulou.people.staging import REGISTERED
from bulou.places import codes
from bulou.places.models import Level
from bulou.places.queries import place as place_of

MOVED = events.declare("people.moved")
LEFT = events.declare("people.left")
RETURNED = events.declare("people.returned")
DIED = events.declare("people.died")

NO_SUCH_PERSON = problem("no-such-person", _("登记册中没有这个人。"), status=404)
GONE_ALREADY = problem("gone-already", _("此人已登记为离开或死亡,不能再次办理。"), status=409)


def register(resident: Resident, *, by: str, happened_at: datetime | None = None) -> Person:
    """Register one person at a place; the one already there with this number (or name) is found."""
    _who, _row_key, columns = preparer()(resident)
    with atomic():
        standing = _standing(resident, columns)
        if standing is not None:
            return standing
        code = place_of(resident.place).code
        names = ("sealed", "id_key", "name_key", "phone_key", "twin_key", "row_key", "relation", "sex")
        values = dict(
            zip((*names, "birth_month", "presence", "doses", "last_dose", "needs"), columns[1:], strict=True)
        )
        person = Person.objects.create(place=code, registered_at=clock.now(), **values)
        _house(code)
        _record(REGISTERED, person, by=by, at=happened_at)
    return person


def _standing(resident: Resident, columns: tuple) -> Person | None:
    id_key, name_key = columns[2], columns[3]
    same = {"id_key": id_key} if id_key else {"name_key": name_key}
    return Person.objects.filter(place=resident.place, **same).order_by("id").first()


def _house(code: str) -> None:
    if codes.level_of(code) == Level.DOOR:
        Household.objects.get_or_create(place_id=code, defaults={"registered_at": clock.now()})


def move(person: int, place: str, *, by: str, happened_at: datetime | None = None) -> Person:
    """A person lives at another place from now on. Raises `no-such-person`, `no-such-place`."""
    with atomic():
        found = _get(person)
        code = place_of(place).code
        if code == found.place:
            return found
        before, found.place = found.place, code
        found.save(update_fields=["place"])
        _house(code)
        _record(MOVED, found, by=by, at=happened_at, data={"from": before})
    return found


def leave(person: int, *, by: str, happened_at: datetime | None = None) -> Person:
    """A person left the county. Raises `no-such-person`, `gone-already`."""
    return _go(person, "left_at", LEFT, by=by, at=happened_at)


def leave_many(persons: Iterable[int], *, by: str) -> None:
    """Persons left the county, in sets; whoever is gone already is passed over."""
    with atomic():
        for part in in_parts(sorted(persons)):
            there = list(Person.objects.filter(pk__in=part, left_at__isnull=True, died_at__isnull=True))
            moment = clock.now()
            Person.objects.filter(pk__in=[person.pk for person in there]).update(left_at=moment)
            told = [_event(LEFT, person, by=by, at=moment, data={}) for person in there]
            events.append(told)
            hearers.tell(told)


def die(person: int, *, by: str, happened_at: datetime | None = None) -> Person:
    """A person died. Raises `no-such-person`, `gone-already`."""
    return _go(person, "died_at", DIED, by=by, at=happened_at)


def come_back(person: int, *, by: str, happened_at: datetime | None = None) -> Person:
    """A person who had left lives here again. Raises `no-such-person`."""
    with atomic():
        found = _get(person)
        found.left_at, found.presence = None, Presence.HOME
        found.save(update_fields=["left_at", "presence"])
        _record(RETURNED, found, by=by, at=happened_at)
    return found


def _go(person: int, field: str, kind: str, *, by: str, at: datetime | None) -> Person:
    with atomic():
        found = _get(person)
        moment = at or clock.now()
        changed = Person.objects.filter(pk=person, left_at__isnull=True, died_at__isnull=True).update(
            **{field: moment}
        )
        if not changed:
            raise GONE_ALREADY.error()
        setattr(found, field, moment)
        _record(kind, found, by=by, at=moment)
    return found


def _get(person: int) -> Person:
    found = Person.objects.filter(pk=person).first()
    if found is None:
        raise NO_SUCH_PERSON.error()
    return found


def _record(
    kind: str, person: Person, *, by: str, at: datetime | None, data: dict[str, str] | None = None
) -> None:
    told = events.record(_event(kind, person, by=by, at=at, data=data or {}))
    hearers.tell([told])


def _event(
    kind: str, person: Person, *, by: str, at: datetime | None, data: dict[str, str]
) -> events.NewEvent:
    return events.NewEvent(
        kind=kind,
        subject=person.pk,
        place=person.place,
        actor=by,
        happened_at=at or clock.now(),
        data=data,
    )

"""A county with one door and somebody behind it. Nobody in it is real."""

from __future__ import annotations

from bulou.kernel import clock, seal
from bulou.people import keys
from bulou.people.models import Person
from bulou.places import codes
from bulou.places.models import Place

COUNTY, TOWN, VILLAGE = "141022", "141022100", "141022100003"
DOOR = VILLAGE + "00101001010101"
NOW = "2022-04-16T14:00+08:00"
NUMBER, PHONE = "141099198003070017", "19900000001"


def places() -> None:
    """The path down to the door."""
    for code in codes.path(DOOR):
        Place.objects.create(
            code=code, level=codes.level_of(code), name=code, plain=code, parent_id=codes.parent_of(code)
        )


def resident(*, number: str = NUMBER, phone: str = PHONE, name: str = "甄漏") -> Person:
    """Somebody of the register."""
    who = {"name": name} | ({"id": number} if number else {}) | ({"phone": phone} if phone else {})
    return Person.objects.create(
        place=DOOR,
        sealed=seal.seal(who),
        id_key=keys.id_key(number) if number else None,
        name_key=keys.name_key(name),
        phone_key=keys.phone_key(phone) if phone else None,
        birth_month=keys.birth_month_of(number) if number else None,
        registered_at=clock.parse_instant("2022-04-01T00:00+08:00"),
    )

"""Finding somebody by name, pinyin, initials or phone: a blind index that follows the register's events.

Imports do not wait for it. How far it is behind can be asked (`behind`) and stands on the search page.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet

from bulou.kernel import jobs, seal
from bulou.kernel.database import among, atomic, insert_rows, rows, run, scalar
from bulou.kernel.events import DECLARED, NewEvent, kind_id
from bulou.people import tokens
from bulou.people.models import Person
from bulou.people.queries import SCOPE_MISSING
from bulou.people.token_model import IndexCursor
from bulou.places import codes
from bulou.places.models import Level, Place

JOB = "people.index"
AT_ONCE = 2_000
TABLE = "people_token"
ROOM = "people."
OF_PLACES = ("places.moved", "places.merged", "places.split")
MANY = 1_000
"""Above so many the index is only said to be far behind."""
MOST = 400
"""So many of those who share initials are looked at; a reader types one letter more."""


def persons(words: str, scope: str, purpose: str) -> QuerySet[Person, Person]:
    """The persons of a scope whom words may mean, by name, pinyin, initials, phone, or surname and last four
    digits of the phone. Raises `scope-missing`."""
    if not scope or not purpose:
        raise SCOPE_MISSING.error()
    asked = tokens.asked_by(words)
    if not asked:
        return Person.objects.none()
    hash_one = tokens.hasher()
    wanted = [hash_one(village, kind, text) for village in villages(scope) for kind, text in asked]
    condition, values = among("token", wanted)
    # Below a village all must be looked through, because the tokens know no narrower place.
    most = f" LIMIT {MOST}" if len(scope) <= tokens.VILLAGE else ""
    found = rows(f"SELECT person_id FROM {TABLE} WHERE {condition}{most}", [values])
    here = codes.within("place", scope)
    return Person.objects.filter(here, pk__in={row[0] for row in found}, merged_into__isnull=True).order_by(
        "id"
    )


def villages(scope: str) -> list[str]:
    """The villages under which persons of a scope are found, with the wider places of those without one."""
    if len(scope) >= tokens.VILLAGE:
        return [tokens.village_of(scope)]
    wide = [Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE]
    return list(
        Place.objects.filter(codes.within("code", scope), level__in=wide).values_list("code", flat=True)
    )


def index(people: Iterable[Person]) -> int:
    """Write the tokens of persons anew, in the caller's transaction; the number of tokens."""
    hash_one, ids = tokens.hasher(), []
    fresh: set[tuple[int, int]] = set()
    for person in people:
        ids.append(person.pk)
        if person.merged_into_id is None and person.sealed:
            village = tokens.village_of(person.place)
            content = tokens.of_person(seal.unseal(person.sealed))
            fresh.update((hash_one(village, kind, text), person.pk) for kind, text in content)
    forget(ids)
    insert_rows(TABLE, ("token", "person_id"), sorted(fresh))
    return len(fresh)


def forget(people: Sequence[int]) -> None:
    """Remove the tokens of persons."""
    if people:
        condition, values = among("person_id", people)
        run(f"DELETE FROM {TABLE} WHERE {condition}", [values])


def hear_merged(events: Sequence[NewEvent]) -> None:
    """Whoever was merged into another record is not found any more, at once."""
    forget([event.subject for event in events])


@jobs.job(JOB, every=timedelta(minutes=1))
def follow(_args: dict[str, Any], tell: jobs.Tell) -> dict[str, Any]:
    """Bring the index up to the newest event of the register, a part in each transaction."""
    count, total = 0, behind()
    while (done := _follow_part()) is not None:
        count += done
        tell(count, max(total, count))
    return {"persons": count}


def _follow_part() -> int | None:
    """Follow one part of the events; how many persons were written, None when there is nothing to follow."""
    with atomic():
        newest = _newest()
        cursor, _made = IndexCursor.objects.select_for_update().get_or_create(pk=1)
        if cursor.seq >= newest:
            return None
        part = rows(
            f"SELECT seq, kind_id, subject, data FROM kernel_event WHERE seq > %s AND seq <= %s "
            f"AND kind_id IN ({_kinds()}) ORDER BY seq LIMIT {AT_ONCE}",
            [cursor.seq, newest],
        )
        people = _people_of(part)
        index(people)
        cursor.seq = part[-1][0] if len(part) == AT_ONCE else newest
        cursor.save()
        jobs.hold_lease()
    return len(people)


def _people_of(events: Sequence[tuple[Any, ...]]) -> list[Person]:
    """The persons whom events are about; of a place that has another code, all who live there."""
    of_places = {kind_id(name) for name in OF_PLACES}
    persons = {subject for _seq, kind, subject, _data in events if kind not in of_places}
    people = list(Person.objects.filter(pk__in=persons))
    where = Q(pk__in=[])
    for _seq, kind, _subject, data in events:
        for code in _codes_in(data) if kind in of_places else ():
            where |= codes.within("place", code)
    return people + [one for one in Person.objects.filter(where) if one.pk not in persons]


def _codes_in(data: Any) -> set[str]:
    """The codes that an event of a place names."""
    told = json.loads(data) if isinstance(data, str) else data
    values: list[Any] = [told.get("to"), *_listed(told.get("into"))]
    return {text for text in values if isinstance(text, str) and text.isdecimal()}


def _listed(value: Any) -> Collection[Any]:
    return value if isinstance(value, list) else [value]


def behind() -> int:
    """How many events of the register the index has not followed yet; no more than `MANY` are counted."""
    cursor = "coalesce((SELECT max(seq) FROM people_indexcursor), 0)"
    waiting = f"SELECT 1 FROM kernel_event WHERE seq > {cursor} AND kind_id IN ({_kinds()}) LIMIT {MANY}"
    return int(scalar(f"SELECT count(*) FROM ({waiting}) e"))


def _kinds() -> str:
    names = [name for name in sorted(DECLARED) if name.startswith(ROOM) or name in OF_PLACES]
    return ", ".join(str(kind_id(name)) for name in names)


def _newest() -> int:
    return int(scalar("SELECT coalesce(max(seq), 0) FROM kernel_event"))

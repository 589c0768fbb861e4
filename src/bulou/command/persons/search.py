"""Finding a person by case or identity number, and who is under monitoring at a place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case as Switch
from django.db.models import Q, QuerySet, Value, When

from bulou.command.asked import Page
from bulou.command.persons.stays import Stay
from bulou.command.subjects import Face, face_of
from bulou.kernel import audit, clock
from bulou.monitoring.models import Case
from bulou.people import queries as people
from bulou.places import codes
from bulou.places.queries import name_paths

SEARCHED = "people.searched"
IDENTITY = re.compile(r"\d{17}[\dX]")


@dataclass(frozen=True)
class Line:
    """One person under monitoring, as the list shows them."""

    face: Face
    where: str
    stay: Stay


def uid_of(words: str, scope: str, *, by: str) -> UUID | None:
    """The person of a case number or identity number in a scope; a find by identity number is recorded."""
    text = re.sub(r"\s", "", words).upper()
    if IDENTITY.fullmatch(text):
        return _by_identity(text, scope, by)
    case = (
        Case.objects.filter(codes.within("place", scope), number__iexact=text)
        .select_related("person")
        .first()
    )
    return case.person.uid if case else None


def _by_identity(number: str, scope: str, by: str) -> UUID | None:
    here = codes.within("place", scope)
    monitored = Case.objects.filter(here).values("person")
    found = people.with_identity(number, purpose=SEARCHED).filter(here | Q(pk__in=monitored)).first()
    if found is None:
        return None
    audit.record(SEARCHED, by=by, subject=f"person:{found.pk}", place=found.place, detail={"by": "identity"})
    return found.uid


def running(place: str) -> QuerySet[Case, Case]:
    """Cases whose restriction is in force at a place, those with needs first, then by their end."""
    now = clock.now()
    urgent = Switch(When(person__needs="", then=Value(1)), default=Value(0))
    return (
        Case.objects.filter(codes.within("place", place), starts_at__lte=now, ends_at__gt=now)
        .filter(Q(ended_at__isnull=True) | Q(ended_at__gt=now))
        .order_by(urgent, "ends_at", "number")
    )


def lines(cases: QuerySet[Case, Case], page: Page, place: str) -> list[Line]:
    """A page of cases with persons and places."""
    found = list(cases.select_related("person")[page.offset : page.offset + page.size])
    paths = name_paths((case.place for case in found), above=place) if found else {}
    now = clock.now()
    return [Line(face_of(case.person, case.number), paths[case.place], Stay(case, now)) for case in found]

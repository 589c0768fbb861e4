"""What the search box finds: places, posts and, by right, persons and journeys; within the reader's scope."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Case as Switch
from django.db.models import Value, When
from django.db.models.functions import Length

from bulou.arrivals.models import Journey
from bulou.command.persons import place_names, search
from bulou.command.powers import Power
from bulou.command.subjects import Face, face_of
from bulou.command.worklists.lists import held, owner_of
from bulou.kernel import clock
from bulou.kernel.seal import lookup
from bulou.monitoring.models import Case
from bulou.people import finding, tokens
from bulou.people.models import Person
from bulou.places import codes, queries
from bulou.places.models import Post, Worker
from bulou.places.queries import Owner
from bulou.places.roles import ROLES, title_of
from bulou.rights.capabilities import Capability

PURPOSE = "search"
MOST_PLACES, MOST_POSTS, MOST_PERSONS = 6, 8, 8
CASE_NUMBER = re.compile(r"[A-Z]{1,6}[-0-9]{3,23}")


@dataclass(frozen=True)
class PlaceFound:
    """A place, where it lies, and who answers for it."""

    code: str
    where: str


@dataclass(frozen=True)
class PostFound:
    """A post, and who holds it, if anybody."""

    id: int
    label: str
    where: str
    owner: Owner | None


@dataclass(frozen=True)
class PersonFound:
    """Somebody, masked, with the case that is theirs, if any."""

    face: Face
    where: str
    uid: UUID


@dataclass
class Results:
    """What was found, in groups. `behind`: registrations that the index has not followed yet."""

    places: list[PlaceFound] = field(default_factory=list)
    posts: list[PostFound] = field(default_factory=list)
    persons: list[PersonFound] = field(default_factory=list)
    journeys: list[Face] = field(default_factory=list)
    behind: int = 0

    def __bool__(self) -> bool:
        return bool(self.places or self.posts or self.persons or self.journeys)


def everything(words: str, power: Power, *, by: str) -> Results:
    """All that words may mean. A find by a whole identity number is recorded."""
    text = words.strip()
    if not text:
        return Results()
    codes_found = place_names.found(text, power.scope, MOST_PLACES)
    sees = power.may(Capability.SEE_PERSONS)
    at_a_door = place_names.has_numbers(text) and bool(codes_found)
    persons = _persons(text, power.scope, by) if sees and not at_a_door else []
    posts = held({post.pk for post in _posts(text, power.scope, codes_found)}, clock.now())
    names = _names({*codes_found, *(one.place for one in persons), *(row["place"] for row in posts)})
    results = Results(
        places=[PlaceFound(code, _where(code, names)) for code in codes_found],
        posts=[_post(row, names, phones=sees) for row in _nearest_first(posts)],
        persons=_faces(persons, names),
        journeys=_journeys(text, power.scope) if sees else [],
    )
    results.behind = finding.behind() if sees and not results else 0
    return results


def _names(places: set[str]) -> dict[str, str]:
    """The names on the paths of places."""
    return queries.names(step for code in places for step in codes.path(code)) if places else {}


def _where(code: str, names: dict[str, str]) -> str:
    """A place's path from below the county."""
    return " ".join(names.get(step, step) for step in codes.path(code)[1:] or [code])


def _persons(text: str, scope: str, by: str) -> list[Person]:
    squeezed = re.sub(r"\s", "", text).upper()
    if search.IDENTITY.fullmatch(squeezed) or CASE_NUMBER.fullmatch(squeezed):
        uid = search.uid_of(squeezed, scope, by=by)
        return list(Person.objects.filter(uid=uid)) if uid else []
    urgent = Switch(When(needs="", then=Value(1)), default=Value(0))
    return list(finding.persons(text, scope, PURPOSE).order_by(urgent, "place", "id")[:MOST_PERSONS])


def _journeys(text: str, scope: str) -> list[Face]:
    """The journey of a number, with its person."""
    number = re.sub(r"\s", "", text).upper()
    if not CASE_NUMBER.fullmatch(number):
        return []
    found = Journey.objects.filter(codes.within("place", scope), number=number).exclude(sealed=b"")
    return [face_of(one.person, one.number) for one in found.select_related("person")]


def _faces(persons: list[Person], names: dict[str, str]) -> list[PersonFound]:
    numbers: dict[int, str] = {}
    if persons:
        cases = Case.objects.filter(person__in=persons).order_by("starts_at")
        numbers = dict(cases.values_list("person_id", "number"))
    return [
        PersonFound(face_of(one, numbers.get(one.pk, "")), _where(one.place, names), one.uid)
        for one in persons
    ]


def _posts(text: str, scope: str, places: list[str]) -> list[Post]:
    """Posts by the role's words, by their holder's whole name, and those that answer for the first place."""
    words = tokens.squeezed(text)
    roles = [role for part in text.split() if (role := _role(tokens.squeezed(part)))]
    here = codes.within("place", scope)
    found = Post.objects.filter(closed_at__isnull=True).annotate(depth=Length("place"))
    if roles and len(text.split()) > 1:
        rest = " ".join(part for part in text.split() if not _role(tokens.squeezed(part)))
        near = place_names.found(rest, scope, 1)
        return (
            list(found.filter(here, codes.within("place", near[0]), role__in=roles)[:MOST_POSTS])
            if near
            else []
        )
    if roles:
        return list(found.filter(here, role__in=roles).order_by("depth", "place", "id")[:MOST_POSTS])
    if places:
        return list(found.filter(place__in=codes.path(places[0])).order_by("-depth", "id")[:MOST_POSTS])
    if len(words) > 1 and not words.isascii():
        holders = Worker.objects.filter(name_key=lookup("name", words)).values("pk")
        held = queries.holdings_at().filter(worker__in=holders).values("post_id")
        return list(found.filter(here, pk__in=held).order_by("depth", "id")[:MOST_POSTS])
    return []


def _role(words: str) -> str:
    """The code of the role that a word names, by its words or their initials; "" for none."""
    for role in ROLES.values():
        names = [tokens.squeezed(one) for one in (role.zh, *role.variants)]
        if words in names:
            return role.code
        if words.isascii() and len(words) > 1 and words == _initials(names[0]):
            return role.code
    return ""


def _initials(name: str) -> str:
    return "".join(tokens.syllables_of(sign)[0][:1] for sign in name if not sign.isascii())


def _nearest_first(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each post once (its last row has its holder), those of the narrowest places first."""
    posts = {row["id"]: row for row in rows}
    return sorted(posts.values(), key=lambda row: (-len(row["place"]), row["place"], row["id"]))


def _post(row: dict[str, Any], names: dict[str, str], *, phones: bool) -> PostFound:
    label = f"{names.get(row['place'], '')} {title_of(row['role'])}".strip()
    owner = owner_of(row, label) if phones and row["who"] else None
    return PostFound(row["id"], label, row["place"], owner)

"""A person's page: masked identity, the restriction with ground and end, seats, the day, what happened."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import F, FilteredRelation, Q
from django.db.models.functions import Length

from bulou.command import words
from bulou.command.actors import actor_titles
from bulou.command.persons.stays import DayDuty, Stay, duties_today
from bulou.command.subjects import Face, face_of
from bulou.command.worklists import told
from bulou.command.worklists.lists import owner_of
from bulou.facts.base import FACTS
from bulou.kernel import clock
from bulou.kernel.events import kind_id
from bulou.kernel.models import Event
from bulou.kernel.moments import holds_at
from bulou.monitoring import queries as monitoring
from bulou.monitoring.models import Case, CaseSeat, Seat
from bulou.monitoring.obligations import FiveSeats
from bulou.obligations import directives
from bulou.obligations.followup_model import FollowUp
from bulou.people import queries as people
from bulou.people.models import Person
from bulou.places import codes
from bulou.places.models import Level, Post
from bulou.places.queries import Owner, names
from bulou.places.roles import title_of

DOOR_WIDTH = codes.WIDTHS[Level.DOOR]
ENTERED_LATE = dt.timedelta(hours=12)
TIMELINE_LENGTH = 200


@dataclass(frozen=True)
class Entry:
    """One line of the timeline. `id` is the event's where a wrong entry of it can be corrected here."""

    title: str
    text: str
    happened_at: dt.datetime
    received_at: dt.datetime
    actor: str
    grave: bool
    corrects: bool
    corrected: bool
    id: UUID | None = None

    @property
    def entered_late(self) -> bool:
        """Entered more than 12 hours after it happened; flagged, not judged."""
        return self.received_at - self.happened_at > ENTERED_LATE


@dataclass(frozen=True)
class Member:
    """Somebody else behind the same door."""

    face: Face
    monitored: bool


@dataclass(frozen=True)
class Seated:
    """A seat that the directive asks for or that is filled, and who holds its post now, if anybody."""

    title: str
    owner: Owner | None


@dataclass
class PersonPage:
    """Everything that the page shows about one person; each part is asked for once."""

    person: Person
    cases: list[Case]
    case: Case | None
    now: dt.datetime
    others: list[tuple[Person, Case | None]]

    @cached_property
    def face(self) -> Face:
        return face_of(self.person, self.case.number if self.case else "")

    @cached_property
    def stay(self) -> Stay | None:
        return Stay(self.case, self.now) if self.case else None

    @cached_property
    def view(self) -> people.PersonView:
        path = codes.path(self.person.place)[1:] or [self.person.place]
        return people.view_of(self.person, " ".join(self._names.get(step, step) for step in path))

    @cached_property
    def household(self) -> list[Member]:
        """The others behind the door: those with needs first, then those under monitoring."""
        found = [
            Member(face_of(one, case.number if case else ""), _holds(case, self.now))
            for one, case in self.others
        ]
        return sorted(found, key=lambda one: (not one.face.needs, not one.monitored))

    @cached_property
    def has_door(self) -> bool:
        return len(self.person.place) == codes.WIDTHS[Level.DOOR]

    @cached_property
    def seats(self) -> list[Seated]:
        """The seats that the directive asks for, empty ones too; others that are filled follow."""
        if self.case is None:
            return []
        needed = directives.params_of(FiveSeats.name, self.case.place, self.now).seats
        filled = {row["seat"]: row for row in self._seat_rows}
        order = dict.fromkeys((*needed, *filled))
        return [Seated(str(Seat(name).label), self._owner(filled.get(name))) for name in order]

    @cached_property
    def today(self) -> list[DayDuty]:
        return duties_today(self.case, self.now) if self.case else []

    @cached_property
    def timeline(self) -> list[Entry]:
        """What the ledger holds about the case, and what was done about its gaps, the latest first."""
        corrected = {event.corrects for event in self._events if event.corrects}
        return [self._entry(event, event.id in corrected) for event in self._events]

    def _entry(self, event: Event, corrected: bool) -> Entry:
        name = event.kind.name
        fact = FACTS.get(name)
        about_gap = name in told.TITLES
        return Entry(
            title=str(told.TITLES[name]) if about_gap else words.event_title(name),
            text=told.text(event, self._labels) if about_gap else words.describe(name, event.data),
            happened_at=event.happened_at,
            received_at=event.received_at,
            actor=self._actors[event.actor],
            grave=words.is_grave(event.data) and not about_gap,
            corrects=event.corrects is not None,
            corrected=corrected,
            id=event.id if fact is not None and fact.from_outside and not corrected else None,
        )

    @cached_property
    def _events(self) -> list[Event]:
        if self.case is None:
            return []
        touched = FollowUp.objects.filter(subject=self.case.pk).values("pk")
        about_gaps = Event.objects.filter(
            kind_id__in=[kind_id(name) for name in told.TITLES], subject__in=touched
        ).select_related("kind")
        own = monitoring.timeline(self.case).order_by()
        return list(own.union(about_gaps, all=True).order_by("-happened_at", "-seq")[:TIMELINE_LENGTH])

    @cached_property
    def _seat_rows(self) -> list[dict[str, Any]]:
        """The filled seats with post and holder; the last row of a seat counts."""
        runs = Q(post__holdings__ends_at__isnull=True) | Q(post__holdings__ends_at__gt=self.now)
        begun = Q(post__holdings__starts_at__lte=self.now)
        found: Any = (
            CaseSeat.objects.filter(holds_at(self.now), case=self.case)
            .annotate(held=FilteredRelation("post__holdings", condition=runs & begun))
            .order_by("id", F("held__deputy").desc(nulls_first=True), "held__starts_at", "-held__id")
            .values(
                "seat",
                "post_id",
                role=F("post__role"),
                place=F("post__place"),
                deputy=F("held__deputy"),
                who=F("held__worker__sealed"),
            )
        )
        return list(found)

    def _owner(self, row: dict[str, Any] | None) -> Owner | None:
        return owner_of(row, self._labels[row["post_id"]]) if row and row["who"] else None

    @cached_property
    def _other_posts(self) -> list[tuple[int, str, str]]:
        """Posts that the timeline names beside the seats: (number, role, place)."""
        named = {event.data["post"] for event in self._events if isinstance(event.data.get("post"), int)}
        acted = (event.actor.removeprefix("post:") for event in self._events if event.actor[:5] == "post:")
        wanted = named | {int(one) for one in acted if one.isdecimal()}
        wanted -= {row["post_id"] for row in self._seat_rows}
        found = Post.objects.filter(pk__in=wanted) if wanted else Post.objects.none()
        return list(found.values_list("id", "role", "place"))

    @cached_property
    def _posts(self) -> list[tuple[int, str, str]]:
        seated = [(row["post_id"], row["role"], row["place"]) for row in self._seat_rows] if self.case else []
        return seated + (self._other_posts if self.case else [])

    @cached_property
    def _names(self) -> dict[str, str]:
        """The names of all places that the page speaks of."""
        return names({*codes.path(self.person.place), *(place for _id, _role, place in self._posts)})

    @cached_property
    def _labels(self) -> dict[int, str]:
        return {id: f"{self._names.get(at, '')} {title_of(role)}".strip() for id, role, at in self._posts}

    @cached_property
    def _actors(self) -> dict[str, str]:
        actors = {event.actor for event in self._events}
        known = {f"post:{id}": label for id, label in self._labels.items()}
        return actor_titles(actors - known.keys()) | known if actors - known.keys() else known


def find(uid: UUID, scope: str, *, case: int | None = None) -> PersonPage | None:
    """The person of a scope (registered there, or monitored there), or None.

    `case` chooses one of several stays; else the latest.
    """
    found = _behind_the_door_of(uid)
    person = next((one for one in found if one.uid == uid), None)
    if person is None:
        return None
    stays = list(Case.objects.filter(person__in=found).order_by("-starts_at"))
    cases = [one for one in stays if one.person_id == person.pk]
    if not _within(person.place, scope):
        cases = [one for one in cases if _within(one.place, scope)]
        if not cases:
            return None
    chosen = next((one for one in cases if one.pk == case), cases[0] if cases else None)
    others = [
        (one, next((stay for stay in stays if stay.person_id == one.pk), None))
        for one in found
        # Somebody monitored here and registered elsewhere: the household there is not ours to see.
        if one.pk != person.pk and _within(one.place, scope)
    ]
    return PersonPage(person, cases, chosen, clock.now(), others)


def _behind_the_door_of(uid: UUID) -> list[Person]:
    """The person, if there is one, and the living who are registered behind the same door."""
    same_door = Person.objects.filter(uid=uid).annotate(width=Length("place")).filter(width=DOOR_WIDTH)
    standing = Person.objects.filter(merged_into__isnull=True)
    living = standing.filter(left_at__isnull=True, died_at__isnull=True, place__in=same_door.values("place"))
    # A union and no OR, for which PostgreSQL would read the whole register.
    return list(standing.filter(uid=uid).union(living).order_by("id"))


def _holds(case: Case | None, now: dt.datetime) -> bool:
    return case is not None and monitoring.state(case, now) == "running"


def _within(place: str, scope: str) -> bool:
    low, high = codes.scope(scope)
    return low <= place < high

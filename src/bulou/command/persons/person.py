"""A person's page: masked identity, the restriction with ground and end, seats, the day, what happened."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from bulou.command import words
from bulou.command.actors import actor_titles
from bulou.command.asked import day_bounds
from bulou.command.subjects import Face, face_of
from bulou.command.worklists.duties import Asked, Duty, duties
from bulou.facts.monitoring import EndReason
from bulou.kernel import clock
from bulou.monitoring import queries as monitoring
from bulou.monitoring.models import Case
from bulou.monitoring.obligations import FiveSeats
from bulou.obligations import directives
from bulou.obligations.kinds import KINDS
from bulou.people import queries as people
from bulou.people.models import Person
from bulou.places import codes

PURPOSE = "person-page"
ENTERED_LATE = dt.timedelta(hours=12)
TIMELINE_LENGTH = 200
DUTIES_OF_A_DAY = 100


@dataclass(frozen=True)
class Stay:
    """One stay under monitoring, as a reader asks about it."""

    case: Case
    now: dt.datetime

    @property
    def state(self) -> str:
        """Where the restriction stands: coming, running, ended by an act, lapsed by its own end."""
        return monitoring.state(self.case, self.now)

    @property
    def has_note(self) -> bool:
        """Whether a release note can be had: the person was released, or the term is over."""
        released = self.state == "ended" and self.case.end_reason == EndReason.RELEASED
        return released or self.state == "lapsed"

    @property
    def reason(self) -> str:
        """Why it ended."""
        return str(words.ENDINGS.get(self.case.end_reason, self.case.end_reason))

    @property
    def last_day(self) -> dt.date:
        """The last county day of the term; its end is 24:00 of that day."""
        return clock.local(self.case.ends_at - dt.timedelta(microseconds=1)).date()

    @property
    def day_number(self) -> int:
        """Which day of the term it is."""
        return (clock.local(self.now).date() - clock.local(self.case.starts_at).date()).days + 1

    @property
    def days(self) -> int:
        """How many days the term has."""
        return (self.last_day - clock.local(self.case.starts_at).date()).days + 1

    @property
    def decided_by(self) -> str:
        return self.case.decided_by


@dataclass(frozen=True)
class Entry:
    """One line of the timeline."""

    title: str
    text: str
    happened_at: dt.datetime
    received_at: dt.datetime
    actor: str
    grave: bool
    corrects: bool
    corrected: bool

    @property
    def entered_late(self) -> bool:
        """Entered more than 12 hours after it happened; flagged, not judged."""
        return self.received_at - self.happened_at > ENTERED_LATE


@dataclass(frozen=True)
class DayDuty:
    """One duty of the day about the person."""

    kind: Any
    duty: Duty


@dataclass
class PersonPage:
    """Everything that the page shows about one person."""

    person: Person
    cases: list[Case]
    case: Case | None
    now: dt.datetime

    @cached_property
    def face(self) -> Face:
        return face_of(self.person, self.case.number if self.case else "")

    @cached_property
    def stay(self) -> Stay | None:
        return Stay(self.case, self.now) if self.case else None

    @cached_property
    def view(self) -> people.PersonView:
        return people.views([self.person])[0]

    @cached_property
    def seats(self) -> list[monitoring.SeatHolder]:
        return seats(self.case, self.now) if self.case else []

    @cached_property
    def today(self) -> list[DayDuty]:
        return duties_today(self.case, self.now) if self.case else []

    @cached_property
    def timeline(self) -> list[Entry]:
        return timeline(self.case) if self.case else []


def find(uid: UUID, scope: str, *, case: int | None = None) -> PersonPage | None:
    """The person of a scope (registered there, or monitored there), or None.

    `case` chooses one of several stays; else the latest.
    """
    registered = people.everybody(scope, PURPOSE).filter(uid=uid).first()
    person = registered or Person.objects.filter(uid=uid, merged_into__isnull=True).first()
    if person is None:
        return None
    cases = list(Case.objects.filter(person=person).order_by("-starts_at"))
    if registered is None:
        cases = [one for one in cases if _within(one.place, scope)]
        if not cases:
            return None
    chosen = next((one for one in cases if one.pk == case), cases[0] if cases else None)
    return PersonPage(person, cases, chosen, clock.now())


def _within(place: str, scope: str) -> bool:
    low, high = codes.scope(scope)
    return low <= place < high


def seats(case: Case, now: dt.datetime) -> list[monitoring.SeatHolder]:
    """The seats that the directive asks for, empty ones too, each with who holds its post now."""
    needed = directives.params_of(FiveSeats.name, case.place, now).seats
    return monitoring.seat_holders(case, needed, now)


def duties_today(case: Case, now: dt.datetime) -> list[DayDuty]:
    """What is owed today about a case, undone first."""
    since, until = day_bounds(clock.local(now).date())
    county = case.place[: codes.WIDTHS[codes.LEVELS[0]]]
    asked = Asked(county, opened_from=since, opened_to=until, now=now, case=case.pk)
    return [DayDuty(KINDS[duty.kind].title, duty) for duty in duties(asked, limit=DUTIES_OF_A_DAY)]


def timeline(case: Case) -> list[Entry]:
    """What the ledger holds about a case, the latest first; corrected entries stay, marked."""
    found = list(monitoring.timeline(case)[:TIMELINE_LENGTH])
    corrected = {event.corrects for event in found if event.corrects}
    actors = actor_titles(event.actor for event in found)
    return [
        Entry(
            title=words.event_title(event.kind.name),
            text=words.describe(event.kind.name, event.data),
            happened_at=event.happened_at,
            received_at=event.received_at,
            actor=actors[event.actor],
            grave=words.is_grave(event.data),
            corrects=event.corrects is not None,
            corrected=event.id in corrected,
        )
        for event in found
    ]

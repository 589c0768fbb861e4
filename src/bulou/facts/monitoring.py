"""What is told about people under home health monitoring. The subject of each is the case."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import ClassVar, Literal

from bulou.facts.base import Fact, Word
from bulou.facts.health import Symptom, Temperature


class CaseFact(Fact):
    """A fact about a case."""

    kind: ClassVar[str] = "monitoring.noted"
    subject_type: ClassVar[str] = "case"


class HealthReported(CaseFact):
    """Temperature (°C) and symptoms. `window` names the window of `date` that it is for."""

    kind = "monitoring.health_reported"
    temperature: Temperature
    symptoms: tuple[Symptom, ...] = ()
    window: Word | None = None
    date: dt.date | None = None


class Contacted(CaseFact):
    """One of the five seats spoke with the person, by phone or at the door."""

    kind = "monitoring.contacted"
    seat: Word
    method: Literal["call", "doorstep"]


class ActedOn(CaseFact):
    """A decision or a change of the case: only its action records it."""

    kind: ClassVar[str] = "monitoring.acted_on"
    from_outside: ClassVar[bool] = False


class Admitted(ActedOn):
    """A person was put under monitoring. Ground, evidence and decision stand in the case itself."""

    kind = "monitoring.admitted"
    start: dt.datetime
    end: dt.datetime


class TermChanged(ActedOn):
    """The first or last moment of the monitoring was put right."""

    kind = "monitoring.term_changed"
    start: dt.datetime
    end: dt.datetime


class TestDaysChanged(ActedOn):
    """The days of the person's tests were decided, or decided anew."""

    kind = "monitoring.test_days_changed"


class SeatAssigned(ActedOn):
    """A post took one of the five seats of a case."""

    kind = "monitoring.seat_assigned"
    seat: Word
    post: int


class SeatsCompleted(ActedOn):
    """Every seat that the directive names is filled by a post that somebody holds."""

    kind = "monitoring.seats_completed"
    seats: tuple[Word, ...]


class SeatsWithdrawn(ActedOn):
    """That the seats were filled was a mistake; the event corrects it and takes the place of nothing."""

    kind = "monitoring.seats_withdrawn"


class Moved(ActedOn):
    """The person lives at another place from now on; the event's place is the new one."""

    kind = "monitoring.moved"


class NoticeServed(CaseFact):
    """The written notice was handed over."""

    kind = "monitoring.notice_served"


class UndertakingSigned(CaseFact):
    """The person signed the undertaking."""

    kind = "monitoring.undertaking_signed"


class RoomAgreed(CaseFact):
    """Single room and household were agreed, or the exception was recorded with its reason."""

    kind = "monitoring.room_agreed"
    single_room: bool
    exception: Word | None = None


class Tested(CaseFact):
    """A sample was taken, or its result came."""

    kind = "monitoring.tested"
    result: Literal["pending", "negative", "positive"] = "pending"


class NeedsChecked(CaseFact):
    """Food, medicine and other needs were asked after."""

    kind = "monitoring.needs_checked"
    food: bool
    medicine: bool
    other: bool = False


class FollowedUp(CaseFact):
    """A clinician answered an abnormal report."""

    kind = "monitoring.followed_up"
    outcome: Literal["normal", "observe", "fever_clinic", "hospital"]


class ReportWithdrawn(ActedOn):
    """A health report was entered by mistake; the event corrects it and takes the place of nothing."""

    kind = "monitoring.report_withdrawn"


MISTAKEN = "mistaken"
"""The end reason of a case that was entered by mistake and never was."""


class Withdrawn(ActedOn):
    """The admission was a mistake: nothing of it is owed, from its start on."""

    kind = "monitoring.withdrawn"


class EndReason(StrEnum):
    """Why monitoring ended before or on its last day."""

    RELEASED = "released"
    DIED = "died"
    HOSPITAL = "hospital"
    TRANSFERRED = "transferred"


class Ended(ActedOn):
    """What the person owes ended, other than by release, at the moment the event happened."""

    kind = "monitoring.ended"
    reason: Literal[EndReason.DIED, EndReason.HOSPITAL, EndReason.TRANSFERRED]


class Released(ActedOn):
    """The one entitled to it released the person. Ends what is owed; proves the duty to release."""

    kind = "monitoring.released"


class Resumed(ActedOn):
    """An end was recorded by mistake; the event corrects the one that recorded it."""

    kind = "monitoring.resumed"

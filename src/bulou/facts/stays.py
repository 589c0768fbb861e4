"""What rooms tell each other about where somebody stays by a decision."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum
from typing import ClassVar

from bulou.facts.base import Fact


class HomeStayOver(StrEnum):
    """Why a stay at home ended other than with its term, or with a release.

    CONTINUED: another stay stands in its place; VOID: it never was.
    """

    LEFT = "left"
    HOSPITAL = "hospital"
    DIED = "died"
    REPLACED = "replaced"
    CONTINUED = "continued"
    VOID = "void"


class StayFact(Fact):
    """A fact about a stay; the subject is the journey that it belongs to."""

    kind: ClassVar[str] = "stays.noted"
    subject_type: ClassVar[str] = "journey"
    from_outside: ClassVar[bool] = False
    stay: uuid.UUID


class HomeStay(StayFact):
    """A stay at home as it is now known; the last one told of a `stay` counts.

    `person` is the number of the person. `since` is when they came into the hands of the place, `until` 24:00
    of the last day; `over` and `over_at` say that it ended otherwise. `continues` is the stay in whose place
    it stands. Where the person was before stays sealed where it is: `reference` is the number under which it
    is found. The event's place is where they stay.
    """

    kind = "stays.home_stay"
    person: int
    reference: str
    since: dt.datetime
    until: dt.datetime
    label: str
    ground: str
    decided_by: str
    appeal: str
    tests: tuple[dt.date, ...] = ()
    continues: uuid.UUID | None = None
    over: HomeStayOver | None = None
    over_at: dt.datetime | None = None


class HomeStayReleased(StayFact):
    """Who is entitled to it released the person from a stay, at the moment the event happened."""

    kind = "stays.home_stay_released"


class HomeStayResumed(StayFact):
    """A release was recorded by mistake: the stay goes on."""

    kind = "stays.home_stay_resumed"

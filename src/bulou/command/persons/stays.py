"""One stay under monitoring as a reader asks about it: where it stands, its duties of the day, its seats."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from bulou.command import words
from bulou.command.asked import day_bounds
from bulou.command.worklists.duties import Asked, Duty, duties
from bulou.facts.monitoring import EndReason
from bulou.kernel import clock
from bulou.monitoring import queries as monitoring
from bulou.monitoring.models import Case
from bulou.monitoring.obligations import FiveSeats
from bulou.obligations import directives
from bulou.obligations.kinds import KINDS
from bulou.places import codes

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
class DayDuty:
    """One duty of the day about the person."""

    kind: Any
    duty: Duty


def duties_today(case: Case, now: dt.datetime) -> list[DayDuty]:
    """What is owed today about a case, undone first."""
    since, until = day_bounds(clock.local(now).date())
    county = case.place[: codes.WIDTHS[codes.LEVELS[0]]]
    asked = Asked(county, opened_from=since, opened_to=until, now=now, case=case.pk)
    return [DayDuty(KINDS[duty.kind].title, duty) for duty in duties(asked, limit=DUTIES_OF_A_DAY)]


def seats(case: Case, now: dt.datetime) -> list[monitoring.SeatHolder]:
    """The seats that the directive asks for, empty ones too, each with who holds its post now."""
    needed = directives.params_of(FiveSeats.name, case.place, now).seats
    return monitoring.seat_holders(case, needed, now)

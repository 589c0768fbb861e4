"""What the five seats do for one monitored person on a day: calls, needs, papers, tests, follow-ups.

Like everything in the drill's days, each depends on the seed, the person and the day alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bulou.drill.cases import Case
from bulou.drill.numbers import fraction
from bulou.drill.record import County
from bulou.drill.staff import DOCTOR, GRID_WORKER, POLICE, TOWNSHIP_CADRE, VILLAGE_CADRE, Holder

ZONE = ZoneInfo("Asia/Shanghai")
CONTACT, NEEDS = "monitoring.contacted", "monitoring.needs_checked"
TESTED = "monitoring.tested"
CONTACT_HOURS, PAPER_HOURS = (8.5, 19.5), (8.5, 17.5)
"""Hours between which seats call and knock, and between which papers are brought."""

CONTACT_SHARE, NEEDS_SHARE, TEST_SHARE = 0.95, 0.93, 0.96
TEST_DAYS = (1, 4, 7, 14)
"""Days of a stay, the first being 1, on which a swab is taken."""
PAPERS: tuple[tuple[str, float, dict[str, Any]], ...] = (
    ("monitoring.notice_served", 0.96, {}),
    ("monitoring.undertaking_signed", 0.93, {}),
    ("monitoring.room_agreed", 0.90, {"single_room": True}),
)
"""What is done once, on the first day: event, share, data."""

SEAT_CODES = {
    TOWNSHIP_CADRE: "township_cadre",
    VILLAGE_CADRE: "village_cadre",
    GRID_WORKER: "grid_worker",
    DOCTOR: "doctor",
    POLICE: "police",
}

Errand = tuple[str, datetime, dict[str, Any]]
"""Event kind, moment and data."""


def errands(county: County, case: Case, day: date, seed: str) -> Iterator[Errand]:
    """All that is done for a person on a day."""
    if contacted(case, day, seed):
        yield CONTACT, _at(case, day, "contact", CONTACT_HOURS, seed), _contact(county, case, day, seed)
    if needs_asked(case, day, seed):
        asked = {"food": True, "medicine": fraction(seed, case.identity, day, "medicine") < 0.97}
        yield NEEDS, _at(case, day, "needs", CONTACT_HOURS, seed), asked
    if (day - case.start).days + 1 in TEST_DAYS and _done(case, day, "test", TEST_SHARE, seed):
        yield TESTED, _at(case, day, "test", PAPER_HOURS, seed), {"result": "negative"}
    if day == case.start:
        for kind, share, data in PAPERS:
            if _done(case, day, kind, share, seed):
                yield kind, _at(case, day, kind, PAPER_HOURS, seed), data


def contacted(case: Case, day: date, seed: str) -> bool:
    """Whether one of the seats spoke with the person on a day."""
    return any(case.seats.values()) and _done(case, day, "contact", CONTACT_SHARE, seed)


def needs_asked(case: Case, day: date, seed: str) -> bool:
    """Whether somebody asked after food and medicine on a day."""
    return _done(case, day, "needs", NEEDS_SHARE, seed)


def between(day: date, first: float, last: float, where: float) -> datetime:
    """A moment of the day, to the minute and at least three minutes inside both hours."""
    minutes = int(first * 60) + 3 + int(where * ((last - first) * 60 - 6))
    return datetime.combine(day, time(), ZONE) + timedelta(minutes=minutes)


def seats_on(county: County, case: Case, day: date) -> dict[str, Holder | None]:
    """Who has the five seats of a case on a day of the drill: the doctor may be ill, or have a successor."""
    if day < county.ill_from or case.seats[DOCTOR] != county.ill_doctor:
        return case.seats
    back = day >= county.successor_from
    return {**case.seats, DOCTOR: county.spare_doctors[case.township] if back else None}


def _contact(county: County, case: Case, day: date, seed: str) -> dict[str, Any]:
    """Which of the filled seats it was, and how."""
    key = (seed, case.identity, day, "contact")
    held = seats_on(county, case, day)
    seats = sorted((role for role, holder in held.items() if holder), key=lambda r: fraction(*key, r))
    method = "call" if fraction(*key, "method") < 0.7 else "doorstep"
    return {"seat": SEAT_CODES[seats[0]], "method": method}


def _done(case: Case, day: date, what: str, share: float, seed: str) -> bool:
    return fraction(seed, case.identity, day, what) < share


def _at(case: Case, day: date, what: str, hours: tuple[float, float], seed: str) -> datetime:
    return between(day, *hours, fraction(seed, case.identity, day, what, "when"))

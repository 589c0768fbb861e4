"""What each day brings: who reports in time, late or never, who calls whom, who falls ill.

Every decision depends on the seed, the person, the day and the window alone, so it can be asked again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bulou.drill.cases import Case
from bulou.drill.numbers import fraction, uuid7
from bulou.drill.record import County
from bulou.drill.staff import DOCTOR, GRID_WORKER, POLICE, TOWNSHIP_CADRE, VILLAGE_CADRE, Holder, Post

ZONE = ZoneInfo("Asia/Shanghai")
HEALTH, CONTACT = "monitoring.health_reported", "monitoring.contacted"
SHEET, API = "sheet", "api"
ON_TIME, LATE, NEVER = "on time", "late", "never"

WINDOWS: dict[str, tuple[str, float, float]] = {"am": ("上午", 6, 12), "pm": ("下午", 12, 20)}
"""The two windows of a health report: title, first and last hour."""
CONTACT_HOURS = (8.5, 19.5)
"""Between these hours seats call and knock."""

IN_TIME_SHARE, LATE_SHARE = 0.90, 0.06
CONTACT_SHARE = 0.95
FEVER, FEVER_SHARE = 37.3, 0.008

SYMPTOMS = {
    "fever": "发热",
    "dry_cough": "干咳",
    "fatigue": "乏力",
    "sore_throat": "咽痛",
    "diarrhoea": "腹泻",
}
SEAT_CODES = {
    TOWNSHIP_CADRE: "township_cadre",
    VILLAGE_CADRE: "village_cadre",
    GRID_WORKER: "grid_worker",
    DOCTOR: "doctor",
    POLICE: "police",
}

TWICE_ON = 2
"""The day of the drill (from 1) on which a sheet comes twice."""


@dataclass(frozen=True)
class Report:
    """Something that happened to one monitored person: a health report or a contact."""

    kind: str
    case: Case
    day: date
    window: str
    happened_at: datetime
    channel: str
    late: bool = False
    temperature: float = 0.0
    symptoms: tuple[str, ...] = ()
    seat: str = ""
    method: str = ""
    timed: bool = True

    def event(self, number: str, seed: str) -> dict[str, object]:
        """The report as the API takes it; `number` is the case number that Bulou gave."""
        what = (seed, self.kind, self.case.identity, self.day, self.window)
        return {
            "id": uuid7(self.happened_at, *what),
            "kind": self.kind,
            "subject": number,
            "happened_at": self.happened_at.isoformat(),
            "data": self._data(),
        }

    def _data(self) -> dict[str, object]:
        if self.kind == CONTACT:
            return {"seat": SEAT_CODES[self.seat], "method": self.method}
        data: dict[str, object] = {"temperature": self.temperature, "symptoms": list(self.symptoms)}
        return data | ({"window": self.window} if self.late or self.timed else {})

    def row(self) -> dict[str, object]:
        """The report as a row of a health_reports workbook."""
        clerk = self.case.seats[GRID_WORKER] or self.case.seats[VILLAGE_CADRE]
        return {
            "姓名": self.case.name,
            "身份证号": self.case.identity,
            "日期": self.day,
            "时间段": WINDOWS[self.window][0],
            "体温": self.temperature,
            "症状": "、".join(SYMPTOMS[s] for s in self.symptoms) or "无",
            "测量时间": f"{self.happened_at:%H:%M}" if self.late or self.timed else None,
            "登记人": clerk.name if clerk else "",
        }


def outcome(case: Case, day: date, window: str, seed: str) -> str:
    """Whether the report of a window comes in time, late or never."""
    chance = fraction(seed, case.identity, day, window)
    return ON_TIME if chance < IN_TIME_SHARE else LATE if chance < IN_TIME_SHARE + LATE_SHARE else NEVER


def contacted(case: Case, day: date, seed: str) -> bool:
    """Whether one of the seats spoke with the person on a day."""
    return any(case.seats.values()) and fraction(seed, case.identity, day, "contact") < CONTACT_SHARE


def day_reports(county: County, day: date, seed: str | None = None) -> list[Report]:
    """All reports of a day, in the order in which they happened."""
    seed = county.seed if seed is None else seed
    made = [report for case in county.active(day) for report in _case_reports(county, case, day, seed)]
    return sorted(made, key=lambda r: (r.happened_at, r.case.identity, r.kind))


def _case_reports(county: County, case: Case, day: date, seed: str) -> Iterator[Report]:
    for window in WINDOWS:
        result = outcome(case, day, window, seed)
        if result != NEVER:
            yield _health(case, day, window, result == LATE, seed)
    if contacted(case, day, seed):
        yield _contact(county, case, day, seed)


def _health(case: Case, day: date, window: str, late: bool, seed: str) -> Report:
    key = (seed, case.identity, day, window)
    _, first, last = WINDOWS[window]
    earliest, latest = (last, min(last + 6, 23.5)) if late else (first, last)
    feverish = fraction(*key, "fever") < FEVER_SHARE
    warmth = fraction(*key, "warmth")
    symptoms = sorted(SYMPTOMS, key=lambda s: fraction(*key, s))[: 1 + (warmth > 0.6)] if feverish else []
    return Report(
        kind=HEALTH,
        case=case,
        day=day,
        window=window,
        happened_at=_between(day, earliest, latest, fraction(*key, "when")),
        channel=SHEET if fraction(seed, case.identity, "channel") < 0.5 else API,
        late=late,
        temperature=round(FEVER + warmth * 1.4 if feverish else 36 + warmth, 1),
        symptoms=tuple(symptoms),
        timed=fraction(*key, "timed") < 0.6,
    )


def _contact(county: County, case: Case, day: date, seed: str) -> Report:
    key = (seed, case.identity, day, "contact")
    held = seats_on(county, case, day)
    seats = sorted((role for role, holder in held.items() if holder), key=lambda r: fraction(*key, r))
    return Report(
        kind=CONTACT,
        case=case,
        day=day,
        window="",
        happened_at=_between(day, *CONTACT_HOURS, fraction(*key, "when")),
        channel=API,
        seat=seats[0],
        method="call" if fraction(*key, "method") < 0.7 else "doorstep",
    )


def _between(day: date, first: float, last: float, where: float) -> datetime:
    """A moment of the day, to the minute and at least three minutes inside both hours."""
    minutes = int(first * 60) + 3 + int(where * ((last - first) * 60 - 6))
    return datetime.combine(day, time(), ZONE) + timedelta(minutes=minutes)


def truth(county: County, day: date) -> dict[str, dict[str, int]]:
    """What the books must say of a day: by kind, how many owed and how many came in time, late and never."""
    cases = county.active(day)
    health = Counter(outcome(c, day, w, county.seed) for c in cases for w in WINDOWS)
    reached = sum(contacted(c, day, county.seed) for c in cases)
    return {
        "monitoring.health_report": _counts(2 * len(cases), health[ON_TIME], health[LATE]),
        "monitoring.daily_contact": _counts(len(cases), reached, 0),
    }


def _counts(universe: int, met: int, late: int) -> dict[str, int]:
    return {"universe": universe, "met": met, "late": late, "never": universe - met - late}


def seats_on(county: County, case: Case, day: date) -> dict[str, Holder | None]:
    """Who has the five seats of a case on a day of the drill: the doctor may be ill, or have a successor."""
    if day < county.ill_from or case.seats[DOCTOR] != county.ill_doctor:
        return case.seats
    back = day >= county.successor_from
    return {**case.seats, DOCTOR: county.spare_doctors[case.township] if back else None}


def admitted(county: County, day: date) -> list[Case]:
    """Those whose monitoring begins on a day, with the seats as they are on it."""
    found = [case for case in county.cases if case.start == day]
    return [replace(case, seats=seats_on(county, case, day)) for case in found]


def post_changes(county: County, day: date) -> list[Post]:
    """Rows of a posts workbook that a day brings: the doctor's posts end, or her successor's begin."""
    hers = [post for post in county.doctor_posts if post.holder == county.ill_doctor]
    if day == county.ill_from:
        return [replace(post, end=day) for post in hers]
    if day == county.successor_from:
        return [replace(post, holder=county.spare_doctors[post.township], start=day) for post in hers]
    return []


def history(county: County) -> Iterable[Report]:
    """Health reports of the days before the county's day, all on paper."""
    first = min((case.start for case in county.cases), default=county.day)
    for back in range((county.day - first).days):
        day = first + timedelta(days=back)
        for report in day_reports(county, day):
            yield replace(report, channel=SHEET) if report.kind == HEALTH else report

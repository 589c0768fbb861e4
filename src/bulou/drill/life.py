"""What each day brings: who reports in time, late or never, who calls whom, who falls ill.

Every decision depends on the seed, the person, the day and the window alone, so it can be asked again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from bulou.drill.cases import Case
from bulou.drill.errands import between, contacted, errands, needs_asked, seats_on
from bulou.drill.numbers import fraction, uuid7
from bulou.drill.record import County
from bulou.drill.staff import GRID_WORKER, VILLAGE_CADRE, Post

HEALTH, FOLLOWED_UP = "monitoring.health_reported", "monitoring.followed_up"
SHEET, API = "sheet", "api"
ON_TIME, LATE, NEVER = "on time", "late", "never"

WINDOWS: dict[str, tuple[str, float, float]] = {"am": ("上午", 6, 12), "pm": ("下午", 12, 20)}
"""The two windows of a health report: title, first and last hour."""
IN_TIME_SHARE, LATE_SHARE = 0.90, 0.06
FEVER, FEVER_SHARE, FOLLOWED_UP_SHARE = 37.3, 0.008, 0.9

SYMPTOMS = {
    "fever": "发热",
    "dry_cough": "干咳",
    "fatigue": "乏力",
    "sore_throat": "咽痛",
    "diarrhoea": "腹泻",
}
TWICE_ON = 2
"""The day of the drill (from 1) on which a sheet comes twice."""


@dataclass(frozen=True)
class Report:
    """Something that happened to one monitored person; `data` is what the event of it carries."""

    kind: str
    case: Case
    day: date
    happened_at: datetime
    channel: str
    data: Mapping[str, Any]
    window: str = ""
    late: bool = False
    timed: bool = True

    def event(self, number: str, seed: str) -> dict[str, object]:
        """The report as the API takes it; `number` is the case number that Bulou gave."""
        what = (seed, self.kind, self.case.identity, self.day, self.window)
        named = {"window": self.window} if self.kind == HEALTH and (self.late or self.timed) else {}
        return {
            "id": uuid7(self.happened_at, *what),
            "kind": self.kind,
            "subject": number,
            "happened_at": self.happened_at.isoformat(),
            "data": {**self.data, **named},
        }

    def row(self) -> dict[str, object]:
        """The health report as a row of a health_reports workbook."""
        clerk = self.case.seats[GRID_WORKER] or self.case.seats[VILLAGE_CADRE]
        return {
            "姓名": self.case.name,
            "身份证号": self.case.identity,
            "日期": self.day,
            "时间段": WINDOWS[self.window][0],
            "体温": self._temperature(),
            "症状": "、".join(SYMPTOMS[s] for s in self.data["symptoms"]) or "无",
            "测量时间": self._clock() if self.late or self.timed else None,
            "登记人": clerk.name if clerk else "",
        }

    def _temperature(self) -> float | str:
        """The figure; one clerk in thirty writes the unit with it."""
        degrees: float = self.data["temperature"]
        return f"{degrees}℃" if fraction(self.case.identity, self.day, "unit") < 1 / 30 else degrees

    def _clock(self) -> str:
        """The time; one clerk in thirty writes it in words."""
        at = self.happened_at
        in_words = fraction(self.case.identity, self.day, "words") < 1 / 30
        return f"{at.hour}点{at.minute}分" if in_words else f"{at:%H:%M}"


def outcome(case: Case, day: date, window: str, seed: str) -> str:
    """Whether the report of a window comes in time, late or never."""
    chance = fraction(seed, case.identity, day, window)
    return ON_TIME if chance < IN_TIME_SHARE else LATE if chance < IN_TIME_SHARE + LATE_SHARE else NEVER


def day_reports(county: County, day: date, seed: str | None = None) -> list[Report]:
    """All reports of a day, in the order in which they happened."""
    seed = county.seed if seed is None else seed
    made = [report for case in county.active(day) for report in _case_reports(county, case, day, seed)]
    return sorted(made, key=lambda r: (r.happened_at, r.case.identity, r.kind))


def _case_reports(county: County, case: Case, day: date, seed: str) -> Iterator[Report]:
    for window in WINDOWS:
        result = outcome(case, day, window, seed)
        if result != NEVER:
            report = _health(case, day, window, result == LATE, seed)
            yield report
            yield from _follow_up(report, seed)
    for kind, moment, data in errands(county, case, day, seed):
        yield Report(kind, case, day, moment, API, data)


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
        happened_at=between(day, earliest, latest, fraction(*key, "when")),
        channel=SHEET if fraction(seed, case.identity, "channel") < 0.5 else API,
        late=late,
        data={
            "temperature": round(FEVER + warmth * 1.4 if feverish else 36 + warmth, 1),
            "symptoms": symptoms,
        },
        timed=fraction(*key, "timed") < 0.6,
    )


def _follow_up(report: Report, seed: str) -> Iterator[Report]:
    """A doctor sees to an abnormal report within the hour, nine times of ten."""
    key = (seed, report.case.identity, report.day, report.window, "follow-up")
    soon = report.happened_at + timedelta(minutes=5 + int(fraction(*key, "when") * 50))
    answered = fraction(*key) < FOLLOWED_UP_SHARE and soon.date() == report.day
    if report.data["symptoms"] and answered:
        outcome = "observe" if report.data["temperature"] < 38 else "fever_clinic"
        yield Report(FOLLOWED_UP, report.case, report.day, soon, API, {"outcome": outcome}, report.window)


def truth(county: County, day: date) -> dict[str, dict[str, int]]:
    """What the books must say of a day: by kind, how many owed and how many came in time, late and never."""
    cases = county.active(day)
    health = Counter(outcome(c, day, w, county.seed) for c in cases for w in WINDOWS)
    reached = sum(contacted(c, day, county.seed) for c in cases)
    asked = sum(needs_asked(c, day, county.seed) for c in cases)
    return {
        "monitoring.health_report": _counts(2 * len(cases), health[ON_TIME], health[LATE]),
        "monitoring.daily_contact": _counts(len(cases), reached, 0),
        "monitoring.needs": _counts(len(cases), asked, 0),
    }


def _counts(universe: int, met: int, late: int) -> dict[str, int]:
    return {"universe": universe, "met": met, "late": late, "never": universe - met - late}


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

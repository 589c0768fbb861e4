"""Dates and times as people write them. A missing year is the one nearest to the day of the import."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from bulou.sheets.cells import Cell, Parsed, Parser, narrow, refused, repaired, shown

EPOCH = date(1899, 12, 30)
"""Day 0 of Excel's serial dates."""
SERIALS = range(7306, 73051)
"""1920 to 2099; other numbers are no dates."""
EARLIEST = 1900
"""No date in a workbook lies before this year."""
MAY_BE_TENS = {1, 2, 3}
"""A number cell 4.1 was typed as 4.1 or as 4.10: Excel keeps no trailing zero."""

_YEAR_FIRST = re.compile(
    r"(\d{4}|\d{2})(?:年|[./\-,])(\d{1,2})(?:月份?|[./\-,])(\d{1,2})(?!\d)[日号]?", re.ASCII
)
_NO_YEAR = re.compile(r"(\d{1,2})(?:月份?|[./\-])(\d{1,2})(?!\d)[日号]?", re.ASCII)
_RUN_TOGETHER = re.compile(r"(\d{4})(\d{2})(\d{2})(?!\d)", re.ASCII)
_BLANKS_INSIDE = re.compile(r"\s*([年月./\-:点时])\s*|\s+(?=[日号分])")
_SERIAL = re.compile(r"\d{4,5}", re.ASCII)
_LITERAL = re.compile(r"\d{4}([-/])\d{1,2}\1\d{1,2}", re.ASCII).fullmatch
HALF_DAYS = {
    "上午": 0,
    "早上": 0,
    "早": 0,
    "晨": 0,
    "早晨": 0,
    "AM": 0,
    "中午": 12,
    "下午": 12,
    "晚上": 12,
    "晚": 12,
    "PM": 12,
}
_HALF = "|".join(sorted(HALF_DAYS, key=len, reverse=True))
CLOCK = re.compile(
    rf"T?({_HALF})?(\d{{1,2}})(?::|点|时)(?:(\d{{1,2}})(?:分|:(\d{{1,2}})(?:\.\d+)?秒?)?|(半)|整)?({_HALF})?",
    re.ASCII,
)
_TAIL = re.compile(rf"(?:{_HALF})?", re.ASCII)


def simple(raw: str) -> str:
    """Half-width, with at most one blank between date and time: 2022-4-1 18:10 is not 2022-4-11 8:10."""
    parts = [narrow(part).upper() for part in raw.split()]
    return _BLANKS_INSIDE.sub(lambda found: found.group(1) or "", " ".join(filter(None, parts)))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def nearest_year(month: int, day: int, today: date, *, past: bool) -> date | None:
    """The day of a month and day nearest to today; not after today when `past`."""
    found = [
        d for y in range(today.year - 1, today.year + 2) if 1 <= y <= 9999 and (d := _day(y, month, day))
    ]
    found = [d for d in found if d <= today] if past else found
    return min(found, key=lambda d: abs(d - today), default=None)


@dataclass(frozen=True)
class _Reading:
    """A date found at the start of a text, what is left of the text, and whether the year was completed."""

    day: date | None
    rest: str
    completed: bool = False


def begin(text: str, today: date, past: bool) -> _Reading | None:
    if found := _YEAR_FIRST.match(text):
        year, month, day = map(int, found.groups())
        return _Reading(_day(year + 2000 if year < 100 else year, month, day), text[found.end() :].strip())
    if found := _RUN_TOGETHER.match(text):
        return _Reading(_day(*map(int, found.groups())), text[found.end() :].strip())
    if found := _NO_YEAR.match(text):
        month, day = map(int, found.groups())
        return _Reading(
            nearest_year(month, day, today, past=past), text[found.end() :].strip(), completed=True
        )
    return None


@dataclass(frozen=True)
class Date(Parser):
    """A day. `past`: it cannot lie after the import. At most `ahead` days lie before it otherwise."""

    past: bool = False
    ahead: int = 730

    title: ClassVar[str] = "日期"

    def read(self, raw: Cell, today: date) -> Parsed:
        found = self._find(raw, today)
        if found.action != "refused" and not self.possible(found.value, today):
            code = "date-in-future" if self.past and found.value > today else "date-out-of-range"
            return refused(code, read=found.value)
        return found

    def _find(self, raw: Cell, today: date) -> Parsed:
        if isinstance(raw, datetime):
            midnight = raw.time() == time(0)
            return Parsed(raw.date()) if midnight else repaired(raw.date(), "date-time-dropped")
        if isinstance(raw, date):
            return Parsed(raw)
        if isinstance(raw, bool | time | timedelta):
            return refused("date-unreadable")
        return self._text(raw, today) if isinstance(raw, str) else self._number(float(raw), today)

    def possible(self, day: date, today: date) -> bool:
        latest = 0 if self.past else self.ahead
        return day.year >= EARLIEST and (day - today).days <= latest

    def _text(self, raw: str, today: date) -> Parsed:
        text = simple(raw)
        if _SERIAL.fullmatch(text):
            return self._number(float(text), today)
        found = begin(text, today, self.past)
        if found is None or found.day is None:
            return refused("date-impossible" if found else "date-unreadable")
        if not (_TAIL.fullmatch(found.rest) or CLOCK.fullmatch(found.rest)):
            return refused("date-unreadable")
        if found.completed:
            return repaired(found.day, "date-year-completed")
        return Parsed(found.day) if _LITERAL(raw) else repaired(found.day, "date-read")

    def _number(self, number: float, today: date) -> Parsed:
        if number in SERIALS:
            return repaired(EPOCH + timedelta(days=int(number)), "date-serial")
        text = shown(number)
        if _RUN_TOGETHER.fullmatch(text):
            return self._text(text, today)
        month, _, day = text.partition(".")
        if not (month.isdigit() and day.isdigit() and 1 <= int(month) <= 12 and 1 <= len(day) <= 2):
            return refused("date-unreadable")
        if len(day) == 1 and int(day) in MAY_BE_TENS and _day(2024, int(month), int(day) * 10):
            return refused("date-ambiguous", first=f"{month}月{day}日", second=f"{month}月{day}0日")
        return self._text(text, today)

    def write(self, value: Any) -> Any:
        return "" if value is None else value


@dataclass(frozen=True)
class TimeOfDay(Parser):
    """When something was measured: a time of day, or a date with its time (local, without zone)."""

    title: ClassVar[str] = "时间"

    def read(self, raw: Cell, today: date) -> Parsed:
        if isinstance(raw, datetime | time):
            possible = isinstance(raw, time) or raw.year >= EARLIEST
            return Parsed(raw.replace(microsecond=0)) if possible else refused("time-unreadable")
        if isinstance(raw, str):
            return self._text(raw, today)
        if isinstance(raw, float) and 0 < raw < 1:
            seconds = round(raw * 86400) % 86400
            return repaired(time(seconds // 3600, seconds // 60 % 60, seconds % 60), "time-read")
        return refused("time-unreadable")

    def _text(self, raw: str, today: date) -> Parsed:
        text = simple(raw).removesuffix("+08:00")
        found = None if CLOCK.fullmatch(text) else begin(text, today, True)
        clock = time_in(found.rest if found else text)
        if clock is None or (found and (found.day is None or found.day.year < EARLIEST)):
            return refused("time-unreadable")
        value = datetime.combine(found.day, clock) if found and found.day else clock
        if found and found.completed:
            return repaired(value, "date-year-completed")
        literal = raw in _spellings(value)
        return Parsed(value) if literal else repaired(value, "time-read")

    def write(self, value: Any) -> Any:
        return _spellings(value)[0] if value is not None else ""


def _spellings(value: datetime | time) -> tuple[str, ...]:
    """The literal ways to write a time; the first is ours."""
    if isinstance(value, datetime):
        full = f"{value:%Y-%m-%d} {value.time().isoformat()}"
        return (
            full,
            full.replace(" ", "T"),
            full.removesuffix(":00"),
            full.replace(" ", "T").removesuffix(":00"),
        )
    full = value.isoformat()
    return (full, full.removesuffix(":00"), full.removesuffix(":00").removeprefix("0"))


def time_in(text: str) -> time | None:
    """A time of day at the whole of a text."""
    found = CLOCK.fullmatch(text)
    if not found:
        return None
    before, hour, minute, second, half, after = found.groups()
    hours = int(hour)
    part = HALF_DAYS.get(before or after or "")
    if part == 12 and hours < 12:
        hours += 12
    try:
        return time(hours, 30 if half else int(minute or 0), int(second or 0))
    except ValueError:
        return None

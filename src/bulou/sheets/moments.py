"""A day with, or without, a time of day in one cell, as lists of arrivals have it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from bulou.sheets.cells import Cell, Parsed, Parser, refused, repaired
from bulou.sheets.dates import CLOCK, HALF_DAYS, Date, begin, simple, time_in

_SERIAL = re.compile(r"\d{5}\.\d+", re.ASCII)
_NO_REST = re.compile(r"[\d\-~—–至./::]", re.ASCII)
"""How a second date or number begins; only words may stand behind a moment: 到翼城东站."""
_SIGNS = re.compile(r"[^\w()]+|[_年月日号时点分秒半整]")


@dataclass(frozen=True)
class Moment(Parser):
    """(day, time of day or None, what stands behind it). A missing year is the nearest one."""

    title: ClassVar[str] = "日期和时刻"

    def read(self, raw: Cell, today: date) -> Parsed:
        if isinstance(raw, datetime):
            return self._found(raw, raw.date(), None if raw.time() == time(0) else raw.time(), "", today)
        if isinstance(raw, float) and 10_000 < raw < 100_000 and raw != int(raw):
            return self._serial(raw, today)
        if isinstance(raw, str):
            text = simple(raw)
            if _SERIAL.fullmatch(text):
                return self._serial(float(text), today)
            if (behind := self._with_time(raw, text, today)) is not None:
                return behind
        day = Date().read(raw, today)
        return day if day.action == "refused" else day._replace(value=(day.value, None, ""))

    def _with_time(self, raw: str, text: str, today: date) -> Parsed | None:
        """A date with something behind it; None when there is none, so that it is read as a date."""
        found = begin(text, today, False)
        if found is None or found.day is None or not found.rest:
            return None
        at, rest = _time_and_rest(found.rest)
        words = _words(rest)
        if _NO_REST.match(rest) or words[:1].isdigit():
            return refused("date-unreadable")
        return self._found(raw, found.day, at, words, today, completed=found.completed)

    def _serial(self, number: float, today: date) -> Parsed:
        whole = Date().read(float(int(number)), today)
        if whole.action == "refused":
            return whole
        minutes = round((number - int(number)) * 1440)
        at = (
            (datetime.combine(whole.value, time()) + timedelta(minutes=minutes)).time()
            if minutes < 1440
            else None
        )
        return self._found(number, whole.value, at, "", today)

    def _found(
        self, raw: Cell, day: date, at: time | None, rest: str, today: date, *, completed: bool = False
    ) -> Parsed:
        if not Date().possible(day, today):
            return refused("date-out-of-range", read=day)
        value = (day, at.replace(second=0, microsecond=0) if at else None, rest)
        if completed:
            return repaired(value, "date-year-completed", self.write(value))
        literal = isinstance(raw, datetime) or raw == self.write(value)
        return Parsed(value) if literal else repaired(value, "date-read", self.write(value))

    def write(self, value: Any) -> Any:
        if not value:
            return ""
        day, at, rest = value
        return " ".join(filter(None, (f"{day:%Y-%m-%d}", f"{at:%H:%M}" if at else "", rest)))


def _time_and_rest(text: str) -> tuple[time | None, str]:
    """The time of day at the start of a text, and what stands behind it."""
    if found := CLOCK.match(text):
        at = time_in(found.group())
        return (at, text[found.end() :].strip()) if at else (None, text)
    return None, text


def _words(text: str) -> str:
    """What is left of words when a moment is taken out: no signs, no times of day at their start."""
    words, before = _SIGNS.sub("", text), ""
    while words != before:
        before = words
        for half in HALF_DAYS:
            words = words.removeprefix(half)
    return words

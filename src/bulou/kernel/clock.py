"""The one clock. Everything that asks for the time asks here.

`BULOU_CLOCK` (for a whole process) and `--at` (for one command) stop the clock at an instant, so that a
day can be replayed. Times are stored in UTC and shown in the county's time zone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from bulou.kernel.problems import problem

COUNTY_ZONE = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)

BAD_INSTANT = problem(
    "bad-instant",
    _("时间“{value}”不能识别,请写成 2022-04-16T12:00+08:00 这样的格式。"),
    status=400,
)

_stopped_at: ContextVar[datetime | None] = ContextVar("stopped_at", default=None)


def parse_instant(text: str) -> datetime:
    """An ISO 8601 instant; without an offset it is the county's local time. Raises `bad-instant`."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BAD_INSTANT.error(value=text) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=COUNTY_ZONE)


def now() -> datetime:
    """The present instant, aware, in UTC; the stopped one when the clock is stopped."""
    stopped = _stopped_at.get()
    if stopped is not None:
        return stopped
    replay = os.environ.get("BULOU_CLOCK")
    return parse_instant(replay).astimezone(UTC) if replay else datetime.now(UTC)


@contextmanager
def at(moment: datetime | str) -> Iterator[datetime]:
    """Stop the clock at a moment for the length of a `with` block."""
    instant = parse_instant(moment) if isinstance(moment, str) else moment
    token = _stopped_at.set(instant.astimezone(UTC))
    try:
        yield instant
    finally:
        _stopped_at.reset(token)


def local(moment: datetime) -> datetime:
    """The moment in the county's time zone."""
    return moment.astimezone(COUNTY_ZONE)


def today() -> date:
    """The county's date now."""
    return local(now()).date()


def start_of(day: date) -> datetime:
    """00:00 of a county day, as an instant."""
    return datetime.combine(day, time(), COUNTY_ZONE)


def end_of(day: date) -> datetime:
    """24:00 of a county day, as an instant."""
    return start_of(day + DAY)

"""The naive oracle: what the books must say, worked out one case, one window and one event at a time.

It knows the sentences of `docs/books.md` and nothing of the engine, the kinds or SQL.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
REPORT, CONTACT = "monitoring.health_report", "monitoring.daily_contact"

Windows = tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Order:
    """A directive: these windows from this moment on."""

    valid_from: datetime
    windows: Windows


@dataclass(frozen=True)
class Told:
    """A proof that came in: when it happened, which window it names, what it corrects."""

    number: int
    kind: str
    happened_at: datetime
    label: str = ""
    corrects: int | None = None


@dataclass
class Stay:
    """A case: its term, where it was from when on, when and why it ended early, and what was told."""

    starts_at: datetime
    ends_at: datetime
    places: list[tuple[datetime, str]]
    ended_at: datetime | None = None
    reason: str = ""
    told: list[Told] = field(default_factory=list)


@dataclass(frozen=True)
class Due:
    """One line of the books as it must be."""

    kind: str
    opens_at: datetime
    due_at: datetime
    place: str
    met_at: datetime | None
    excused: bool


@dataclass(frozen=True)
class Span:
    """A window: its label, opening, the next window's opening, and when it is due."""

    label: str
    opens_at: datetime
    next_opens_at: datetime
    due_at: datetime


def moment(day: date, clock: str) -> datetime:
    """A clock time of a county day; 24:00 is the next day's beginning."""
    hours, minutes = map(int, clock.split(":"))
    return datetime.combine(day, time(), ZONE) + timedelta(hours=hours, minutes=minutes)


def spans(order: Order, until: datetime | None, first: date, last: date) -> Iterator[Span]:
    """The windows of an order, from day to day, that open while it holds."""
    openings = []
    day = first - 2 * DAY
    while day <= last + 2 * DAY:
        for name, opens, due in order.windows:
            label = f"{day:%Y%m%d}{name}" if name else ""
            openings.append((moment(day, opens), label, moment(day, due)))
        day += DAY
    for index, (opens_at, label, due_at) in enumerate(openings[:-1]):
        if opens_at >= order.valid_from and (until is None or opens_at < until):
            yield Span(label, opens_at, openings[index + 1][0], due_at)


def expected(kind: str, stay: Stay, orders: list[Order], now: datetime) -> list[Due]:
    """Every line that the books must hold for a case at a moment, by opening."""
    found = []
    for index, order in enumerate(orders):
        until = orders[index + 1].valid_from if index + 1 < len(orders) else None
        for span in spans(order, until, stay.starts_at.astimezone(ZONE).date(), now.astimezone(ZONE).date()):
            if stay.starts_at <= span.opens_at < stay.ends_at and span.opens_at <= now:
                found.append(_judged(kind, stay, span))
    return [due for due in found if due is not None]


def _judged(kind: str, stay: Stay, span: Span) -> Due | None:
    if stay.ended_at is not None and span.opens_at >= stay.ended_at:
        return None
    met_at = min((told.happened_at for told in _valid(kind, stay) if _proves(told, span)), default=None)
    ended_before_due = stay.ended_at is not None and span.due_at > stay.ended_at
    return Due(
        kind,
        span.opens_at,
        span.due_at,
        _place(stay, span.opens_at),
        met_at,
        met_at is None and ended_before_due,
    )


def _valid(kind: str, stay: Stay) -> list[Told]:
    void = {told.corrects for told in stay.told if told.corrects is not None}
    return [told for told in stay.told if told.kind == kind and told.number not in void]


def _proves(told: Told, span: Span) -> bool:
    late_until = span.due_at + DAY
    if told.label and span.label:
        return told.label == span.label and told.happened_at <= late_until
    closes_at = min(max(span.next_opens_at, span.due_at), late_until)
    return span.opens_at <= told.happened_at < closes_at


def _place(stay: Stay, at: datetime) -> str:
    return [place for since, place in stay.places if since <= at][-1]

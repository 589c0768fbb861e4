"""What a page was asked for, read from its address; anything unreadable is as if it were not there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest

from bulou.kernel import clock
from bulou.obligations.kinds import KINDS

PAGE_SIZE = 50
ALL_DAYS = "all"


def day_of(request: HttpRequest) -> date:
    """The county day of `?day=`, else today."""
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return clock.today()


def day_or_all(request: HttpRequest) -> date | None:
    """The same; None for `?day=all`."""
    return None if request.GET.get("day") == ALL_DAYS else day_of(request)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """The instants between which a day's obligations open."""
    return clock.start_of(day), clock.end_of(day)


def kind_of(request: HttpRequest) -> str:
    """The kind of `?kind=`, "" for all."""
    kind = request.GET.get("kind", "")
    return kind if kind in KINDS else ""


@dataclass(frozen=True)
class Page:
    """One page of a list whose length is known."""

    number: int
    total: int
    size: int

    @classmethod
    def of(cls, request: HttpRequest, total: int) -> Page:
        """The page of `?page=`, held within the list."""
        text = request.GET.get("page", "")
        asked = int(text) if text.isdecimal() and text.isascii() and len(text) < 9 else 1
        return cls(min(max(asked, 1), max(-(-total // PAGE_SIZE), 1)), total, PAGE_SIZE)

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size

    @property
    def first(self) -> int:
        return min(self.offset + 1, self.total)

    @property
    def last(self) -> int:
        return min(self.offset + self.size, self.total)

    @property
    def pages(self) -> int:
        return max(-(-self.total // self.size), 1)

    @property
    def before(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None

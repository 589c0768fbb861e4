"""The time line of a post: who held it from when to when, drawn and listed, with its gaps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bulou.kernel import clock, seal
from bulou.places.models import Holding, Post

MOST = 200
MARGIN = 0.06
"""How much of the drawing lies after now, for what is arranged."""


@dataclass(frozen=True)
class Term:
    """One holding, or a gap in which nobody held the post (`worker` 0). Not yet ended: `ends` is None."""

    worker: int
    name: str
    phone: str
    starts: datetime
    ends: datetime | None
    deputy: bool = False

    @property
    def gap(self) -> bool:
        return not self.worker

    def runs(self, now: datetime) -> bool:
        """Whether it runs at an instant."""
        return self.starts <= now and (self.ends is None or self.ends > now)


@dataclass(frozen=True)
class Bar:
    """A term as drawn: places in per cent of the width."""

    term: Term
    x: float
    width: float

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 2)

    @property
    def named(self) -> bool:
        """Whether a name has room in it."""
        return self.width >= 12


@dataclass(frozen=True)
class TermLine:
    """What the page draws: bars of holders (with gaps), bars of deputies, marks of days, and now."""

    holders: list[Bar]
    deputies: list[Bar]
    marks: list[tuple[float, datetime]]
    now: float


def terms(post: Post) -> list[Term]:
    """Who held the post, the latest first; deputies too."""
    found = Holding.objects.filter(post=post).select_related("worker").order_by("-starts_at", "-id")[:MOST]
    return [_term(holding) for holding in found]


def _term(holding: Holding) -> Term:
    who = seal.unseal(holding.worker.sealed)
    return Term(
        holding.worker_id,
        who.get("name", ""),
        who.get("phone", ""),
        holding.starts_at,
        holding.ends_at,
        holding.deputy,
    )


def with_gaps(found: Iterable[Term], now: datetime) -> list[Term]:
    """Holders in the order of time, with the spans between them in which nobody held the post."""
    lane = sorted(
        (one for one in found if not one.deputy and one.ends != one.starts), key=lambda one: one.starts
    )
    whole: list[Term] = []
    free: datetime | None = None
    for one in lane:
        if free is not None and one.starts > free:
            whole.append(Term(0, "", "", free, one.starts))
        whole.append(one)
        if one.ends is None:
            return whole
        free = max(one.ends, free) if free else one.ends
    if free is not None and free < now:
        whole.append(Term(0, "", "", free, None))
    return whole


def line(found: list[Term], now: datetime) -> TermLine | None:
    """The drawing, or None where nobody ever held the post."""
    if not found:
        return None
    first = min(one.starts for one in found)
    last = max([now, *(one.starts for one in found), *(one.ends for one in found if one.ends)])
    first = min(first, now - timedelta(days=1))
    span = (last - first) * (1 + MARGIN)

    def at(moment: datetime | None) -> float:
        return round(min((moment - first) / span, 1) * 100, 2) if moment else 100.0

    def bars(lane: Iterable[Term]) -> list[Bar]:
        return [Bar(one, at(one.starts), round(max(at(one.ends) - at(one.starts), 0.4), 2)) for one in lane]

    deputies = [one for one in found if one.deputy and one.ends != one.starts]
    marks = [(at(moment), moment) for moment in (first, first + (last - first) / 2)]
    return TermLine(bars(with_gaps(found, now)), bars(deputies), marks, at(now))


def gap_now(found: list[Term], now: datetime) -> Term | None:
    """The gap that runs now, when nobody holds the post."""
    whole = with_gaps(found, now)
    return next((one for one in whole if one.gap and one.runs(now)), None)


def local_input(moment: datetime) -> str:
    """An instant as an input of a local time wants it."""
    return f"{clock.local(moment):%Y-%m-%dT%H:%M}"

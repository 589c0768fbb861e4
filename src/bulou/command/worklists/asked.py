"""What a work list was asked for: its address, read into the conditions of the books."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.http import Http404

from bulou.command.asked import ALL_DAYS, PAGE_SIZE, day_bounds
from bulou.command.subjects import with_needs
from bulou.kernel import clock
from bulou.obligations import gaps, positions
from bulou.obligations.gaps import Gap, Line
from bulou.obligations.kinds import KINDS
from bulou.obligations.narrow import Narrow
from bulou.obligations.positions import Position

POSTS = re.compile(r"\d{1,15}(,\d{1,15}){0,49}")
ACTOR = re.compile(r"(user|post):\d{1,12}")
YES_NO = {"yes": True, "no": False}
PARAMS = ("day", "kind", "gap", "owner", "called", "later", "handed", "handed_by", "needs")
"""The parts of a list's address that say what is in it."""


@dataclass(frozen=True)
class GapsAsked:
    """Which gaps. Anything unreadable in an address is as if it were not there."""

    place: str
    day: date | None
    kind: str
    gap: Gap
    owner: str
    called: str
    later: str
    handed: str
    handed_by: str
    needs: bool
    now: datetime

    @classmethod
    def read(cls, given: Mapping[str, str], place: str, now: datetime | None = None) -> GapsAsked:
        """What an address asks for. Raises Http404 for a list that there is not."""
        kind, moment = given.get("kind", ""), now or clock.now()
        if given.get("gap", Gap.UNDONE) not in set(Gap):
            raise Http404
        return cls(
            place=place,
            day=_day(given.get("day", ""), moment),
            kind=kind if kind in KINDS else "",
            gap=Gap(given.get("gap", Gap.UNDONE)),
            owner=_matching(POSTS, given.get("owner", "")),
            called=given.get("called", "") if given.get("called", "") in YES_NO else "",
            later=given.get("later", "") if given.get("later", "") in YES_NO else "",
            handed=_matching(POSTS, given.get("handed", "")),
            handed_by=_matching(ACTOR, given.get("handed_by", "")),
            needs=given.get("needs", "") == "1",
            now=moment,
        )

    @property
    def narrow(self) -> Narrow:
        """What is asked for beyond place, kind and day."""
        return Narrow(
            posts=_posts(self.owner),
            called=YES_NO.get(self.called),
            postponed=YES_NO.get(self.later),
            handed_to=_posts(self.handed),
            handed_by=self.handed_by,
            subjects=with_needs() if self.needs else {},
        )

    @property
    def chosen(self) -> int:
        """How many filters are set."""
        today = clock.local(self.now).date()
        narrow = (self.kind, self.owner, self.called, self.later, self.handed, self.handed_by, self.needs)
        return sum(bool(one) for one in (self.day != today, *narrow))

    @property
    def _where(self) -> dict[str, Any]:
        since, until = day_bounds(self.day) if self.day else (None, None)
        spans = {"opened_from": since, "opened_to": until, "now": self.now}
        return {"kind": self.kind or None, **spans}

    @cached_property
    def _tally(self) -> gaps.Tally | None:
        """What the roll-ups tell, where they tell it; asked for once for the counts and the lines."""
        return None if self.narrow else gaps.tally(self.place, **self._where)

    def counts(self) -> dict[Gap, int]:
        """How many of each of the three."""
        if self._tally is not None:
            return self._tally.counts
        return gaps.counts(self.place, narrow=self.narrow, **self._where)

    def lines(self, position: Position | None = None, limit: int | None = None) -> list[Line]:
        """The lines, those with needs first, from a position on."""
        return gaps.lines(
            self.place,
            gap=self.gap,
            first=with_needs(),
            narrow=self.narrow,
            position=position,
            limit=limit,
            tally=self._tally,
            **self._where,
        )


def _day(text: str, now: datetime) -> date | None:
    if text == ALL_DAYS:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return clock.local(now).date()


def _matching(pattern: re.Pattern[str], text: str) -> str:
    return text if pattern.fullmatch(text) and text.isascii() else ""


def _posts(text: str) -> tuple[int, ...] | None:
    return tuple(int(one) for one in text.split(",")) if text else None


@dataclass(frozen=True)
class Part:
    """One page of a list that is walked by positions; `number` only tells the reader how far it is."""

    number: int
    total: int
    lines: list[Any]
    before: str
    after: str

    @property
    def pages(self) -> int:
        return max(-(-self.total // PAGE_SIZE), 1)


def position_of(given: Mapping[str, str], types: tuple[type, ...]) -> Position | None:
    """The position of `?after=` or `?before=`."""
    for name in ("after", "before"):
        key = positions.read(given.get(name, ""), types)
        if key is not None:
            return Position(key, back=name == "before")
    return None


def part_of(given: Mapping[str, str], total: int, position: Position | None, found: list[Any]) -> Part:
    """The page of lines that were asked for with one more than a page holds; each has its `key`."""
    back = position is not None and position.back
    more = len(found) > PAGE_SIZE
    shown = (found[-PAGE_SIZE:] if back else found[:PAGE_SIZE]) if more else found
    text = given.get("page", "")
    number = int(text) if text.isdecimal() and text.isascii() and len(text) < 9 and position else 1
    has_before = more if back else position is not None
    has_after = True if back else more
    return Part(
        number=number,
        total=total,
        lines=shown,
        before=positions.to_text(shown[0].key) if shown and has_before else "",
        after=positions.to_text(shown[-1].key) if shown and has_after else "",
    )

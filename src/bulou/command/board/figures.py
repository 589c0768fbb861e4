"""The board's figures: the day's balance at a place, by kind and for the places below, beside yesterday's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from pypinyin import lazy_pinyin

from bulou.command.board.asked import Asked
from bulou.kernel import clock
from bulou.obligations import snapshots
from bulou.obligations.balance import Counts, counts_below, overdue_before
from bulou.obligations.gaps import Gap
from bulou.obligations.kinds import KINDS
from bulou.obligations.snapshots import Taken
from bulou.places.models import Place
from bulou.web.formats import FEW

Found = dict[tuple[str, str], Counts]


@dataclass(frozen=True)
class Line:
    """One line of the board: a kind, or a place below. `before` is yesterday's at the hour compared with."""

    key: str
    title: Any
    counts: Counts
    before: Counts | None = None

    @property
    def done(self) -> int:
        """Proven, on time or late."""
        return self.counts.met + self.counts.late

    @property
    def few(self) -> bool:
        """So few that a share would say nothing."""
        return self.counts.universe < FEW

    @property
    def rate(self) -> float:
        """The share that is done; 1 where nothing is owed."""
        return self.done / self.counts.universe if self.counts.universe else 1.0

    @property
    def idle(self) -> bool:
        """Nothing is owed, and there is no evidence of anything else."""
        return not (self.counts.universe or self.counts.unknown)

    @property
    def overdue_more(self) -> int | None:
        """How much more is overdue than at the hour compared with; None where that is not known."""
        return self.counts.overdue - self.before.overdue if self.before else None


@dataclass(frozen=True)
class Board:
    """A day at a place, as of an instant. `rest` is what lies here and in none of the places below.

    `compared` is the full hour of the day before that is set beside it, None where it was not taken.
    """

    asked: Asked
    as_of: datetime
    name: str
    kinds: list[Line]
    total: Line
    children: list[Line]
    children_total: Line
    rest: Line
    earlier: int
    compared: datetime | None
    today: list[Taken] = field(default_factory=list)
    yesterday: list[Taken] = field(default_factory=list)

    @property
    def headline(self) -> dict[Gap, int]:
        """How many gaps there are of each, of all kinds."""
        return gaps_of(self.total.counts)

    @property
    def headline_more(self) -> dict[Gap, int | None]:
        """How many more of each than at the hour compared with."""
        before = gaps_of(self.total.before) if self.total.before else {}
        return {gap: n - before[gap] if before else None for gap, n in self.headline.items()}

    @property
    def has_hours(self) -> bool:
        """Whether the hours of the day are kept of this place's level."""
        return _reaches(self.asked.place)

    @property
    def is_today(self) -> bool:
        return self.asked.day == clock.local(self.as_of).date()


def gaps_of(counts: Counts) -> dict[Gap, int]:
    """The gaps among the counts of all kinds: as many as the lists of gaps have."""
    return {Gap.UNDONE: counts.overdue, Gap.UNOWNED: counts.adrift, Gap.UNKNOWN: counts.unknown}


def compared_hour(asked: Asked, now: datetime) -> datetime:
    """The full hour of the day before that a day is set beside: the same time of day, or its end."""
    return snapshots.floor(min(now, asked.until)) - clock.DAY


def board(asked: Asked, name: str, now: datetime) -> Board:
    """The figures of one county day, with seven statements however many places and rows there are."""
    below = list(
        Place.objects.filter(parent_id=asked.place, retired_at__isnull=True)
        .order_by("code")
        .values_list("code", "name")
    )
    places = [code for code, _name in below]
    found = counts_below(asked.place, places, opened_from=asked.since, opened_to=asked.until, now=now)
    taken = snapshots.trend(asked.place, asked.since - clock.DAY, min(asked.until, now), kind=asked.kind)
    hour = compared_hour(asked, now)
    compared = hour if _reaches(asked.place) and any(one.at == hour for one in taken) else None
    before = snapshots.at_hour(hour, [asked.place, *places]) if compared else {}
    total = Line("", asked.kind_title, *_pair(found, before, compared, asked.place, asked.kind))
    children = [
        Line(code, title, *_pair(found, before, compared if _reaches(code) else None, code, asked.kind))
        for code, title in below
    ]
    own = [
        Line(kind, KINDS[kind].title, *_pair(found, before, compared, asked.place, kind)) for kind in KINDS
    ]
    return Board(
        asked=asked,
        as_of=now,
        name=name,
        kinds=[line for line in own if line.counts.universe or line.counts.unknown],
        total=Line("", _("合计"), *_pair(found, before, compared, asked.place, "")),
        children=_sorted(children, asked.sort),
        children_total=Line("", _("合计"), total.counts, total.before),
        rest=Line("", _("未细分到下一级"), _minus(total.counts, _sum(line.counts for line in children))),
        earlier=overdue_before(asked.place, asked.since, now=now),
        compared=compared,
        today=[one for one in taken if one.at > asked.since] if _reaches(asked.place) else [],
        yesterday=[one for one in taken if one.at <= asked.since] if _reaches(asked.place) else [],
    )


def _reaches(place: str) -> bool:
    """Whether snapshots are kept of the place's level."""
    return len(place) <= snapshots.LEVELS[-1]


def _pair(
    found: Found, before: Found, compared: datetime | None, place: str, kind: str
) -> tuple[Counts, Counts | None]:
    """The counts now, and at the hour compared with when there is one."""
    names = [kind] if kind else list(KINDS)
    return _at(found, names, place), _at(before, names, place) if compared else None


def _at(found: Found, names: Iterable[str], place: str) -> Counts:
    return _sum(found[name, place] for name in names if (name, place) in found)


def _sorted(lines: list[Line], sort: str) -> list[Line]:
    """By what is undone, by rate with the small ones last, or by name."""
    if sort == "name":
        return sorted(lines, key=lambda line: (lazy_pinyin(str(line.title)), line.key))
    if sort == "rate":
        return sorted(lines, key=lambda line: (not line.counts.universe, line.few, line.rate, line.key))
    return sorted(lines, key=lambda line: (-line.counts.overdue, -line.counts.adrift, line.key))


def _sum(many: Iterable[Counts]) -> Counts:
    return sum(many, Counts())


def _minus(all_: Counts, part: Counts) -> Counts:
    return Counts(*(getattr(all_, f.name) - getattr(part, f.name) for f in fields(Counts)))

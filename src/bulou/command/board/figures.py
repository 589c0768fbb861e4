"""The board's figures: the day's balance at a place, by kind, and for the places below."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from bulou.command.asked import day_bounds
from bulou.obligations import gaps
from bulou.obligations.balance import BalanceRow, Counts, balance, totals
from bulou.obligations.kinds import KINDS


@dataclass(frozen=True)
class Line:
    """One line of the board: a kind, or a place below, with its counts."""

    key: str
    title: Any
    counts: Counts

    @property
    def done(self) -> int:
        """Proven, on time or late."""
        return self.counts.met + self.counts.late


@dataclass(frozen=True)
class Board:
    """A day at a place. `rest` is what lies here and in none of the places below."""

    kinds: list[Line]
    total: Line
    children: list[Line]
    children_total: Line
    rest: Line
    headline: dict[gaps.Gap, int]
    earlier: int


def board(place: str, day: date, *, kind: str = "") -> Board:
    """The figures of one county day; `kind` chooses what the places below are compared by."""
    since, until = day_bounds(day)
    found = balance(place, opened_from=since, opened_to=until)
    own = [row for row in found if row.place == place]
    below = _below(found, place, kind)
    total = totals(row for row in own if kind in ("", row.kind))
    return Board(
        kinds=[Line(row.kind, KINDS[row.kind].title, row) for row in own if row.universe or row.unknown],
        total=Line("", _("合计"), totals(own)),
        children=below,
        children_total=Line("", _("合计"), total),
        rest=Line("", _("未细分到下一级"), _minus(total, _sum(line.counts for line in below))),
        headline=gaps.counts(place, opened_from=since, opened_to=until),
        earlier=gaps.count(place, gap=gaps.Gap.UNDONE, opened_to=since),
    )


def _below(found: list[BalanceRow], place: str, kind: str) -> list[Line]:
    """One line for each place directly below, of one kind or of all together."""
    lines: dict[str, list[BalanceRow]] = {}
    for row in found:
        if row.place != place and kind in ("", row.kind):
            lines.setdefault(row.place, []).append(row)
    return [Line(code, rows[0].name, totals(rows)) for code, rows in lines.items()]


def _sum(many: Any) -> Counts:
    total = Counts()
    for counts in many:
        total = total + counts
    return total


def _minus(all_: Counts, part: Counts) -> Counts:
    return Counts(*(getattr(all_, f.name) - getattr(part, f.name) for f in fields(Counts)))

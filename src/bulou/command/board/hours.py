"""The board as it was known at a full hour of the past: counts alone, the rows of then are not kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bulou.command.board.asked import Asked
from bulou.command.board.figures import Line
from bulou.obligations import snapshots
from bulou.obligations.balance import Counts
from bulou.obligations.kinds import KINDS
from bulou.obligations.snapshots import Taken
from bulou.places.models import Place


@dataclass(frozen=True)
class Hour:
    """The counts of a place at an hour, by kind and for the places below."""

    at: datetime
    taken: Taken
    kinds: list[Line]
    total: Line
    children: list[Line]
    children_total: Line


def hour_of(asked: Asked, number: int) -> datetime:
    """The instant of an hour of the day, 1 to 24."""
    return asked.since + timedelta(hours=number)


def hour(asked: Asked, number: int) -> Hour | None:
    """What was stored at an hour; None when it was not taken."""
    at = hour_of(asked, number)
    taken = snapshots.hour_taken(at)
    if taken is None:
        return None
    below = list(Place.objects.filter(parent_id=asked.place).order_by("code").values_list("code", "name"))
    found = snapshots.at_hour(at, [asked.place, *(code for code, _name in below)])

    def counts(place: str, kind: str) -> Counts:
        names = [kind] if kind else list(KINDS)
        return sum((found.get((name, place), Counts()) for name in names), Counts())

    kinds = [Line(name, KINDS[name].title, counts(asked.place, name)) for name in KINDS]
    children = [Line(code, name, counts(code, asked.kind)) for code, name in below]
    return Hour(
        at,
        taken,
        [line for line in kinds if line.counts.universe or line.counts.unknown],
        Line("", "", counts(asked.place, "")),
        [line for line in children if line.counts.universe or line.counts.unknown],
        Line("", "", counts(asked.place, asked.kind)),
    )

"""Whether the places and the seats of each case follow one another, and say what case and events say last."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby, pairwise

from bulou.facts import monitoring as facts
from bulou.kernel.events import kind_id
from bulou.kernel.models import Event
from bulou.monitoring.models import Case, CasePlace, CaseSeat
from bulou.obligations.reconcile import Difference

PLACE, SEAT = "monitoring.place", "monitoring.seat"


def places() -> Iterator[Difference]:
    """A case is somewhere at every instant from its start on, and last where the case says that it is."""
    cases = {pk: (start, place) for pk, start, place in Case.objects.values_list("pk", "starts_at", "place")}
    found = CasePlace.objects.order_by("case_id", "starts_at").values_list(
        "case_id", "starts_at", "ends_at", "place"
    )
    for case, rows in groupby(found.iterator(chunk_size=5_000), key=lambda row: row[0]):
        start, place = cases.pop(case)
        kept = list(rows)
        intervals = [(begins, ends) for _case, begins, ends, _place in kept]
        if intervals[0][0] != start or not _follow(intervals):
            yield Difference(PLACE, "intervals", case, start, _said(intervals), _said([(start, None)]))
        if kept[-1][3] != place:
            yield Difference(PLACE, "place", case, kept[-1][1], kept[-1][3], place)
    for case, (start, place) in cases.items():
        yield Difference(PLACE, "missing", case, start, "", place)


def _follow(intervals: list[tuple[datetime, datetime | None]]) -> bool:
    """Whether each interval begins where the one before it ends, and the last is open."""
    ends = [end for _start, end in intervals]
    return ends[-1] is None and ends[:-1] == [start for start, _end in intervals[1:]]


def seats() -> Iterator[Difference]:
    """Nobody shares a seat at one time, and the post that has it is the one that took it last."""
    taken = _taken()
    found = CaseSeat.objects.order_by("case_id", "seat", "starts_at").values_list(
        "case_id", "seat", "starts_at", "ends_at", "post_id"
    )
    for (case, seat), rows in groupby(found.iterator(chunk_size=5_000), key=lambda row: row[:2]):
        kept = list(rows)
        for before, after in pairwise(kept):
            if before[3] is None or before[3] > after[2]:
                yield Difference(SEAT, f"{seat} overlaps", case, after[2], str(before[4]), str(after[4]))
        last, told = kept[-1], taken.get((case, seat))
        if last[3] is None and last[4] != told:
            yield Difference(SEAT, seat, case, last[2], str(last[4]), str(told or ""))


def _taken() -> dict[tuple[int, str], int]:
    """The post that took each seat last."""
    told = Event.objects.filter(kind_id=kind_id(facts.SeatAssigned.kind)).order_by("seq")
    return {
        (case, data["seat"]): data["post"]
        for case, data in told.values_list("subject", "data").iterator(chunk_size=5_000)
    }


def _said(intervals: list[tuple[datetime, datetime | None]]) -> str:
    return ", ".join(f"{start.isoformat()}–{end.isoformat() if end else ''}" for start, end in intervals)

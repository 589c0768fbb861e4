"""What the list of arrivals was asked for: its address, read into conditions on journeys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import Case, Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Value, When

from bulou.arrivals.models import Break, Exposure, Handover, Journey, State
from bulou.command.asked import day_bounds
from bulou.kernel import clock
from bulou.kernel.fields import from_micros, to_micros
from bulou.obligations.positions import Key, Position
from bulou.places import codes

OPEN = "open"
"""All states but the ended."""
STATES = (OPEN, *(str(one) for one in State))
DECISIONS = ("waiting", "decided")
PARAMS = ("state", "day", "station", "exposure", "decision", "urgent", "broken")
"""The parts of the list's address that say what is in it, besides the place."""
KEY_TYPES = (int, int, int)
ONE_SIDED = Q(gave_at__isnull=True, took_at__isnull=False) | Q(gave_at__isnull=False, took_at__isnull=True)
"""A condition on hand-overs: one of the two has not spoken."""
Found = QuerySet[Any, Any]


@dataclass(frozen=True)
class JourneysAsked:
    """Which journeys. Anything unreadable in an address is as if it were not there."""

    place: str
    state: str = OPEN
    day: date | None = None
    station: int | None = None
    exposure: int | None = None
    decision: str = ""
    urgent: bool = False
    broken: bool = False
    now: datetime = field(default_factory=clock.now)

    @classmethod
    def read(cls, given: Mapping[str, str], place: str, now: datetime | None = None) -> JourneysAsked:
        """What an address asks for."""
        state, exposure = given.get("state", ""), _number(given.get("exposure", ""))
        decision = given.get("decision", "")
        return cls(
            place=place,
            state=state if state in STATES else OPEN,
            day=_day(given.get("day", "")),
            station=_number(given.get("station", "")),
            exposure=exposure if exposure in Exposure else None,
            decision=decision if decision in DECISIONS else "",
            urgent=given.get("urgent", "") == "1",
            broken=given.get("broken", "") == "1",
            now=now or clock.now(),
        )

    @property
    def chosen(self) -> int:
        """How many filters are set."""
        filled = (self.day, self.station, self.decision, self.urgent, self.broken)
        return sum(bool(one) for one in filled) + (self.exposure is not None)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many there are of each state under the other filters."""
        counted = self._all().order_by().values("state").annotate(n=Count("pk"))
        found = {row["state"]: row["n"] for row in counted}
        by_state = {str(one): found.get(str(one), 0) for one in State}
        return {OPEN: sum(by_state.values()) - by_state[State.ENDED], **by_state}

    def lines(self, position: Position | None = None, limit: int | None = None) -> list[Any]:
        """The journeys, those with needs first, from a position on; each has its `key`."""
        back = position is not None and position.back
        found = self._listed()
        if position is not None:
            found = found.filter(_beyond(position))
        order = [f"{'-' if back else ''}{name}" for name in ("urgency", "arrives_at", "pk")]
        lines = list(found.select_related("person", "station").order_by(*order)[:limit])
        if back:
            lines.reverse()
        for line in lines:
            line.key = (line.urgency, to_micros(line.arrives_at), line.pk)
        return lines

    def batches(self, size: int) -> Iterator[list[Any]]:
        """All of the list, so many at a time."""
        position: Position | None = None
        while lines := self.lines(position, size):
            yield lines
            position = Position(lines[-1].key)

    def _listed(self) -> Found:
        found = self._all()
        return (
            found.exclude(state=State.ENDED) if self.state == OPEN else found.filter(state=self.state)
        ).annotate(urgency=Case(When(_urgent(), then=Value(0)), default=Value(1)))

    def _all(self) -> Found:
        """The journeys of any state under the other filters."""
        found = journeys().filter(codes.within("place", self.place)).exclude(sealed=b"")
        if self.day is not None:
            since, until = day_bounds(self.day)
            found = found.filter(arrives_at__gte=since, arrives_at__lt=until)
        if self.station is not None:
            found = found.filter(station=self.station)
        if self.exposure is not None:
            found = found.filter(exposure=self.exposure)
        if self.decision:
            found = found.filter(decided_at__isnull=self.decision == "waiting")
        if self.urgent:
            found = found.filter(_urgent())
        return found.filter(broken(self.now)) if self.broken else found


def journeys() -> Found:
    """Journeys with their state, who has or owes the person since when, and the question that stands."""
    return Journey.objects.annotate(
        latest=FilteredRelation("stretches", condition=Q(stretches__ends_at__isnull=True)),
        standing=FilteredRelation("proposals", condition=Q(proposals__superseded_at__isnull=True)),
        state=F("latest__state"),
        holder=F("latest__post_id"),
        since=F("latest__starts_at"),
        exposure=F("standing__exposure"),
        decided_at=F("standing__decided_at"),
    )


def broken(now: datetime) -> Q:
    """A condition on `journeys`: custody is broken, one-sided, or nobody has met the person in time."""
    of = OuterRef("pk")
    return (
        Q(Exists(Break.objects.filter(journey=of, mended_at__isnull=True)))
        | Q(Exists(Handover.objects.filter(ONE_SIDED, journey=of)))
        | Q(state=State.EXPECTED, arrives_at__lt=now)
    )


def _urgent() -> Q:
    return Q(wheelchair=True) | Q(infant=True) | ~Q(person__needs="")


def _beyond(position: Position) -> Q:
    """The journeys after (or before) the one of a key."""
    way = "lt" if position.back else "gt"
    urgency, arrives, number = _typed(position.key)
    return (
        Q(**{f"urgency__{way}": urgency})
        | Q(urgency=urgency, **{f"arrives_at__{way}": arrives})
        | Q(urgency=urgency, arrives_at=arrives, **{f"pk__{way}": number})
    )


def _typed(key: Key) -> tuple[int, datetime, int]:
    urgency, arrives, number = (int(one) for one in key)
    return urgency, from_micros(arrives), number


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None

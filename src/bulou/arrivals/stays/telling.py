"""What is told of stays that changed: to the books that they began, to home monitoring what is at home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bulou.arrivals import ledger
from bulou.arrivals.models import Journey, Lodging, Part, PartTest, Proposal, Stay, StayOver, Where
from bulou.facts import arrivals as facts
from bulou.facts.arrivals import JourneyEnd
from bulou.facts.stays import HomeStay, HomeStayOver
from bulou.kernel import clock, seal
from bulou.kernel.database import in_parts
from bulou.kernel.events import NewEvent
from bulou.kernel.ids import uuid7
from bulou.kernel.language import of_county

BY = "custody"
"""Who records what follows from decisions and hand-overs by itself."""
AT_HOME = (Where.HOME, Where.WATCH)
OVER = {
    StayOver.SERVED: HomeStayOver.LEFT,
    StayOver.LEFT: HomeStayOver.LEFT,
    StayOver.HOSPITAL: HomeStayOver.HOSPITAL,
    StayOver.REPLACED: HomeStayOver.REPLACED,
}
ENDED: dict[str, HomeStayOver] = {JourneyEnd.DIED: HomeStayOver.DIED, JourneyEnd.MISTAKEN: HomeStayOver.VOID}


@dataclass(frozen=True)
class Known:
    """What is known of a stay at a moment; two that are the same need no telling."""

    due_from: datetime | None
    begun_at: datetime | None
    until: datetime
    over_at: datetime | None
    reason: str
    left_at: datetime | None


@dataclass(frozen=True)
class Change:
    """A stay that changed; `told` is the event that told of its beginning before."""

    journey: Journey
    stay: Stay
    part: Part
    before: Known
    after: Known
    told: UUID | None

    @property
    def beginning_changed(self) -> bool:
        """Whether the books have to hear of another beginning."""
        return self.before.begun_at != self.after.begun_at

    @property
    def concerns_home(self) -> bool:
        """Whether home monitoring has to hear of it."""
        return self.part.where in AT_HOME and self._said(self.before) != self._said(self.after)

    @property
    def over(self) -> HomeStayOver | None:
        """Why monitoring has to stop."""
        return _over(self.after, self.journey)

    def _said(self, known: Known) -> tuple[object, ...] | None:
        """What home monitoring has heard of it."""
        if known.begun_at is None:
            return None
        over = _over(known, self.journey)
        return known.begun_at, known.until, over, known.over_at if over else None


def known(stay: Stay, part: Part) -> Known:
    """What is known of a stay."""
    return Known(stay.due_from, stay.begun_at, part.ends_at, stay.over_at, stay.over_reason, stay.left_at)


def mark(change: Change) -> None:
    """Give a stay the number of the event that will tell of its beginning."""
    if change.beginning_changed:
        change.stay.told = uuid7() if change.after.begun_at else None


def tell(changes: Sequence[Change]) -> None:
    """Tell of stays that changed and have been kept, in the order in which they began."""
    new = [event for change in changes for event in _of_stay(change)]
    ledger.append(new + _home([change for change in changes if change.concerns_home]))


def _of_stay(change: Change) -> list[NewEvent]:
    place = change.journey.place
    told = [ledger.of_part(facts.StayPlanned(), change.stay.pk, place, by=BY)]
    if change.after.left_at and change.after.left_at != change.before.left_at:
        left = facts.StayLeft()
        told.append(ledger.of_part(left, change.stay.pk, place, by=BY, happened_at=change.after.left_at))
    if not change.beginning_changed:
        return told
    if change.after.begun_at is None:
        void = ledger.of_part(facts.StayNeverBegan(), change.stay.pk, place, by=BY)
        return [*told, replace(void, corrects=change.told)] if change.told else told
    if change.part.where == Where.CENTRAL and _has_room(change.journey):
        told.append(ledger.of_part(facts.RoomGiven(), change.stay.pk, place, by=BY))
    begun = ledger.of_part(facts.StayBegun(), change.stay.pk, place, by=BY, happened_at=change.after.begun_at)
    assert change.stay.told is not None  # noqa: S101  `mark` has been here
    return [*told, replace(begun, id=change.stay.told, corrects=change.told)]


def _has_room(journey: Journey) -> bool:
    """Whether the person lodges at a point already: a new decision keeps them there."""
    return Lodging.objects.filter(journey=journey, ends_at__isnull=True).exists()


def _home(changes: Sequence[Change]) -> list[NewEvent]:
    together = _Together(changes)
    # What never was is told first, what ended before what stands in its place.
    in_order = sorted(
        changes, key=lambda one: (one.after.begun_at is not None, one.after.begun_at or one.part.starts_at)
    )
    return [ledger.event_of(together.told(one), one.journey.pk, one.journey.place, by=BY) for one in in_order]


class _Together:
    """Changes at home that are told together: each knows what was decided, and what stands in its place."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self.decided = _decisions({one.part.proposal_id for one in changes})
        self.tests = _tests({one.part.pk for one in changes})
        self.begun = {
            (one.journey.pk, one.after.begun_at) for one in changes if one.after.begun_at != one.after.over_at
        }
        self.replaced = {
            (one.journey.pk, one.after.over_at): one.stay.uid
            for one in changes
            if one.after.over_at and one.after.reason == StayOver.REPLACED
        }

    def told(self, change: Change) -> HomeStay:
        """What is told of one of them."""
        journey, decided = change.journey, self.decided[change.part.proposal_id]
        since, over = change.after.begun_at, self._over(change)
        return HomeStay(
            stay=change.stay.uid,
            person=journey.person_id,
            reference=journey.number,
            since=since or change.before.begun_at or clock.now(),
            until=change.part.ends_at,
            label=_label(change.part, decided),
            ground=decided["ground"],
            decided_by=decided["decided_by"],
            appeal=decided["appeal"],
            tests=self.tests.get(change.part.pk, ()),
            continues=self.replaced.get((journey.pk, since)) if since else None,
            over=over,
            over_at=change.after.over_at if over else None,
        )

    def _over(self, change: Change) -> HomeStayOver | None:
        goes_on = (change.journey.pk, change.after.over_at) in self.begun
        return HomeStayOver.CONTINUED if change.over == HomeStayOver.REPLACED and goes_on else change.over


def _label(part: Part, decided: dict[str, Any]) -> str:
    with of_county():
        return f"{Where(part.where).label}({decided['label']})"


def _over(known: Known, journey: Journey) -> HomeStayOver | None:
    """Why monitoring has to stop; with its term, or by its own release, it stops by itself."""
    if known.begun_at is None:
        return HomeStayOver.VOID
    if known.over_at is None or known.reason == StayOver.RELEASED or known.over_at >= known.until:
        return None
    if known.reason == StayOver.ENDED:
        return ENDED.get(journey.end_reason, HomeStayOver.LEFT)
    return OVER[StayOver(known.reason)]


def _decisions(proposals: set[int]) -> dict[int, dict[str, Any]]:
    return {
        one.pk: seal.unseal(one.sealed)
        for part in in_parts(sorted(proposals))
        for one in Proposal.objects.filter(pk__in=part)
        if one.sealed
    }


def _tests(parts: set[int]) -> dict[int, tuple[date, ...]]:
    found: dict[int, tuple[date, ...]] = {}
    for part in in_parts(sorted(parts)):
        for number, day in PartTest.objects.filter(part__in=part).order_by("day").values_list("part", "day"):
            found[number] = (*found.get(number, ()), clock.local(day).date())
    return found

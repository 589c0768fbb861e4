"""The parts of a decided measure: which days where, and on which days a sample is taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bulou.arrivals.measures import Measure
from bulou.arrivals.models import DayOne, Part, PartTest, Proposal, Where
from bulou.arrivals.obligations.decisions import Decide
from bulou.facts import arrivals as facts
from bulou.kernel import clock
from bulou.obligations.orders import Orders

STAYS = {facts.Stay.CENTRAL: Where.CENTRAL, facts.Stay.HOME: Where.HOME}
Decided = tuple[Proposal, Measure, date | None]


@dataclass(frozen=True)
class Days:
    """So many days at one place from a day on."""

    where: Where
    first: date
    count: int

    @property
    def beyond(self) -> date:
        """The first day that no longer belongs to it."""
        return self.first + timedelta(days=self.count)


def days_of(measure: Measure, first: date) -> Iterator[Days]:
    """Where a measure has its person, one part after the other."""
    if measure.stay == facts.Stay.NONE:
        yield Days(Where.FREE, first, max(measure.tests, default=1))
        return
    main = Days(STAYS[facts.Stay(measure.stay)], first, measure.days)
    yield main
    if measure.after_days:
        yield Days(Where.WATCH, main.beyond, measure.after_days)


def lay(decided: Sequence[Decided]) -> None:
    """Lay out the parts of measures just decided; a first day that the decision names stands."""
    orders, tests, parts = Orders(), [], []
    for proposal, measure, named in decided:
        counts = DayOne.FIXED if named else DayOne(orders.of(Decide.name, proposal.journey.place).first_day)
        first = named or first_day(counts, proposal.journey.arrives_at)
        sampled = [first + timedelta(days=day - 1) for day in measure.tests]
        for ordinal, days in enumerate(days_of(measure, first)):
            part = _part(proposal, ordinal, days, counts)
            parts.append(part)
            tests += [
                PartTest(journey_id=proposal.journey_id, part=part, day=clock.start_of(on))
                for on in sampled
                if days.first <= on < days.beyond
            ]
    Part.objects.bulk_create(parts)
    PartTest.objects.bulk_create(tests)


def first_day(counts: str, arrived_at: datetime) -> date:
    """The first day of what counts from an arrival."""
    return clock.local(arrived_at).date() + timedelta(days=counts == DayOne.NEXT)


def drift(parts: Sequence[Part], arrived_at: datetime) -> timedelta:
    """By how much the parts of a decision that count from the arrival lie before its day."""
    if not parts or parts[0].day_one == DayOne.FIXED:
        return timedelta()
    return first_day(parts[0].day_one, arrived_at) - clock.local(parts[0].starts_at).date()


def follow(parts: Sequence[Part], arrived_at: datetime) -> None:
    """Move the parts of a decision that count from the arrival to its day."""
    by = drift(parts, arrived_at)
    if not by:
        return
    for part in parts:
        part.starts_at, part.ends_at = part.starts_at + by, part.ends_at + by
    Part.objects.bulk_update(parts, ["starts_at", "ends_at"])
    tests = list(PartTest.objects.filter(part__in=parts))
    for test in tests:
        test.day += by
    PartTest.objects.filter(part__in=parts).delete()
    PartTest.objects.bulk_create(tests)


def _part(proposal: Proposal, ordinal: int, days: Days, counts: DayOne) -> Part:
    return Part(
        journey_id=proposal.journey_id,
        proposal=proposal,
        ordinal=ordinal,
        where=days.where,
        day_one=counts,
        starts_at=clock.start_of(days.first),
        ends_at=clock.start_of(days.beyond),
    )

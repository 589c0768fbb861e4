"""Keeps the stays of journeys as their decisions and hand-overs make them, and tells whoever has to know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Min

from bulou.arrivals import custody, ledger
from bulou.arrivals.models import Handover, Journey, Lodging, Part, Proposal, Stay, Stretch, Where
from bulou.arrivals.stays import parts, telling
from bulou.arrivals.stays.folding import Decision, Held, Planned, Run, Story, fold
from bulou.arrivals.stays.hands import hands_of
from bulou.arrivals.stays.telling import Change, Known, known
from bulou.facts import arrivals as facts
from bulou.kernel import clock
from bulou.kernel.database import in_parts

AMOUNTS = ("due_from", "begun_at", "over_at", "over_reason", "left_at", "told", "changed_seq")
Key = tuple[int, int]


@dataclass
class Settled:
    """A decision, with its parts in their order."""

    decided_at: datetime
    parts: list[Part] = field(default_factory=list)


@dataclass
class Basis:
    """All that the stays of one journey are made of."""

    journey: Journey
    arrived_at: datetime
    """When the first of all took the person; until then, when they are expected."""
    decisions: dict[int, Settled] = field(default_factory=dict)
    held: list[Held] = field(default_factory=list)
    stays: dict[Key, Stay] = field(default_factory=dict)

    def parts(self) -> dict[int, Part]:
        """The parts of all its decisions."""
        return {part.pk: part for one in self.decisions.values() for part in one.parts}

    def story(self, now: datetime) -> Story:
        """What its decisions and hands amount to."""
        decisions = [
            Decision(one.decided_at, [_planned(part) for part in one.parts])
            for one in self.decisions.values()
        ]
        released = {key: one.released_at for key, one in self.stays.items() if one.released_at}
        return fold(
            decisions,
            self.held,
            expected_at=min(self.arrived_at, self.journey.arrives_at),
            now=now,
            released=released,
        )


def settle(journeys: Sequence[int], now: datetime | None = None) -> int:
    """Bring the stays of journeys up to date; how many changed. In the caller's transaction."""
    moment, count = now or clock.now(), 0
    for part in in_parts(journeys):
        bases = list(_bases(part))
        for basis in bases:
            for decided in basis.decisions.values():
                parts.follow(decided.parts, basis.arrived_at)
        stories = [(basis, basis.story(moment)) for basis in bases]
        changes = [change for basis, story in stories for change in _changes(basis, story)]
        _keep(changes)
        telling.tell(changes)
        _finish([(basis.journey, story.finished_at) for basis, story in stories])
        count += len(changes)
    return count


def strayed(now: datetime) -> Iterator[tuple[Journey, list[Known], list[Known]]]:
    """Journeys whose stays are not what decisions and hands amount to: as they are kept, as they should be.

    What time alone has ended, and the job has still to close, is no difference.
    """
    late = set(overdue(now))
    decided = Proposal.objects.filter(decided_at__isnull=False).values_list("journey_id", flat=True)
    for part in in_parts(sorted(set(decided) - late)):
        for basis in _bases(part):
            changes = _changes(basis, basis.story(now))
            if changes or any(parts.drift(one.parts, basis.arrived_at) for one in basis.decisions.values()):
                yield basis.journey, [one.before for one in changes], [one.after for one in changes]


def overdue(now: datetime) -> list[int]:
    """Journeys for which time alone changes something: a part is over, and nothing has closed it."""
    late = Stay.objects.filter(over_at__isnull=True, part__ends_at__lte=now, journey__ended_at__isnull=True)
    return sorted(set(late.values_list("journey_id", flat=True)))


def _bases(journeys: Sequence[int]) -> Iterable[Basis]:
    decided = Proposal.objects.filter(journey__in=journeys, decided_at__isnull=False)
    bases: dict[int, Basis] = {}
    for one in decided.select_related("journey").order_by("decided_at", "pk"):
        basis = bases.setdefault(one.journey_id, Basis(one.journey, one.journey.arrives_at))
        basis.decisions[one.pk] = Settled(one.decided_at or one.made_at)
    for part in Part.objects.filter(journey__in=bases).order_by("ordinal"):
        bases[part.journey_id].decisions[part.proposal_id].parts.append(part)
    first = Handover.objects.filter(journey__in=bases, took_at__isnull=False).values_list("journey")
    for number, took_at in first.annotate(first=Min("took_at")):
        bases[number].arrived_at = took_at
    stretches = Stretch.objects.filter(journey__in=bases).order_by("starts_at")
    for number, state, role, since in stretches.values_list("journey", "state", "post__role", "starts_at"):
        bases[number].held.append(Held(since, hands_of(state, role)))
    for stay in Stay.objects.filter(journey__in=bases).select_related("part"):
        bases[stay.journey_id].stays[stay.part_id, stay.run] = stay
    return bases.values()


def _planned(part: Part) -> Planned:
    return Planned(part.pk, Where(part.where), part.starts_at, part.ends_at)


def _changes(basis: Basis, story: Story) -> list[Change]:
    runs = {run.key: run for run in story.runs}
    planned, found = basis.parts(), []
    for key in dict.fromkeys([*basis.stays, *runs]):
        part = planned[key[0]]
        stay = basis.stays.get(key) or Stay(journey=basis.journey, part=part, run=key[1])
        before, told = known(stay, stay.part), stay.told
        # One that is kept and turns out never to have been stays empty.
        _amount_to(stay, runs.get(key))
        change = Change(basis.journey, stay, part, before, known(stay, part), told)
        if stay.pk is None or change.before != change.after:
            telling.mark(change)
            found.append(change)
    return found


def _amount_to(stay: Stay, run: Run | None) -> None:
    stay.due_from = run.due_from if run else None
    stay.begun_at = run.begun_at if run else None
    stay.over_at = run.over_at if run else None
    stay.over_reason = run.reason if run else ""
    stay.left_at = run.left_at if run else None


def _keep(changes: Sequence[Change]) -> None:
    seq = ledger.next_seq()
    for change in changes:
        change.stay.changed_seq = seq
    known_ones = [one.stay for one in changes if one.stay.pk]
    # What stops is written before what begins: one stay runs at a time.
    Stay.objects.bulk_update([one for one in known_ones if one.over_at or not one.begun_at], AMOUNTS)
    Stay.objects.bulk_update([one for one in known_ones if one.begun_at and not one.over_at], AMOUNTS)
    Stay.objects.bulk_create([one.stay for one in changes if not one.stay.pk])
    for change in changes:
        if change.after.left_at and change.part.where == Where.CENTRAL:
            rooms = Lodging.objects.filter(journey=change.journey, ends_at__isnull=True)
            rooms.filter(starts_at__lte=change.after.left_at).update(ends_at=change.after.left_at)


def _finish(stories: Sequence[tuple[Journey, datetime | None]]) -> None:
    """Journeys whose last part is over, with the person at home, need nobody's hands any more."""
    over = [(journey, at) for journey, at in stories if at and journey.ended_at is None]
    if not over:
        return
    seq, told = ledger.next_seq(), []
    for journey, at in over:
        journey.ended_at, journey.end_reason, journey.changed_seq = at, facts.JourneyEnd.RELEASED.value, seq
        ended = facts.JourneyEnded(reason=facts.JourneyEnd.RELEASED)
        told.append(ledger.of_journey(journey, ended, by=telling.BY, happened_at=at))
    Journey.objects.bulk_update([journey for journey, _at in over], ["ended_at", "end_reason", "changed_seq"])
    ledger.append(told)
    custody.amount_to([journey.pk for journey, _at in over], seq)

"""Whether journeys, hand-overs and stretches are what the ledger says: checks of nouns for `bulou reconcile`.

The custody of people is read from events only, one by one; it shares no statement with `custody`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from bulou.arrivals.hearing import moment_of
from bulou.arrivals.models import Handover, Journey, State, Stretch
from bulou.arrivals.stays import keeping
from bulou.facts import arrivals as facts
from bulou.kernel import clock
from bulou.kernel.events import NewEvent, kind_id
from bulou.kernel.models import Event
from bulou.obligations.reconcile import Difference

Span = tuple[str, int | None, datetime, datetime | None]
"""State, post, from, until."""


@dataclass
class Told:
    """The two sides of a hand-over, as the ledger tells them: (moment, event, post, other)."""

    gave: list[tuple[datetime, UUID, int, int | None]] = field(default_factory=list)
    took: list[tuple[datetime, UUID, int, int | None]] = field(default_factory=list)

    def amounts_to(self) -> tuple[int | None, int | None, datetime | None, datetime | None]:
        """Giver, receiver, and when each spoke."""
        gave, took = min(self.gave, default=None), min(self.took, default=None)
        giver = gave[2] if gave else took and took[3]
        receiver = took[2] if took else gave and gave[3]
        return giver, receiver, gave and gave[0], took and took[0]


def custody() -> Iterator[Difference]:
    """Hand-overs and stretches that are not what the sides in the ledger say."""
    told = _sides()
    stands = _standing_handovers()
    spans = _standing_spans()
    for journey in Journey.objects.order_by("pk").iterator(chunk_size=2_000):
        said = {uid: one.amounts_to() for uid, one in told.get(journey.pk, {}).items()}
        if said != stands.get(journey.pk, {}):
            yield _difference("handover", journey, stands.get(journey.pk), said)
        due = list(_spans(journey, said))
        if due != spans.get(journey.pk):
            yield _difference("stretch", journey, spans.get(journey.pk), due)


def journeys() -> Iterator[Difference]:
    """Journeys whose arrival or end is not what their events say."""
    said: dict[int, tuple[datetime | None, datetime | None, str]] = {}
    for event in _events(facts.Registered, facts.Redated, facts.JourneyEnded, facts.Reopened):
        arrives, ended, reason = said.get(event.subject, (None, None, ""))
        kind = event.kind.name
        if kind in (facts.Registered.kind, facts.Redated.kind):
            arrives = datetime.fromisoformat(event.data["arrives_at"])
        elif kind == facts.JourneyEnded.kind:
            ended, reason = event.happened_at, event.data["reason"]
        else:
            ended, reason = None, ""
        said[event.subject] = (arrives, ended, reason)
    for journey in Journey.objects.order_by("pk").iterator(chunk_size=2_000):
        stands = (journey.arrives_at, journey.ended_at, journey.end_reason)
        if stands != said.pop(journey.pk, None):
            yield _difference("times", journey, stands, said)
    for number, times in said.items():
        yield Difference("arrivals.journey", "missing", number, times[0], "", str(times))


def stays() -> Iterator[Difference]:
    """Stays that are not what decisions and hands amount to."""
    for journey, kept, due in keeping.strayed(clock.now()):
        yield _difference("stays", journey, kept, due)


CHECKS = (custody, journeys, stays)


def _difference(what: str, journey: Journey, books: object, events: object) -> Difference:
    return Difference("arrivals.journey", what, journey.pk, journey.arrives_at, str(books), str(events))


def _events(*kinds: type[facts.JourneyFact]) -> Iterator[Event]:
    numbers = [kind_id(fact.kind) for fact in kinds]
    found = Event.objects.filter(kind_id__in=numbers).select_related("kind").order_by("seq")
    return iter(found.iterator(chunk_size=2_000))


def _sides() -> dict[int, dict[UUID, Told]]:
    told: dict[int, dict[UUID, Told]] = defaultdict(lambda: defaultdict(Told))
    sides = list(_events(facts.Gave, facts.Took, facts.SideWithdrawn))
    void = {event.corrects for event in sides if event.corrects}
    for event in sides:
        if event.id in void or event.kind.name == facts.SideWithdrawn.kind:
            continue
        if event.kind.name == facts.Gave.kind:
            gave = facts.Gave.model_validate(event.data)
            at = _moment(event, gave.clock_off)
            told[event.subject][gave.handover].gave.append((at, event.id, gave.post, gave.to))
        else:
            took = facts.Took.model_validate(event.data)
            at = _moment(event, took.clock_off)
            told[event.subject][took.handover].took.append((at, event.id, took.post, took.giver))
    return told


def _moment(event: Event, clock_off: int) -> datetime:
    told = NewEvent(
        kind=event.kind.name,
        subject=event.subject,
        place=event.place,
        actor=event.actor,
        happened_at=event.happened_at,
        received_at=event.received_at,
    )
    return moment_of(told, clock_off)


def _standing_handovers() -> dict[int, dict[UUID, tuple[object, ...]]]:
    found: dict[int, dict[UUID, tuple[object, ...]]] = defaultdict(dict)
    real = Handover.objects.exclude(gave_at__isnull=True, took_at__isnull=True)
    for one in real.iterator(chunk_size=2_000):
        found[one.journey_id][one.uid] = (one.giver_id, one.receiver_id, one.gave_at, one.took_at)
    return found


def _standing_spans() -> dict[int, list[Span]]:
    found: dict[int, list[Span]] = defaultdict(list)
    for one in Stretch.objects.order_by("journey", "starts_at").iterator(chunk_size=2_000):
        found[one.journey_id].append((one.state, one.post_id, one.starts_at, one.ends_at))
    return found


def _spans(
    journey: Journey, said: dict[UUID, tuple[int | None, int | None, datetime | None, datetime | None]]
) -> Iterator[Span]:
    """The timeline of a journey, one moment after the other."""
    moments: list[tuple[datetime, int, str, str, int | None]] = []
    for uid, (_giver, receiver, gave_at, took_at) in said.items():
        at = took_at or gave_at
        if at is not None:
            state = State.HELD if took_at else State.BETWEEN
            moments.append((at, 1, uid.hex, state.value, receiver or journey.desk_id))
    first = min([journey.registered_at, *(moment[0] for moment in moments)])
    moments.append((first, 0, "", State.EXPECTED.value, journey.desk_id))
    if journey.ended_at is not None:
        moments.append((journey.ended_at, 2, "", State.ENDED.value, None))
    moments.sort()
    for index, (at, _rank, _uid, name, post) in enumerate(moments):
        until = moments[index + 1][0] if index + 1 < len(moments) else None
        if until is None or until > at:
            yield name, post, at, until

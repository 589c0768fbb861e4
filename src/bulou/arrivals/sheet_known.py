"""What is known of the people of a list before it: their journeys, who named them, where they were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings

from bulou.arrivals import custody, ledger
from bulou.arrivals.models import Journey, Source, Visit
from bulou.arrivals.obligations import DESK
from bulou.arrivals.registration import Registration
from bulou.facts import arrivals as facts
from bulou.facts.arrivals import JourneyEnd
from bulou.kernel import seal
from bulou.kernel.database import in_parts
from bulou.people import keys
from bulou.places.queries import covering
from bulou.sheets.context import Context
from bulou.sheets.traces import plain_of

COMPLETED = ("place", "desk", "wheelchair", "infant", "single_room")
"""What a further list may add to a journey: a place where only the county was known, and needs."""


@dataclass
class Known:
    """Journeys of the people of a list, read once."""

    open: dict[int, Journey] = field(default_factory=dict)
    sources: set[tuple[int, bytes]] = field(default_factory=set)
    origins: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    visits: set[int] = field(default_factory=set)
    _ended: dict[bytes, list[Journey]] = field(default_factory=lambda: defaultdict(list))
    _running: set[bytes] = field(default_factory=set)
    _hash_id: Callable[[str], bytes] = field(default_factory=lambda: seal.lookup_hasher(keys.IDENTITY))

    @classmethod
    def of(cls, numbers: Sequence[str]) -> Known:
        """What stands of these identity numbers."""
        known = cls()
        for part in in_parts(sorted({known._hash_id(number) for number in numbers})):
            for journey in Journey.objects.filter(person__id_key__in=part).select_related("person"):
                known._take(journey)
        for journeys in in_parts(sorted(known.open)):
            known._read_sources(journeys)
            known.visits.update(Visit.objects.filter(journey__in=journeys).values_list("pk", flat=True))
        return known

    def _take(self, journey: Journey) -> None:
        key = bytes(journey.person.id_key or b"")
        if journey.ended_at is None:
            self.open[journey.pk] = journey
            self._running.add(key)
        elif journey.end_reason != JourneyEnd.MISTAKEN:
            self._ended[key].append(journey)

    def _read_sources(self, part: Sequence[int]) -> None:
        told = Source.objects.filter(journey__in=part).order_by("told_at", "pk")
        for journey, key, origin in told.values_list("journey_id", "words_key", "origin"):
            self.sources.add((journey, bytes(key)))
            if origin not in self.origins[journey]:
                self.origins[journey].append(origin)

    def ended_near(self, number: str, arrives_at: datetime, near: timedelta) -> Journey | None:
        """A journey of a person that has ended and whose arrival was at about the same time.

        Somebody whose journey runs is spoken of in that one.
        """
        if not self._ended or (key := self._hash_id(number)) in self._running:
            return None
        return next((one for one in self._ended[key] if abs(one.arrives_at - arrives_at) < near), None)

    def visits_since(self, journeys: set[int]) -> list[int]:
        """The visits of journeys that were not known before."""
        found: list[int] = []
        for part in in_parts(sorted(journeys & self.open.keys())):
            found += Visit.objects.filter(journey__in=part).values_list("pk", flat=True)
        return [visit for visit in found if visit not in self.visits]


def complete(told: Iterable[tuple[Registration, Journey]], context: Context) -> None:
    """Add to journeys what a further list knows: the place where only the county was, and needs."""
    journeys = {journey.pk: journey for _one, journey in told}
    before = {pk: plain_of(journey, COMPLETED) for pk, journey in journeys.items()}
    moved = {journey.pk for one, journey in told if _settle(journeys[journey.pk], one)}
    changed = [one for pk, one in journeys.items() if plain_of(one, COMPLETED) != before[pk]]
    if not changed:
        return
    desks = covering(DESK, {journeys[pk].place for pk in moved})
    for journey in changed:
        context.before("journey", journey.pk, before[journey.pk])
        journey.changed_seq = ledger.next_seq() if journey.pk in moved else journey.changed_seq
        if journey.pk in moved:
            journey.desk_id = desks.get(journey.place)
    Journey.objects.bulk_update(changed, [*COMPLETED, "changed_seq"], batch_size=500)
    tell_moved([journeys[pk] for pk in sorted(moved)], by=context.actor)


def _settle(journey: Journey, one: Registration) -> bool:
    """Take over what a registration adds; whether the journey goes to a place that was not known."""
    journey.wheelchair = journey.wheelchair or one.wheelchair
    journey.infant = journey.infant or one.infant
    if journey.single_room is None:
        journey.single_room = one.single_room
    if journey.place != settings.BULOU_COUNTY or len(one.place) <= len(journey.place):
        return False
    journey.place = one.place
    return True


def tell_moved(journeys: Sequence[Journey], *, by: str) -> None:
    """Tell that journeys go to another place; its desk owes them from now on."""
    ledger.append([ledger.of_journey(journey, facts.Redirected(), by=by) for journey in journeys])
    custody.amount_to([journey.pk for journey in journeys], ledger.next_seq())

"""How journeys take an import back: those that nobody worked on never were, words of the list are gone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bulou.arrivals import custody, exposure, ledger
from bulou.arrivals.models import Handover, Journey, Proposal, Source, Visit
from bulou.arrivals.sheet_known import COMPLETED, tell_moved
from bulou.arrivals.stays import keeping
from bulou.facts import arrivals as facts
from bulou.facts.base import FACTS
from bulou.kernel.database import in_parts
from bulou.kernel.events import kind_id
from bulou.kernel.models import Event
from bulou.people import actions as people
from bulou.people.models import Person
from bulou.people.staging import REGISTERED
from bulou.sheets.traces import put_back
from bulou.sheets.undo import Undoing, takes_back

MISTAKEN = facts.JourneyEnd.MISTAKEN


@takes_back(20)
def journeys(undoing: Undoing) -> None:
    """What the import registered ends as a mistake; what it added to others' journeys is taken away.

    A journey on which somebody worked since, or that another list names too, stays.
    """
    made = {event.subject for event in undoing.events(facts.Registered.kind)}
    worked_on = _worked_on(undoing, sorted(made))
    named = _named_by_others(undoing, sorted(made - worked_on))
    undoing.keep("journey", worked_on | named)
    free = sorted(made - worked_on - named)
    _end(undoing, free)
    touched = _take_words_back(undoing, set(free))
    _restore(undoing, made)
    _leave(undoing, free)
    undoing.taken_back += len(free) + len(touched - made)


def _worked_on(undoing: Undoing, ids: Sequence[int]) -> set[int]:
    """The journeys that somebody handed over, decided about, or told something of since."""
    kinds = [kind_id(name) for name, fact in FACTS.items() if fact.subject_type == "journey"]
    found: set[int] = set()
    for part in in_parts(ids):
        later = Event.objects.filter(
            kind_id__in=kinds, subject__in=part, seq__gt=undoing.run.last_seq or 0
        ).values_list("subject", flat=True)
        decided = Proposal.objects.filter(journey__in=part, decided_at__isnull=False)
        handed = Handover.objects.filter(journey__in=part)
        found.update(later)
        found.update(decided.values_list("journey_id", flat=True))
        found.update(handed.values_list("journey_id", flat=True))
    return found


def _named_by_others(undoing: Undoing, ids: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for part in in_parts(ids):
        others = Source.objects.filter(journey__in=part).exclude(told_by=undoing.run.actor)
        found.update(others.values_list("journey_id", flat=True))
    return found


def _end(undoing: Undoing, ids: Sequence[int]) -> None:
    """These journeys never were: they end now, and nobody is owed them."""
    for part in in_parts(ids):
        seq = ledger.next_seq()
        Journey.objects.filter(pk__in=part).update(
            ended_at=undoing.now, end_reason=MISTAKEN.value, changed_seq=seq
        )
        ended = facts.JourneyEnded(reason=MISTAKEN)
        found = Journey.objects.filter(pk__in=part).order_by("pk")
        ledger.append(
            [ledger.of_journey(one, ended, by=undoing.by, happened_at=undoing.now) for one in found]
        )
        custody.amount_to(part, seq)
        keeping.settle(part)


def _take_words_back(undoing: Undoing, free: set[int]) -> set[int]:
    """Delete what the list said of any journey; those of which it told a visit are asked about again."""
    sources = Source.objects.filter(told_by=undoing.run.actor)
    touched = set(sources.values_list("journey_id", flat=True))
    sources.delete()
    asked: set[int] = set()
    for part in in_parts(undoing.made("visit")):
        visits = Visit.objects.filter(pk__in=part)
        asked.update(visits.values_list("journey_id", flat=True))
        visits.delete()
    exposure.ask(sorted(asked - free), ledger.next_seq())
    return touched


def _restore(undoing: Undoing, made: Iterable[int]) -> None:
    """Journeys of others as they stood before the list added to them."""
    before = undoing.before("journey")
    found = Journey.objects.filter(pk__in=[int(key) for key in before]).exclude(pk__in=list(made))
    changed, moved = list(found), []
    for one in changed:
        place = one.place
        put_back(one, before[str(one.pk)])
        if one.place != place:
            one.changed_seq = ledger.next_seq()
            moved.append(one)
    Journey.objects.bulk_update(changed, [*COMPLETED, "changed_seq"], batch_size=500)
    tell_moved(moved, by=undoing.by)


def _leave(undoing: Undoing, ids: Sequence[int]) -> None:
    """Whom only a journey that never was brought into the register is of it no longer."""
    registered = {event.subject for event in undoing.events(REGISTERED)}
    for part in in_parts(ids):
        theirs = Person.objects.filter(
            journeys__in=part, left_at__isnull=True, died_at__isnull=True, cases__isnull=True
        )
        theirs = theirs.filter(pk__in=registered).exclude(journeys__end_reason="")
        people.leave_many(theirs.distinct().values_list("pk", flat=True), by=undoing.by)

"""How health reports and cases take an import back: the books reopen what was met, and owe what was owed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bulou.facts import monitoring as facts
from bulou.facts.base import FACTS
from bulou.kernel import clock
from bulou.kernel.database import in_parts
from bulou.kernel.events import NewEvent, kind_id
from bulou.kernel.fields import MICROSECOND
from bulou.kernel.models import Event
from bulou.kernel.moments import holds_at
from bulou.monitoring import ledger, seats
from bulou.monitoring.actions import redate, withdraw
from bulou.monitoring.models import Case, CaseSeat
from bulou.monitoring.sheet_rows import COLUMNS, KEPT
from bulou.people import actions as people
from bulou.people.models import Person
from bulou.people.staging import REGISTERED
from bulou.places.posts import POST_HELD
from bulou.sheets.traces import put_back
from bulou.sheets.undo import Undoing, takes_back

BY_ITSELF = frozenset((facts.SeatsCompleted.kind, facts.SeatsWithdrawn.kind, facts.ReportWithdrawn.kind))
"""What is told of a case without anybody having worked on it."""


@takes_back(10)
def reports(undoing: Undoing) -> None:
    """Each report is void; the one that it took the place of is told again."""
    told = undoing.events(facts.HealthReported.kind)
    corrected = _corrected([event.id for event in told])
    undoing.keep("case", {event.subject for event in told if event.id in corrected})
    free = [event for event in told if event.id not in corrected]
    replaced = _by_id([event.corrects for event in free if event.corrects])
    new: list[NewEvent] = []
    for event in free:
        new.append(_withdrawing(event, undoing.by))
        if event.corrects in replaced:
            new.append(_again(replaced[event.corrects]))
    undoing.append(new, also=(facts.HealthReported.kind,))
    undoing.taken_back += len(free)


def _corrected(ids: Sequence[Any]) -> set[Any]:
    found: set[Any] = set()
    for part in in_parts(ids):
        found.update(Event.objects.filter(corrects__in=part).values_list("corrects", flat=True))
    return found


def _by_id(ids: Sequence[Any]) -> dict[Any, Event]:
    return {event.id: event for part in in_parts(ids) for event in Event.objects.filter(id__in=part)}


def _withdrawing(event: Event, by: str) -> NewEvent:
    return NewEvent(
        kind=facts.ReportWithdrawn.kind,
        subject=event.subject,
        place=event.place,
        actor=by,
        happened_at=clock.now(),
        window=event.window,
        corrects=event.id,
    )


def _again(event: Event) -> NewEvent:
    """A report that stood before, as it was told then."""
    return NewEvent(
        kind=facts.HealthReported.kind,
        subject=event.subject,
        place=event.place,
        actor=event.actor,
        happened_at=event.happened_at,
        window=event.window,
        data=event.data,
    )


@takes_back(20)
def cases(undoing: Undoing) -> None:
    """Cases that the import admitted never were; those that it changed are as before.

    A case on which somebody worked since stays.
    """
    admitted = {event.subject for event in undoing.events(facts.Admitted.kind, facts.Resumed.kind)}
    changed = {int(key) for key in undoing.before("case")} - admitted
    worked_on = _worked_on(undoing, sorted(admitted | changed))
    undoing.keep("case", worked_on)
    new = []
    for part in in_parts(sorted(admitted - worked_on)):
        new += [withdraw(case, by=undoing.by) for case in Case.objects.filter(pk__in=part)]
    ledger.append(new)
    _restore(undoing, changed - worked_on)
    _leave(undoing, admitted - worked_on)
    undoing.taken_back += len(new) + len(changed - worked_on)


def _worked_on(undoing: Undoing, ids: Sequence[int]) -> set[int]:
    """The cases of which something was told since that stands."""
    kinds = [kind_id(name) for name, fact in FACTS.items() if fact.subject_type == "case"]
    apart = [kind_id(name) for name in BY_ITSELF]
    found: set[int] = set()
    for part in in_parts(ids):
        later = Event.objects.filter(
            kind_id__in=set(kinds) - set(apart), subject__in=part, seq__gt=undoing.run.last_seq or 0
        )
        void = Event.objects.filter(corrects__in=later.values("id")).values("corrects")
        found.update(later.exclude(id__in=void).values_list("subject", flat=True))
    return found


def _restore(undoing: Undoing, ids: set[int]) -> None:
    before, places = undoing.before("case"), undoing.before("case_seats")
    for case in Case.objects.filter(pk__in=ids):
        stood = Case(pk=case.pk)
        put_back(stood, before[str(case.pk)])
        ledger.append(redate(case, stood.starts_at, stood.ends_at, by=undoing.by))
        for name in (*COLUMNS, "sealed", "row_key"):
            setattr(case, name, getattr(stood, name))
        case.save(update_fields=[name for name in KEPT if name not in ("starts_at", "ends_at")])
        for seat, post in places.get(str(case.pk), {}).items():
            _reseat(undoing, case, seat, post)


def _reseat(undoing: Undoing, case: Case, seat: str, post: int | None) -> None:
    if post is not None:
        seats.assign(case=case, seat=seat, post=post, by=undoing.by)
        return
    moment = max(undoing.now + MICROSECOND, case.starts_at)
    CaseSeat.objects.filter(holds_at(moment), case=case, seat=seat).update(ends_at=moment)


@takes_back(35)
def complete_seats(undoing: Undoing) -> None:
    """Whose seats only the import had filled, by its rows or by holders of its posts, is asked again."""
    posts = {event.subject for event in undoing.events(POST_HELD)}
    touched = {event.subject for event in undoing.events(facts.SeatsCompleted.kind)}
    touched |= {int(key) for key in undoing.before("case_seats")}
    for part in in_parts(sorted(posts)):
        touched.update(CaseSeat.objects.filter(post_id__in=part).values_list("case_id", flat=True))
    told = seats.standing(sorted(touched), since=undoing.run.first_seq or 0)
    undoing.append(seats.withdrawn(told, by=undoing.by), also=(facts.SeatsCompleted.kind,))


def _leave(undoing: Undoing, ids: set[int]) -> None:
    """Whom only a withdrawn case brought into the register is of it no longer."""
    registered = {event.subject for event in undoing.events(REGISTERED)}
    for part in in_parts(sorted(ids)):
        theirs = Person.objects.filter(cases__in=part, left_at__isnull=True, died_at__isnull=True)
        for person in theirs.filter(pk__in=registered).exclude(cases__end_reason="").distinct():
            people.leave(person.pk, by=undoing.by)

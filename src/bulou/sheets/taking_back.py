"""How the registers of people, posts, workers, organisations and places take an import back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Model, Q, QuerySet

from bulou.kernel import clock, events
from bulou.kernel.database import among, run, uuid_storer
from bulou.kernel.events import NewEvent
from bulou.kernel.models import Event
from bulou.people import actions as people
from bulou.people.models import Duplicate, Household, Person
from bulou.people.staging import KEPT, REGISTERED, UPDATED
from bulou.places import actions as places
from bulou.places import moves
from bulou.places.models import Gate, Holding, Organisation, Place, Post, Worker
from bulou.places.posts import POST_HELD, POST_LEFT, held_event, left_event
from bulou.sheets.kinds.rows import PLACE_WITHDRAWN
from bulou.sheets.models import PersonBefore
from bulou.sheets.traces import AT_ONCE, put_back, referred_to
from bulou.sheets.undo import Undoing, takes_back

WITHDRAWN = events.declare("people.withdrawn")
"""A registration was a mistake: the person is no longer of the register. It corrects the registration."""
OF_PERSONS = (REGISTERED, UPDATED, people.MOVED, people.LEFT, people.RETURNED, people.DIED)
OWN = ("people.Duplicate.first", "people.Duplicate.second", "sheets.PersonBefore.person")
"""What hangs on a person and goes with it."""


def _parts(keys: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))


def _delete(found: QuerySet[Any, Any]) -> None:
    """Delete rows that nothing points at, without looking again."""
    found._raw_delete(found.db)


@takes_back(30)
def holdings(undoing: Undoing) -> None:
    """Who took a post by the import never did; an end that it set is taken off."""
    made = Holding.objects.filter(pk__in=undoing.made("holding")).select_related("post")
    since = undoing.changed_since((POST_HELD, POST_LEFT), [held.post_id for held in made])
    told = {
        (event.subject, event.happened_at, event.data["worker"]): event.id
        for event in undoing.events(POST_HELD)
    }
    free = [held for held in made if held.post_id not in since]
    undoing.keep("post", {held.post_id for held in made} & since)
    new = []
    for held in free:
        held.ends_at = held.starts_at
        source = told.get((held.post_id, held.starts_at, held.worker_id))
        new.append(replace(left_event(held, by=undoing.by), corrects=source))
    for part in _parts([held.pk for held in free]):
        _delete(Holding.objects.filter(pk__in=part))
    undoing.append(new + _reopened(undoing, since))
    undoing.taken_back += len(free)


def _reopened(undoing: Undoing, since: set[int]) -> list[NewEvent]:
    before, new = undoing.before("holding"), []
    for held in Holding.objects.filter(pk__in=list(before)).select_related("post"):
        if held.post_id in since:
            undoing.keep("post", [held.post_id])
            continue
        put_back(held, before[str(held.pk)])
        held.save(update_fields=["ends_at"])
        undoing.taken_back += 1
        new.append(held_event(held, by=undoing.by))
    return new


@takes_back(40)
def posts(undoing: Undoing) -> None:
    """Posts that the import made and that nobody holds or names go; one that is named is closed."""
    made = undoing.made("post")
    named = referred_to(Post, made)
    for part in _parts([key for key in made if key not in named]):
        _delete(Post.objects.filter(pk__in=part))
    held = set(Holding.objects.filter(post_id__in=named).values_list("post_id", flat=True))
    Post.objects.filter(pk__in=named - held).update(closed_at=undoing.now)


@takes_back(50)
def persons(undoing: Undoing) -> None:
    """Who was registered leaves the register, who was changed is as before, who was said to have left is not.

    A person about whom something was recorded since, or whom a case names, stays.
    """
    registered = {event.subject: event for event in undoing.events(REGISTERED)}
    ids = sorted(registered)
    since = undoing.changed_since(OF_PERSONS, ids)
    named = referred_to(Person, ids, apart_from=OWN) | _decided(ids)
    free = [id for id in ids if id not in since and id not in named]
    left = Person.objects.filter(pk__in=since & named, left_at__gte=undoing.now)
    gone = set(left.values_list("pk", flat=True))
    undoing.keep("person", set(ids) & (since | named) - gone)
    _withdraw(undoing, [registered[id] for id in free])
    _restore(undoing)
    _return(undoing)
    undoing.taken_back += len(free)


def _decided(ids: Sequence[int]) -> set[int]:
    """Whose duplicates somebody has decided."""
    found: set[int] = set()
    for part in _parts(ids):
        pairs = Duplicate.objects.exclude(decision=Duplicate.Decision.OPEN)
        for first, second in pairs.filter(Q(first__in=part) | Q(second__in=part)).values_list(
            "first_id", "second_id"
        ):
            found |= {first, second}
    return found & set(ids)


def _withdraw(undoing: Undoing, registrations: Sequence[Event]) -> None:
    doors: set[str] = set()
    for part in _parts(registrations):
        ids = [event.subject for event in part]
        people_here = Person.objects.filter(pk__in=ids)
        doors.update(people_here.values_list("place", flat=True))
        _delete(Duplicate.objects.filter(Q(first__in=ids) | Q(second__in=ids)))
        _delete(PersonBefore.objects.filter(person__in=ids))
        _delete(people_here)
    undoing.append([_event(undoing, WITHDRAWN, event, corrects=event.id) for event in registrations])
    for part in _parts(sorted(doors)):
        lived_in = Person.objects.filter(place__in=part).values("place")
        empty = Household.objects.filter(place_id__in=part, registered_at__gte=undoing.run.started_at)
        _delete(empty.exclude(place_id__in=lived_in))


def _event(undoing: Undoing, kind: str, source: Event, corrects: Any = None) -> NewEvent:
    return NewEvent(
        kind=kind,
        subject=source.subject,
        place=source.place,
        actor=undoing.by,
        happened_at=clock.now(),
        corrects=corrects,
    )


def _restore(undoing: Undoing) -> None:
    """Changed persons as they stood, by one statement; those changed again since stay."""
    changed = {event.subject: event for event in undoing.events(UPDATED)}
    since = undoing.changed_since(OF_PERSONS, sorted(changed))
    undoing.keep("person", since)
    free = sorted(changed.keys() - since)
    assigned = ", ".join(f"{name} = b.{name}" for name in KEPT)
    for part in _parts(free):
        condition, ids = among("b.person_id", part)
        run(
            f"UPDATE people_person SET {assigned} FROM sheets_personbefore b "
            f"WHERE b.person_id = people_person.id AND b.run_id = %s AND {condition}",
            [uuid_storer()(undoing.run.pk), ids],
        )
    undoing.append([_event(undoing, UPDATED, changed[id]) for id in free])
    undoing.taken_back += len(free)


def _return(undoing: Undoing) -> None:
    """Who was registered as having left, because a whole list did not have them, is back."""
    left = {event.subject: event for event in undoing.events(people.LEFT)}
    since = undoing.changed_since(OF_PERSONS, sorted(left))
    undoing.keep("person", since)
    free = sorted(left.keys() - since)
    for part in _parts(free):
        Person.objects.filter(pk__in=part).update(left_at=None)
    undoing.append([_event(undoing, people.RETURNED, left[id], corrects=left[id].id) for id in free])
    undoing.taken_back += len(free)


@takes_back(60)
def workers(undoing: Undoing) -> None:
    """Workers of the list as they stood; new ones whom nothing names go."""
    _nouns(undoing, "worker", Worker)


@takes_back(65)
def organisations(undoing: Undoing) -> None:
    """Organisations likewise."""
    undoing.taken_back += _restored(undoing, "place", Place)
    for code, values in undoing.before("gates").items():
        places.set_gates(code, values["gates"])
    _nouns(undoing, "organisation", Organisation)


def _nouns(undoing: Undoing, name: str, model: type[Model]) -> None:
    undoing.taken_back += _restored(undoing, name, model)
    made = undoing.made(name)
    named = referred_to(model, made)
    undoing.keep(name, named)
    for part in _parts([key for key in made if key not in named]):
        _delete(model._default_manager.filter(pk__in=part))
    undoing.taken_back += len(made) - len(named)


def _restored(undoing: Undoing, name: str, model: type[Model]) -> int:
    before = undoing.before(name)
    nouns = list(model._default_manager.filter(pk__in=list(before)))
    for noun in nouns:
        put_back(noun, before[str(noun.pk)])
    columns = sorted({column for values in before.values() for column in values})
    if columns:
        model._default_manager.bulk_update(nouns, columns, batch_size=500)
    return len(nouns)


@takes_back(80)
def places_made(undoing: Undoing) -> None:
    """Places that the import made are retired where nothing is: their codes are never given to others.

    The next row that names one finds it again.
    """
    made = sorted(set(undoing.made("place")), key=lambda code: (-len(code), code))
    used = moves.in_use(made)
    alive = _with_standing_children(made)
    retired: set[str] = set()
    for code in made:
        if code in used or alive.get(code, set()) - retired:
            continue
        retired.add(code)
    _delete(Gate.objects.filter(compound_id__in=retired))
    for part in _parts(sorted(retired)):
        Place.objects.filter(pk__in=part, retired_at__isnull=True).update(retired_at=undoing.now)
    undoing.append([_withdrawn(code, undoing.by) for code in sorted(retired)])
    if undoing.run.kind == "places":
        undoing.keep("place", set(made) - retired)
        undoing.taken_back += len(retired)


def _withdrawn(code: str, by: str) -> NewEvent:
    return places.event(PLACE_WITHDRAWN, code, by=by, data={})


def _with_standing_children(made: Sequence[str]) -> dict[str, set[str]]:
    children: dict[str, set[str]] = {}
    for part in _parts(made):
        standing = Place.objects.filter(parent_id__in=part, retired_at__isnull=True)
        for parent, code in standing.values_list("parent_id", "code"):
            children.setdefault(str(parent), set()).add(code)
    return children

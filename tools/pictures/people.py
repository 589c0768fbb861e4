"""Pages about persons, posts, workers and places, with rows of the demo county."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from tools.pictures.house import by, power
from tools.pictures.shots import Shot


def shots() -> Iterator[Shot]:
    """All of them."""
    yield from persons()
    yield from households()
    yield from posts()
    yield from places()


def persons() -> Iterator[Shot]:
    """Under monitoring, corrected, with a case that ended, on no list; looking for one."""
    from bulou.facts.monitoring import EndReason
    from bulou.kernel.models import Event
    from bulou.monitoring import actions
    from bulou.monitoring.models import Case
    from bulou.people.models import Person

    cases = list(Case.objects.select_related("person").order_by("ends_at"))
    lapsed, running, ended = cases[0], cases[-1], cases[-2]
    told = Event.objects.filter(subject=running.pk, kind__name="monitoring.health_reported").first()
    yield Shot("people")
    yield Shot("people", "nothing", body={"q": "JK22-999999"})
    yield Shot("person", args={"uid": running.person.uid})
    yield Shot("person", "lapsed", args={"uid": lapsed.person.uid})
    yield Shot("person", "clinic", args={"uid": running.person.uid}, who="clinic")
    yield Shot("unmask", args={"uid": running.person.uid}, body={"field": "phone", "reason": ""})
    yield Shot("end_case", "no-reason", args={"uid": running.person.uid}, body={"reason": ""})
    if told:
        yield Shot("correct", args={"uid": running.person.uid, "event": told.id})
    yield Shot("audit_looks", args={"id": running.person_id}, who="privacy")
    actions.end(case=ended, reason=EndReason.HOSPITAL, by=by("clinic"))
    yield Shot("person", "ended", args={"uid": ended.person.uid})
    free = Person.objects.exclude(pk__in=[one.person_id for one in cases])[0]
    yield Shot("person", "no-case", args={"uid": free.uid})
    yield Shot("resident", args={"uid": free.uid})
    yield Shot("resident", "wrong", args={"uid": free.uid}, body={"do": "correct", "name": "?"})


def households() -> Iterator[Shot]:
    """Doors, who lives behind one, and pairs that may be one person."""
    from bulou.people.models import Duplicate, Household

    door = Household.objects.order_by("pk")[0].place_id
    yield Shot("households")
    yield Shot("household", args={"code": door})
    yield Shot("household", "wrong", args={"code": door}, body={"name": "甄新来", "identity": "141099"})
    yield Shot("duplicates")
    yield Shot("duplicates", "decided", query={"decision": "same"})
    yield Shot("duplicate", args={"id": Duplicate.objects.order_by("pk")[0].pk})


def posts() -> Iterator[Shot]:
    """A post before and in a hand-over; the workers, and what is done about one."""
    from bulou.kernel import clock
    from bulou.places import handing
    from bulou.places.models import Holding, Worker

    held = Holding.objects.filter(ends_at=None).select_related("post", "worker").order_by("pk")
    first, second = held[0], held[1]
    free = Worker.objects.exclude(pk__in=Holding.objects.values("worker"))
    taker = free[0] if free else second.worker
    yield Shot("posts")
    yield Shot("posts", "vacant", query={"state": "vacant"})
    yield Shot("post", args={"id": first.post_id})
    yield Shot("post_handover", args={"id": first.post_id})
    yield Shot("post_handover", "conflicts", args={"id": first.post_id}, query={"to": taker.pk})
    handing.hand_over(second.post_id, taker.pk, clock.now() + dt.timedelta(minutes=1), by=by("county"))
    yield Shot("post", "handed-over", args={"id": second.post_id})
    yield Shot("handovers")
    yield Shot("handovers", "grid", who="grid")
    yield from workers(first.worker)


def workers(worker: Any) -> Iterator[Shot]:
    """The list, one, and the forms."""
    yield Shot("workers")
    yield Shot("worker", args={"id": worker.pk})
    yield Shot("worker_new")
    yield Shot("worker_new", "wrong", body={"name": "", "phone": "12"})
    yield Shot("worker_edit", args={"id": worker.pk})


def places() -> Iterator[Shot]:
    """The tree, a compound, and every change of it."""
    from bulou.places.models import Place

    compound = Place.objects.filter(level="compound").order_by("pk")[0].code
    others = [one.code for one in Place.objects.filter(level="compound").exclude(pk=compound)]
    yield Shot("places")
    yield Shot("places", "village", query={"place": power("community").scope})
    yield Shot("place", args={"code": compound})
    for do in ("rename", "name", "gates", "move", "merge", "split", "retire"):
        yield Shot("place_change", do, args={"code": compound}, query={"do": do})
    yield Shot(
        "place_change", "merge-preview", args={"code": compound}, query={"do": "merge", "to": others[0]}
    )
    yield Shot(
        "place_change", "refused", args={"code": compound}, query={}, body={"do": "rename", "words": ""}
    )
    yield Shot("organisations")
    yield Shot("organisations", "wrong", body={"name": ""})

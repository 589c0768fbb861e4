"""Who is at no door is kept while any room needs them, and 30 days more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bulou.arrivals.models import Journey
from bulou.command.tests import world as worlds
from bulou.facts.arrivals import JourneyEnd
from bulou.kernel import clock, retention
from bulou.monitoring.models import Case
from bulou.people.models import Person
from bulou.people.retention import PASSERS_BY
from bulou.residents.models import About, Outcome, Request

pytestmark = pytest.mark.django_db
NOW = clock.parse_instant("2022-06-30T12:00+08:00")
MONTH = timedelta(days=30)


@pytest.fixture
def passer(world):
    """Somebody at no door whom no room knows."""
    return Person.objects.create(
        place=worlds.HOME[:12], sealed=b"x", name_key=b"k" * 16, registered_at=NOW - 4 * MONTH
    )


def came(person, ended):
    began, number = NOW - 3 * MONTH, f"J{Journey.objects.count()}"
    Journey.objects.create(
        number=number,
        party=number,
        person=person,
        place=person.place,
        arrives_at=began,
        exposed_since=began.date(),
        registered_at=began,
        registered_by="user:1",
        ended_at=ended,
        end_reason=next(iter(JourneyEnd)) if ended else "",
        sealed=b"x",
    )


def asked(person, answered):
    Request.objects.create(
        number="R1",
        person=person,
        about=About.CORRECTION,
        place=person.place,
        made_at=NOW - 3 * MONTH,
        made_by="user:1",
        answered_at=answered,
        answered_by="post:1" if answered else "",
        outcome=Outcome.values[0] if answered else "",
    )


def due(person, now=NOW):
    return PASSERS_BY.due(now).filter(pk=person.pk).exists()


def test_whom_no_room_knows_is_not_theirs_to_erase(passer):
    assert not due(passer)


def test_who_only_came_goes_thirty_days_after_the_end(passer):
    came(passer, NOW - MONTH)
    assert due(passer)
    assert not due(passer, NOW - clock.DAY)


def test_an_open_journey_needs_its_person_without_an_end(passer):
    came(passer, NOW - 2 * MONTH)
    came(passer, None)
    assert not due(passer, NOW + 100 * MONTH)


def test_the_room_that_needs_them_longest_decides(passer, world):
    came(passer, NOW - 2 * MONTH)
    case = world.cases["home"][0]
    Case.objects.filter(pk=case.pk).update(person=passer, ends_at=NOW - MONTH + clock.DAY)
    assert not due(passer)
    assert due(passer, NOW + clock.DAY)


def test_an_unanswered_request_keeps_who_asked(passer):
    came(passer, NOW - 2 * MONTH)
    asked(passer, None)
    assert not due(passer)
    Request.objects.all().delete()
    asked(passer, NOW - MONTH)
    assert due(passer)


def test_who_is_at_a_door_stays(passer):
    came(passer, NOW - 2 * MONTH)
    Person.objects.filter(pk=passer.pk).update(place=worlds.HOME + "0" * (26 - len(worlds.HOME)))
    assert not due(passer)


def test_erasing_leaves_nothing_of_them(passer):
    came(passer, NOW - 2 * MONTH)
    assert due(passer)
    retention.erase(PASSERS_BY, [passer.pk])
    left = Person.objects.get(pk=passer.pk)
    assert (bytes(left.sealed), bytes(left.name_key)) == (b"", b"")

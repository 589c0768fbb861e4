"""Registration: one journey for a person and a trip, however many lists name it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bulou.arrivals import actions
from bulou.arrivals.models import Journey, Source, Visit, VisitKey
from bulou.arrivals.registration import Stop, disagreements, register, register_many
from bulou.arrivals.tests import build
from bulou.arrivals.tests.build import minutes, registration
from bulou.facts.arrivals import JourneyEnd
from bulou.kernel import clock, seal
from bulou.kernel.models import AuditLine, Event
from bulou.kernel.problems import BulouError
from bulou.people import register as register_of
from bulou.people.models import Person

pytestmark = pytest.mark.django_db

STOP = Stop("310115", "外省某区", date(2022, 4, 1), date(2022, 4, 8))


@pytest.fixture
def posts():
    return build.county()


@pytest.fixture(autouse=True)
def noon():
    with clock.at(minutes(0)):
        yield


def code_of(action):
    with pytest.raises(BulouError) as refused:
        action()
    return refused.value.kind.code


def test_whoever_is_on_no_register_is_registered_as_away_and_owed_by_the_desk(posts):
    one = register(registration(), by="user:1")
    assert (one.number, one.desk_id, one.person.presence) == ("FX22-000001", posts.desk.pk, "away")
    assert Event.objects.get(kind__name="arrivals.registered").subject == one.pk
    assert AuditLine.objects.get(action="arrivals.registered").subject == "journey:FX22-000001"


def test_two_lists_make_one_journey_and_what_they_disagree_on_is_shown(posts):
    first = register(registration(), by="user:1")
    railway = registration(origin="railway", details={"from": "外省某市", "trip": "D4321"})
    second = register(railway, by="user:2")
    assert first.pk == second.pk
    assert disagreements(first) == {"trip": {"D1234": ["community"], "D4321": ["railway"]}}


def test_the_same_words_again_are_one_source(posts):
    one = register(registration(), by="user:1")
    register(registration(), by="user:1")
    assert Source.objects.filter(journey=one).count() == 1


def test_the_next_trip_is_another_journey(posts):
    one = register(registration(), by="user:1")
    actions.end(journey=one, reason=JourneyEnd.RELEASED, by="user:1")
    assert register(registration(), by="user:1").number == "FX22-000002"


def test_a_resident_who_is_registered_at_home_is_that_person(posts):
    one = registration()
    door = build.VILLAGE
    resident = register_of.Resident(
        door, one.name, one.identity, one.phone, "户主", "home", "", None, "", "", ""
    )
    from bulou.people.actions import register as register_person

    person = register_person(resident, by="test")
    assert register(one, by="user:1").person_id == person.pk
    assert Person.objects.count() == 1


def test_those_who_travel_together_are_one_party(posts):
    family = [registration(number, party="一家") for number in (1, 2, 3)]
    alone = registration(4)
    assert [one.party for one in register_many([*family, alone], by="user:1")] == ["FX22-000001"] * 3 + [
        "FX22-000004"
    ]


def test_twice_in_one_list_is_one_journey(posts):
    first, second = register_many([registration(), registration()], by="user:1")
    assert first.pk == second.pk
    assert Journey.objects.count() == 1


def test_where_somebody_was_stands_sealed_and_is_found_by_each_level_of_its_code(posts):
    one = register(registration(stops=[STOP]), by="user:1")
    visit = Visit.objects.get(journey=one)
    assert seal.unseal(visit.sealed) == {"code": "310115", "name": "外省某区"}
    levels = {seal.lookup("visited", code) for code in ("3101", "310115")}
    assert {bytes(key) for key in VisitKey.objects.values_list("key", flat=True)} == levels


def test_a_visit_told_by_two_lists_is_one_visit(posts):
    register(registration(stops=[STOP]), by="user:1")
    register(registration(origin="railway", stops=[STOP, replace(STOP, code="310101")]), by="user:2")
    assert Visit.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"stops": [replace(STOP, code="31011")]}, "visit-place"),
        ({"stops": [replace(STOP, until=date(2022, 3, 1))]}, "visit-days"),
        ({"arrives_at": minutes(90 * 24 * 60)}, "arrival-far"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(posts, values, code):
    assert code_of(lambda: register_many([registration(1), registration(2, **values)], by="user:1")) == code
    assert not Journey.objects.exists()


def test_many_are_registered_with_a_few_statements(posts, django_assert_max_num_queries):
    register_many([registration(number) for number in (1, 2)], by="user:1")
    # PostgreSQL is asked for each lock and savepoint by itself.
    with django_assert_max_num_queries(80):
        register_many([registration(number, stops=[STOP]) for number in range(3, 103)], by="user:1")
    assert Journey.objects.count() == 102

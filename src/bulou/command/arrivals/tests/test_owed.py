"""What is owed to people who come stands in the office's lists with their names and journeys."""

import datetime as dt

import pytest

from bulou.command.arrivals import whom
from bulou.command.arrivals.tests import build
from bulou.command.tests.world import COUNTY, HOME, NEXT_DOOR
from bulou.kernel import clock
from bulou.obligations import engine
from bulou.obligations.kinds import KINDS
from bulou.obligations.models import Obligation

pytestmark = pytest.mark.django_db


@pytest.fixture
def owing(hands):
    """Somebody who was fetched by a village, with a side missing and a history that waits."""
    build.risky()
    journey = build.journey(stops=[build.stop()], wheelchair=True)
    build.take(journey, hands.village)
    build.give(journey, hands.village, hands.driver)
    with clock.at(clock.now() + dt.timedelta(hours=9)) as later:
        engine.tick(clock.now())
        yield journey, later


def kinds() -> set[str]:
    return {name for name, kind in KINDS.items() if kind.subject_type in whom.TYPES}


def test_each_line_names_the_person_and_leads_to_the_journey(log_in, owing):
    journey, _later = owing
    browser = log_in("owner")
    owed = Obligation.objects.filter(window__kind__name__in=kinds(), place__startswith=HOME)
    assert {one.window.kind.name for one in owed} >= {
        "arrivals.taking",
        "arrivals.explain_break",
        "arrivals.decide",
    }
    page = browser.get("/gaps", {"day": "all"}).content.decode()
    assert page.count(f'href="/arrivals/{journey.number}"') >= 3
    assert "归***" in page
    assert "轮椅" in page
    assert "归某50" not in page


def test_the_page_of_one_names_the_person(log_in, owing):
    journey, _later = owing
    one = Obligation.objects.filter(window__kind__name="arrivals.decide").first()
    page = log_in("owner").get(f"/gaps/{one.pk}").content.decode()
    assert f'href="/arrivals/{journey.number}"' in page
    assert "返乡人员定级" in page


def test_somebody_elses_face_is_not_looked_up(owing):
    journey, _later = owing
    mine = {("journey", journey.pk)}
    assert {face.code for face in whom.faces(mine, scope=COUNTY).values()} == {journey.number}
    assert whom.faces(mine, scope=NEXT_DOOR) == {}


def test_many_types_are_asked_for_at_once(owing, django_assert_num_queries):
    journey, _later = owing
    proposal = journey.proposals.first()
    asked = {("journey", journey.pk), ("proposal", proposal.pk), ("case", 1)}
    with django_assert_num_queries(1):
        found = whom.faces(asked, scope=HOME)
    assert found.keys() == {("journey", journey.pk), ("proposal", proposal.pk)}

"""Stays as decisions and hand-overs make them, what is owed for them, and what others are told."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.utils import translation

from bulou.arrivals import actions, reconcile
from bulou.arrivals.deciding import Decision, decide
from bulou.arrivals.measures import Measure
from bulou.arrivals.models import PartTest, Proposal
from bulou.arrivals.stays import hearing
from bulou.arrivals.tests import build
from bulou.arrivals.tests.build import NOON, minutes, took
from bulou.facts.arrivals import JourneyEnd
from bulou.facts.stays import HomeStay, HomeStayReleased, HomeStayResumed
from bulou.kernel import clock
from bulou.kernel.models import Event
from bulou.kernel.problems import BulouError
from bulou.obligations import engine
from bulou.obligations.models import Obligation
from bulou.people import actions as people

pytestmark = pytest.mark.django_db

CENTRAL = Measure(exposure="high", label="14+7", stay="central", days=14, tests=(1, 14, 16), after_days=7)
HOME = Measure(exposure="cases", label="7+5", stay="home", days=7, tests=(2, 7))
FREE = Measure(exposure="none", label="落地检", stay="none", tests=(1, 3))
DAY = 24 * 60
MIDNIGHT = -12 * 60
"""The minute at which the 9th of April begins, counted from its noon."""


@pytest.fixture
def posts():
    return build.county()


@pytest.fixture
def journey(posts):
    return build.journey()


def decided(journey, measure, at=0, **told):
    """Somebody entitled decides so many minutes after noon."""
    given = {"ground": "传染病防治法第三十九条", "decided_by": "县指挥部", "appeal": "县卫健局"}
    with clock.at(minutes(at)):
        asked = Proposal.objects.get(journey=journey, superseded_at__isnull=True)
        return decide(asked, Decision(measure=measure, **given, **told), by="user:1")


def again(journey, at):
    """Another question about the same journey, as a changed area asks it."""
    Proposal.objects.filter(journey=journey).update(superseded_at=minutes(at))
    return Proposal.objects.create(journey=journey, exposure=40, made_at=minutes(at))


def stays(journey):
    """Where, begun, over (minutes after noon) and why, in their order."""
    return [
        (one.part.where, since(one.begun_at), since(one.over_at), one.over_reason)
        for one in journey.stays.select_related("part").order_by("part__proposal", "part__ordinal", "run")
    ]


def since(moment):
    return None if moment is None else (moment - NOON).total_seconds() / 60


def close(at):
    """The job that closes what is over by its term."""
    with clock.at(minutes(at)):
        hearing.close({}, lambda _done, _of: None)


def books(at):
    """Opened (minutes after noon), met, excuse of each placing in the books, oldest first."""
    with clock.at(minutes(at)):
        engine.tick(minutes(at))
    found = Obligation.objects.filter(window__kind__name="arrivals.placed").order_by("opens_at", "id")
    return [(since(one.opens_at), since(one.met_at), one.excuse) for one in found]


def told():
    """What home monitoring was told, in order."""
    return [
        HomeStay.model_validate(one.data)
        for one in Event.objects.filter(kind__name=HomeStay.kind).order_by("seq")
    ]


def to_point(journey, posts, at=60):
    took(journey, posts.driver, posts.desk, at)
    took(journey, posts.point, posts.driver, at + 30)


def test_isolation_and_the_days_after_it_follow_the_person(journey, posts):
    decided(journey, CENTRAL)
    to_point(journey, posts)
    took(journey, posts.village, posts.point, 14 * DAY)
    close(30 * DAY)
    end = MIDNIGHT + 14 * DAY
    assert stays(journey) == [
        ("central", 90, end, "served"),
        ("watch", 14 * DAY, end + 7 * DAY, "served"),
    ]
    journey.refresh_from_db()
    assert (since(journey.ended_at), journey.end_reason) == (end + 7 * DAY, "released")
    assert books(30 * DAY) == [(60, 90, ""), (end, 14 * DAY, "")]


def test_tests_lie_in_the_part_that_holds_their_day(journey):
    decided(journey, CENTRAL)
    found = PartTest.objects.order_by("day").values_list("part__where", "day")
    assert [(where, clock.local(day).date()) for where, day in found] == [
        ("central", date(2022, 4, 9)),
        ("central", date(2022, 4, 22)),
        ("watch", date(2022, 4, 24)),
    ]


def test_home_monitoring_hears_the_countys_language(journey, posts):
    with translation.override("en"):
        decided(journey, HOME)
        took(journey, posts.village, posts.desk, 60)
    (told_,) = told()
    assert told_.label.startswith("居家")


def test_who_arrives_a_day_later_stays_a_day_longer(journey, posts):
    decided(journey, HOME)
    took(journey, posts.village, posts.desk, DAY)
    (told_,) = told()
    assert told_.until == datetime.fromisoformat("2022-04-17T00:00:00+08:00")
    assert told_.tests == (date(2022, 4, 11), date(2022, 4, 16))


def test_a_day_that_the_decision_names_stands(journey, posts):
    decided(journey, HOME, first_day=date(2022, 4, 5))
    took(journey, posts.village, posts.desk, DAY)
    assert told()[-1].until == datetime.fromisoformat("2022-04-12T00:00:00+08:00")


def test_what_was_not_carried_out_is_a_gap_until_its_term_is_over(journey, posts):
    decided(journey, HOME)
    took(journey, posts.driver, posts.desk, 60)
    assert books(DAY) == [(60, None, "")]
    close(10 * DAY)
    assert stays(journey) == [("home", None, MIDNIGHT + 7 * DAY, "lapsed")]


def test_whoever_leaves_before_the_end_is_owed_the_rest(journey, posts):
    decided(journey, CENTRAL)
    to_point(journey, posts)
    took(journey, posts.village, posts.point, 3 * DAY)
    assert stays(journey)[:2] == [("central", 90, 3 * DAY, "left"), ("central", None, None, "")]
    assert books(3 * DAY) == [(60, 90, ""), (3 * DAY, None, "")]


def test_whom_nothing_binds_needs_nobody_after_the_last_test(journey, posts):
    decided(journey, FREE)
    took(journey, posts.driver, posts.desk, 60)
    took(journey, posts.village, posts.driver, 90)
    close(5 * DAY)
    journey.refresh_from_db()
    assert (since(journey.ended_at), told()) == (MIDNIGHT + 3 * DAY, [])


def test_a_new_decision_goes_on_where_the_person_is(journey, posts):
    decided(journey, HOME)
    took(journey, posts.village, posts.desk, 60)
    again(journey, DAY)
    longer = Measure(exposure="medium", label="14+0", stay="home", days=14)
    decided(journey, longer, at=DAY)
    first, over, second = told()
    assert (first.over, over.over, over.stay) == (None, "continued", first.stay)
    assert (second.continues, second.since, second.label) == (first.stay, minutes(DAY), "居家隔离(14+0)")
    assert Event.objects.get(kind__name=HomeStay.kind, data=second.to_data()).subject == journey.pk


def test_monitoring_is_told_of_hospital_and_of_the_return(journey, posts):
    decided(journey, HOME)
    took(journey, posts.village, posts.desk, 60)
    took(journey, posts.hospital, posts.village, DAY)
    took(journey, posts.village, posts.hospital, 2 * DAY)
    first, over, rest = told()
    assert (over.stay, over.over, over.over_at) == (first.stay, "hospital", minutes(DAY))
    assert (rest.since, rest.until, rest.continues) == (minutes(2 * DAY), first.until, None)
    # From 60 until it began at once; the rest from the return.
    assert [row[0] for row in books(3 * DAY)] == [60, 2 * DAY]


def test_a_taking_that_never_was_takes_the_stay_back(journey, posts):
    decided(journey, HOME)
    took(journey, posts.village, posts.desk, 60)
    with clock.at(minutes(70)):
        actions.withdraw(side=journey.sides.get(), by="user:1", words="点错了人")
    assert told()[-1].over == "void"
    assert books(80) == [(60, None, "")]
    took(journey, posts.village, posts.desk, 90)
    assert books(100) == [(60, 90, "")]


def test_a_release_ends_stay_and_journey_and_its_correction_takes_both_back(journey, posts):
    decided(journey, HOME)
    took(journey, posts.village, posts.desk, 60)
    stay = journey.stays.get()
    hear(HomeStayReleased(stay=stay.uid), journey, 6 * DAY)
    assert stays(journey) == [("home", 60, 6 * DAY, "released")]
    journey.refresh_from_db()
    assert since(journey.ended_at) == 6 * DAY
    hear(HomeStayResumed(stay=stay.uid), journey, 6 * DAY + 5)
    assert stays(journey) == [("home", 60, None, "")]
    journey.refresh_from_db()
    assert journey.ended_at is None
    assert len(told()) == 1


def hear(fact, journey, at):
    from bulou.arrivals import ledger

    with clock.at(minutes(at)):
        ledger.append([ledger.event_of(fact, journey.pk, journey.place, by="test")])


def test_who_is_bound_is_not_ended_as_released(journey, posts):
    decided(journey, HOME)
    took(journey, posts.village, posts.desk, 60)
    with clock.at(minutes(DAY)), pytest.raises(BulouError) as refused:
        actions.end(journey=journey, reason=JourneyEnd.RELEASED, by="user:1")
    assert refused.value.code == "still-bound"


def test_whoever_is_taken_after_the_end_goes_on_with_their_stay(journey, posts):
    decided(journey, HOME)
    took(journey, posts.village, posts.desk, 60)
    with clock.at(minutes(DAY)):
        actions.end(journey=journey, reason=JourneyEnd.NOT_FOUND, by="user:1")
    took(journey, posts.driver, posts.village, DAY + 60)
    assert stays(journey) == [("home", 60, None, "")]
    assert [one.over for one in told()] == [None, "left", None]


def test_the_end_of_a_journey_ends_its_stay(journey, posts):
    decided(journey, HOME)
    took(journey, posts.village, posts.desk, 60)
    with clock.at(minutes(DAY)):
        actions.end(journey=journey, reason=JourneyEnd.DIED, by="user:1")
    assert (stays(journey), told()[-1].over) == ([("home", 60, DAY, "ended")], "died")


def test_a_death_on_the_register_ends_journey_and_stay(journey, posts):
    decided(journey, HOME)
    took(journey, posts.village, posts.desk, 60)
    with clock.at(minutes(DAY)):
        people.die(person=journey.person_id, by="user:1")
    journey.refresh_from_db()
    assert (since(journey.ended_at), journey.end_reason, told()[-1].over) == (DAY, "died", "died")


def test_a_stay_changed_behind_the_ledger_is_found(journey, posts):
    decided(journey, HOME)
    took(journey, posts.village, posts.desk, 60)
    with clock.at(minutes(DAY)):
        assert list(reconcile.stays()) == []
        journey.stays.update(begun_at=minutes(61))
        (found,) = reconcile.stays()
    assert (found.what, found.subject) == ("stays", journey.pk)

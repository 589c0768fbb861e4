"""Risk areas and what they mean: asked of whom a change concerns, decided by a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation

from bulou.arrivals import actions, areas, deciding
from bulou.arrivals.areas import Area
from bulou.arrivals.deciding import Decision
from bulou.arrivals.models import Exposure, Proposal
from bulou.arrivals.registration import Stop, register
from bulou.arrivals.tests import build
from bulou.arrivals.tests.build import minutes, registration
from bulou.facts.arrivals import JourneyEnd
from bulou.kernel import clock, seal
from bulou.kernel.problems import BulouError
from bulou.obligations import engine
from bulou.obligations.models import Obligation

pytestmark = pytest.mark.django_db

# The journeys of `build` arrive on 9 April; fourteen days before that is 26 March.
STREET = Area("310115131", "外省某区某街道", "medium", date(2022, 4, 3), None, "省疫情防控办公告 2022-04-03")
STAY = Stop("310115131", "外省某区某街道", date(2022, 3, 28), date(2022, 4, 6))


@pytest.fixture
def posts():
    return build.county()


@pytest.fixture(autouse=True)
def noon():
    with clock.at(minutes(0)):
        yield


def standing(journey):
    """The question that stands about a journey."""
    return Proposal.objects.get(journey=journey, superseded_at__isnull=True)


def near(*stops):
    return standing(register(registration(stops=stops), by="test")).exposure


def books():
    """Excuse, and whether it is met, of each question in the books, oldest first."""
    with clock.at(minutes(5)):
        engine.tick(minutes(5))
    found = Obligation.objects.filter(window__kind__name="arrivals.decide").order_by("id")
    return [(one.excuse, one.met_at is not None) for one in found]


class TestNear:
    @pytest.mark.parametrize(
        ("code", "exposure"),
        [
            ("310115131007", Exposure.MEDIUM),
            ("310115131", Exposure.MEDIUM),
            ("310115", Exposure.SAME_COUNTY),
            ("310115999", Exposure.SAME_COUNTY),
            ("310101", Exposure.SAME_PREFECTURE),
            ("320101", Exposure.NONE),
        ],
    )
    def test_the_nearer_the_place_the_greater_the_exposure(self, posts, code, exposure):
        areas.record([STREET], by="test")
        assert near(replace(STAY, code=code)) == exposure

    def test_of_several_areas_the_gravest_counts(self, posts):
        areas.record([STREET, replace(STREET, code="320101", level="high")], by="test")
        assert near(STAY, replace(STAY, code="320101")) == Exposure.HIGH

    @pytest.mark.parametrize(
        ("since", "until", "exposure"),
        [
            (date(2022, 4, 1), date(2022, 4, 6), Exposure.MEDIUM),
            (date(2022, 3, 20), date(2022, 3, 26), Exposure.MEDIUM),
            (date(2022, 3, 20), date(2022, 3, 25), Exposure.NONE),
        ],
    )
    def test_what_is_longer_ago_than_the_directive_says_does_not_count(self, posts, since, until, exposure):
        areas.record([STREET], by="test")
        assert near(replace(STAY, since=since, until=until)) == exposure

    def test_who_left_before_the_area_was_named_is_concerned_within_the_days(self, posts):
        areas.record([replace(STREET, since=date(2022, 4, 8))], by="test")
        assert near(replace(STAY, until=date(2022, 3, 30))) == Exposure.MEDIUM

    def test_who_came_after_the_area_ended_is_not(self, posts):
        areas.record([replace(STREET, since=date(2022, 3, 10), until=date(2022, 3, 27))], by="test")
        assert near(STAY) == Exposure.NONE


class TestChange:
    def test_a_new_area_asks_again_about_whom_it_concerns_and_nobody_else(self, posts):
        one = register(registration(1, stops=[STAY]), by="test")
        other = register(registration(2, stops=[replace(STAY, code="320101")]), by="test")
        areas.record([STREET], by="test")
        asked = standing(one)
        assert (asked.exposure, asked.before, asked.area.name) == (40, 0, STREET.name)
        assert Proposal.objects.filter(journey=one).count() == 2
        assert Proposal.objects.filter(journey=other).count() == 1

    def test_an_area_that_ended_earlier_than_thought_asks_again(self, posts):
        areas.record([STREET], by="test")
        one = register(registration(stops=[replace(STAY, since=date(2022, 4, 5))]), by="test")
        areas.record([replace(STREET, until=date(2022, 4, 4))], by="test")
        assert (standing(one).exposure, standing(one).before) == (0, 40)

    def test_the_same_list_again_changes_nothing(self, posts):
        areas.record([STREET], by="test")
        assert areas.record([STREET], by="test") == []

    def test_whose_journey_has_ended_is_left_alone(self, posts):
        one = register(registration(stops=[STAY]), by="test")
        actions.end(journey=one, reason=JourneyEnd.NOT_COMING, by="test")
        areas.record([STREET], by="test")
        assert standing(one).exposure == 0

    def test_a_visit_heard_of_later_asks_again(self, posts):
        areas.record([STREET], by="test")
        one = register(registration(), by="test")
        register(registration(origin="railway", stops=[STAY]), by="test")
        assert standing(one).exposure == 40

    def test_a_later_arrival_leaves_early_visits_behind(self, posts):
        areas.record([STREET], by="test")
        one = register(registration(stops=[replace(STAY, until=date(2022, 3, 28))]), by="test")
        assert standing(one).exposure == 40
        actions.redate(journey=one, arrives_at=minutes(4 * 24 * 60), by="test")
        assert standing(one).exposure == 0

    def test_the_old_question_is_excused_and_the_new_one_owed(self, posts):
        register(registration(stops=[STAY]), by="test")
        assert books() == [("", False)]
        with clock.at(minutes(3)):
            areas.record([STREET], by="test")
        assert books() == [("superseded", False), ("", False)]

    @pytest.mark.parametrize(
        ("wrong", "code"),
        [
            (replace(STREET, code="3101"), "area-code"),
            (replace(STREET, until=date(2022, 1, 1)), "area-days"),
            (replace(STREET, source=" "), "area-source"),
        ],
    )
    def test_nonsense_is_refused_by_name(self, posts, wrong, code):
        with pytest.raises(BulouError) as refused:
            areas.record([STREET, wrong], by="test")
        assert refused.value.kind.code == code


class TestDecision:
    def decision(self, exposure=Exposure.MEDIUM, **values):
        given = {
            "measure": deciding.measure_for(exposure, build.VILLAGE),
            "ground": "传染病防治法第三十九条",
            "decided_by": "县疫情防控指挥部",
            "appeal": "可在60日内申请行政复议",
        }
        return Decision(**(given | values))

    def test_the_directive_says_what_holds_for_each_exposure(self, posts):
        found = [deciding.measure_for(one, build.VILLAGE).stay for one in Exposure]
        assert found == ["none", "none", "home", "home", "central", "central"]

    def test_a_decision_keeps_its_evidence_sealed_and_closes_the_duty(self, posts):
        areas.record([STREET], by="test")
        one = register(registration(stops=[STAY]), by="test")
        assert books() == [("", False)]
        decided = deciding.decide(standing(one), self.decision(), by="user:1")
        kept = seal.unseal(decided.sealed)
        assert "外省某区某街道" in kept["evidence"]
        assert (kept["stay"], kept["days"], kept["tests"][:2]) == ("central", 14, [1, 3])
        assert books() == [("", True)]
        assert not deciding.waiting(build.COUNTY).exists()

    def test_what_is_kept_is_in_the_countys_language_whoever_decides(self, posts):
        areas.record([STREET], by="test")
        one = register(registration(stops=[STAY]), by="test")
        with translation.override("en"):
            decided = deciding.decide(standing(one), self.decision(), by="user:1")
        assert "在外省某区某街道" in seal.unseal(decided.sealed)["evidence"]

    @pytest.mark.parametrize("missing", ["ground", "decided_by", "appeal"])
    def test_without_ground_person_or_appeal_nobody_is_put_under_a_measure(self, posts, missing):
        one = register(registration(), by="test")
        with pytest.raises(BulouError) as refused:
            deciding.decide(standing(one), self.decision(**{missing: " "}), by="user:1")
        assert refused.value.kind.code == "decision-incomplete"
        assert deciding.waiting(build.COUNTY).count() == 1

    def test_what_has_changed_meanwhile_is_not_decided_on_old_evidence(self, posts):
        one = register(registration(stops=[STAY]), by="test")
        old = standing(one)
        areas.record([STREET], by="test")
        with pytest.raises(BulouError) as refused:
            deciding.decide(old, self.decision(), by="user:1")
        assert refused.value.kind.code == "decided-already"

    def test_of_many_decisions_one_that_is_late_stops_all(self, posts):
        first = standing(register(registration(1), by="test"))
        second = standing(register(registration(2), by="test"))
        deciding.decide(second, self.decision(), by="user:1")
        with pytest.raises(BulouError):
            deciding.decide_many([(first, self.decision()), (second, self.decision())], by="user:1")
        first.refresh_from_db()
        assert first.decided_at is None

"""Whose hands: each awkward moment of docs/arrivals.md has its one outcome."""

from __future__ import annotations

from uuid import uuid4

import pytest

from bulou.arrivals import actions
from bulou.arrivals.models import Break, Side
from bulou.arrivals.reconcile import CHECKS
from bulou.arrivals.tests import build
from bulou.arrivals.tests.build import gave, minutes, timeline, took
from bulou.facts.arrivals import JourneyEnd
from bulou.kernel import clock
from bulou.kernel.ids import uuid7
from bulou.kernel.problems import BulouError
from bulou.obligations import balance, engine
from bulou.obligations.models import Obligation

pytestmark = pytest.mark.django_db


@pytest.fixture
def posts():
    return build.county()


def lines(kind, now):
    """(post, met, excused) of each line of a kind, after a tick."""
    with clock.at(minutes(now)):
        engine.tick(minutes(now))
    found = Obligation.objects.filter(window__kind__name=kind).order_by("opens_at", "id")
    return [(one.post_id, one.met_at is not None, one.excuse) for one in found]


def agree():
    """The tables are what the ledger says."""
    return [difference for check in CHECKS for difference in check()]


class TestHands:
    def test_whoever_is_registered_is_expected_by_the_township(self, posts):
        assert timeline(build.journey()) == [("expected", posts.desk.pk, 0, None)]

    def test_each_taking_puts_the_person_into_the_next_hands(self, posts):
        one = build.journey()
        took(one, posts.station, None, 60)
        uid = gave(one, posts.station, posts.driver, 70)
        took(one, posts.driver, posts.station, 72, handover=uid)
        assert timeline(one) == [
            ("expected", posts.desk.pk, 0, 60),
            ("held", posts.station.pk, 60, 72),
            ("held", posts.driver.pk, 72, None),
        ]
        assert not agree()

    def test_between_giving_and_taking_the_receiver_owes_the_person(self, posts):
        one = build.journey()
        took(one, posts.station, None, 60)
        gave(one, posts.station, posts.driver, 70)
        assert timeline(one)[-1] == ("between", posts.driver.pk, 70, None)
        assert lines("arrivals.taking", 71) == [(posts.driver.pk, False, "")]

    def test_the_takers_side_alone_makes_the_hands_and_the_giver_owes_a_word(self, posts):
        one = build.journey()
        uid = took(one, posts.driver, posts.station, 70)
        assert timeline(one)[-1] == ("held", posts.driver.pk, 70, None)
        assert lines("arrivals.giving", 71) == [(posts.station.pk, False, "")]
        gave(one, posts.station, posts.driver, 69, handover=uid, received=200)
        assert lines("arrivals.giving", 201) == [(posts.station.pk, True, "")]
        assert not agree()

    def test_nobody_of_whom_the_taker_knows_leaves_the_word_to_the_desk(self, posts):
        took(build.journey(), posts.driver, None, 70)
        assert lines("arrivals.giving", 71) == [(posts.desk.pk, False, "")]

    def test_an_end_leaves_nobody_and_a_later_taking_opens_it_again(self, posts):
        one = build.journey()
        with clock.at(minutes(30)):
            actions.end(journey=one, reason=JourneyEnd.NOT_COMING, by="test")
        assert timeline(one)[-1] == ("ended", None, 30, None)
        took(one, posts.station, None, 65)
        assert timeline(one) == [("expected", posts.desk.pk, 0, 65), ("held", posts.station.pk, 65, None)]
        assert not agree()

    def test_nobody_is_let_go_whom_somebody_has_taken_since(self, posts):
        one = build.journey()
        took(one, posts.station, None, 60)
        with clock.at(minutes(90)), pytest.raises(BulouError) as refused:
            actions.end(journey=one, reason=JourneyEnd.NOT_COMING, by="test", at=minutes(59))
        assert refused.value.kind.code == "taken-since"

    def test_a_late_train_keeps_them_expected_and_is_due_later(self, posts):
        one = build.journey()
        with clock.at(minutes(50)):
            actions.redate(journey=one, arrives_at=minutes(180), by="test")
        assert lines("arrivals.first_hand", 200) == [(posts.desk.pk, False, "")]
        assert Obligation.objects.get(window__kind__name="arrivals.first_hand").due_at == minutes(300)

    def test_a_redirected_person_is_owed_by_the_other_township(self, posts):
        one = build.journey()
        with clock.at(minutes(10)):
            actions.redirect(journey=one, place=build.OTHER_VILLAGE, by="test")
        assert timeline(one) == [("expected", posts.other_desk.pk, 0, None)]
        assert lines("arrivals.first_hand", 61) == [(posts.other_desk.pk, False, "")]

    def test_a_phone_that_is_two_hours_ahead_is_put_right(self, posts):
        one = build.journey()
        took(one, posts.station, None, 60, clock_off=7_200)
        assert timeline(one)[-1] == ("held", posts.station.pk, 60, None)
        side = Side.objects.get()
        assert (side.at, side.happened_at, side.received_at) == (minutes(60), minutes(180), minutes(60))

    def test_a_phone_ahead_that_does_not_know_it_counts_when_it_is_heard(self, posts):
        one = build.journey()
        uid = uuid4()
        gave(one, posts.station, posts.driver, 600, handover=uid, received=60)
        assert timeline(one)[-1] == ("between", posts.driver.pk, 60, None)

    def test_a_post_tells_for_itself_only(self, posts):
        from bulou.sync.intake import receive

        one = build.journey()
        item = {
            "id": str(uuid7()),
            "kind": "arrivals.took",
            "subject": one.number,
            "happened_at": minutes(60).isoformat(),
            "data": {"handover": str(uuid4()), "post": posts.driver.pk},
        }
        (answer,) = receive([item], actor=f"post:{posts.station.pk}", scope=build.COUNTY)
        assert answer["problem"]["type"].endswith("not-your-post")
        assert timeline(one) == [("expected", posts.desk.pk, 0, None)]

    def test_a_side_told_by_mistake_never_was(self, posts):
        one = build.journey()
        took(one, posts.station, None, 60)
        gave(one, posts.station, posts.driver, 70)
        assert lines("arrivals.taking", 71) == [(posts.driver.pk, False, "")]
        with clock.at(minutes(75)):
            actions.withdraw(side=Side.objects.get(which="gave"), by="test", words="点错了人")
        assert timeline(one)[-1] == ("held", posts.station.pk, 60, None)
        assert lines("arrivals.taking", 76) == [(posts.driver.pk, False, "term")]
        assert not agree()

    def test_a_correction_stands_in_the_place_of_what_it_corrects(self, posts):
        one = build.journey()
        took(one, posts.station, None, 60)
        uid = gave(one, posts.station, posts.driver, 70)
        took(one, posts.other_driver, posts.station, 72, handover=uid)
        with clock.at(minutes(80)):
            wrong = Side.objects.get(which="took", post=posts.other_driver)
            actions.withdraw(side=wrong, by="test", words="不是他接的")
        assert timeline(one)[-1] == ("between", posts.driver.pk, 70, None)
        assert lines("arrivals.taking", 81) == [(posts.driver.pk, False, "")]


class TestBreaks:
    def test_two_townships_that_take_one_person_leave_it_to_the_first_to_explain(self, posts):
        one = build.journey()
        took(one, posts.driver, None, 60)
        took(one, posts.other_driver, None, 65)
        assert timeline(one)[-1] == ("held", posts.other_driver.pk, 65, None)
        (broken,) = Break.objects.all()
        assert (broken.ground, broken.owner_id) == ("turn", posts.driver.pk)
        assert lines("arrivals.explain_break", 66) == [(posts.driver.pk, False, "")]

    def test_a_village_that_takes_somebody_by_itself_is_the_townships_break(self, posts):
        one = build.journey()
        took(one, posts.village, None, 60)
        (broken,) = Break.objects.all()
        assert (broken.ground, broken.owner_id) == ("own", posts.desk.pk)

    def test_who_gives_without_having_had_is_out_of_turn(self, posts):
        one = build.journey()
        took(one, posts.station, None, 60)
        took(one, posts.point, posts.driver, 90)
        (broken,) = Break.objects.all()
        assert (broken.ground, broken.owner_id) == ("turn", posts.station.pk)

    def test_a_side_that_comes_in_later_mends_the_break(self, posts):
        one = build.journey()
        took(one, posts.station, None, 60)
        took(one, posts.point, posts.driver, 90)
        assert lines("arrivals.explain_break", 91) == [(posts.station.pk, False, "")]
        took(one, posts.driver, posts.station, 70, received=100)
        assert lines("arrivals.explain_break", 101) == [(posts.station.pk, False, "mended")]
        assert not agree()

    def test_whom_nobody_took_may_be_taken_from_the_giver_again(self, posts):
        one = build.journey()
        took(one, posts.station, None, 60)
        gave(one, posts.station, posts.driver, 70)
        took(one, posts.other_driver, posts.station, 90)
        assert not Break.objects.exists()

    def test_an_explanation_closes_the_duty_once(self, posts):
        one = build.journey()
        took(one, posts.village, None, 60)
        assert lines("arrivals.explain_break", 61) == [(posts.desk.pk, False, "")]
        broken = Break.objects.get()
        with clock.at(minutes(70)):
            actions.explain(broken=broken, words="夜间无车,村干部先行接回", by="user:1")
            with pytest.raises(BulouError) as refused:
                actions.explain(broken=broken, words="再次说明", by="user:1")
        assert refused.value.kind.code == "explained-already"
        assert lines("arrivals.explain_break", 71) == [(posts.desk.pk, True, "")]

    def test_a_hospital_takes_from_every_state(self, posts):
        one = build.journey()
        took(one, posts.station, None, 60)
        gave(one, posts.station, posts.driver, 70)
        took(one, posts.hospital, None, 75)
        assert timeline(one)[-1] == ("held", posts.hospital.pk, 75, None)


def test_what_nobody_did_for_an_arrival_is_overdue(posts):
    build.journey()
    with clock.at(minutes(181)):
        engine.tick(minutes(181))
    rows = balance.balance(build.COUNTY, kinds=["arrivals.first_hand"], now=minutes(181))
    (row,) = [row for row in rows if (row.kind, row.place) == ("arrivals.first_hand", build.COUNTY)]
    assert (row.universe, row.overdue) == (1, 1)

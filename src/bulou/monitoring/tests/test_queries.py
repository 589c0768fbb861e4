"""Who is under monitoring, and what a person's page asks about a case."""

from __future__ import annotations

import pytest

from bulou.facts import monitoring as facts
from bulou.kernel import clock
from bulou.kernel.problems import BulouError
from bulou.monitoring import actions, queries
from bulou.monitoring.models import Seat
from bulou.monitoring.obligations import FIVE_SEATS
from bulou.monitoring.tests.build import NEXT_VILLAGE, VILLAGE, at, case, holder, seat

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("scope", "purpose"), [(None, "list"), ("", "list"), (VILLAGE, None), (VILLAGE, "")])
def test_a_question_about_persons_without_scope_or_purpose_is_refused(scope: str | None, purpose: str | None):
    with pytest.raises(BulouError) as refused:
        queries.cases(scope, purpose)
    assert refused.value.code == "scope-missing"


def test_a_scope_sees_its_own_cases_only():
    here, there = case(), case(place=NEXT_VILLAGE)
    assert list(queries.cases(VILLAGE, "list")) == [here]
    assert list(queries.cases("141022", "list")) == [here, there]
    with pytest.raises(BulouError) as refused:
        queries.case(there.number, scope=VILLAGE, purpose="page")
    assert refused.value.code == "no-such-case"


@pytest.mark.parametrize(
    ("moment", "active", "state", "unreleased"),
    [
        ("8", 0, "coming", 0),
        ("9", 1, "running", 0),
        ("22 23:59", 1, "running", 0),
        ("22 24:00", 0, "lapsed", 1),
        ("25", 0, "lapsed", 1),
    ],
)
def test_a_restriction_begins_and_lapses_by_itself(moment: str, active: int, state: str, unreleased: int):
    one = case()
    assert queries.count_active(VILLAGE, at(moment)) == active
    assert queries.restriction(one, at(moment)).state == state
    assert queries.unreleased(VILLAGE, "list", at(moment)).count() == unreleased


def test_an_ended_restriction_says_why_and_how_it_could_be_appealed():
    one = case(ended_at=at("16 09:00"), end_reason="hospital")
    told = queries.restriction(one, at("16 10:00"))
    assert (told.state, told.end_reason, told.may_be_released_now) == ("ended", "hospital", False)
    assert told.appeal == one.appeal


def test_seats_stand_in_the_directives_order_with_holder_and_phone_and_the_empty_ones_too():
    one = case()
    doctor = holder("doctor", VILLAGE)
    seat(one, Seat.DOCTOR)
    told = queries.seat_holders(one, FIVE_SEATS, at("16"))
    assert [one.seat for one in told] == list(FIVE_SEATS)
    filled = told[FIVE_SEATS.index("doctor")]
    assert (filled.post, filled.owner.name) == (doctor.pk, "李某")
    assert filled.owner.phone.startswith("199")
    assert told[0].owner is None


def test_the_timeline_holds_every_event_of_the_case_the_latest_first():
    one, other = case(), case()
    with clock.at(at("16 09:00")):
        actions.record(case=one, fact=facts.Contacted(seat="doctor", method="call"), by="post:1")
        actions.record(case=other, fact=facts.Contacted(seat="doctor", method="call"), by="post:1")
    with clock.at(at("16 10:00")):
        actions.end(case=one, reason=facts.EndReason.DIED, by="post:1")
    assert [event.kind.name for event in queries.timeline(one)] == [
        "monitoring.ended",
        "monitoring.contacted",
    ]


def test_what_is_owed_about_a_case_is_read_from_the_books():
    from bulou.obligations import engine

    one = case("16", changed_seq=1)
    with clock.at(at("16 21:00")):
        engine.tick()
    rows = queries.obligations(one, ["monitoring.health_report"])
    assert [row.opens_at for row in rows] == [at("16 12:00"), at("16 06:00")]

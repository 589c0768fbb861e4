"""This room and the engine together: what is done shows in the books, and the books can be recomputed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bulou.facts import monitoring as facts
from bulou.kernel import clock
from bulou.monitoring import actions, ledger
from bulou.monitoring.models import Case
from bulou.monitoring.obligations import FIVE_SEATS
from bulou.monitoring.tests.build import NEXT_VILLAGE, VILLAGE, at, holder, person
from bulou.obligations import engine
from bulou.obligations.models import Obligation
from bulou.obligations.reconcile import reconcile
from bulou.places.models import Place

pytestmark = pytest.mark.django_db

BY = "post:1"


@pytest.fixture(autouse=True)
def _county() -> Iterator[None]:
    for code, level in (
        ("141022", "county"),
        ("141022100", "township"),
        (VILLAGE, "village"),
        (NEXT_VILLAGE, "village"),
    ):
        Place.objects.get_or_create(code=code, defaults={"level": level, "name": code, "plain": code})
    with clock.at(at("16 10:00")):
        yield


def admitted() -> Case:
    return actions.admit(
        person=person().pk,
        place=VILLAGE,
        starts_at=at("16"),
        ends_at=at("22 24:00"),
        measure="居家健康监测",
        ground="传染病防治法第三十九条",
        evidence="4月15日自中风险地区返回",
        decided_by="县疫情防控指挥部",
        seats={name: holder(name, VILLAGE).pk for name in FIVE_SEATS},
        by=BY,
    )


def owed(kind: str) -> list[Obligation]:
    return list(Obligation.objects.filter(window__kind__name=kind).order_by("opens_at"))


def test_a_team_that_is_complete_from_the_start_is_met_on_time():
    admitted()
    engine.tick()
    (duty,) = owed("monitoring.five_seats")
    assert duty.met_at == at("16")


def test_an_abnormal_report_opens_a_follow_up_that_a_clinician_meets():
    one = admitted()
    engine.tick()
    actions.record(case=one, fact=facts.HealthReported(temperature="38.1"), by=BY)
    with clock.at(at("16 10:20")):
        engine.tick()
        (duty,) = owed("monitoring.abnormal_follow_up")
        assert (duty.due_at, duty.met_at) == (at("16 11:00"), None)
        actions.record(case=one, fact=facts.FollowedUp(outcome="observe"), by=BY)
    (duty,) = owed("monitoring.abnormal_follow_up")
    assert duty.met_at == at("16 10:20")


def test_an_abnormal_report_taken_back_excuses_its_follow_up_alone():
    one = admitted()
    wrong = actions.record(case=one, fact=facts.HealthReported(temperature="38.1"), by=BY)
    with clock.at(at("16 10:10")):
        actions.record(case=one, fact=facts.HealthReported(temperature="38.4"), by=BY)
        engine.tick()
    with clock.at(at("16 10:30")):
        actions.record(
            case=one,
            fact=facts.HealthReported(temperature="36.1"),
            by=BY,
            happened_at=at("16 10:00"),
            corrects=wrong.id,
        )
        engine.tick()
    first, second = owed("monitoring.abnormal_follow_up")
    assert (first.excused_at, first.excuse) == (at("16 10:30"), "corrected")
    assert second.excused_at is None
    assert reconcile() == []


def test_release_meets_its_duty_and_ends_the_others():
    one = admitted()
    office = holder("command_office", "141022")
    with clock.at(at("22 08:00")):
        engine.tick()
        actions.release(case=one, by=f"post:{office.pk}")
        engine.tick()
    (duty,) = owed("monitoring.release")
    assert duty.met_at == at("22 08:00")
    reports = owed("monitoring.health_report")
    assert reports[-1].opens_at == at("22 06:00")
    assert (reports[-1].excuse, reports[-2].excuse) == ("released", "")


def test_a_release_that_nobody_made_is_a_gap_and_the_person_is_free():
    admitted()
    with clock.at(at("24")):
        engine.tick()
    (duty,) = owed("monitoring.release")
    assert (duty.met_at, duty.excused_at, duty.due_at) == (None, None, at("22 24:00"))
    assert owed("monitoring.daily_contact")[-1].opens_at == at("22")


def test_after_moves_terms_ends_and_a_mistake_the_books_can_be_recomputed():
    one = admitted()
    engine.tick()
    with clock.at(at("17 13:00")):
        engine.tick()
        actions.move(case=one, place=NEXT_VILLAGE, by=BY)
        actions.change_term(case=one, ends_at=at("20 24:00"), decided_by="县指挥部", reason="更正", by=BY)
        engine.tick()
    with clock.at(at("18 09:00")):
        ended = actions.end(case=one, reason=facts.EndReason.HOSPITAL, by=BY)
        engine.tick()
    with clock.at(at("19 09:00")):
        actions.resume(case=ended, reason="录错人", by=BY)
        engine.tick()
    with clock.at(at("21 09:00")):
        engine.tick()
        assert reconcile() == []
        assert engine.tick().opened == 0
    assert {row.place for row in owed("monitoring.daily_contact")} == {VILLAGE, NEXT_VILLAGE}
    assert len(owed("monitoring.daily_contact")) == 5
    assert {row.excuse for row in owed("monitoring.health_report")} == {""}


@pytest.mark.parametrize("start", ["08", "09", "10", "11"])
def test_a_start_put_right_moves_the_days_on_which_a_sample_is_owed(start):
    one = admitted()
    for day in ("09", start, "09"):
        one.refresh_from_db()
        ledger.append(actions.redate(one, at(day), at("22"), by=BY))
        engine.tick()
        assert reconcile() == []
    standing = [line.opens_at for line in owed("monitoring.test") if line.excused_at is None]
    assert [clock.local(opens).day for opens in standing] == [10, 15]

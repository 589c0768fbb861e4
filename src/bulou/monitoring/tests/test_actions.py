"""Admission, term, seats, moves, ends: each verb with its event, its refusals and what it changes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from bulou.facts import monitoring as facts
from bulou.facts.subjects import SUBJECTS
from bulou.kernel import clock
from bulou.kernel.events import kind_id
from bulou.kernel.fields import MICROSECOND
from bulou.kernel.models import AuditLine, Event
from bulou.kernel.problems import BulouError
from bulou.monitoring import actions, seats
from bulou.monitoring.models import Case, CasePlace, CaseSeat, Seat, seal_evidence
from bulou.monitoring.obligations import FIVE_SEATS
from bulou.monitoring.tests.build import NEXT_VILLAGE, VILLAGE, abnormal, at, case, holder, owed, person, seat
from bulou.obligations.orders import Orders
from bulou.places.models import Place, Post

pytestmark = pytest.mark.django_db

BY = "post:1"


@pytest.fixture(autouse=True)
def _county() -> Any:
    for code, level in (
        ("141022", "county"),
        ("141022100", "township"),
        (VILLAGE, "village"),
        (NEXT_VILLAGE, "village"),
    ):
        Place.objects.get_or_create(code=code, defaults={"level": level, "name": code, "plain": code})
    with clock.at(at("16 10:00")):
        yield


def admission(**changes: Any) -> dict[str, Any]:
    return {
        "person": changes.pop("person", None) or person().pk,
        "place": VILLAGE,
        "starts_at": at("16"),
        "ends_at": at("22 24:00"),
        "measure": "居家健康监测",
        "ground": "传染病防治法第三十九条",
        "evidence": "4月15日自中风险地区返回",
        "decided_by": "县疫情防控指挥部",
        "by": BY,
        **changes,
    }


def events_of(one: Case, fact: type[facts.CaseFact]) -> list[Event]:
    return list(Event.objects.filter(kind_id=kind_id(fact.kind), subject=one.pk).order_by("seq"))


def five(place: str = VILLAGE) -> dict[str, int]:
    return {name: holder(name, place).pk for name in FIVE_SEATS}


def test_admission_makes_a_case_with_number_appeal_place_and_event():
    one = actions.admit(**admission())
    assert one.number == "JK22-000001"
    assert "行政复议" in one.appeal
    assert [(p.place, p.starts_at) for p in one.places.all()] == [(VILLAGE, at("16"))]
    (event,) = events_of(one, facts.Admitted)
    assert (event.actor, event.place) == (BY, VILLAGE)
    assert Case.objects.get().changed_seq >= event.seq
    assert AuditLine.objects.filter(subject=f"case:{one.number}").count() == 1


def test_numbers_run_on_and_tell_nothing():
    numbers = [actions.admit(**admission()).number for _ in range(3)]
    assert numbers == ["JK22-000001", "JK22-000002", "JK22-000003"]


@pytest.mark.parametrize("missing", ["ground", "evidence", "decided_by", "measure"])
def test_admission_without_what_the_law_asks_is_refused(missing: str):
    with pytest.raises(BulouError) as refused:
        actions.admit(**admission(**{missing: " "}))
    assert refused.value.code == "restriction-incomplete"
    assert not Case.objects.exists()


@pytest.mark.parametrize("field", ["ground", "decided_by", "appeal"])
def test_the_database_itself_refuses_a_case_without_it(field: str):
    one = case()
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=one.pk).update(**{field: ""})


@pytest.mark.parametrize("nothing", [b"", b"\1" * 40, None])
def test_the_database_itself_refuses_a_case_without_evidence(nothing: bytes | None):
    one = case()
    sealed = seal_evidence("") if nothing is None else nothing
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=one.pk).update(evidence_sealed=sealed)


def test_what_a_case_rests_on_is_sealed():
    one = actions.admit(**admission(evidence="4月15日自上海市浦东新区返回"))
    kept = Case.objects.filter(pk=one.pk).values_list().get()
    assert "浦东".encode() not in b"".join(bytes(v) for v in kept if isinstance(v, (bytes, memoryview)))
    assert not [value for value in kept if "浦东" in str(value)]
    assert Case.objects.get(pk=one.pk).evidence == "4月15日自上海市浦东新区返回"


def test_the_database_refuses_a_term_that_never_ends_and_an_end_without_reason():
    one = case()
    for nonsense in ({"ends_at": one.starts_at}, {"ended_at": at("10")}, {"end_reason": "died"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Case.objects.filter(pk=one.pk).update(**nonsense)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=one.pk).update(ends_at=None)


def test_nobody_is_monitored_twice_at_one_time():
    somebody = person().pk
    actions.admit(**admission(person=somebody))
    with pytest.raises(BulouError) as refused:
        actions.admit(**admission(person=somebody, starts_at=at("20"), ends_at=at("30")))
    assert refused.value.code == "already-monitored"


def test_somebody_released_may_be_admitted_again():
    somebody = person().pk
    first = actions.admit(**admission(person=somebody))
    actions.end(case=first, reason=facts.EndReason.HOSPITAL, by=BY)
    assert actions.admit(**admission(person=somebody, starts_at=at("16 12:00"))).pk != first.pk


def test_five_filled_seats_complete_the_team_from_the_start():
    one = actions.admit(**admission(seats=five()))
    assert one.seats.count() == 5
    (complete,) = events_of(one, facts.SeatsCompleted)
    assert complete.happened_at == at("16")
    assert len(events_of(one, facts.SeatAssigned)) == 5


def test_a_seat_whose_post_nobody_holds_leaves_the_team_incomplete():
    team = five()
    team["doctor"] = Post.objects.create(role="doctor", place=VILLAGE, number=9).pk
    one = actions.admit(**admission(seats=team))
    assert events_of(one, facts.SeatsCompleted) == []
    actions.assign_seat(case=one, seat="doctor", post=holder("doctor", VILLAGE).pk, by=BY)
    (complete,) = events_of(one, facts.SeatsCompleted)
    assert complete.happened_at == at("16 10:00")


def test_a_seat_handed_over_begins_where_the_other_ends_and_is_told_once():
    one = actions.admit(**admission(seats=five()))
    other = holder("doctor", VILLAGE, number=2)
    with clock.at(at("17 09:00")):
        actions.assign_seat(case=one, seat="doctor", post=other.pk, by=BY)
        actions.assign_seat(case=one, seat="doctor", post=other.pk, by=BY)
    first, second = CaseSeat.objects.filter(case=one, seat="doctor").order_by("starts_at")
    after = at("17 09:00") + MICROSECOND
    assert (first.ends_at, second.starts_at, second.ends_at) == (after, after, None)
    assert len(events_of(one, facts.SeatsCompleted)) == 1
    rows = owed("monitoring.health_report", "17", "17 23:00")
    assert [row["post"] for row in rows] == [first.post_id, second.post_id]


def test_an_unknown_seat_is_refused():
    with pytest.raises(BulouError) as refused:
        actions.assign_seat(case=case(), seat="king", post=1, by=BY)
    assert refused.value.code == "no-such-seat"


def test_a_post_that_answers_for_too_many_is_told_and_not_refused():
    worker = holder("grid_worker", VILLAGE)
    for _ in range(11):
        actions.admit(**admission(seats={"grid_worker": worker.pk}))
    (load,) = seats.overloaded([worker.pk], orders=Orders())
    assert (load.count, load.most) == (11, 10)


def test_a_move_changes_the_place_from_then_on():
    one = actions.admit(**admission())
    with clock.at(at("17 08:00")):
        moved = actions.move(case=one, place=NEXT_VILLAGE, by=BY)
    assert moved.place == NEXT_VILLAGE
    assert [(p.place, p.ends_at) for p in CasePlace.objects.order_by("starts_at")] == [
        (VILLAGE, at("17 08:00") + MICROSECOND),
        (NEXT_VILLAGE, None),
    ]
    (event,) = events_of(one, facts.Moved)
    assert event.place == NEXT_VILLAGE


def test_a_longer_term_needs_a_decision_and_a_reason():
    one = actions.admit(**admission())
    with pytest.raises(BulouError):
        actions.change_term(case=one, ends_at=at("25 24:00"), decided_by="", reason="密接", by=BY)
    before = one.changed_seq
    changed = actions.change_term(
        case=one, ends_at=at("25 24:00"), decided_by="县指挥部", reason="新增密接", by=BY
    )
    assert changed.ends_at == at("25 24:00")
    assert Case.objects.get().changed_seq > before
    (event,) = events_of(one, facts.TermChanged)
    assert event.data["end"].startswith("2022-04-26T00:00")


def test_a_start_put_right_takes_place_and_seats_along():
    one = actions.admit(**admission(seats=five()))
    actions.change_term(case=one, starts_at=at("14"), decided_by="县指挥部", reason="更正", by=BY)
    assert {p.starts_at for p in one.places.all()} == {at("14")}
    assert {s.starts_at for s in one.seats.all()} == {at("14")}
    assert len(owed("monitoring.daily_contact", "14", "14")) == 1


def test_death_ends_the_case_once():
    one = actions.admit(**admission())
    ended = actions.end(case=one, reason=facts.EndReason.DIED, by=BY, at=at("16 09:00"))
    assert (ended.ended_at, ended.end_reason) == (at("16 09:00"), "died")
    assert events_of(one, facts.Ended)[0].happened_at == at("16 09:00")
    with pytest.raises(BulouError) as refused:
        actions.end(case=one, reason=facts.EndReason.HOSPITAL, by=BY)
    assert refused.value.code == "case-ended"


def test_an_end_recorded_by_mistake_is_taken_back_by_a_correcting_event():
    one = actions.admit(**admission())
    actions.end(case=one, reason=facts.EndReason.DIED, by=BY)
    again = actions.resume(case=one, reason="录错人", by=BY)
    assert (again.ended_at, again.end_reason) == (None, "")
    assert events_of(one, facts.Resumed)[0].corrects == events_of(one, facts.Ended)[0].id


def test_nothing_happens_in_the_future():
    with pytest.raises(BulouError) as refused:
        actions.end(case=case(), reason=facts.EndReason.DIED, by=BY, at=at("17"))
    assert refused.value.code == "not-yet-happened"


@pytest.mark.parametrize(
    ("role", "place", "may"),
    [
        ("command_office", "141022", True),
        ("county_leader", "141022", True),
        ("village_cadre", VILLAGE, False),
        ("command_office", NEXT_VILLAGE, False),
    ],
)
def test_who_may_release_is_the_directives_and_within_the_place(role: str, place: str, may: bool):
    post = Post.objects.create(role=role, place=place)
    assert actions.may_release(by=f"post:{post.pk}", case=case()) is may


@pytest.mark.parametrize("by", ["import:1", "system", "token:3", "user:999", "post:999", "post:x"])
def test_no_import_program_or_stranger_may_release(by: str):
    assert not actions.may_release(by=by, case=case())


def test_release_is_an_act_of_the_last_day():
    office = Post.objects.create(role="command_office", place="141022")
    one = actions.admit(**admission(ends_at=at("17 24:00")))
    with pytest.raises(BulouError) as early:
        actions.release(case=one, by=f"post:{office.pk}")
    assert early.value.code == "too-early-to-release"
    assert not actions.can_release_now(case=one)
    with clock.at(at("17 09:00")):
        assert actions.can_release_now(case=one)
        released = actions.release(case=one, by=f"post:{office.pk}")
    assert (released.ended_at, released.end_reason) == (at("17 09:00"), "released")
    assert len(events_of(one, facts.Released)) == 1
    assert not actions.can_release_now(case=released)


def test_release_by_somebody_not_entitled_is_refused():
    with pytest.raises(BulouError) as refused, clock.at(at("22 09:00")):
        actions.release(case=case(), by=f"post:{holder('doctor', VILLAGE).pk}")
    assert refused.value.code == "not-entitled-to-release"


def test_what_was_told_is_recorded_with_the_window_it_names():
    one = case()
    event = actions.record(case=one, fact=facts.HealthReported(temperature="36.6", window="am"), by=BY)
    assert Event.objects.get(id=event.id).window == "20220416am"
    with pytest.raises(BulouError) as refused:
        actions.record(case=one, fact=facts.Released(), by=BY)
    assert refused.value.code == "kind-needs-its-action"


@pytest.mark.parametrize(
    ("report", "abnormal_lines"),
    [
        ({"temperature": "37.2"}, 0),
        ({"temperature": "37.3"}, 1),
        ({"temperature": "36.5", "symptoms": ["dry_cough"]}, 1),
    ],
)
def test_a_report_at_the_directives_temperature_or_with_symptoms_is_abnormal(
    report: dict[str, Any], abnormal_lines: int
):
    one = case()
    actions.record(case=one, fact=facts.HealthReported(**report), by=BY)
    assert one.abnormal_reports.count() == abnormal_lines


def test_a_correction_takes_an_abnormal_report_back():
    one = case()
    wrong = actions.record(case=one, fact=facts.HealthReported(temperature="38.5"), by=BY)
    actions.record(
        case=one,
        fact=facts.HealthReported(temperature="36.5"),
        by=BY,
        corrects=wrong.id,
        happened_at=at("16 10:00"),
    )
    (line,) = one.abnormal_reports.all()
    assert line.voided_at is not None
    assert owed("monitoring.abnormal_follow_up", "16", "17") == []


def test_a_correction_that_is_abnormal_too_keeps_one_follow_up():
    one = case()
    wrong = actions.record(case=one, fact=facts.HealthReported(temperature="39.5"), by=BY)
    right = actions.record(case=one, fact=facts.HealthReported(temperature="38.5"), by=BY, corrects=wrong.id)
    (line,) = one.abnormal_reports.all()
    assert (line.event, line.voided_at) == (right.id, None)
    assert len(owed("monitoring.abnormal_follow_up", "16", "17")) == 1


def test_cases_are_found_and_named_by_their_numbers():
    one = case()
    subject = SUBJECTS["case"]
    assert subject.find([one.number, "JK22-999999"])[one.number].id == one.pk
    assert subject.code_of([one.pk]) == {one.pk: one.number}


def test_a_seat_that_is_filled_by_a_post_taken_later_completes_the_team():
    from bulou.places import posts
    from bulou.places.workers import ensure

    team = five()
    empty = Post.objects.create(role="doctor", place=VILLAGE, number=9)
    one = actions.admit(**admission(seats={**team, "doctor": empty.pk}))
    assert events_of(one, facts.SeatsCompleted) == []
    with clock.at(at("16 11:00")):
        posts.hold(empty, ensure("赵某", "19900009999"), at("16 11:00"), by="user:1")
    (complete,) = events_of(one, facts.SeatsCompleted)
    assert complete.happened_at == at("16 11:00")


def test_the_seat_of_a_case_at_an_instant():
    one = case()
    seat(one, Seat.DOCTOR, until="12")
    assert seats.of_case(one, at("11")).count() == 1
    assert seats.of_case(one, at("12")).count() == 0
    assert abnormal(one, "11").voided_at is None

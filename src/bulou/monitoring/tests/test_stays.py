"""Stays at home that another room tells are carried out as cases."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.utils import translation

from bulou.facts.stays import HomeStay, HomeStayReleased, HomeStayResumed
from bulou.kernel import clock
from bulou.kernel.events import NewEvent
from bulou.kernel.models import Event
from bulou.monitoring import actions, ledger
from bulou.monitoring.models import Case, Seat
from bulou.monitoring.tests import build
from bulou.monitoring.tests.build import VILLAGE, at, holder
from bulou.obligations import directives, engine
from bulou.obligations.models import Obligation
from bulou.places.models import Place

pytestmark = pytest.mark.django_db

JOURNEY = 77
COUNTY = "141022"


@pytest.fixture(autouse=True)
def county():
    for code, level in ((COUNTY, "county"), (VILLAGE[:9], "township"), (VILLAGE, "village")):
        Place.objects.create(
            code=code,
            level=level,
            name=code,
            plain=code,
            parent_id={6: None, 9: COUNTY, 12: VILLAGE[:9]}[len(code)],
        )
    directives.start_defaults(COUNTY)


@pytest.fixture
def person():
    return build.person()


def tell(person, now="9 13:00", **values: Any) -> HomeStay:
    """Another room tells a stay: from the 9th at 12:30 until the end of the 15th, unless said otherwise."""
    told = HomeStay(
        **{
            "stay": uuid4(),
            "person": person.pk,
            "reference": "FX22-000001",
            "since": at("9 12:30"),
            "until": at("15 24:00"),
            "label": "居家隔离(7+5)",
            "ground": "传染病防治法第三十九条",
            "decided_by": "县指挥部",
            "appeal": "县卫健局",
            "tests": (date(2022, 4, 9), date(2022, 4, 12)),
            **values,
        }
    )
    append(told, now)
    return told


def again(told: HomeStay, now: str, **values: Any) -> None:
    """The same stay as it stands now."""
    append(HomeStay(**{**told.model_dump(), **values}), now)


def append(fact, now):
    with clock.at(at(now)):
        new = NewEvent(
            kind=fact.kind,
            subject=JOURNEY,
            place=VILLAGE,
            actor="custody",
            happened_at=clock.now(),
            data=fact.to_data(),
        )
        ledger.append([new])


def term(case):
    case.refresh_from_db()
    return case.starts_at, case.ends_at, case.ended_at, case.end_reason


def test_a_stay_becomes_a_case_with_its_ground_and_the_seats_of_the_place(person):
    doctor = holder(Seat.DOCTOR, VILLAGE)
    tell(person)
    case = Case.objects.get()
    assert term(case) == (at("9 12:30"), at("15 24:00"), None, "")
    assert (case.measure, case.place, case.evidence) == (
        "居家隔离(7+5)",
        VILLAGE,
        "旅居史见返乡行程 FX22-000001",
    )
    assert [(one.seat, one.post_id) for one in case.seats.all()] == [("doctor", doctor.pk)]


def test_told_again_it_changes_nothing(person):
    told = tell(person)
    before = Event.objects.count()
    again(told, "10")
    assert (Case.objects.count(), Event.objects.count()) == (1, before + 1)


def test_its_term_follows(person):
    told = tell(person)
    again(told, "10", since=at("9 11:00"), until=at("16 24:00"))
    assert term(Case.objects.get())[:2] == (at("9 11:00"), at("16 24:00"))


def test_samples_are_owed_on_the_days_that_were_decided_and_follow_them(person):
    told = tell(person)
    assert sampled("17") == [9, 12]
    again(told, "17 01:00", tests=(date(2022, 4, 9), date(2022, 4, 13)))
    assert sampled("17 02:00") == [9, 13]


def test_a_case_without_days_of_its_own_keeps_those_of_the_directive(person):
    with clock.at(at("9")):
        actions.admit(
            person=person.pk,
            place=VILLAGE,
            starts_at=at("9"),
            ends_at=at("15 24:00"),
            measure="居家健康监测",
            ground="传染病防治法第三十九条",
            evidence="4月8日自中风险地区返回",
            decided_by="县指挥部",
            by="user:1",
        )
    assert sampled("17") == [10, 15]


def sampled(now):
    """The days of April on which a sample is owed in the books."""
    with clock.at(at(now)):
        engine.tick(at(now))
    owed = Obligation.objects.filter(window__kind__name="monitoring.test", excused_at__isnull=True)
    return [clock.local(one.opens_at).day for one in owed.order_by("opens_at")]


@pytest.mark.parametrize(
    ("over", "reason"),
    [("hospital", "hospital"), ("left", "transferred"), ("died", "died"), ("replaced", "released")],
)
def test_what_ends_the_stay_ends_the_case(person, over, reason):
    told = tell(person)
    again(told, "11", over=over, over_at=at("10 08:00"))
    assert term(Case.objects.get())[2:] == (at("10 08:00"), reason)


def test_what_never_was_is_withdrawn_and_comes_back(person):
    told = tell(person)
    again(told, "10", over="void")
    assert term(Case.objects.get())[3] == "mistaken"
    again(told, "10 01:00", since=at("9 14:00"))
    assert term(Case.objects.get()) == (at("9 14:00"), at("15 24:00"), None, "")


def test_a_stay_that_goes_on_is_the_same_case_under_the_new_decision(person):
    first = tell(person)
    again(first, "11", over="continued", over_at=at("11"))
    second = tell(
        person, "11", since=at("11"), until=at("22 24:00"), label="居家隔离(14)", continues=first.stay
    )
    case = Case.objects.get()
    assert term(case) == (at("9 12:30"), at("22 24:00"), None, "")
    assert case.measure == "居家隔离(14)"
    again(second, "12", over="void")
    assert term(case)[3] == ""


def test_a_case_that_stands_already_is_left_as_it_is(person):
    standing = build.case(person=person, start="9 10:00", end="20")
    told = tell(person)
    again(told, "10", over="left", over_at=at("10"))
    assert Case.objects.count() == 1
    assert term(standing) == (at("9 10:00"), at("20"), None, "")


def test_a_release_and_its_correction_are_told_back(person, monkeypatch):
    monkeypatch.setattr(actions, "check_may_release", lambda **_: None)
    told = tell(person)
    case = Case.objects.get()
    with clock.at(at("15 09:00")):
        actions.release(case=case, by="user:1")
    released = Event.objects.get(kind__name=HomeStayReleased.kind)
    assert (released.subject, released.happened_at) == (JOURNEY, at("15 09:00"))
    assert released.data == {"stay": str(told.stay)}
    with clock.at(at("15 10:00")):
        actions.resume(case=case, reason="点错了", by="user:1")
    assert Event.objects.filter(kind__name=HomeStayResumed.kind).count() == 1


def test_the_end_that_was_told_is_not_told_back(person):
    told = tell(person)
    again(told, "11", over="replaced", over_at=at("10 08:00"))
    assert not Event.objects.filter(kind__name=HomeStayReleased.kind).exists()


def test_a_case_is_kept_in_the_countys_language(person):
    with translation.override("en"):
        tell(person)
    assert Case.objects.get().evidence.startswith("旅居史见返乡行程")

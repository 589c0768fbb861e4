"""Who owes in the windows of the day: the sentences of the contract, each asked of the universe itself."""

from __future__ import annotations

from typing import Any

import pytest

from bulou.monitoring.models import CasePlace, Seat
from bulou.monitoring.tests.build import NEXT_VILLAGE, VILLAGE, at, case, owed, seat
from bulou.obligations.kinds import UNIVERSE_COLUMNS, kind_named

pytestmark = pytest.mark.django_db


def openings(rows: list[dict[str, Any]]) -> list[Any]:
    return [row["opens_at"] for row in rows]


def test_two_health_reports_a_day_with_the_times_of_the_contract():
    case()
    morning, afternoon = owed("monitoring.health_report", "16", "16 23:59")
    assert (morning["opens_at"], morning["due_at"]) == (at("16 06:00"), at("16 12:00"))
    assert (afternoon["opens_at"], afternoon["due_at"]) == (at("16 12:00"), at("16 20:00"))


def test_one_contact_a_day_from_midnight_to_midnight():
    case()
    (contact,) = owed("monitoring.daily_contact", "16", "16 23:59")
    assert (contact["opens_at"], contact["due_at"]) == (at("16"), at("16 24:00"))


def test_a_row_has_exactly_the_agreed_columns():
    case()
    (contact,) = owed("monitoring.daily_contact", "16", "16 23:59")
    assert set(contact) == set(UNIVERSE_COLUMNS)


def test_a_start_that_is_only_a_date_owes_that_days_windows():
    case("9")
    assert openings(owed("monitoring.health_report", "8", "9 23:59")) == [at("9 06:00"), at("9 12:00")]
    assert openings(owed("monitoring.daily_contact", "8", "9 23:59")) == [at("9")]


@pytest.mark.parametrize(
    ("start", "first"),
    [("9 06:00", "9 06:00"), ("9 06:01", "9 12:00"), ("9 12:00", "9 12:00"), ("9 12:01", "10 06:00")],
)
def test_the_first_window_owed_opens_at_or_after_the_start(start: str, first: str):
    case(start)
    assert openings(owed("monitoring.health_report", "8", "10 07:00"))[0] == at(first)


@pytest.mark.parametrize(
    ("end", "last"), [("22 24:00", "22 12:00"), ("22 12:00", "22 06:00"), ("22 12:01", "22 12:00")]
)
def test_the_last_window_owed_opens_before_the_end(end: str, last: str):
    case("9", end)
    assert openings(owed("monitoring.health_report", "20", "25"))[-1] == at(last)


def test_death_at_nine_excuses_the_morning_and_nothing_opens_afterwards():
    case(ended_at=at("16 09:00"), end_reason="died")
    rows = owed("monitoring.health_report", "15 12:00", "17 12:00")
    assert openings(rows) == [at("15 12:00"), at("16 06:00")]
    assert (rows[0]["excused_at"], rows[0]["excuse"]) == (None, "")
    assert (rows[1]["excused_at"], rows[1]["excuse"]) == (at("16 09:00"), "died")


def test_a_window_due_at_the_moment_of_the_end_stays():
    case(ended_at=at("16 12:00"), end_reason="hospital")
    rows = owed("monitoring.health_report", "16", "17")
    assert [(row["opens_at"], row["excused_at"]) for row in rows] == [(at("16 06:00"), None)]


def test_nobody_owes_before_the_start_or_after_the_end():
    case("9", "10 24:00")
    assert owed("monitoring.health_report", "8", "8 23:59") == []
    assert owed("monitoring.health_report", "11", "12") == []


def test_owed_where_the_person_was_and_by_the_seat_of_that_time():
    moved = case()
    first = seat(moved, Seat.DOCTOR, until="16 08:00")
    second = seat(moved, Seat.DOCTOR, since="16 08:00", number=2)
    seat(moved, Seat.GRID_WORKER)
    CasePlace.objects.filter(case=moved).update(ends_at=at("16 08:00"))
    CasePlace.objects.create(case=moved, place=NEXT_VILLAGE, starts_at=at("16 08:00"))
    before, after = owed("monitoring.health_report", "16", "16 23:59")
    assert (before["place"], before["post"]) == (VILLAGE, first.pk)
    assert (after["place"], after["post"]) == (NEXT_VILLAGE, second.pk)


def test_no_seat_at_the_opening_leaves_the_post_empty():
    late = case()
    seat(late, Seat.DOCTOR, since="16 10:00")
    morning, afternoon = owed("monitoring.health_report", "16", "16 23:59")
    assert morning["post"] is None
    assert afternoon["post"] is not None


def test_the_directive_names_the_seat_that_answers():
    one = case()
    doctor, worker = seat(one, Seat.DOCTOR), seat(one, Seat.GRID_WORKER)
    (by_default,) = owed("monitoring.daily_contact", "16", "16")
    (by_order,) = owed("monitoring.daily_contact", "16", "16", owner=Seat.DOCTOR.value)
    assert (by_default["post"], by_order["post"]) == (worker.pk, doctor.pk)


def test_changed_cases_say_from_when_to_open_again():
    kind = kind_named("monitoring.health_report")
    assert kind.owed_since(0) is None
    case("12", changed_seq=5)
    case("9", changed_seq=3)
    assert kind.owed_since(2) == at("9")
    assert kind.owed_since(3) == at("12")
    assert kind.owed_since(5) is None


def test_endings_tell_the_term_and_what_ended_it():
    kind = kind_named("monitoring.health_report")
    one = case(changed_seq=7, ended_at=at("16 09:00"), end_reason="died")
    case(changed_seq=2)
    assert list(kind.endings(6)) == [
        {
            "subject": one.pk,
            "starts_at": one.starts_at,
            "ends_at": one.ends_at,
            "ended_at": at("16 09:00"),
            "excuse": "died",
        }
    ]

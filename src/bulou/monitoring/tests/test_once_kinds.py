"""What is owed once a stay, on some days of it, or after an abnormal report."""

from __future__ import annotations

from typing import Any

import pytest

from bulou.kernel.problems import BulouError
from bulou.monitoring.models import Seat
from bulou.monitoring.obligations import FIVE_SEATS
from bulou.monitoring.tests.build import abnormal, at, case, owed, seat
from bulou.obligations.kinds import KINDS, kind_named

pytestmark = pytest.mark.django_db


def times(rows: list[dict[str, Any]]) -> list[tuple[Any, Any]]:
    return [(row["opens_at"], row["due_at"]) for row in rows]


@pytest.mark.parametrize(
    ("name", "due"),
    [
        ("monitoring.first_contact", "9 12:30"),
        ("monitoring.five_seats", "9 14:30"),
        ("monitoring.notice", "9 24:00"),
        ("monitoring.undertaking", "9 24:00"),
        ("monitoring.room", "9 24:00"),
    ],
)
def test_what_is_owed_from_the_start_is_due_in_its_time(name: str, due: str):
    case("9 10:30")
    assert times(owed(name, "1", "30")) == [(at("9 10:30"), at(due))]


@pytest.mark.parametrize(
    ("start", "counts_from", "due"),
    [
        ("9", "08:00", "9 10:00"),
        ("9 07:59", "08:00", "9 10:00"),
        ("9 08:01", "08:00", "9 10:01"),
        ("9 23:00", "08:00", "10 01:00"),
        ("9", "00:00", "9 02:00"),
    ],
)
def test_a_start_before_the_working_day_counts_from_its_beginning(start: str, counts_from: str, due: str):
    case(start)
    (contact,) = owed("monitoring.first_contact", "1", "30", counts_from=counts_from)
    assert (contact["opens_at"], contact["due_at"]) == (at(start), at(due))


def test_a_paper_is_due_on_the_day_the_directive_says():
    case("9")
    assert times(owed("monitoring.notice", "1", "30", days=2)) == [(at("9"), at("10 24:00"))]


def test_a_start_at_midnight_belongs_to_the_day_that_begins():
    case("9")
    assert times(owed("monitoring.notice", "1", "30")) == [(at("9"), at("9 24:00"))]


def test_owed_once_only_in_the_window_that_holds_the_start():
    case("9 10:30")
    assert owed("monitoring.notice", "9 10:31", "30") == []
    assert owed("monitoring.notice", "1", "9 10:29") == []
    assert len(owed("monitoring.notice", "1", "9 10:30")) == 1


def test_the_seat_at_the_start_answers():
    one = case()
    cadre = seat(one, Seat.VILLAGE_CADRE)
    (notice,) = owed("monitoring.notice", "1", "30")
    assert notice["post"] == cadre.pk
    (contact,) = owed("monitoring.first_contact", "1", "30")
    assert contact["post"] is None


def test_a_death_before_it_is_due_excuses_and_one_after_it_does_not():
    case("9 10:00", ended_at=at("9 11:00"), end_reason="died")
    (contact,) = owed("monitoring.first_contact", "1", "30")
    assert (contact["excused_at"], contact["excuse"]) == (at("9 11:00"), "died")
    case("9 10:00", ended_at=at("9 12:00"), end_reason="died")
    assert [row["excuse"] for row in owed("monitoring.first_contact", "1", "30")] == ["died", ""]


def test_release_is_owed_on_the_last_day():
    case("9", "22 24:00")
    assert times(owed("monitoring.release", "1", "30")) == [(at("22"), at("22 24:00"))]
    assert owed("monitoring.release", "1", "21 23:59") == []


def test_release_from_a_stay_of_less_than_a_day_is_owed_from_its_start():
    case("9 10:00", "9 24:00")
    assert times(owed("monitoring.release", "1", "30")) == [(at("9 10:00"), at("9 24:00"))]


def test_an_end_put_off_takes_the_old_last_day_back():
    kind = kind_named("monitoring.release")
    one = case("9", "25 24:00", changed_seq=4)
    (ending,) = kind.endings(3)
    assert ending["subject"] == one.pk
    assert ending["starts_at"] == at("25")
    assert not ending["starts_at"] <= at("22") < ending["ends_at"]
    assert ending["starts_at"] <= at("25") < ending["ends_at"]
    assert kind.owed_since(3) == at("25")


def test_a_start_put_right_takes_the_first_one_back():
    (ending,) = (case("10", changed_seq=4), *kind_named("monitoring.notice").endings(3))[1:]
    assert not ending["starts_at"] <= at("9") < ending["ends_at"]
    assert ending["starts_at"] <= at("10") < ending["ends_at"]


@pytest.mark.parametrize(("first_day", "days"), [("start", ["10", "15"]), ("next", ["11", "16"])])
def test_tests_are_owed_on_the_directives_days(first_day: str, days: list[str]):
    case("9 15:00", "22 24:00")
    rows = owed("monitoring.test", "1", "30", first_day=first_day)
    assert times(rows) == [(at(day), at(f"{day} 24:00")) for day in days]


def test_a_test_on_the_first_day_is_owed_though_the_term_began_at_noon():
    one = case("9 12:00", changed_seq=2)
    doctor = seat(one, Seat.DOCTOR)
    (row,) = owed("monitoring.test", "1", "30", days=[1])
    assert (row["opens_at"], row["post"]) == (at("9"), doctor.pk)
    kind = kind_named("monitoring.test")
    assert kind.owed_since(1) == at("9")
    assert next(iter(kind.endings(1)))["starts_at"] == at("9")


def test_no_test_is_owed_after_the_end():
    case("9", "12 24:00")
    assert times(owed("monitoring.test", "1", "30")) == [(at("10"), at("10 24:00"))]


def test_each_abnormal_report_is_followed_up_within_its_minutes():
    one = case()
    doctor = seat(one, Seat.DOCTOR)
    abnormal(one, "16 08:00")
    abnormal(one, "16 13:00")
    rows = owed("monitoring.abnormal_follow_up", "1", "30")
    assert times(rows) == [(at("16 08:00"), at("16 09:00")), (at("16 13:00"), at("16 14:00"))]
    assert {row["post"] for row in rows} == {doctor.pk}
    assert {row["excuse"] for row in rows} == {""}


def test_a_report_taken_back_in_time_excuses_its_follow_up_and_no_other():
    one = case()
    abnormal(one, "16 08:00", voided="16 08:30")
    abnormal(one, "16 13:00")
    first, second = owed("monitoring.abnormal_follow_up", "1", "30")
    assert (first["excused_at"], first["excuse"]) == (at("16 08:30"), "corrected")
    assert (second["excused_at"], second["excuse"]) == (None, "")


def test_a_report_taken_back_too_late_leaves_the_miss_in_the_books():
    abnormal(case(), "16 08:00", voided="16 09:30")
    (row,) = owed("monitoring.abnormal_follow_up", "1", "30")
    assert row["excused_at"] is None


def test_endings_of_follow_ups_speak_of_each_report():
    kind = kind_named("monitoring.abnormal_follow_up")
    one = case(changed_seq=1)
    abnormal(one, "16 08:00", voided="16 08:30", seq=9)
    abnormal(one, "16 13:00", seq=5)
    (ending,) = kind.endings(8)
    assert (ending["opens_at"], ending["ended_at"], ending["excuse"]) == (
        at("16 08:00"),
        at("16 08:30"),
        "corrected",
    )
    assert kind.owed_since(4) == at("16 08:00")
    assert kind.owed_since(9) is None
    assert len(kind.endings(0)) == 2


def test_a_death_ends_a_follow_up_unless_the_report_was_taken_back_before():
    one = case(ended_at=at("16 08:40"), end_reason="died")
    abnormal(one, "16 08:00", voided="16 08:50")
    (row,) = owed("monitoring.abnormal_follow_up", "1", "30")
    assert (row["excused_at"], row["excuse"]) == (at("16 08:40"), "died")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("monitoring.five_seats", {"minutes": 240, "seats": ["king"]}),
        ("monitoring.five_seats", {"minutes": 240, "seats": []}),
        ("monitoring.test", {"days": []}),
        ("monitoring.test", {"days": [0]}),
        ("monitoring.test", {"days": [1], "first_day": "whenever"}),
        ("monitoring.notice", {"days": 0}),
    ],
)
def test_a_directive_with_nonsense_is_refused(name: str, values: dict[str, Any]):
    with pytest.raises(BulouError, match="指令"):
        kind_named(name).Params.read(name, values)


def test_every_kind_reads_its_starting_values_and_names_a_seat_that_answers():
    kinds = [kind for name, kind in KINDS.items() if name.startswith("monitoring.")]
    assert len(kinds) == 11
    assert {kind.Params.read(kind.name, kind.default).owner for kind in kinds} <= set(FIVE_SEATS)

"""What days bring: shares as promised, moments inside their windows, the doctor's illness."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from bulou.drill.cases import Case
from bulou.drill.county import make_county
from bulou.drill.errands import CONTACT, NEEDS, seats_on
from bulou.drill.life import (
    HEALTH,
    SHEET,
    WINDOWS,
    admitted,
    day_reports,
    history,
    post_changes,
    truth,
)
from bulou.drill.numbers import Numbers
from bulou.drill.record import County
from bulou.drill.staff import DOCTOR

DAY = date(2022, 4, 16)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    return make_county(tmp_path_factory.mktemp("county"), "tiny", DAY).county


@pytest.fixture(scope="module")
def crowd(county: County) -> County:
    """A county with two thousand under monitoring."""
    numbers, model = Numbers(), county.active(DAY)[0]
    cases: list[Case] = [
        replace(model, identity=numbers.identity(DAY - timedelta(days=9000 + i // 300), "男"))
        for i in range(2000)
    ]
    return replace(county, cases=tuple(cases))


def test_nine_of_ten_report_in_time_and_some_late_and_some_never(crowd: County) -> None:
    counts = truth(crowd, DAY)["monitoring.health_report"]
    assert counts["universe"] == 4000
    assert counts["met"] / 4000 == pytest.approx(0.90, abs=0.02)
    assert counts["late"] / 4000 == pytest.approx(0.06, abs=0.015)
    assert counts["never"] / 4000 == pytest.approx(0.04, abs=0.012)


def test_reports_are_those_the_truth_counts(crowd: County) -> None:
    counts = truth(crowd, DAY)
    reports = day_reports(crowd, DAY)
    health = [r for r in reports if r.kind == HEALTH]
    assert sum(r.late for r in health) == counts["monitoring.health_report"]["late"]
    assert sum(not r.late for r in health) == counts["monitoring.health_report"]["met"]
    assert sum(r.kind == CONTACT for r in reports) == counts["monitoring.daily_contact"]["met"]
    assert sum(r.kind == NEEDS for r in reports) == counts["monitoring.needs"]["met"]
    assert sum(r.channel == SHEET for r in health) / len(health) == pytest.approx(0.5, abs=0.05)


def test_reports_in_time_happen_in_their_window_and_late_ones_after_it(crowd: County) -> None:
    for report in day_reports(crowd, DAY):
        hour = report.happened_at.hour + report.happened_at.minute / 60
        assert report.happened_at.date() == DAY
        if report.kind == HEALTH:
            _, first, last = WINDOWS[report.window]
            assert (hour > last) if report.late else (first < hour < last)


def test_few_have_fever_and_they_have_symptoms(crowd: County) -> None:
    health = [r for r in day_reports(crowd, DAY) if r.kind == HEALTH]
    ill = [r for r in health if r.data["temperature"] >= 37.3]
    assert 0 < len(ill) < len(health) / 50
    assert all(bool(r.data["symptoms"]) == (r.data["temperature"] >= 37.3) for r in health)


def test_a_late_event_names_its_window_and_ids_are_uuid7_and_differ(crowd: County) -> None:
    events = [r.event("N1", crowd.seed) for r in day_reports(crowd, DAY)]
    late = [r.event("N1", crowd.seed) for r in day_reports(crowd, DAY) if r.late]
    assert late and all("window" in event["data"] for event in late)
    ids = [UUID(event["id"]) for event in events]
    assert all(i.version == 7 and i.variant == "specified in RFC 4122" for i in ids)
    assert len(set(ids)) == len(ids)


def test_the_same_day_asked_again_brings_the_same(county: County) -> None:
    assert day_reports(county, DAY) == day_reports(county, DAY)
    assert day_reports(county, DAY) != day_reports(county, DAY, seed="other")


def test_doctor_falls_ill_and_has_a_successor_two_days_later(county: County) -> None:
    ill_day, next_day = county.ill_from, county.successor_from
    assert next_day - ill_day == timedelta(days=2)
    ended, begun = post_changes(county, ill_day), post_changes(county, next_day)
    assert ended and all(post.end == ill_day for post in ended)
    assert [post.village for post in begun] == [post.village for post in ended]
    assert begun[0].holder != ended[0].holder and begun[0].start == next_day
    assert post_changes(county, DAY) == []


def test_the_ill_doctors_seat_is_empty_until_the_successor_comes(county: County) -> None:
    ill_day, ill = county.ill_from, county.ill_doctor
    case = next(c for c in county.cases if c.seats[DOCTOR] == ill)
    assert seats_on(county, case, DAY)[DOCTOR] == ill
    assert seats_on(county, case, ill_day)[DOCTOR] is None
    assert seats_on(county, case, ill_day + timedelta(days=2))[DOCTOR] == county.spare_doctors[case.township]


def test_those_who_come_later_are_admitted_on_their_day(county: County) -> None:
    later = [case for case in county.cases if case.start > DAY]
    assert later
    assert {c.identity for c in later if c.start == later[0].start} == {
        c.identity for c in admitted(county, later[0].start)
    }


def test_history_is_on_paper_and_before_the_day(county: County) -> None:
    past = list(history(county))
    assert past and all(report.day < DAY for report in past)
    assert all(report.channel == SHEET for report in past if report.kind == HEALTH)


def test_folder_has_no_truth_in_it(tmp_path: Path) -> None:
    made = make_county(tmp_path, "tiny", DAY)
    assert {path.name for path in tmp_path.iterdir()} == set(made.files)

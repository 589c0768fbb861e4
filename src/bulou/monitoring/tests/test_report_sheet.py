"""The temperature register: each row once, changed values as corrections, strangers as leads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from bulou.facts.monitoring import HealthReported
from bulou.kernel import clock, seal
from bulou.kernel.events import kind_id
from bulou.kernel.ids import is_uuid7
from bulou.kernel.models import Event
from bulou.monitoring import report_rows
from bulou.monitoring.models import AbnormalReport, Case
from bulou.monitoring.tests.build import at, case, person
from bulou.obligations.models import Unknown
from bulou.people import keys
from bulou.sheets.checking import Batch
from bulou.sheets.columns import Counts, kind_named
from bulou.sheets.context import Context

pytestmark = pytest.mark.django_db

NUMBER = "141099199001010010"


@pytest.fixture(autouse=True)
def _evening() -> Iterator[None]:
    with clock.at(at("16 20:30")):
        yield


@pytest.fixture
def one() -> Case:
    somebody = person()
    somebody.id_key = keys.id_key(NUMBER)
    somebody.save()
    return case(person=somebody)


def row(**changes: Any) -> dict[str, Any]:
    return {
        "name": "王某",
        "identity": NUMBER,
        "date": date(2022, 4, 16),
        "window": "am",
        "temperature": Decimal("36.6"),
        "symptoms": "",
        **changes,
    }


def bring_in(*rows: dict[str, Any]) -> tuple[Counts, list[tuple[str, str]]]:
    kind = kind_named("health_reports")
    context = Context(kind, "user:1")
    batch = Batch(
        rows=[tuple(one.get(name) for name in kind.names) for one in rows],
        refs=[("数据", number) for number, _one in enumerate(rows, 3)],
        headers={"数据": tuple(column.title for column in kind.columns)},
    )
    counts = report_rows.apply([batch], context)
    return counts, [(problem.action, problem.code) for problem in context.problems]


def reports() -> list[Event]:
    return list(Event.objects.filter(kind_id=kind_id(HealthReported.kind)).order_by("seq"))


def test_a_row_is_a_report_of_its_window(one: Case):
    counts, told = bring_in(row(measured_at=time(8, 10)))
    assert (counts, told) == (Counts(new=1), [("ignored", "entered-late")])
    (event,) = reports()
    assert (event.subject, event.window, event.happened_at) == (one.pk, "20220416am", at("16 08:10"))
    assert event.data == {"temperature": "36.6", "symptoms": [], "window": "am", "date": "2022-04-16"}
    assert is_uuid7(event.id)


@pytest.mark.parametrize(("window", "measured"), [("am", "16 09:00"), ("pm", "16 16:00")])
def test_a_row_without_a_time_counts_as_measured_in_its_window(one: Case, window: str, measured: str):
    bring_in(row(window=window))
    assert [event.happened_at for event in reports()] == [at(measured)]


def test_a_time_with_its_date_is_taken_as_it_stands(one: Case):
    bring_in(row(measured_at=datetime(2022, 4, 17, 7, 0)))
    assert [event.happened_at for event in reports()] == [at("17 07:00")]


def test_the_same_rows_again_add_nothing_whoever_brings_them(one: Case):
    bring_in(row(), row(window="pm"))
    with clock.at(at("18 09:00")):
        counts, _told = bring_in(row(window="pm"), row())
    assert counts == Counts(unchanged=2)
    assert len(reports()) == 2


def test_a_changed_temperature_corrects_the_earlier_report(one: Case):
    bring_in(row(temperature=Decimal("38.6")))
    assert AbnormalReport.objects.filter(voided_at=None).count() == 1
    counts, _told = bring_in(row())
    assert counts == Counts(updated=1)
    wrong, right = reports()
    assert right.corrects == wrong.id
    assert AbnormalReport.objects.filter(voided_at=None).count() == 0
    counts, _told = bring_in(row(temperature=Decimal("38.6")))
    assert counts == Counts(unchanged=1)


def test_a_report_from_a_phone_is_not_corrected_by_a_list(one: Case):
    from bulou.monitoring import actions

    actions.record(case=one, fact=HealthReported(temperature="36.4", window="am"), by="post:1")
    counts, _told = bring_in(row())
    assert counts == Counts(new=1)
    assert {event.corrects for event in reports()} == {None}


def test_fever_and_symptoms_call_for_a_clinician(one: Case):
    bring_in(row(temperature=Decimal("37.3")), row(window="pm", symptoms="dry_cough,fatigue"))
    assert AbnormalReport.objects.count() == 2
    assert reports()[1].data["symptoms"] == ["dry_cough", "fatigue"]


def test_a_stranger_is_a_lead_and_not_lost():
    counts, told = bring_in(row(), row(window="pm"))
    assert counts == Counts()
    assert told == [("refused", "not-monitored")] * 2
    (lead,) = Unknown.objects.all()
    assert lead.kind.name == "monitoring.health_report"
    assert NUMBER not in lead.evidence
    assert seal.unseal(lead.sealed)["id"] == NUMBER


def test_a_report_of_a_day_outside_the_stay_is_kept_and_told(one: Case):
    counts, told = bring_in(row(date=date(2022, 4, 1)))
    assert counts == Counts(new=1)
    assert ("ignored", "outside-term") in told


def test_a_report_belongs_to_the_stay_of_its_day(one: Case):
    second = case("24", "30 24:00", person=one.person)
    with clock.at(at("25 20:00")):
        bring_in(row(), row(date=date(2022, 4, 25)))
    assert [event.subject for event in reports()] == [one.pk, second.pk]


def test_two_rows_that_contradict_each_other_are_not_guessed_at(one: Case):
    counts, told = bring_in(row(), row(temperature=Decimal("36.8")), row())
    assert counts == Counts(new=1, unchanged=1)
    assert ("refused", "row-contradicts") in told


def test_late_entries_are_counted_once_a_sheet(one: Case):
    _counts, told = bring_in(row(date=date(2022, 4, 14)), row(date=date(2022, 4, 15)), row(window="pm"))
    assert told == [("ignored", "entered-late")]

"""The monitoring workbook: admitted once, put right, unchanged the second time, and out and in again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bulou.facts import monitoring as facts
from bulou.kernel import clock, seal
from bulou.kernel.events import kind_id
from bulou.kernel.fields import MICROSECOND
from bulou.kernel.models import Event
from bulou.monitoring import actions, sheet_export, sheet_rows
from bulou.monitoring.models import Case, CaseSeat
from bulou.monitoring.tests.build import VILLAGE, at, holder
from bulou.people import actions as people
from bulou.people.models import Person
from bulou.people.register import Resident
from bulou.places.models import Holding, Place, Post
from bulou.sheets import importing
from bulou.sheets.checking import Batch
from bulou.sheets.columns import Counts, kind_named
from bulou.sheets.context import Context

pytestmark = pytest.mark.django_db

NUMBERS = ("141099199001010011", "14109919900101002X", "141099199001010038")


@pytest.fixture(autouse=True)
def _county() -> Iterator[None]:
    rows = (
        ("141022", "county", "翼城县", None),
        ("141022100", "township", "唐兴镇", "141022"),
        (VILLAGE, "village", "文昌社区", "141022100"),
    )
    for code, level, name, parent in rows:
        Place.objects.get_or_create(
            code=code, defaults={"level": level, "name": name, "plain": name, "parent_id": parent}
        )
    with clock.at(at("16 10:00")):
        yield


def row(**changes: Any) -> dict[str, Any]:
    return {
        "name": "王某",
        "identity": NUMBERS[0],
        "phone": "19900000001",
        "township": "唐兴镇",
        "village": "文昌社区",
        "address": "绿苑小区3号楼2单元302",
        "came_from": "上海市浦东新区",
        "returned": date(2022, 4, 9),
        "measure": "居家健康监测",
        "starts": date(2022, 4, 10),
        "ends": date(2022, 4, 16),
        "ground": "传染病防治法第三十九条",
        "decided_by": "县疫情防控指挥部",
        "township_cadre": ("张某", "19900000011"),
        "village_cadre": ("李某", "19900000012"),
        "grid_worker": ("赵某", "19900000013"),
        "doctor": ("钱某", "19900000014"),
        "police": ("孙某", "19900000015"),
        **changes,
    }


def bring_in(*rows: dict[str, Any]) -> tuple[Counts, list[tuple[str, str]]]:
    """Apply rows; the counts, and (action, code) of what was told."""
    kind = kind_named("monitoring")
    context = Context(kind, "user:1")
    batch = Batch(
        rows=[tuple(one.get(name) for name in kind.names) for one in rows],
        refs=[("数据", number) for number, _one in enumerate(rows, 3)],
        headers={"数据": tuple(column.title for column in kind.columns)},
    )
    counts = sheet_rows.apply([batch], context)
    return counts, [(problem.action, problem.code) for problem in context.problems]


def test_a_row_becomes_a_case_with_all_that_the_law_asks():
    counts, told = bring_in(row())
    assert (counts, told) == (Counts(new=1), [])
    (case,) = Case.objects.all()
    assert (case.starts_at, case.ends_at) == (at("10"), at("16 24:00"))
    assert case.evidence == "2022-04-09自上海市浦东新区返回"
    assert case.ground == "传染病防治法第三十九条"
    assert "行政复议" in case.appeal
    assert seal.unseal(case.sealed)["address"] == "绿苑小区3号楼2单元302"
    assert "绿苑" not in case.evidence


def test_somebody_not_registered_is_registered_at_the_village():
    bring_in(row())
    (person,) = Person.objects.all()
    assert person.place == VILLAGE
    assert Case.objects.get().person == person


def test_somebody_registered_is_found_at_the_door():
    door = Place.objects.create(
        code=f"{VILLAGE}00100000000000101"[:26].ljust(26, "0"),
        level="door",
        name="101",
        plain="101",
        parent_id=VILLAGE,
    )
    known = people.register(
        Resident(door.code, "王某", NUMBERS[0], "19900000001", "", "home", "", None, "", "", ""), by="user:1"
    )
    bring_in(row())
    case = Case.objects.get()
    assert (case.person_id, case.place) == (known.pk, door.code)
    assert Person.objects.count() == 1


def test_another_name_for_the_number_is_told():
    bring_in(row())
    _counts, told = bring_in(row(name="汪某"))
    assert ("ignored", "name-differs-from-register") in told


def test_seats_become_held_posts_at_their_levels_and_complete_the_team():
    bring_in(row())
    posts = {(post.role, post.place) for post in Post.objects.all()}
    assert posts == {
        ("township_cadre", VILLAGE[:9]),
        ("police", VILLAGE[:9]),
        ("village_cadre", VILLAGE),
        ("grid_worker", VILLAGE),
        ("doctor", VILLAGE),
    }
    assert Holding.objects.count() == 5
    (complete,) = Event.objects.filter(kind_id=kind_id(facts.SeatsCompleted.kind))
    assert complete.happened_at == at("10")


def test_one_worker_for_two_people_is_one_post():
    bring_in(row(), row(identity=NUMBERS[1], name="周某"))
    assert Post.objects.count() == 5
    assert CaseSeat.objects.count() == 10


def test_a_worker_who_holds_a_post_over_the_place_keeps_it():
    bring_in(row(doctor=None))
    held = Post.objects.create(role="doctor", place=VILLAGE[:9], number=4)
    worker = Holding.objects.filter(post__role="police").get().worker
    Holding.objects.create(post=held, worker=worker, starts_at=at("1"))
    bring_in(row(identity=NUMBERS[1], name="周某", doctor=("孙某", "19900000015")))
    assert CaseSeat.objects.get(seat="doctor").post_id == held.pk


def test_an_empty_seat_stays_empty_unless_one_post_only_answers_for_the_place():
    bring_in(row(doctor=None))
    assert not CaseSeat.objects.filter(seat="doctor").exists()
    one = holder("doctor", VILLAGE)
    bring_in(row(identity=NUMBERS[1], name="周某", doctor=None))
    assert CaseSeat.objects.get(seat="doctor").post_id == one.pk
    holder("doctor", VILLAGE, number=2)
    bring_in(row(identity=NUMBERS[2], name="吴某", doctor=None))
    assert CaseSeat.objects.filter(seat="doctor").count() == 1


def test_a_name_without_a_phone_takes_no_seat_and_is_told():
    _counts, told = bring_in(row(doctor=("钱某", "")))
    assert ("ignored", "seat-without-phone") in told
    assert not CaseSeat.objects.filter(seat="doctor").exists()


def test_the_same_list_again_changes_nothing():
    bring_in(row(), row(identity=NUMBERS[1], name="周某"))
    before = Event.objects.count()
    counts, told = bring_in(row(), row(identity=NUMBERS[1], name="周某"))
    assert (counts, told) == (Counts(unchanged=2), [])
    assert Event.objects.count() == before


def test_another_end_is_put_right_with_its_event_and_told():
    bring_in(row())
    counts, told = bring_in(row(ends=date(2022, 4, 23)))
    assert counts == Counts(updated=1)
    assert told == [("ignored", "case-term-put-right")]
    case = Case.objects.get()
    assert case.ends_at == at("23 24:00")
    (event,) = Event.objects.filter(kind_id=kind_id(facts.TermChanged.kind))
    assert case.changed_seq >= event.seq


def test_another_start_in_the_same_stay_is_no_second_case():
    bring_in(row())
    counts, _told = bring_in(row(starts=date(2022, 4, 9)))
    assert counts == Counts(updated=1)
    assert Case.objects.get().starts_at == at("9")


def test_another_holder_takes_the_seat_from_now_on():
    bring_in(row())
    with clock.at(at("17 09:00")):
        counts, _told = bring_in(row(doctor=("郑某", "19900000099")))
    assert counts == Counts(updated=1)
    first, second = CaseSeat.objects.filter(seat="doctor").order_by("starts_at")
    assert first.ends_at == second.starts_at == at("17 09:00") + MICROSECOND
    assert (second.post.role, second.post.number) == ("doctor", 2)


def test_a_seat_left_empty_in_a_later_list_stays_filled():
    bring_in(row())
    counts, _told = bring_in(row(doctor=None))
    assert counts.updated == 0
    assert CaseSeat.objects.filter(seat="doctor", ends_at=None).count() == 1


def test_a_stay_that_ended_is_not_reopened_by_a_list():
    bring_in(row())
    actions.end(case=Case.objects.get(), reason=facts.EndReason.HOSPITAL, by="user:1")
    counts, told = bring_in(row(ends=date(2022, 4, 23)))
    assert counts == Counts(unchanged=1)
    assert told == [("ignored", "case-ended")]
    assert Case.objects.get().end_reason == "hospital"


def test_a_second_stay_after_the_first_is_a_second_case():
    bring_in(row())
    counts, _told = bring_in(row(starts=date(2022, 4, 20), ends=date(2022, 4, 26)))
    assert counts == Counts(new=1)
    assert Case.objects.count() == 2


def test_two_rows_of_one_person_in_one_time_are_one_case():
    counts, told = bring_in(row(), row(starts=date(2022, 4, 12), ends=date(2022, 4, 18)))
    assert counts == Counts(new=1)
    assert told == [("refused", "row-contradicts")]


@pytest.mark.parametrize("missing", ["ground", "decided_by", "measure"])
def test_a_row_without_what_the_law_asks_is_refused_and_the_others_go_in(missing: str):
    counts, told = bring_in(row(**{missing: " "}), row(identity=NUMBERS[1], name="周某"))
    assert counts == Counts(new=1)
    assert told == [("refused", "restriction-incomplete")]


def test_a_post_that_answers_for_too_many_is_told_once():
    numbers = [f"14109919900101{number:03}X" for number in range(12)]
    _counts, told = bring_in(*[row(identity=number, name=f"王{number}") for number in numbers])
    assert told.count(("ignored", "seat-overloaded")) == 4


def test_what_is_exported_is_taken_back_unchanged(tmp_path: Path):
    bring_in(row(), row(identity=NUMBERS[1], name="周某", doctor=None, phone="19900000002"))
    out = tmp_path / "monitoring.xlsx"
    importing.export("monitoring", out, place="141022", by="user:1", purpose="核对名单")
    before = Event.objects.count()
    report = importing.import_file("monitoring", out, by="user:1")
    assert (report.rows, report.unchanged, report.refused) == (2, 2, 0), report.problems
    assert {problem.code for problem in report.problems} == {"seat-empty"}
    assert Event.objects.filter(kind_id=kind_id(facts.Admitted.kind)).count() == 2
    assert Event.objects.count() == before
    (first, *_rest) = sheet_export.export(place="141022", purpose="核对名单")
    assert first[kind_named("monitoring").index("number")] == "JK22-000001"


def test_an_office_s_own_running_number_under_the_header_is_no_case_number():
    bring_in(row(number="1"))
    assert Case.objects.get().number == "JK22-000001"

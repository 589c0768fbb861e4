"""Files on their way in: counts, transactions, alarms, order, and what is written about them."""

import json
from datetime import datetime

import openpyxl
import pytest

from bulou.kernel import audit, clock
from bulou.kernel.models import AuditLine, Event
from bulou.kernel.problems import BulouError
from bulou.people.models import Person
from bulou.places.models import Place
from bulou.sheets import importing
from bulou.sheets.columns import KINDS, SheetKind
from bulou.sheets.importing import import_file, load_folder
from bulou.sheets.models import ImportRun
from bulou.sheets.tests import offices

NOW = datetime(2022, 4, 16, 12, tzinfo=clock.COUNTY_ZONE)
pytestmark = pytest.mark.usefixtures("county")


def residents(path, *rows, sheet="1号楼"):
    return offices.write(path, (sheet, [offices.RESIDENT_HEADER, *rows]))


def bring(path, kind="residents", **more):
    return import_file(kind, path, by="user:1", now=NOW, **more)


def counts(report):
    return (report.rows, report.new, report.updated, report.unchanged, report.refused)


def codes(report):
    return [(p.row, p.action, p.code) for p in report.problems]


def test_a_workbook_goes_through_the_reading_process_into_the_register(tmp_path):
    report = bring(residents(tmp_path / "residents.xlsx", *map(offices.resident, range(1, 4))))
    assert counts(report) == (3, 3, 0, 0, 0)
    assert Person.objects.count() == 3
    assert report.problems == []


def test_the_same_file_twice_is_all_unchanged(tmp_path, quick):
    path = residents(tmp_path / "residents.xlsx", offices.resident(1), offices.resident(2))
    bring(path)
    assert counts(bring(path)) == (2, 0, 0, 2, 0)
    assert Event.objects.count() == 2


def test_a_refused_row_does_not_stop_the_others(tmp_path, quick):
    bad = offices.resident(2, **{"身份证号": "141099"})
    report = bring(residents(tmp_path / "r.xlsx", offices.resident(1), bad, offices.resident(3)))
    assert counts(report) == (3, 2, 0, 0, 1)
    assert codes(report) == [(3, "refused", "id-number-length")]


def test_an_unknown_village_refuses_its_row_and_names_the_nearest(tmp_path, quick):
    lost = offices.resident(2, **{"村(社区)": "文仓社区"})
    report = bring(residents(tmp_path / "r.xlsx", offices.resident(1), lost))
    assert counts(report) == (2, 1, 0, 0, 1)
    found = importing.as_json(report.problems[0])
    assert (found["row"], found["column"], found["value"], found["code"]) == (
        3,
        "村(社区)",
        "文仓社区",
        "unknown-village",
    )
    assert "文昌社区" in found["message"]
    assert not Place.objects.filter(name="文仓社区").exists()


def test_an_unknown_township_is_told_in_its_column(tmp_path, quick):
    report = bring(residents(tmp_path / "r.xlsx", offices.resident(1, 乡镇="唐心镇")))
    assert [(p.column, p.code) for p in report.problems] == [("乡镇", "unknown-township")]


def test_a_place_read_by_another_name_is_reported_and_taken_in(tmp_path, quick):
    rows = [offices.resident(1, 乡镇="唐兴", **{"村(社区)": "文昌"}), offices.resident(2, 楼栋="1栋")]
    report = bring(residents(tmp_path / "r.xlsx", *rows))
    assert counts(report) == (2, 2, 0, 0, 0)
    assert [(p.row, p.column, p.code, p.params["read"]) for p in report.problems] == [
        (2, "乡镇", "place-name-read", "唐兴镇"),
        (2, "村(社区)", "place-name-read", "文昌社区"),
        (3, "楼栋", "place-name-read", "1号楼"),
    ]
    assert len(set(Person.objects.values_list("place", flat=True))) == 1


def test_a_row_repeated_word_for_word_is_taken_once(tmp_path, quick):
    report = bring(residents(tmp_path / "r.xlsx", offices.resident(1), offices.resident(1)))
    assert counts(report) == (2, 1, 0, 1, 0)
    assert codes(report) == [(3, "ignored", "row-repeated")]
    assert "第 2 行" in importing.as_json(report.problems[0])["message"]


def test_a_row_that_contradicts_an_earlier_one_is_refused_with_its_place(tmp_path, quick):
    other = offices.resident(1, 备注="另一种说法")
    report = bring(residents(tmp_path / "r.xlsx", offices.resident(1), other))
    assert counts(report) == (2, 1, 0, 0, 1)
    assert codes(report) == [(3, "refused", "row-contradicts")]


def test_a_check_counts_truly_and_writes_nothing(tmp_path, quick):
    path = residents(tmp_path / "r.xlsx", offices.resident(1))
    assert counts(bring(path, check=True)) == (1, 1, 0, 0, 0)
    assert not Person.objects.exists()
    assert not Place.objects.filter(name="绿苑小区").exists()
    assert not ImportRun.objects.exists()
    assert not AuditLine.objects.exists()
    assert counts(bring(path)) == (1, 1, 0, 0, 0)


def test_an_import_that_dies_leaves_nothing(tmp_path, quick, monkeypatch):
    path = residents(tmp_path / "r.xlsx", offices.resident(1))

    def die(*args, **more):
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(importing.recording, "record", die)
        with pytest.raises(RuntimeError):
            bring(path)
    assert not Person.objects.exists()
    assert not Event.objects.exists()
    assert counts(bring(path)) == (1, 1, 0, 0, 0)


def test_a_file_that_cannot_be_read_brings_nothing_in(tmp_path):
    path = tmp_path / "residents.xlsx"
    path.write_bytes(b"no workbook at all, whatever its name says" * 10)
    report = bring(path)
    assert counts(report) == (0, 0, 0, 0, 0)
    assert [p.fatal for p in report.problems] == [True]
    assert not ImportRun.objects.exists()


def test_a_table_without_its_columns_is_told_and_is_no_row(tmp_path, quick):
    report = bring(
        offices.write(tmp_path / "r.xlsx", ("表", [("乡镇", "姓名", "身份证号"), ("唐兴镇", "王某", "1")]))
    )
    assert counts(report)[0] == 0
    assert "columns-missing" in {p.code for p in report.problems}


def test_the_import_is_recorded_without_personal_data(tmp_path, quick):
    report = bring(residents(tmp_path / "r.xlsx", offices.resident(1)))
    run = ImportRun.objects.get()
    assert (run.kind, run.file_name, run.by, run.rows, run.new, run.sheet_rows) == (
        "residents",
        "r.xlsx",
        "user:1",
        1,
        1,
        {"1号楼": 1},
    )
    line = AuditLine.objects.get(action="sheets.imported")
    assert line.subject == Event.objects.get().actor == f"import:{run.pk}"
    assert "王某" not in json.dumps(line.detail, ensure_ascii=False)
    assert audit.broken_at() is None
    assert report.to_json()["problems"] == []


def test_a_sheet_with_far_fewer_rows_than_last_time_raises_an_alarm(tmp_path, quick):
    path = tmp_path / "r.xlsx"
    bring(residents(path, *map(offices.resident, range(1, 21))))
    report = bring(residents(path, *map(offices.resident, range(1, 19))))
    assert report.problems == []
    bring(residents(path, *map(offices.resident, range(1, 21))))
    report = bring(residents(path, *map(offices.resident, range(1, 18))))
    assert [(p.action, p.code, p.params["before"], p.params["now"]) for p in report.problems] == [
        ("ignored", "fewer-rows-than-before", 20, 17)
    ]
    assert "20" in importing.as_json(report.problems[0])["message"]


def test_a_sheet_that_is_gone_raises_the_alarm_too(tmp_path, quick):
    path = tmp_path / "r.xlsx"
    bring(residents(path, offices.resident(1), sheet="1号楼"))
    assert codes(bring(residents(path, offices.resident(1), sheet="2号楼"))) == [
        (0, "ignored", "fewer-rows-than-before")
    ]


def test_refused_rows_count_as_rows_of_their_sheet(tmp_path, quick):
    bad = offices.resident(2, **{"身份证号": "", "姓名": ""})
    bring(residents(tmp_path / "r.xlsx", offices.resident(1), bad))
    assert ImportRun.objects.get().sheet_rows == {"1号楼": 2}


def test_progress_is_told_while_the_file_is_read(tmp_path):
    told = []
    bring(residents(tmp_path / "r.xlsx", offices.resident(1)), progress=told.append)
    assert told[-1].done >= 1


def test_errors_come_back_in_the_same_workbook(tmp_path):
    bad = offices.resident(2, **{"身份证号": "141099"})
    out = tmp_path / "errors.xlsx"
    bring(residents(tmp_path / "r.xlsx", offices.resident(1), bad), errors=out)
    rows = list(openpyxl.load_workbook(out).active.iter_rows(values_only=True))
    column = rows[0].index("问题")
    assert rows[1][column] in (None, "")
    assert "身份证号" in rows[2][column]


def problem(call):
    with pytest.raises(BulouError) as caught:
        call()
    return caught.value.code


def test_what_cannot_be_brought_in_is_refused_by_name(tmp_path):
    path = residents(tmp_path / "r.xlsx", offices.resident(1))
    assert problem(lambda: bring(path, "nonsense")) == "no-such-sheet-kind"
    assert problem(lambda: bring(tmp_path / "none.xlsx")) == "no-such-file"
    assert problem(lambda: load_folder(tmp_path / "none", by="user:1")) == "no-such-folder"


def test_a_kind_that_has_no_way_in_or_out_says_so(tmp_path, monkeypatch):
    monkeypatch.setitem(KINDS, "shut", SheetKind("shut", "关", KINDS["residents"].columns))
    path = residents(tmp_path / "shut.xlsx", offices.resident(1))
    assert problem(lambda: bring(path, "shut")) == "not-importable"
    assert problem(lambda: send(tmp_path, "shut")) == "not-exportable"
    assert load_folder(tmp_path, by="user:1", now=NOW)[0].problems[0].code == "file-kind-unknown"


def send(tmp_path, kind="residents", purpose="县疫情防控办核对", place="141022"):
    return importing.export(kind, tmp_path / "out.xlsx", place=place, by="user:1", purpose=purpose)


def test_an_export_names_its_purpose_and_is_recorded(tmp_path, quick):
    bring(residents(tmp_path / "r.xlsx", offices.resident(1)))
    assert problem(lambda: send(tmp_path, purpose=" ")) == "purpose-missing"
    assert send(tmp_path) == 1
    line = AuditLine.objects.get(action="sheets.exported")
    assert (line.actor, line.place, line.reason, line.detail["rows"]) == (
        "user:1",
        "141022",
        "县疫情防控办核对",
        1,
    )


def test_a_folder_is_brought_in_in_the_right_order(tmp_path, quick):
    residents(tmp_path / "residents-绿苑小区.XLSX", offices.resident(1))
    offices.write(
        tmp_path / "posts.xlsx",
        ("表", [("岗位", "乡镇", "姓名", "手机号"), ("乡镇干部", "唐兴镇", "李某", "19900000009")]),
    )
    offices.write(tmp_path / "places.xlsx", ("表", [("乡镇", "村(社区)"), ("唐兴镇", "文昌社区")]))
    offices.write(tmp_path / "随手记.xlsx", ("表", [("甲",), ("乙",)]))
    (tmp_path / "~$residents.xlsx").write_bytes(b"lock")
    (tmp_path / "README.txt").write_text("no workbook")
    told = []
    reports = load_folder(tmp_path, by="user:1", now=NOW, progress=lambda name, done: told.append(name))
    assert [(r.kind, r.file) for r in reports] == [
        ("places", "places.xlsx"),
        ("posts", "posts.xlsx"),
        ("residents", "residents-绿苑小区.XLSX"),
        ("", "随手记.xlsx"),
    ]
    assert [r.problems[0].code for r in reports if not r.kind] == ["file-kind-unknown"]
    assert set(told) == {"posts.xlsx", "places.xlsx", "residents-绿苑小区.XLSX"}
    assert reports[2].summary() == {
        "file": "residents-绿苑小区.XLSX",
        "kind": "residents",
        "rows": 1,
        "new": 1,
        "updated": 0,
        "unchanged": 0,
        "refused": 0,
    }


def test_a_folder_whose_file_cannot_be_written_stops_there(tmp_path, quick, monkeypatch):
    residents(tmp_path / "residents-1.xlsx", offices.resident(1))
    residents(tmp_path / "residents-2.xlsx", offices.resident(2))

    def die(*args, **more):
        raise RuntimeError("disk full")

    monkeypatch.setattr(importing.recording, "record", die)
    with pytest.raises(RuntimeError):
        load_folder(tmp_path, by="user:1", now=NOW)
    assert not Person.objects.exists()


def test_kinds_of_other_rooms_come_last(tmp_path, monkeypatch):
    monkeypatch.setitem(KINDS, "arrivals", SheetKind("arrivals", "返乡", KINDS["residents"].columns))
    for name in ("arrivals", "workers", "residents"):
        (tmp_path / f"{name}.csv").write_text("", "utf-8")
    names = [kind.name for _, kind in importing.files_in_order(tmp_path)]
    assert names == ["workers", "residents", "arrivals"]

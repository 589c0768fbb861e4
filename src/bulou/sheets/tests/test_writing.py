"""What is written is read back unchanged; a workbook comes back with its problems on it."""

from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import bulou.arrivals.sheets
import bulou.arrivals.sheets_from_above
import bulou.monitoring.sheets  # noqa: F401  they register their kinds
from bulou.kernel.problems import BulouError
from bulou.sheets.columns import Counts, SheetKind, attach, kind_named, kind_of_file, kinds, register
from bulou.sheets.docs import render
from bulou.sheets.reading import Problem
from bulou.sheets.tests.defects import write_defects
from bulou.sheets.tests.offices import (
    RESIDENT_HEADER,
    TODAY,
    check,
    identity,
    resident,
    residents,
    said,
    write,
)
from bulou.sheets.writing import write_errors, write_template, write_workbook

RESIDENTS = kind_named("residents")
ROW = (
    *("唐兴镇", "文昌社区", "绿苑小区", "1号楼", "1单元", "101", "王某", "户主", identity(), "19900000001"),
    *("away", "山西省太原市", 3, date(2021, 12, 1), "alone,chronic", "=HYPERLINK(1)"),
)
EXAMPLES: dict[str, tuple[Any, ...]] = {
    "residents": ROW,
    "places": (
        "唐兴镇",
        "文昌社区",
        "绿苑小区",
        "第一网格",
        "1号楼",
        "",
        "101",
        "小区",
        "141022100003",
        2,
        "@物业",
    ),
    "organisations": ("县教育局", "县直单位", "", "+地址", "李某", "0357-4920000"),
    "workers": ("王某", "", "19900000001", "县教育局", "-科员", "中共党员", "绿苑小区"),
    "posts": ("网格员", "唐兴镇", "", "", "", "", "王某", "19900000001", date(2022, 4, 1), None),
    "monitoring": (
        *(
            "王某",
            identity(),
            None,
            "唐兴镇",
            "文昌社区",
            "绿苑小区",
            "上海市",
            date(2022, 4, 9),
            "居家健康监测",
        ),
        *(date(2022, 4, 10), date(2022, 4, 16), "传染病防治法", "县指挥部"),
        *(("王某", "19900000001"), ("方某", "0357-4920000"), None, None, None, "JK22-000001"),
    ),
    "health_reports": ("王某", identity(), TODAY, "pm", Decimal("36.6"), "fever", time(18, 5), "李某"),
}
"""A row of each kind with the values that reading gives; an identity number that is absent is ""."""
CAME = {
    "name": "王某",
    "identity": identity(),
    "phone": "19900000001",
    "home": "唐兴镇文昌社区",
    "visited": "4月1日-4月8日上海市浦东新区",
    "trip": "D1234",
    "arrives": (date(2022, 4, 9), time(18, 30), "到翼城东站"),
    "departed": (date(2022, 4, 9), None, ""),
    "arrives_time": time(18, 31),
    "way": "train",
    "needs": "wheelchair,infant",
    "single_room": "yes",
    "measure": "=居家",
    "boarded": "上海虹桥",
    "station": "翼城东",
    "pushed": "2022-04-08",
    "from": "上海浦东",
    "hours": 24,
    "deadline": (date(2022, 4, 10), time(12, 0), ""),
    "issued_by": "市疫情防控办",
    "area": "上海市浦东新区周浦镇",
    "code": "310115132",
    "level": "high",
    "since": date(2022, 4, 5),
    "source": "公告",
}
OF_ARRIVALS = ("arrivals", "arrivals_railway", "arrivals_big_data", "leads", "risk_areas")
EXAMPLES |= {name: tuple(CAME.get(column) for column in kind_named(name).names) for name in OF_ARRIVALS}


def _as_read(kind: SheetKind, row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(c.parse.empty if v in ("", None) else v for c, v in zip(kind.columns, row, strict=True))


@pytest.mark.parametrize("name", [kind.name for kind in kinds()])
def test_an_export_is_read_back_unchanged(tmp_path: Path, name: str) -> None:
    kind = kind_named(name)
    assert write_workbook(kind, [EXAMPLES[name]] * 3, tmp_path / "out.xlsx") == 3
    rows, problems = check(tmp_path / "out.xlsx", name)
    assert rows == [_as_read(kind, EXAMPLES[name])] * 3
    assert {p.code for p in problems} <= {"seat-empty", "phone-empty"}


def test_an_export_can_have_one_building_a_sheet(tmp_path: Path) -> None:
    rows = [(*ROW[:3], building, *ROW[4:]) for building in ("1号楼", "1号楼", "A/B:栋", "a-b-栋", "")]
    write_workbook(RESIDENTS, rows, tmp_path / "out.xlsx", title="绿苑小区", sheets=lambda row: row[3])
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert book.sheetnames == ["1号楼", "A-B-栋", "a-b-栋(2)", "数据"]
    assert book["1号楼"]["A1"].value == "绿苑小区"
    assert check(tmp_path / "out.xlsx")[0] == rows


def test_nothing_becomes_a_formula(tmp_path: Path) -> None:
    values = ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0"]
    write_workbook(RESIDENTS, [(*ROW[:15], value) for value in values], tmp_path / "out.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    cells = [sheet.cell(row, 16) for row in range(3, 8)]
    assert [c.value for c in cells] == values and {c.data_type for c in cells} == {"s"}
    assert {c.number_format for c in cells} == {"@"}


def test_an_export_of_nothing_is_a_table_without_rows(tmp_path: Path) -> None:
    assert write_workbook(RESIDENTS, [], tmp_path / "out.xlsx") == 0
    assert check(tmp_path / "out.xlsx") == ([], [])


@pytest.mark.parametrize("name", [kind.name for kind in kinds()])
def test_a_filled_in_template_is_read_without_a_word(tmp_path: Path, name: str) -> None:
    kind = kind_named(name)
    write_template(kind, tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert book.sheetnames == ["数据", "填表说明", "字典"] and book["字典"].sheet_state == "hidden"
    for place, (column, value) in enumerate(zip(kind.columns, EXAMPLES[name], strict=True), 1):
        cell = book["数据"].cell(4, place)
        cell.value = column.parse.write(value) or None
        cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
    book.save(tmp_path / "t.xlsx")
    rows, problems = check(tmp_path / "t.xlsx", name)
    assert rows == [_as_read(kind, EXAMPLES[name])]
    assert {p.code for p in problems} <= {"seat-empty", "phone-empty"}


def test_a_template_offers_the_choices_and_keeps_numbers_as_text(tmp_path: Path) -> None:
    write_template(RESIDENTS, tmp_path / "t.xlsx", about="填报单位:文昌社区")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    sheet = book["数据"]
    assert sheet["A2"].value == "填报单位:文昌社区" and sheet.freeze_panes == "A4"
    assert {v.formula1 for v in sheet.data_validations.dataValidation} == {"字典!$K$2:$K$4", "字典!$O$2:$O$7"}
    assert [book["字典"].cell(row, 11).value for row in range(1, 5)] == ["现居状态", "在家", "外出", "租住"]
    assert sheet.column_dimensions["I"].number_format == "@"
    help_rows = list(book["填表说明"].values)
    assert len(help_rows) == 1 + len(RESIDENTS.columns)


def test_a_workbook_comes_back_with_what_is_wrong_in_it(tmp_path: Path) -> None:
    write_defects(tmp_path / "r.xlsx")
    _, problems = check(tmp_path / "r.xlsx")
    write_errors(RESIDENTS, tmp_path / "r.xlsx", problems, tmp_path / "errors.xlsx")
    before = openpyxl.load_workbook(tmp_path / "r.xlsx")
    after = openpyxl.load_workbook(tmp_path / "errors.xlsx")
    assert after.sheetnames == before.sheetnames
    for name in before.sheetnames:
        _same_cells(before[name], after[name])
    sheet = after["1号楼"]
    assert sheet.cell(1, 17).value == "问题"
    for problem in (p for p in problems if p.sheet == "1号楼"):
        assert problem.column in sheet.cell(problem.row, 17).value
        colour = {"refused": "FFF8B4B0", "repaired": "FFFBEFC2", "ignored": "FFE4E7EC"}[problem.action]
        assert sheet.cell(problem.row, problem.at + 1).fill.fgColor.rgb == colour
    assert "性别" in after["2号楼"]["R3"].comment.text


def _same_cells(before: Any, after: Any) -> None:
    for row in before.iter_rows():
        for cell in row:
            again = after.cell(cell.row, cell.column).value
            if isinstance(cell.value, datetime) and not isinstance(again, datetime):
                again = datetime.combine(again, time())
            assert again == cell.value


def test_a_mended_workbook_can_come_in_again(tmp_path: Path) -> None:
    path = residents(tmp_path / "r.xlsx", resident(1), resident(2, 姓名=""))
    write_errors(RESIDENTS, path, check(path)[1], tmp_path / "errors.xlsx")
    book = openpyxl.load_workbook(tmp_path / "errors.xlsx")
    book.active["G3"] = "李某"
    book.save(tmp_path / "errors.xlsx")
    rows, problems = check(tmp_path / "errors.xlsx")
    assert len(rows) == 2 and problems == []


def test_every_kind_of_cell_comes_back(tmp_path: Path) -> None:
    cells = [date(2022, 4, 9), datetime(2022, 4, 9, 8, 30), True, 1.5, 14109919900101.0, "=1", "-"]
    rows = [["说明"], RESIDENT_HEADER, resident(), cells]
    path = write(tmp_path / "r.xlsx", ("表", rows), ("旁注", [["无表头"]]))
    write_errors(RESIDENTS, path, check(path)[1], tmp_path / "errors.xlsx")
    book = openpyxl.load_workbook(tmp_path / "errors.xlsx")
    found = [cell.value for cell in book["表"][4]][:7]
    assert found[1:] == cells[1:] and found[0].date() == cells[0]
    assert "没有找到表头" in book["旁注"]["B1"].comment.text


def test_a_file_that_cannot_be_read_does_not_come_back(tmp_path: Path) -> None:
    (tmp_path / "r.xlsx").write_bytes(b"PK\x03\x04")
    with pytest.raises(BulouError) as caught:
        write_errors(RESIDENTS, tmp_path / "r.xlsx", [], tmp_path / "errors.xlsx")
    assert caught.value.code == "file-broken" and "r.xlsx" in str(caught.value)


def test_a_text_file_comes_back_as_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text(",".join(RESIDENT_HEADER) + "\n" + ",".join(resident(姓名="")), encoding="gb18030")
    problems = check(path)[1]
    write_errors(
        RESIDENTS,
        path,
        [*problems, Problem("r", 2, "", "", "refused", "file-empty", {})],
        tmp_path / "e.xlsx",
    )
    sheet = openpyxl.load_workbook(tmp_path / "e.xlsx").active
    assert "“姓名”不能为空" in sheet["Q2"].value
    assert said(problems) == [(2, "姓名", "refused", "required-empty")]


def test_the_document_names_every_column() -> None:
    text = render()
    for kind in kinds():
        assert f"`{kind.name}`" in text
        assert all(f"| {column.title} |" in text for column in kind.columns)


def test_kinds_are_found_by_name_and_by_file() -> None:
    assert kind_of_file("residents-绿苑小区.xlsx") is RESIDENTS
    assert kind_of_file("常住人口信息汇总表(4月).xls") is RESIDENTS
    assert kind_of_file("其他.xlsx") is None
    with pytest.raises(ValueError, match="twice"):
        register(RESIDENTS)


def test_functions_of_another_room_are_attached(monkeypatch: pytest.MonkeyPatch) -> None:
    from bulou.sheets import columns

    monkeypatch.setattr(columns, "KINDS", dict(columns.KINDS))
    before = kind_named("posts")
    kind = attach("posts", apply=lambda batches, context: Counts(rows=1, new=1))
    assert kind is kind_named("posts") and kind.apply is not None and kind.bare().apply is None
    assert attach("posts", export=before.export).apply is kind.apply
    assert Counts(1, 1) + Counts(2, 0, 1, 1) == Counts(3, 1, 1, 1, 0)

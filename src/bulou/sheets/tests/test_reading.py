"""Tables are found on the sheets of offices, and what is no row is left out and named."""

import csv
from pathlib import Path

import pytest
import xlwt

from bulou.sheets import opening, reading
from bulou.sheets.columns import kind_named, kinds
from bulou.sheets.layout import plain
from bulou.sheets.opening import Sheet, Unreadable
from bulou.sheets.reading import CUT_OFF, Problem, SheetReader, Words, read
from bulou.sheets.tests.offices import (
    RESIDENT_HEADER,
    check,
    identity,
    resident,
    residents,
    said,
    write,
)

KINDS = [kind.name for kind in kinds()]


def test_a_clean_sheet_gives_rows_and_no_word(tmp_path: Path) -> None:
    rows, problems = check(residents(tmp_path / "r.xlsx", resident(1), resident(2)))
    assert problems == []
    assert [row[8] for row in rows] == [identity(1), identity(2)]


@pytest.mark.parametrize("kind", KINDS)
def test_each_title_and_variant_is_a_header_of_its_own_column(kind: str) -> None:
    words = Words(kind_named(kind))
    for position, column in enumerate(kind_named(kind).columns):
        for text in (column.title, column.title.replace("(", "（").replace(")", "）"), f"{column.title} *"):
            found = words.find(plain(text))
            assert found is not None and found[0] == position, text


def test_headers_in_any_order_with_variants_blanks_and_brackets(tmp_path: Path) -> None:
    header = [
        "姓　名",
        "公民身份号码",
        "联系方式",
        "乡镇（街道）",
        "社区",
        "小区",
        "房号",
        "与户主的关系",
        "末次接种时间(年月日)",
    ]
    row = ["王某", identity(), "19900000001", "唐兴镇", "文昌社区", "绿苑小区", "101", "户主", "2021-12-01"]
    rows, problems = check(write(tmp_path / "r.xlsx", ("表", [header, row])))
    assert problems == [] and rows[0][:3] == ("唐兴镇", "文昌社区", "绿苑小区")
    assert rows[0][6] == "王某" and str(rows[0][13]) == "2021-12-01"


def test_titles_offices_and_blank_lines_above_are_passed_over(tmp_path: Path) -> None:
    rows = [
        ["文昌社区常住人口信息汇总表"],
        [],
        ["填报单位:文昌社区", "", "日期:4月16日"],
        RESIDENT_HEADER,
        resident(),
    ]
    good, problems = check(write(tmp_path / "r.xlsx", ("表", rows)))
    assert len(good) == 1 and problems == []


def test_a_sheet_that_does_not_begin_in_column_a_keeps_its_places(tmp_path: Path) -> None:
    rows = [[], ["", "", *RESIDENT_HEADER], ["", "", *resident(姓名="王 某")]]
    good, problems = check(write(tmp_path / "r.xlsx", ("表", rows)))
    assert len(good) == 1 and [(p.row, p.at) for p in problems] == [(3, 8)]


def test_a_header_in_two_rows(tmp_path: Path) -> None:
    upper = [*RESIDENT_HEADER[:12], "疫苗接种情况", "", *RESIDENT_HEADER[14:]]
    lower = [""] * 12 + ["针次", "末次时间", "", ""]
    path = write(
        tmp_path / "r.xlsx",
        ("表", [upper, lower, resident(疫苗剂次="2", 末次接种日期="2021-12-01")]),
        merges=[(0, 12, 0, 13), (0, 1, 1, 1)],
    )
    rows, problems = check(path)
    assert problems == [] and rows[0][12] == 2 and str(rows[0][13]) == "2021-12-01"


def test_one_building_a_sheet(tmp_path: Path) -> None:
    header = [text for text in RESIDENT_HEADER if text != "楼栋"]
    row = [cell for text, cell in zip(RESIDENT_HEADER, resident(), strict=True) if text != "楼栋"]
    rows, problems = check(
        write(tmp_path / "r.xlsx", ("1号楼", [header, row]), ("12栋", [header, row]), ("底商", [header, row]))
    )
    assert [r[3] for r in rows] == ["1号楼", "12栋", ""]
    assert said(problems) == [(1, "", "repaired", "value-from-sheet-name")] * 2


def test_several_tables_on_one_sheet(tmp_path: Path) -> None:
    other = ["身份证号", "姓名", *(h for h in RESIDENT_HEADER if h not in ("姓名", "身份证号"))]
    cells = dict(zip(RESIDENT_HEADER, resident(2), strict=True))
    rows = [
        ["1号楼"],
        RESIDENT_HEADER,
        resident(1),
        ["合计", 1],
        [],
        ["2号楼"],
        other,
        [cells[h] for h in other],
        ["合计", 1],
    ]
    good, problems = check(write(tmp_path / "r.xlsx", ("表", rows)))
    assert [row[8] for row in good] == [identity(1), identity(2)]
    assert said(problems) == [(4, "", "ignored", "row-trailer"), (9, "", "ignored", "row-trailer")]


def test_a_header_repeated_on_each_page_counts_on(tmp_path: Path) -> None:
    rows = [RESIDENT_HEADER, resident(1), RESIDENT_HEADER, resident(2), ["合计", 2]]
    good, problems = check(write(tmp_path / "r.xlsx", ("表", rows)))
    assert len(good) == 2 and said(problems) == [(5, "", "ignored", "row-trailer")]


def test_blank_rows_and_numbered_blank_rows_are_passed_over(tmp_path: Path) -> None:
    header = ["序号", *RESIDENT_HEADER]
    rows = [header, [1, *resident(1)], [], [2], [3], [4, *resident(2)], ["5"]]
    good, problems = check(write(tmp_path / "r.xlsx", ("表", rows)))
    assert len(good) == 2 and [p.code for p in problems] == ["column-unknown"]


def test_a_row_with_something_in_it_is_refused_not_passed_over(tmp_path: Path) -> None:
    cells = [""] * len(RESIDENT_HEADER)
    cells[6] = "李某"
    rows, problems = check(residents(tmp_path / "r.xlsx", resident(), cells))
    assert len(rows) == 1
    assert {p.code for p in problems} == {"required-empty"} and {p.row for p in problems} == {3}


def test_lines_below_the_table(tmp_path: Path) -> None:
    below = [
        ["合计", "1人"],
        ["备注:1.本表每日上报"],
        ["2.十七时前"],
        ["填表人:张某", "", "审核人:李某"],
        ["(盖章)"],
    ]
    rows, problems = check(residents(tmp_path / "r.xlsx", resident(), *below))
    assert len(rows) == 1
    assert [(p.row, p.code) for p in problems] == [
        (3, "row-trailer"),
        (4, "row-trailer"),
        (5, "row-not-data"),
        (6, "row-trailer"),
        (7, "row-trailer"),
    ]


def test_a_section_line_between_rows(tmp_path: Path) -> None:
    rows = [RESIDENT_HEADER, resident(1), ["二单元住户"], resident(2)]
    good, problems = check(write(tmp_path / "r.xlsx", ("表", rows), merges=[(2, 0, 2, 5)]))
    assert len(good) == 2 and said(problems) == [(3, "", "ignored", "row-not-data")]


@pytest.mark.parametrize(
    ("total", "code"),
    [
        ("合计", "row-trailer"),
        ("合计 2 人", "row-trailer"),
        ("共计:3人", "total-disagrees"),
        ("合计1户2人", "row-trailer"),
    ],
)
def test_a_total_must_agree_with_the_rows(tmp_path: Path, total: str, code: str) -> None:
    _, problems = check(residents(tmp_path / "r.xlsx", resident(1), resident(2), [total]))
    assert said(problems) == [(4, "", "ignored", code)]


def test_subtotals_count_from_the_last_one(tmp_path: Path) -> None:
    rows = [resident(1), resident(2), ["小计", 2], resident(3), ["小计", 1], ["合计", 3]]
    _, problems = check(residents(tmp_path / "r.xlsx", *rows))
    assert [p.code for p in problems] == ["row-trailer"] * 3


def test_merged_cells_repeat_downwards(tmp_path: Path) -> None:
    rows = [RESIDENT_HEADER, resident(1), resident(2, 乡镇=""), resident(3, 乡镇="")]
    path = write(tmp_path / "r.xlsx", ("表", rows), merges=[(1, 0, 3, 0)])
    good, problems = check(path)
    assert [row[0] for row in good] == ["唐兴镇"] * 3
    assert said(problems) == [(3, "乡镇", "repaired", "merged-cell"), (4, "乡镇", "repaired", "merged-cell")]
    assert [p.value for p in problems] == ["", ""]


@pytest.mark.parametrize("mark", ["同上", "〃", "″", '"', " 〃 ", "”"])
def test_ditto_marks_repeat_the_cell_above(tmp_path: Path, mark: str) -> None:
    rows, problems = check(
        residents(tmp_path / "r.xlsx", resident(1), resident(2, 乡镇=mark), resident(3, 乡镇=mark))
    )
    assert [row[0] for row in rows] == ["唐兴镇"] * 3
    assert [(p.row, p.value, p.code) for p in problems] == [(3, mark, "ditto"), (4, mark, "ditto")]


def test_a_name_or_an_id_is_never_repeated(tmp_path: Path) -> None:
    rows, problems = check(
        residents(tmp_path / "r.xlsx", resident(1), resident(2, 姓名="同上", 身份证号="同上"))
    )
    assert len(rows) == 1 and {p.action for p in problems} == {"refused"}


def test_a_ditto_mark_with_nothing_above_stays_what_it_is(tmp_path: Path) -> None:
    _, problems = check(residents(tmp_path / "r.xlsx", resident(1, 疫苗剂次="同上")))
    assert said(problems) == [(2, "疫苗剂次", "ignored", "number-out-of-range")]


def test_what_is_repeated_goes_on_over_the_edge_of_a_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "AT_ONCE", 3)
    rows = [
        RESIDENT_HEADER,
        *(
            resident(n, 乡镇="" if n > 1 else "唐兴镇", **{"村(社区)": "〃" if n > 1 else "文昌社区"})
            for n in range(1, 9)
        ),
    ]
    good, problems = check(write(tmp_path / "r.xlsx", ("表", rows), merges=[(1, 0, 8, 0)]))
    assert [row[:2] for row in good] == [("唐兴镇", "文昌社区")] * 8
    assert [p.row for p in problems if p.code == "merged-cell"] == list(range(3, 10))


def test_missing_columns_are_one_problem_that_lists_what_was_found(tmp_path: Path) -> None:
    header = [text for text in RESIDENT_HEADER if text not in ("身份证号", "户号")]
    rows, problems = check(residents(tmp_path / "r.xlsx", ["唐兴镇"] * len(header), header=header))
    assert rows == [] and said(problems) == [(1, "", "refused", "columns-missing")]
    assert problems[0].params["missing"] == "户号、身份证号" and "姓名" in problems[0].params["found"]


def test_a_sheet_without_a_table_is_passed_over_where_another_has_one(tmp_path: Path) -> None:
    path = write(
        tmp_path / "r.xlsx",
        ("说明页", [["本表由社区填写"]]),
        ("表", [RESIDENT_HEADER, resident()]),
        ("Sheet3", []),
    )
    rows, problems = check(path)
    assert len(rows) == 1 and [(p.sheet, p.action, p.code) for p in problems] == [
        ("说明页", "ignored", "sheet-without-header")
    ]


def test_a_workbook_without_any_table_is_refused(tmp_path: Path) -> None:
    _, problems = check(write(tmp_path / "r.xlsx", ("表", [["通知"], ["各社区:"]])))
    assert said(problems) == [(0, "", "refused", "sheet-without-header")]
    _, problems = check(write(tmp_path / "e.xlsx", ("表", [])))
    assert said(problems) == [(0, "", "refused", "file-without-rows")] and problems[0].fatal


def test_two_of_the_words_in_a_row_of_text_are_no_header(tmp_path: Path) -> None:
    rows = [["姓名", "身份证号", "这", "是", "一", "句"], RESIDENT_HEADER, resident()]
    good, _ = check(write(tmp_path / "r.xlsx", ("表", rows)))
    assert len(good) == 1


def test_hidden_sheets_and_rows_are_read_and_named(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "r.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name in ("表", "A&B <旧>"):
            sheet = book.add_worksheet(name)
            for at, row in enumerate([RESIDENT_HEADER, resident(1), resident(2)]):
                sheet.write_row(at, 0, row)
        sheet.hide()
        sheet.set_row(2, None, None, {"hidden": True})
    rows, problems = check(path)
    assert len(rows) == 4
    assert [(p.sheet, p.row, p.code) for p in problems] == [
        ("A&B <旧>", 0, "sheet-hidden"),
        ("A&B <旧>", 3, "rows-hidden"),
    ]


def test_old_excel_files(tmp_path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("表")
    for at, row in enumerate([RESIDENT_HEADER, resident(1), resident(2, 乡镇="")]):
        for place, cell in enumerate(row):
            if cell != "" and (at, place) != (1, 0):
                sheet.write(at, place, cell)
    sheet.write_merge(1, 2, 0, 0, "唐兴镇")
    book.save(str(tmp_path / "r.xls"))
    rows, problems = check(tmp_path / "r.xls")
    assert [row[0] for row in rows] == ["唐兴镇"] * 2 and said(problems) == [
        (3, "乡镇", "repaired", "merged-cell")
    ]


@pytest.mark.parametrize("ending", [".xls", ".et", ".csv", ""])
def test_the_ending_of_a_name_may_mislead(tmp_path: Path, ending: str) -> None:
    path = residents(tmp_path / "r.xlsx", resident())
    assert check(path.rename(tmp_path / f"other{ending}"))[1] == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_text_files_in_any_usual_encoding(tmp_path: Path, encoding: str, mark: str) -> None:
    path = tmp_path / "r.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=mark).writerows(
            [["常住人口"], RESIDENT_HEADER, resident(姓名="㛃𬭚"), [], ["合计", 1]]
        )
    rows, problems = check(path)
    assert rows[0][6] == "㛃𬭚" and said(problems) == [(5, "", "ignored", "row-trailer")]


def test_a_short_line_of_a_text_file_is_a_row_with_empty_cells(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    lines = [",".join(RESIDENT_HEADER), ",".join(resident()).rstrip(",")]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert len(check(path)[0]) == 1


@pytest.mark.parametrize(("rows", "alarm"), [(65_536, True), (65_535, False)])
def test_a_sheet_of_as_many_rows_as_the_format_holds_raises_an_alarm(rows: int, alarm: bool) -> None:
    assert {65_536, 1_048_576} == CUT_OFF
    kind = kind_named("residents")
    blank = [""] * len(RESIDENT_HEADER)
    sheet = Sheet("表", rows, (RESIDENT_HEADER if n == 0 else blank for n in range(rows)))
    problems = [i for i in SheetReader(sheet, kind, Words(kind)).read() if isinstance(i, Problem)]
    assert [(p.row, p.code) for p in problems] == [(rows, "sheet-cut-off")] * alarm


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("r.xlsx", b"", "file-empty"),
        ("r.xlsx", "姓名,身份证号".encode(), "file-not-a-workbook"),
        ("r", b"name", "file-not-a-workbook"),
        ("r.xls", b"<html><table><tr><td>1</td></tr></table></html>", "file-is-web-page"),
        ("r.xls", b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "file-is-web-page"),
        ("r.csv", b"\xff\xff\xff\x80", "file-encoding"),
        ("r.csv", b"a\0b", "file-not-a-workbook"),
        ("r.csv", b'"' + b"x" * 40_000 + b'"', "file-broken"),
        ("r.xlsx", b"PK\x03\x04 and then nothing", "file-broken"),
        ("r.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and then nothing", "file-broken"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Unreadable) as caught:
        list(read(path, kind_named("residents")))
    assert caught.value.code == code


def test_our_own_column_of_problems_is_not_spoken_of(tmp_path: Path) -> None:
    rows, problems = check(
        residents(tmp_path / "r.xlsx", [*resident(), "某句话"], header=[*RESIDENT_HEADER, "问题"])
    )
    assert len(rows) == 1 and problems == []


def test_cells_that_hold_only_blanks_are_empty(tmp_path: Path) -> None:
    rows = [resident(1), [" "] * len(RESIDENT_HEADER), [1.0, *[""] * 15], resident(2)]
    good, problems = check(residents(tmp_path / "r.xlsx", *rows))
    assert len(good) == 2 and {p.row for p in problems} == {4}


def test_a_line_of_text_in_the_column_of_serial_numbers_is_named(tmp_path: Path) -> None:
    rows = [["序号", *RESIDENT_HEADER], [1, *resident(1)], ["以下空白"]]
    good, problems = check(write(tmp_path / "r.xlsx", ("表", rows)))
    assert len(good) == 1 and said(problems)[1:] == [(3, "", "ignored", "row-not-data")]


def test_an_office_whose_name_begins_like_a_signature_is_a_row(tmp_path: Path) -> None:
    header = ["单位名称", "类型"]
    good, problems = check(write(tmp_path / "o.xlsx", ("表", [header, ["审批服务局", ""]])), "organisations")
    assert good == [] and said(problems) == [(2, "类型", "refused", "required-empty")]


def test_a_sheet_too_long_to_look_through_has_no_hidden_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "SCANNED_FOR_HIDDEN", 1_000)
    good, problems = check(residents(tmp_path / "r.xlsx", *(resident(n) for n in range(30))))
    assert len(good) == 30 and problems == []

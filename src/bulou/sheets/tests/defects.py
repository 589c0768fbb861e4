"""A workbook of residents with every kind of slip in it, and what an import has to say about each."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter

from bulou.sheets.tests.offices import RESIDENT_HEADER, identity, identity_in_x, put, resident

REFUSED, REPAIRED, IGNORED = "refused", "repaired", "ignored"


class Defect(NamedTuple):
    """One defect: what it is, where it stands (row as Excel counts; 0: the sheet), what must be said."""

    what: str
    sheet: str
    row: int
    column: str
    action: str
    code: str


class _Slip(NamedTuple):
    what: str
    column: str
    value: Any
    action: str
    code: str


def _wide(text: str) -> str:
    return text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789X"})


def _slips() -> list[_Slip]:
    number, x = identity(900), identity_in_x()
    wrong = number[:17] + ("1" if number[17] == "0" else "0")
    id, phone, day = "身份证号", "手机号", "末次接种日期"
    return [
        _Slip("blanks around a name", "姓名", " 王某 ", REPAIRED, "text-spaces"),
        _Slip("full-width blank in a name", "姓名", "王　某", REPAIRED, "text-spaces"),
        _Slip("a dot of another kind in a name", "姓名", "买买提.某", REPAIRED, "name-read"),
        _Slip("a number in a name", "姓名", "王某2", REFUSED, "name-unreadable"),
        _Slip("no name", "姓名", "", REFUSED, "required-empty"),
        _Slip("full-width door", "户号", "３０２", REPAIRED, "text-fullwidth"),
        _Slip("apostrophe before a door", "户号", "'302", REPAIRED, "text-apostrophe"),
        _Slip("a door that became a date", "户号", datetime(2022, 3, 2), REFUSED, "text-became-date"),
        _Slip("no door", "户号", "", REFUSED, "required-empty"),
        _Slip("line break in a compound", "小区(自然村)", "绿苑\n小区", REPAIRED, "text-spaces"),
        _Slip("a relation too long", "与户主关系", "户主的" * 10, REFUSED, "text-too-long"),
        _Slip(
            "blanks in an id", id, f"{number[:6]} {number[6:14]} {number[14:]}", REPAIRED, "id-number-spaces"
        ),
        _Slip("full-width id", id, _wide(number), REPAIRED, "id-number-fullwidth"),
        _Slip("lower-case x", id, x.lower(), REPAIRED, "id-number-lower-x"),
        _Slip("apostrophe before an id", id, f"'{number}", REPAIRED, "id-number-apostrophe"),
        _Slip("15-digit id", id, number[:6] + number[8:17], REPAIRED, "id-number-15-digits"),
        _Slip("id as a number", id, float(number[:15] + "000"), REFUSED, "id-number-excel-float"),
        _Slip("id as 1.41E+17", id, "1.41099E+17", REFUSED, "id-number-excel-float"),
        _Slip("wrong check digit", id, wrong, REFUSED, "id-number-check-digit"),
        _Slip("17 digits", id, number[:17], REFUSED, "id-number-length"),
        _Slip("impossible birth date", id, identity(1, "19900230"), REFUSED, "id-number-birth-date"),
        _Slip("letters in an id", id, f"1410{number[4:16]}AB", REFUSED, "id-number-form"),
        _Slip("blanks in a phone", phone, "199 0000 1234", REPAIRED, "phone-read"),
        _Slip("dashes in a phone", phone, "199-0000-1235", REPAIRED, "phone-read"),
        _Slip("country code", phone, "+8619900001236", REPAIRED, "phone-read"),
        _Slip("two phones", phone, "19900001237/19900001238", REPAIRED, "phone-two-in-cell"),
        _Slip("10 digits", phone, "1990000123", IGNORED, "phone-length"),
        _Slip("words for a phone", phone, "没装", IGNORED, "phone-form"),
        _Slip("another word for a status", "现居状态", "租户", REPAIRED, "choice-read"),
        _Slip("an unknown status", "现居状态", "看情况", IGNORED, "choice-unknown"),
        _Slip("doses with a word", "疫苗剂次", "3针", REPAIRED, "number-read"),
        _Slip("too many doses", "疫苗剂次", 30, IGNORED, "number-out-of-range"),
        _Slip("date with dots", day, "2022.4.9", REPAIRED, "date-read"),
        _Slip("Chinese date", day, "2022年4月9日", REPAIRED, "date-read"),
        _Slip("serial", day, 44660, REPAIRED, "date-serial"),
        _Slip("no year", day, "4.9", REPAIRED, "date-year-completed"),
        _Slip("30 February", day, "2022-02-30", IGNORED, "date-impossible"),
        _Slip("a dose in the future", day, "2023-04-09", IGNORED, "date-in-future"),
        _Slip("4.1 or 4.10", day, 4.1, IGNORED, "date-ambiguous"),
        _Slip("words for a date", day, "去年冬天", IGNORED, "date-unreadable"),
        _Slip("another word for a need", "特殊需求", "血透", REPAIRED, "choice-read"),
        _Slip("an unknown need", "特殊需求", "独居、爱喝茶", IGNORED, "choice-partly-unknown"),
        _Slip("同上", "乡镇", "同上", REPAIRED, "ditto"),
        _Slip("〃", "村(社区)", "〃", REPAIRED, "ditto"),
        _Slip("a remark as yes", "备注", True, REPAIRED, "text-boolean"),
    ]


FIRST, SECOND = "1号楼", "2号楼"
_WITHOUT_BUILDING = tuple(text for text in RESIDENT_HEADER if text != "楼栋")


def write_defects(path: Path) -> list[Defect]:
    """Write the workbook; its first sheet has one defect a row, its second those of the sheet itself."""
    with xlsxwriter.Workbook(str(path)) as book:
        return [*_first(book), *_second(book)]


def _first(book: xlsxwriter.Workbook) -> list[Defect]:
    sheet, day = book.add_worksheet(FIRST), book.add_format({"num_format": "yyyy/m/d"})
    _row(sheet, 0, RESIDENT_HEADER, day)
    _row(sheet, 1, resident(500), day)
    slips = _slips()
    for number, slip in enumerate(slips, 2):
        _row(sheet, number, resident(number, **{slip.column: slip.value}), day)
    return [Defect(s.what, FIRST, row, s.column, s.action, s.code) for row, s in enumerate(slips, 3)]


def _second(book: xlsxwriter.Workbook) -> list[Defect]:
    """Title, office, header with 序号 and a column of its own, a merged cell, a hidden row, lines below."""
    sheet, day = book.add_worksheet(SECOND), book.add_format({"num_format": "yyyy/m/d"})
    width = len(_WITHOUT_BUILDING) + 2
    sheet.merge_range(0, 0, 0, width - 1, "文昌社区常住人口信息汇总表")
    sheet.merge_range(1, 0, 1, width - 1, "填报单位:文昌社区      日期:2022年4月16日")
    _row(sheet, 2, ["序号", *_WITHOUT_BUILDING, "性别"], day)
    for index in range(4):
        cells = dict(zip(RESIDENT_HEADER, resident(600 + index), strict=True))
        _row(sheet, 3 + index, [index + 1, *(cells[h] for h in _WITHOUT_BUILDING), "男"], day)
    sheet.merge_range(3, 1, 4, 1, "唐兴镇", book.add_format({"valign": "top"}))
    sheet.set_row(5, None, None, {"hidden": True})
    _row(sheet, 7, ["合计", "9"], day)
    _row(sheet, 8, ["填表人:张某      审核人:李某"], day)
    return [
        Defect("serial numbers", SECOND, 3, "序号", IGNORED, "column-unknown"),
        Defect("a column of their own", SECOND, 3, "性别", IGNORED, "column-unknown"),
        Defect("no column for the building", SECOND, 3, "", REPAIRED, "value-from-sheet-name"),
        Defect("a merged cell", SECOND, 5, "乡镇", REPAIRED, "merged-cell"),
        Defect("a hidden row", SECOND, 6, "", REPAIRED, "rows-hidden"),
        Defect("a total that disagrees", SECOND, 8, "", IGNORED, "total-disagrees"),
        Defect("a line of signatures", SECOND, 9, "", IGNORED, "row-trailer"),
    ]


def _row(sheet: Any, at: int, cells: Any, day: Any) -> None:
    for place, cell in enumerate(cells):
        put(sheet, at, place, cell, day)

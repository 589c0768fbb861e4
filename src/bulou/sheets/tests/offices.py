"""Workbooks as offices make them, small, with invented people (division 141099, phones 1990000xxxx)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from stdnum.cn import ric

from bulou.sheets.checking import Batch, check_file
from bulou.sheets.columns import kind_named
from bulou.sheets.reading import Problem

TODAY = date(2022, 4, 16)
RESIDENT_HEADER = (
    *("乡镇", "村(社区)", "小区(自然村)", "楼栋", "单元", "户号", "姓名", "与户主关系", "身份证号", "手机号"),
    *("现居状态", "外出地址", "疫苗剂次", "末次接种日期", "特殊需求", "备注"),
)


def identity(number: int = 1, born: str = "19900101") -> str:
    """A valid number of the unassigned division."""
    body = f"141099{born}{number:03d}"
    return body + ric.calc_check_digit(body + "0")


def identity_in_x() -> str:
    """A valid number that ends in X."""
    return next(found for n in range(1, 100) if (found := identity(n)).endswith("X"))


def resident(number: int = 1, **changes: Any) -> list[Any]:
    """The cells of one resident, in the order of RESIDENT_HEADER; changes by header."""
    cells = dict.fromkeys(RESIDENT_HEADER, "") | {
        "乡镇": "唐兴镇",
        "村(社区)": "文昌社区",
        "小区(自然村)": "绿苑小区",
        "楼栋": "1号楼",
        "单元": "1单元",
        "户号": "101",
        "姓名": "王某",
        "与户主关系": "户主",
        "身份证号": identity(number),
        "手机号": f"1990000{number:04d}",
    }
    return list((cells | changes).values())


def write(
    path: Path, *sheets: tuple[str, Sequence[Sequence[Any]]], merges: Sequence[tuple[int, ...]] = ()
) -> Path:
    """An .xlsx of some sheets; merges (first row, first column, last row, last column) are of the first."""
    with xlsxwriter.Workbook(str(path)) as book:
        merged = book.add_format({"align": "center"})
        day = book.add_format({"num_format": "yyyy/m/d"})
        for index, (name, rows) in enumerate(sheets):
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for place, cell in enumerate(row):
                    put(sheet, at, place, cell, day)
            for first, left, last, right in () if index else merges:
                sheet.merge_range(first, left, last, right, rows[first][left], merged)
    return path


def put(sheet: Any, row: int, place: int, cell: Any, day: Any) -> None:
    """One cell by its type."""
    if isinstance(cell, str):
        sheet.write_string(row, place, cell) if cell else None
    elif isinstance(cell, bool):
        sheet.write_boolean(row, place, cell)
    elif isinstance(cell, date | datetime):
        sheet.write_datetime(row, place, cell, day)
    else:
        sheet.write_number(row, place, cell)


def residents(path: Path, *rows: Sequence[Any], header: Sequence[str] = RESIDENT_HEADER) -> Path:
    """A plain sheet of residents."""
    return write(path, ("常住人口", [header, *rows]))


def check(
    path: Path, kind: str = "residents", today: date = TODAY
) -> tuple[list[tuple[Any, ...]], list[Problem]]:
    """The good rows and the problems of a workbook, read in this process."""
    rows, problems = [], []
    for item in check_file(path, kind_named(kind), today):
        if isinstance(item, Batch):
            rows += item.rows
        elif isinstance(item, Problem):
            problems.append(item)
    return rows, problems


def said(problems: Sequence[Problem]) -> list[tuple[int, str, str, str]]:
    """(row, column, action, code) of each problem."""
    return [(p.row, p.column, p.action, p.code) for p in problems]

"""Ledgers: what offices expect, nothing that is a formula, memory that does not grow."""

import tracemalloc
from datetime import date, datetime

import openpyxl

from bulou.sheets.ledger import Head, write_ledger

HEAD = Head(
    "翼城县岗位名册", "单位:翼城县", "县防控办 & 编号 1", (("用途", "核对"),), (("甲", 10), ("乙", 10))
)


def test_rows_are_numbered_and_values_keep_their_kind(tmp_path):
    rows = [("=1+1", 12), ("+86", date(2022, 4, 16)), ("@x", datetime(2022, 4, 16, 8, 5)), (None, "")]
    assert write_ledger(HEAD, rows, tmp_path / "a.xlsx") == 4
    data, about = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets
    assert [cell.value for cell in data[4]] == [1, "=1+1", 12]
    assert {data[f"B{row}"].data_type for row in (4, 5, 6)} == {"s"}
    assert data["C5"].value == datetime(2022, 4, 16)
    assert data["C6"].value == datetime(2022, 4, 16, 8, 5)
    assert "签字" in data["A8"].value
    assert [(row[0].value, row[1].value) for row in about] == [("用途", "核对"), ("行数", "4")]
    assert "县防控办 && 编号 1" in data.oddFooter.left.text or "县防控办" in data.oddFooter.left.text


def test_an_empty_ledger_is_a_workbook(tmp_path):
    assert write_ledger(HEAD, [], tmp_path / "a.xlsx") == 0
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]["B3"].value == "甲"


def test_memory_does_not_grow_with_the_rows(tmp_path):
    def peak(rows):
        tracemalloc.start()
        write_ledger(HEAD, ((f"甲{n}", n) for n in range(rows)), tmp_path / f"{rows}.xlsx")
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak(5_000) < 1.2 * peak(2_000)

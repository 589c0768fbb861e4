"""Files that take rows one after the other: .xlsx, .csv (GB 18030 or UTF-8) and .xls."""

from __future__ import annotations

import csv
from contextlib import AbstractContextManager, closing
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import xlsxwriter

EPOCH = date(1899, 12, 30)
"""Day 0 of Excel's serial dates."""

Merge = tuple[int, int, int]
"""First column, last column, rows down (1: within the row)."""


class Sink(Protocol):
    """One file being written. Rows are counted as Excel counts them, from 1."""

    def sheet(self, name: str) -> None:
        """Begin a sheet."""

    def row(self, values: list[Any], merges: tuple[Merge, ...] = ()) -> int:
        """Write a row and say its number."""

    def close(self) -> None:
        """Finish the file."""


class XlsxSink:
    """Excel 2007 and later. `merging` keeps a sheet in memory, so that cells can be merged downwards."""

    def __init__(self, path: Path, *, merging: bool = False) -> None:
        self._merging = merging
        self._book = xlsxwriter.Workbook(
            str(path), {"constant_memory": not merging, "strings_to_urls": False}
        )
        self._book.set_properties({"created": datetime(2022, 1, 1, tzinfo=UTC)})
        self._date = self._book.add_format({"num_format": "yyyy/m/d"})
        self._long = self._book.add_format({"num_format": "0"})
        self._title = self._book.add_format({"bold": True, "align": "center"})

    def sheet(self, name: str) -> None:
        self._sheet = self._book.add_worksheet(name[:31])
        self._next = 0

    def row(self, values: list[Any], merges: tuple[Merge, ...] = ()) -> int:
        at, sheet = self._next, self._sheet
        for column, value in enumerate(values):
            if value is None or value == "":
                continue
            if type(value) is str:
                sheet.write_string(at, column, value)
            elif type(value) is date:
                sheet.write_number(at, column, (value - EPOCH).days, self._date)
            else:
                sheet.write_number(at, column, value, self._long if abs(value) > 1e10 else None)
        for first, last, down in merges:
            if (down == 1 or self._merging) and (last, down) != (first, 1):
                sheet.merge_range(at, first, at + down - 1, last, values[first], self._title)
        self._next += 1
        return self._next

    def close(self) -> None:
        self._book.close()


class CsvSink:
    """Comma-separated text of one sheet, in the encoding given."""

    def __init__(self, path: Path, encoding: str) -> None:
        self._file = path.open("w", encoding=encoding, newline="")
        self._writer = csv.writer(self._file)
        self._next = 0

    def sheet(self, name: str) -> None:
        if self._next:
            raise ValueError(f"a csv file has no second sheet: {name}")

    def row(self, values: list[Any], merges: tuple[Merge, ...] = ()) -> int:
        self._writer.writerow([_text(value) for value in values])
        self._next += 1
        return self._next

    def close(self) -> None:
        self._file.close()


class XlsSink:
    """The old Excel format, where the development tool xlwt is installed."""

    def __init__(self, path: Path) -> None:
        import xlwt  # a development dependency: absent where the program only runs

        self._path, self._book = path, xlwt.Workbook(encoding="utf-8")
        self._date = xlwt.easyxf(num_format_str="yyyy/m/d")

    def sheet(self, name: str) -> None:
        self._sheet = self._book.add_sheet(name[:31])
        self._next = 0

    def row(self, values: list[Any], merges: tuple[Merge, ...] = ()) -> int:
        for column, value in enumerate(values):
            if type(value) is date:
                self._sheet.write(self._next, column, (value - EPOCH).days, self._date)
            elif value not in (None, ""):
                self._sheet.write(self._next, column, value)
        self._next += 1
        return self._next

    def close(self) -> None:
        self._book.save(str(self._path))


def can_write_xls() -> bool:
    """Whether xlwt is installed."""
    return find_spec("xlwt") is not None


def open_sink(path: Path, *, merging: bool = False) -> AbstractContextManager[Sink]:
    """The sink for a file name: .xlsx, .xls, .csv (UTF-8) or .gb.csv (GB 18030); closed at the end."""
    if path.suffix == ".csv":
        return closing(CsvSink(path, "gb18030" if ".gb." in path.name else "utf-8-sig"))
    return closing(XlsSink(path) if path.suffix == ".xls" else XlsxSink(path, merging=merging))


def _text(value: Any) -> str:
    if type(value) is date:
        return f"{value.year}/{value.month}/{value.day}"
    if type(value) is float and value > 1e10:
        return f"{value:.5E}"
    return "" if value is None else str(value)

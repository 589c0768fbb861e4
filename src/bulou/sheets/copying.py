"""The workbook of somebody back to them, with a column 问题 that says what is wrong in each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from bulou.sheets.cells import Cell
from bulou.sheets.columns import SheetKind
from bulou.sheets.layout import SEARCHED, Words, first_header
from bulou.sheets.opening import Row, Sheet, open_sheets

TITLE = "问题"
COLOURS = {"refused": "#F8B4B0", "repaired": "#FBEFC2", "ignored": "#E4E7EC"}
_DATES = {date: "yyyy-mm-dd", datetime: "yyyy-mm-dd hh:mm:ss", time: "hh:mm:ss", timedelta: "[h]:mm:ss"}


Notes = Mapping[str, Mapping[int, tuple[str, Mapping[int, str]]]]
"""Sheet → row as Excel counts → note. Row 0 is about the sheet; its note stands beside the header."""


class Pen:
    """Writes cells as values: text stays text, whatever sign it begins with."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._formats: dict[tuple[str, str], Format] = {}

    def format(self, action: str = "", number: str = "") -> Format | None:
        """The format of a cell by its colour and its number format."""
        if not action and not number:
            return None
        key = (action, number)
        if key not in self._formats:
            look = {"num_format": number} if number else {}
            look |= {"bg_color": COLOURS[action]} if action else {}
            self._formats[key] = self._book.add_format(look)
        return self._formats[key]

    def write(self, sheet: Worksheet, row: int, place: int, cell: Cell, action: str = "") -> None:
        """Write one cell as it stands."""
        if isinstance(cell, str):
            if cell:
                sheet.write_string(row, place, cell, self.format(action, "@" if cell[0] in "=+-@" else ""))
            elif action:
                sheet.write_blank(row, place, None, self.format(action))
        elif isinstance(cell, bool):
            sheet.write_boolean(row, place, cell, self.format(action))
        elif isinstance(cell, int | float):
            sheet.write_number(row, place, cell, self.format(action, "0" if abs(cell) >= 1e11 else ""))
        else:
            sheet.write_datetime(row, place, cell, self.format(action, _DATES[type(cell)]))


def copy_with_problems(kind: SheetKind, path: Path, notes: Notes, out: Path) -> None:
    """Write every sheet with its cells as values, and what is said about its rows. Raises `Unreadable`."""
    options = {"constant_memory": True, "strings_to_urls": False, "tmpdir": str(out.parent)}
    with xlsxwriter.Workbook(str(out), options) as book:
        pen = Pen(book)
        for sheet in open_sheets(path):
            _copy(book, pen, sheet, kind, notes.get(sheet.name, {}))


def _copy(
    book: xlsxwriter.Workbook, pen: Pen, sheet: Sheet, kind: SheetKind, notes: Mapping[int, Any]
) -> None:
    rows = iter(sheet.rows)
    start = list(islice(rows, SEARCHED))
    width = max((len(row) for row in start), default=0) + sheet.offset
    found = first_header([_padded(row, width) for row in start], Words(kind))
    header_row = found[0] + found[1].depth if found else 1
    target = book.add_worksheet(sheet.name[:31])
    target.set_column(0, max(width - 1, 0), 14)
    target.set_column(width, width, 60)
    if found:
        target.freeze_panes(header_row, 0)
    if sheet.hidden and len(book.worksheets()) > 1:
        target.hide()
    for number, row in enumerate(chain(start, rows), 1):
        _row(pen, target, number, row, sheet.offset, notes.get(number))
        if number == header_row:
            target.write_string(number - 1, width, TITLE, book.add_format({"bold": True}))
            if about := "\n".join(notes[n][0] for n in (0, number) if n in notes):
                target.write_comment(number - 1, width, about, {"visible": True, "x_scale": 3})
        elif number in notes:
            target.write_string(number - 1, max(width, len(row) + sheet.offset), notes[number][0])


def _padded(row: Row, width: int) -> Sequence[Cell]:
    return [*row, *[""] * (width - len(row))]


def _row(pen: Pen, target: Worksheet, number: int, row: Row, offset: int, note: Any) -> None:
    actions: Mapping[int, str] = note[1] if note else {}
    for place, cell in enumerate(row, offset):
        pen.write(target, number - 1, place, cell, actions.get(place, ""))

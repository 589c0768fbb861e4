"""A ledger (台账) as offices expect it: title, a line about it, header, numbered rows, page x of y.

Nothing in it is a formula, whatever the cells begin with. Memory does not grow with the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from bulou.sheets.writing import DATA

ABOUT = "说明"
A4 = 9
LONGEST_FOOTER = 250
MOST_ROWS = 1_048_000
"""Excel ends at 1,048,576 rows."""


@dataclass(frozen=True)
class Head:
    """What a ledger says about itself. `facts` are (title, value) pairs for the second sheet."""

    title: str
    about: str
    watermark: str
    facts: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, int], ...]
    """(title, width in characters) of each column."""


@dataclass(frozen=True)
class _Look:
    title: Format
    line: Format
    header: Format
    text: Format
    number: Format
    day: Format
    instant: Format

    @classmethod
    def of(cls, book: xlsxwriter.Workbook) -> _Look:
        border = {"border": 1, "valign": "vcenter"}
        return cls(
            title=book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"}),
            line=book.add_format({"align": "left", "font_size": 10}),
            header=book.add_format(
                {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1}
                | {"bg_color": "#E4E7EC"}
            ),
            text=book.add_format({**border, "num_format": "@", "text_wrap": True}),
            number=book.add_format({**border, "num_format": "#,##0"}),
            day=book.add_format({**border, "num_format": "yyyy-mm-dd", "align": "left"}),
            instant=book.add_format({**border, "num_format": "yyyy-mm-dd hh:mm", "align": "left"}),
        )


def write_ledger(head: Head, rows: Iterable[Sequence[Any]], out: Path) -> int:
    """Write the ledger; says how many rows. Instants must be naive local times already."""
    options = {"constant_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    with xlsxwriter.Workbook(str(out), {**options, "tmpdir": str(out.parent)}) as book:
        look = _Look.of(book)
        data = book.add_worksheet(DATA)
        written = _body(data, look, rows, _top(data, look, head))
        _explain(book.add_worksheet(ABOUT), look, head, written)
    return written


def _top(sheet: Worksheet, look: _Look, head: Head) -> int:
    """Title, the line about it, the header; the first row below."""
    titles = ((_("序号"), 6), *head.columns)
    for place, (_title, width) in enumerate(titles):
        sheet.set_column(place, place, width)
    _across(sheet, 0, len(titles), head.title, look.title)
    _across(sheet, 1, len(titles), head.about, look.line)
    sheet.set_row(0, 28)
    for place, (title, _width) in enumerate(titles):
        sheet.write_string(2, place, title, look.header)
    sheet.freeze_panes(3, 0)
    sheet.repeat_rows(0, 2)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{_escaped(head.watermark)[:150]}&C{_('第 &P 页 共 &N 页')}"[:LONGEST_FOOTER])
    return 3


def _across(sheet: Worksheet, row: int, width: int, text: str, look: Format) -> None:
    """One cell over all columns; Excel does not merge a single one."""
    if width > 1:
        sheet.merge_range(row, 0, row, width - 1, text, look)
    else:
        sheet.write_string(row, 0, text, look)


def _escaped(text: str) -> str:
    """A & begins a code in a footer."""
    return text.replace("&", "&&")


def _body(sheet: Worksheet, look: _Look, rows: Iterable[Sequence[Any]], first: int) -> int:
    number = 0
    for number, row in enumerate(rows, 1):
        at = first + number - 1
        sheet.write_number(at, 0, number, look.number)
        for place, value in enumerate(row, 1):
            _cell(sheet, at, place, value, look)
    _across(
        sheet, first + number, 1, _("制表:            审核:            签字:            日期:"), look.line
    )
    return number


def _cell(sheet: Worksheet, row: int, place: int, value: Any, look: _Look) -> None:
    """Text is written as text, whatever it begins with."""
    if value is None or value == "":
        sheet.write_blank(row, place, None, look.text)
    elif isinstance(value, bool | int):
        sheet.write_number(row, place, int(value), look.number)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, place, value, look.instant)
    elif isinstance(value, date):
        sheet.write_datetime(row, place, value, look.day)
    else:
        sheet.write_string(row, place, str(value), look.text)


def _explain(sheet: Worksheet, look: _Look, head: Head, rows: int) -> None:
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 90)
    for row, (title, value) in enumerate((*head.facts, (_("行数"), f"{rows:,}"))):
        sheet.write_string(row, 0, title, look.header)
        sheet.write_string(row, 1, value, look.text)

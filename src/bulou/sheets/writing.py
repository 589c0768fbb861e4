"""Workbooks out: templates with drop-downs, exports that are read back unchanged, files with problems."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from bulou.kernel.problems import BulouError
from bulou.sheets.child import Job, Limits, run
from bulou.sheets.columns import Column, SheetKind
from bulou.sheets.problems import SHEET_PROBLEMS, sentence
from bulou.sheets.reading import Problem
from bulou.sheets.values import Choice, Choices, CreditCode, Date, Digits, IdentityNumber, NamePhone, Phone

DATA, HELP, LISTS = "数据", "填表说明", "字典"
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", "-"))
LONGEST_NAME = 31
BLANK_ROWS = 2_000
"""Rows of a template that are ready to be filled in."""
_TEXT_TYPES = (IdentityNumber, Phone, NamePhone, CreditCode, Digits)
COPYING = Limits(cpu_seconds=900, seconds=1800.0)
"""Writing a workbook of 310,000 rows takes about a minute."""


@dataclass(frozen=True)
class Look:
    """The formats of one workbook."""

    title: Format
    about: Format
    header: Format
    needed: Format
    text: Format
    date: Format
    plain: Format

    @classmethod
    def of(cls, book: xlsxwriter.Workbook) -> Look:
        """Make the formats in a workbook."""
        head = {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1}
        return cls(
            title=book.add_format({"bold": True, "font_size": 16, "align": "center"}),
            about=book.add_format({"align": "left"}),
            header=book.add_format({**head, "bg_color": "#E4E7EC"}),
            needed=book.add_format({**head, "bg_color": "#FBEFC2"}),
            text=book.add_format({"num_format": "@"}),
            date=book.add_format({"num_format": "yyyy-mm-dd"}),
            plain=book.add_format({}),
        )

    def cell(self, column: Column) -> Format:
        """How the cells of a column look: long numbers and what may begin with = are text."""
        return self.date if isinstance(column.parse, Date) else self.text


def write_workbook(
    kind: SheetKind,
    rows: Iterable[Sequence[Any]],
    out: str | Path,
    *,
    title: str = "",
    sheets: Callable[[Sequence[Any]], str] | None = None,
) -> int:
    """Write rows (values in the order of the kind's columns) so that the reader takes them back unchanged.

    `sheets` names the sheet of a row; rows of one sheet must follow each other. Memory does not grow with
    the rows. Says how many rows were written.
    """
    written = 0
    options = {"constant_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    with xlsxwriter.Workbook(str(out), options) as book:
        look = Look.of(book)
        names = _Names()
        for name, group in _groups(rows, sheets):
            sheet = book.add_worksheet(names.free(name))
            first = _head(kind, sheet, look, title or kind.title, "")
            written += _body(kind, sheet, look, group, first)
        if not written:
            _empty(kind, book, look, title)
    return written


def _groups(
    rows: Iterable[Sequence[Any]], sheets: Callable[[Sequence[Any]], str] | None
) -> Iterator[tuple[str, Iterable[Sequence[Any]]]]:
    if sheets:
        yield from groupby(rows, sheets)
        return
    first = next(iter(rows := iter(rows)), None)
    if first is not None:
        yield DATA, _after(first, rows)


def _after(first: Sequence[Any], rest: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    yield first
    yield from rest


def _empty(kind: SheetKind, book: xlsxwriter.Workbook, look: Look, title: str) -> None:
    if not book.worksheets():
        _head(kind, book.add_worksheet(DATA), look, title or kind.title, "")


class _Names:
    """Names of sheets as Excel takes them: at most 31 characters, each once, some signs not at all."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def free(self, wanted: str) -> str:
        """The wanted name, or one like it that is free."""
        base = (wanted.translate(FORBIDDEN).strip("' ") or DATA)[:LONGEST_NAME]
        name, number = base, 2
        while name.lower() in self._taken:
            ending = f"({number})"
            name, number = base[: LONGEST_NAME - len(ending)] + ending, number + 1
        self._taken.add(name.lower())
        return name


def _head(kind: SheetKind, sheet: Worksheet, look: Look, title: str, about: str) -> int:
    """Title, the line about the office (if any) and header; says the first row below."""
    last = len(kind.columns) - 1
    for place, column in enumerate(kind.columns):
        sheet.set_column(place, place, _width(column), look.cell(column))
    sheet.merge_range(0, 0, 0, last, title, look.title)
    at = 1
    if about:
        sheet.merge_range(1, 0, 1, last, about, look.about)
        at = 2
    for place, column in enumerate(kind.columns):
        sheet.write_string(at, place, column.title, look.needed if column.required else look.header)
    sheet.freeze_panes(at + 1, 0)
    sheet.repeat_rows(0, at)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C" + _("第 &P 页 共 &N 页"))
    return at + 1


def _width(column: Column) -> int:
    shown = max(2 * len(column.title), sum(2 if ord(c) > 255 else 1 for c in column.example))
    return min(max(shown + 2, 8), 40)


def _body(kind: SheetKind, sheet: Worksheet, look: Look, rows: Iterable[Sequence[Any]], first: int) -> int:
    formats = [look.cell(column) for column in kind.columns]
    writers = [column.parse.write for column in kind.columns]
    at = first
    for at, row in enumerate(rows, first + 1):
        for place, (value, write) in enumerate(zip(row, writers, strict=True)):
            _cell(sheet, at - 1, place, write(value), formats[place])
    return at - first


def _cell(sheet: Worksheet, row: int, place: int, value: Any, look: Format) -> None:
    """One cell; text is always written as text, so that nothing becomes a formula."""
    if value is None or value == "":
        return
    if isinstance(value, str):
        sheet.write_string(row, place, value, look)
    elif isinstance(value, date):
        sheet.write_datetime(row, place, value, look)
    else:
        sheet.write_number(row, place, value)


def write_template(kind: SheetKind, out: str | Path, *, about: str = "") -> None:
    """An empty workbook of a kind: headers, drop-downs, and how to fill it in."""
    line = about or _("填报单位:                日期:                制表人:")
    with xlsxwriter.Workbook(str(out), {"strings_to_urls": False}) as book:
        look = Look.of(book)
        data = book.add_worksheet(DATA)
        help_sheet = book.add_worksheet(HELP)
        lists = book.add_worksheet(LISTS)
        lists.hide()
        first = _head(kind, data, look, kind.title, line)
        for place, column in enumerate(kind.columns):
            _drop_down(data, lists, place, column, first)
        _explain(kind, help_sheet, look)


def _drop_down(data: Worksheet, lists: Worksheet, place: int, column: Column, first: int) -> None:
    """A list by range from the hidden sheet: lists in the cell itself end at 255 characters."""
    if not isinstance(column.parse, Choice):
        return
    titles = [option.title for option in column.parse.options]
    lists.write_column(0, place, [column.title, *titles])
    letter = xlsxwriter.utility.xl_col_to_name(place, col_abs=True)
    data.data_validation(
        first,
        place,
        first + BLANK_ROWS - 1,
        place,
        {
            "validate": "list",
            "source": f"={LISTS}!{letter}$2:{letter}${len(titles) + 1}",
            "error_type": "information" if isinstance(column.parse, Choices) else "stop",
            "error_title": column.title,
            "error_message": _("可填:") + column.parse.titles()[:200],
        },
    )


def _explain(kind: SheetKind, sheet: Worksheet, look: Look) -> None:
    heads = (_("列"), _("必填"), _("填写内容"), _("示例"), _("说明"))
    for place, (text, width) in enumerate(zip(heads, (18, 8, 18, 26, 60), strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, text, look.header)
    for row, column in enumerate(kind.columns, 1):
        choices = column.parse.titles() if isinstance(column.parse, Choice) else ""
        need = _("是") if column.required else _("否")
        cells = (column.title, need, column.parse.title, column.example, column.help or choices)
        for place, text in enumerate(cells):
            sheet.write_string(row, place, text, look.text)


def write_errors(
    kind: SheetKind, source_path: str | Path, problems: Iterable[Problem], out: str | Path
) -> None:
    """The same workbook with a column 问题: what is said about each row, bad cells coloured.

    Raises the file's problem where it cannot be read.
    """
    notes: dict[str, dict[int, tuple[str, dict[int, str]]]] = defaultdict(dict)
    for found in problems:
        text, cells = notes[found.sheet].get(found.row, ("", {}))
        said = sentence(found)
        label = f"{found.column}: {said}" if found.column and found.at >= 0 else said
        if found.at >= 0 and cells.get(found.at) != "refused":
            cells[found.at] = found.action
        notes[found.sheet][found.row] = (f"{text}\n{label}" if text else label, cells)
    job = Job(
        kind.bare(),
        str(Path(source_path).resolve()),
        date.min,
        COPYING,
        "copy",
        str(Path(out).resolve()),
        dict(notes),
    )
    for item in run(job):
        if isinstance(item, Problem) and item.fatal:
            raise BulouError(SHEET_PROBLEMS[item.code], {"value": item.value, **item.params})

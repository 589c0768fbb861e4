"""The rows of a workbook that something is wrong with, as they stand on the sheet, with the bad cells marked.

They are read from the copy that the limited process wrote (values only, no formulas, no links), never from
the file that came in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from bulou.sheets.copying import TITLE
from bulou.sheets.opening import Unreadable, open_sheets
from bulou.sheets.problems import sentence
from bulou.sheets.reading import Problem

READ_BYTES = 12 << 20
"""A copy larger than this is downloaded rather than shown; its problems are listed without their rows."""
WIDEST = 40
ACTIONS = ("refused", "repaired", "ignored")


@dataclass(frozen=True)
class Said:
    """What is said about one cell or row."""

    column: str
    value: str
    action: str
    sentence: str

    @property
    def echo(self) -> str:
        """The value, where the sentence does not name it itself."""
        return "" if self.value in self.sentence else self.value


@dataclass(frozen=True)
class Cell:
    """One cell of the grid; `action` marks one that something is said about."""

    text: str
    action: str = ""


@dataclass
class GridRow:
    """One row as Excel counts it."""

    number: int
    cells: list[Cell] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)


@dataclass
class Grid:
    """The rows of one sheet; `notes` are about the sheet or the file as a whole."""

    sheet: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    rows: list[GridRow] = field(default_factory=list)
    notes: list[Said] = field(default_factory=list)


def grids(problems: Iterable[Problem], copy: Path) -> list[Grid]:
    """One grid for each sheet that has problems, its rows in their order."""
    by_sheet: dict[str, dict[int, list[Problem]]] = defaultdict(lambda: defaultdict(list))
    for problem in problems:
        by_sheet[problem.sheet][problem.row].append(problem)
    cells = _cells(copy, {sheet: set(rows) - {0} for sheet, rows in by_sheet.items()})
    return [_grid(sheet, rows, cells.get(sheet[:31], _Found())) for sheet, rows in by_sheet.items()]


@dataclass
class _Found:
    header: Sequence[str] = ()
    rows: dict[int, list[str]] = field(default_factory=dict)


def _grid(sheet: str, rows: dict[int, list[Problem]], found: _Found) -> Grid:
    grid = Grid(sheet, notes=[_said(problem) for problem in rows.get(0, ())])
    width = min(max((len(row) for row in found.rows.values()), default=0), WIDEST)
    texts = [*found.header[:width], *[""] * (width - len(found.header))]
    grid.headers = [(letter(place), text) for place, text in enumerate(texts)]
    for number in sorted(set(rows) - {0}):
        grid.rows.append(_row(number, rows[number], found.rows.get(number, []), width))
    return grid


def _row(number: int, problems: list[Problem], texts: list[str], width: int) -> GridRow:
    marks: dict[int, str] = {}
    for problem in sorted(problems, key=lambda one: ACTIONS.index(one.action), reverse=True):
        marks[problem.at] = problem.action
    padded = [*texts, *[""] * (width - len(texts))][:width]
    cells = [Cell(text, marks.get(place, "")) for place, text in enumerate(padded)]
    return GridRow(number, cells, [_said(problem) for problem in problems])


def _said(problem: Problem) -> Said:
    return Said(problem.column, problem.value, problem.action, sentence(problem))


def _cells(copy: Path, wanted: dict[str, set[int]]) -> dict[str, _Found]:
    """The texts of the rows that are wanted, and of the header above them, by sheet."""
    if not copy.exists() or copy.stat().st_size > READ_BYTES:
        return {}
    found: dict[str, _Found] = {}
    numbers = {sheet[:31]: rows for sheet, rows in wanted.items()}
    try:
        for sheet in open_sheets(copy):
            if rows := numbers.get(sheet.name):
                found[sheet.name] = _of_sheet(sheet.rows, sheet.offset, rows)
    except Unreadable:
        return {}
    return found


def _of_sheet(rows: Iterable[Sequence[object]], offset: int, wanted: set[int]) -> _Found:
    found = _Found()
    last = max(wanted, default=0)
    for number, row in enumerate(rows, 1):
        texts = [""] * offset + [_text(cell) for cell in row]
        if not found.header and any(text.startswith(TITLE) for text in texts):
            found.header = _without_note(texts)
        elif number in wanted:
            found.rows[number] = texts[: len(found.header)] if found.header else texts
        if number >= last and found.header:
            break
    return found


def _without_note(texts: list[str]) -> list[str]:
    """The headers left of the column 问题 that the copy has."""
    place = max(i for i, text in enumerate(texts) if text.startswith(TITLE))
    return texts[:place]


def _text(cell: object) -> str:
    """A cell as a reader sees it."""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}" if cell.hour or cell.minute else f"{cell:%Y-%m-%d}"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def letter(place: int) -> str:
    """The letter of a column, from 0: A, B, … Z, AA."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(ord("A") + rest) + text
    return text

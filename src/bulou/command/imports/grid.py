"""Only the bad cells: the rows that something is wrong with, the columns in which it is, and what is said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bulou.command.imports.findings import Checked, is_bad_cell
from bulou.sheets.cells import Cell as RawCell
from bulou.sheets.cells import shown
from bulou.sheets.columns import SheetKind
from bulou.sheets.mends import Mend, Mends, mended
from bulou.sheets.problems import sentence
from bulou.sheets.raw import RawRow
from bulou.sheets.reading import Problem

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
    """One cell of the grid. `bad`: it is to be mended here; `mended`: it was; `says`: what is wrong."""

    at: int
    text: str
    action: str = ""
    bad: bool = False
    mended: bool = False
    says: str = ""


@dataclass
class GridRow:
    """One row as Excel counts it. `who`: the name that stands in it."""

    number: int
    who: str = ""
    cells: list[Cell] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)


@dataclass
class Grid:
    """The rows of one sheet; `notes` are about the sheet or the file as a whole."""

    sheet: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    rows: list[GridRow] = field(default_factory=list)
    notes: list[Said] = field(default_factory=list)


def grids(
    problems: Iterable[Problem],
    refs: Iterable[tuple[str, int]],
    checked: Checked,
    mends: Mends,
    kind: SheetKind,
) -> list[Grid]:
    """One grid for each sheet: its rows that have problems, and those that are asked for, in their order."""
    by_sheet: dict[str, dict[int, list[Problem]]] = defaultdict(lambda: defaultdict(list))
    for sheet, row in refs:
        by_sheet[sheet][row] = []
    for problem in problems:
        by_sheet[problem.sheet][problem.row].append(problem)
    return [_grid(sheet, rows, checked, mends, kind) for sheet, rows in by_sheet.items()]


def _grid(
    sheet: str, rows: dict[int, list[Problem]], checked: Checked, mends: Mends, kind: SheetKind
) -> Grid:
    grid = Grid(sheet, notes=[said(problem) for problem in rows.get(0, ())])
    raw = {number: checked.rows.get((sheet, number)) for number in sorted(rows) if number}
    told = {problem.at for number in raw for problem in rows[number] if problem.at >= 0}
    places = sorted(told.union(*(mends.of_row(sheet, number) for number in raw)))
    texts = _headers(raw.values())
    grid.headers = [(letter(at), texts.get(at, "")) for at in places]
    for number, row in raw.items():
        grid.rows.append(_row(number, row, rows[number], mends.of_row(sheet, number), places, kind))
    return grid


def _headers(rows: Iterable[RawRow | None]) -> dict[int, str]:
    first = next((row for row in rows if row), None)
    if first is None:
        return {}
    return {place + first.offset: text for place, text in enumerate(first.texts)}


def _row(
    number: int,
    raw: RawRow | None,
    problems: list[Problem],
    mends: Mapping[int, Mend],
    places: Sequence[int],
    kind: SheetKind,
) -> GridRow:
    by_place: dict[int, list[Problem]] = defaultdict(list)
    for problem in sorted(problems, key=lambda one: ACTIONS.index(one.action), reverse=True):
        by_place[problem.at].append(problem)
    texts = cells_of(raw, mends) if raw else {}
    cells = [_cell(at, texts.get(at), by_place.get(at, []), at in mends) for at in places]
    loose = [problem for problem in problems if problem.at not in places]
    return GridRow(number, _who(raw, texts, kind), cells, [said(problem) for problem in loose])


def _cell(at: int, text: str | None, problems: list[Problem], was_mended: bool) -> Cell:
    last = problems[-1] if problems else None
    shown_text = text if text is not None else (last.value if last else "")
    return Cell(
        at,
        shown_text,
        last.action if last else "",
        bad=bool(last and is_bad_cell(last)),
        mended=was_mended,
        says=sentence(last) if last else "",
    )


def cells_of(raw: RawRow, mends: Mapping[int, Mend]) -> dict[int, str]:
    """The texts of a row by their places, mended ones as they are to be."""
    cells = mended(list(raw.cells), mends, raw.offset)
    return {place + raw.offset: text_of(cell) for place, cell in enumerate(cells)}


def text_of(cell: RawCell) -> str:
    """A cell as a reader sees it."""
    return shown(cell)


def _who(raw: RawRow | None, texts: dict[int, str], kind: SheetKind) -> str:
    """What names the row for a reader: the name in it, else its first cell."""
    if raw is None:
        return ""
    if "name" in kind.names and (place := raw.positions[kind.index("name")]) >= 0:
        return texts.get(place + raw.offset, "")
    return next((text for _at, text in sorted(texts.items()) if text), "")


def said(problem: Problem) -> Said:
    """A finding as the page says it."""
    return Said(problem.column, problem.value, problem.action, sentence(problem))


def letter(place: int) -> str:
    """The letter of a column, from 0: A, B, … Z, AA."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(ord("A") + rest) + text
    return text

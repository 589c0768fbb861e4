"""Rows of a table as they stand, and the cells in them that repeat the one above: merged, 同上, 〃."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bulou.sheets.cells import Cell
from bulou.sheets.columns import SheetKind
from bulou.sheets.layout import Header
from bulou.sheets.opening import Merge, Row

DITTOS = frozenset(('"', "〃", "″", "”", "“", "''", "同上", "同前", "上同", "如上", "〃〃", "″″", "↑", "同"))


class Filled(NamedTuple):
    """A cell that repeats the one above: row in the block, kind's column, the cell as it stands, why."""

    row: int
    column: int
    raw: Cell
    code: str


@dataclass
class Block:
    """Some rows of one table, cell by cell as they stand, with the cells above filled in."""

    sheet: str
    header: Header
    offset: int
    rows: Sequence[Row]
    numbers: Sequence[int]
    """The rows' numbers as Excel counts them."""
    filled: list[Filled] = field(default_factory=list)


class Filler:
    """Repeats what merged cells and ditto marks repeat, over the edges of blocks too."""

    def __init__(self, kind: SheetKind, merges: Sequence[Merge]) -> None:
        self._kind, self._merges = kind, merges
        self._above: list[Cell] = []
        self._merged_above: dict[Merge, Cell] = {}

    def begin(self) -> None:
        """A new table begins: nothing stands above its first row."""
        self._above = []

    def fill(self, block: Block, chunk: Sequence[Row], done: int) -> None:
        """Fill a block's cells. `chunk` is what was read at one time, after `done` rows of the sheet."""
        mutable = _Mutable(block)
        self._fill_merged(mutable, chunk, done)
        for column, place in enumerate(block.header.positions):
            if place >= 0 and self._kind.columns[column].ditto:
                self._fill_dittos(mutable, column, place)
        if block.rows:
            self._above = list(block.rows[-1])

    def _fill_merged(self, block: _Mutable, chunk: Sequence[Row], done: int) -> None:
        columns = {place: i for i, place in enumerate(block.block.header.positions) if place >= 0}
        index_of = {number - 1: i for i, number in enumerate(block.block.numbers)} if self._merges else {}
        for merge in self._merges:
            top, left, bottom, _right = merge
            if top == bottom or left not in columns:
                continue
            if done <= top < done + len(chunk):
                self._merged_above[merge] = chunk[top - done][left]
            value = self._merged_above.get(merge, "")
            for row in range(max(top + 1, done), min(bottom + 1, done + len(chunk))):
                if row in index_of and value != "":
                    block.put(index_of[row], columns[left], left, value, "merged-cell")

    def _fill_dittos(self, block: _Mutable, column: int, place: int) -> None:
        cells = [row[place] for row in block.block.rows]
        if DITTOS.isdisjoint(cells) and not any(type(c) is str and c.strip() in DITTOS for c in set(cells)):
            return
        above = self._above[place] if self._above else ""
        for index, cell in enumerate(cells):
            if not (type(cell) is str and cell.strip() in DITTOS):
                above = block.block.rows[index][place]
            elif above != "":
                block.put(index, column, place, above, "ditto")


class _Mutable:
    """A block whose rows are copied before they are changed."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self._rows: list[Row] = list(block.rows)
        block.rows = self._rows
        self._copied: set[int] = set()

    def put(self, index: int, column: int, place: int, value: Cell, code: str) -> None:
        """Fill one cell and note it. A cell that has something of its own stays."""
        row = self._rows[index]
        raw = row[place]
        if code == "merged-cell" and raw != "":
            return
        if index not in self._copied:
            self._copied.add(index)
            self._rows[index] = list(row)
        self._rows[index][place] = value  # type: ignore[index]
        self.block.filled.append(Filled(index, column, raw, code))

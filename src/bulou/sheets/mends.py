"""Cells mended by hand after a check: kept beside the workbook, put in their places when it is read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bulou.sheets.cells import Cell


class Mend(NamedTuple):
    """What a cell is to say, and who said so (as the reader of a report knows them)."""

    text: str
    by: str


@dataclass
class Mends:
    """The mended cells of one workbook: sheet → row as Excel counts → place of the cell (from 0)."""

    cells: dict[str, dict[int, dict[int, Mend]]] = field(default_factory=dict)

    def put(self, sheet: str, row: int, at: int, mend: Mend) -> None:
        """Note a cell; what was said of it before is forgotten."""
        self.cells.setdefault(sheet, {}).setdefault(row, {})[at] = mend

    def take_back(self, sheet: str, row: int, at: int) -> None:
        """The cell stands as it is in the workbook again."""
        self.of_row(sheet, row).pop(at, None)

    def of_row(self, sheet: str, row: int) -> dict[int, Mend]:
        return self.cells.get(sheet, {}).get(row, {})

    @property
    def count(self) -> int:
        return sum(len(cells) for rows in self.cells.values() for cells in rows.values())

    def plain(self) -> list[list[Any]]:
        """As plain values, to be sealed."""
        return [
            [sheet, row, at, *mend]
            for sheet, rows in self.cells.items()
            for row, cells in rows.items()
            for at, mend in cells.items()
        ]

    @classmethod
    def of_plain(cls, values: list[list[Any]]) -> Mends:
        found = cls()
        for sheet, row, at, text, by in values:
            found.put(sheet, row, at, Mend(text, by))
        return found


def mended(row: list[Cell], mends: Mapping[int, Mend], offset: int) -> list[Cell]:
    """A row with its mended cells; `offset` empty columns stand left of its first one."""
    cells = list(row)
    for at, mend in mends.items():
        place = at - offset
        if place >= 0:
            cells.extend([""] * (place + 1 - len(cells)))
            cells[place] = mend.text
    return cells

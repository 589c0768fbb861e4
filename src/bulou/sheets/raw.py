"""Single rows with their cells as they stand, so that they can be shown, mended and checked by themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from bulou.sheets.blocks import Block
from bulou.sheets.cells import Cell
from bulou.sheets.checking import Batch, Checker
from bulou.sheets.columns import SheetKind
from bulou.sheets.layout import Header
from bulou.sheets.mends import Mends, mended
from bulou.sheets.reading import Problem, read


class RawRow(NamedTuple):
    """One row of a table: its number as Excel counts, its header, its cells (dittos already filled in)."""

    sheet: str
    number: int
    offset: int
    positions: tuple[int, ...]
    """Where the kind's columns stand among the cells, or -1."""
    texts: tuple[str, ...]
    """The headers as they stand, by place."""
    cells: tuple[Cell, ...]


def rows_of(
    path: Path, kind: SheetKind, wanted: Mapping[str, Collection[int]], mends: Mends | None = None
) -> Iterator[RawRow]:
    """The rows asked for, by sheet and number, in their order. Raises `Unreadable`."""
    for block in read(path, kind, mends):
        if not isinstance(block, Block) or block.sheet not in wanted:
            continue
        numbers = wanted[block.sheet]
        for index, number in enumerate(block.numbers):
            if number in numbers:
                header = block.header
                yield RawRow(
                    block.sheet,
                    number,
                    block.offset,
                    tuple(header.positions),
                    tuple(header.texts),
                    tuple(block.rows[index]),
                )


def check_row(kind: SheetKind, row: RawRow, today: date, mends: Mends) -> tuple[Batch, list[Problem]]:
    """Check one row with its mended cells, by the code that checks files: its values, if good; what is wrong.

    What can only be seen beside other rows (repeats, totals) is not looked at.
    """
    cells = mended(list(row.cells), mends.of_row(row.sheet, row.number), row.offset)
    header = Header(tuple(row.positions), tuple(row.texts), 1)
    cells += [""] * (len(header.texts) - len(cells))
    checker = Checker(kind.bare(), today)
    block = Block(row.sheet, header, row.offset, [cells], [row.number])
    problems = [item for item in checker.check(block) if isinstance(item, Problem)]
    return checker.rest(), problems

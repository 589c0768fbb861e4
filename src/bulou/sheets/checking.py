"""Checking rows column by column: cells become values, and every reading but the literal one is reported.

310,000 rows of 16 cells pass through here, so nothing is done cell by cell that can be done for a column:
equal cells are read once, clean numbers and names are told by one pattern.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import compress, repeat
from pathlib import Path
from typing import Any

from bulou.sheets.blocks import Block
from bulou.sheets.cells import IGNORED, MISS, REFUSED, REPAIRED, Cell, Parsed, shown
from bulou.sheets.columns import Column, SheetKind
from bulou.sheets.mends import Mends
from bulou.sheets.reading import AT_ONCE, Problem, Progress, read

REMEMBERED = 50_000
"""Different cells of a column whose values are kept."""


@dataclass
class Batch:
    """Good rows in the order of the kind's columns, and where each of them stands."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)
    refs: list[tuple[str, int]] = field(default_factory=list)
    """(sheet, row as Excel counts)."""
    headers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """For each sheet its headers as they stand, by the kind's columns; "" where there is none."""
    places: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """For each sheet the places of the kind's columns in its rows (from 0); -1 where there is none."""

    def problem(
        self, index: int, column: int, value: object, action: str, code: str, /, **params: object
    ) -> Problem:
        """A problem that was found later, about a row of this batch."""
        sheet, row = self.refs[index]
        at = self.places[sheet][column] if sheet in self.places else -1
        return Problem(sheet, row, self.headers[sheet][column], str(value), action, code, params, at)


Found = tuple[int, Parsed]
"""The place of a cell in its column and how it was read."""


class ColumnReader:
    """Reads the cells of one column, and remembers what it has read."""

    def __init__(self, column: Column, today: date) -> None:
        self.column, self._parse, self._today = column, column.parse, today
        self._known: dict[str, Any] = {"": column.parse.empty}
        self._odd: dict[str, Parsed] = {}

    def read(self, cells: Sequence[Cell]) -> tuple[list[Any], list[Found]]:
        """The values, and the cells that were not read literally."""
        values = (
            self._known_values(cells) if self._parse.remembers else self._parse.quickly(cells, self._today)
        )
        found: list[Found] = []
        for index in [i for i, value in enumerate(values) if value is MISS]:
            parsed = self._one(cells[index])
            values[index] = parsed.value
            if parsed.action:
                found.append((index, parsed))
        if self.column.required or self.column.tells_empty:
            found += self._empties(values, {index for index, _ in found})
        return values, found

    def _known_values(self, cells: Sequence[Cell]) -> list[Any]:
        """Values by memory, once each new cell was read; MISS for what is odd or no text."""
        get = self._known.get
        values = list(map(get, cells, repeat(MISS)))  # type: ignore[arg-type]
        if MISS not in values:
            return values
        for cell in {c for c, value in zip(cells, values, strict=True) if value is MISS and type(c) is str}:
            self._one(cell)
        return list(map(get, cells, repeat(MISS)))  # type: ignore[arg-type]

    def _one(self, cell: Cell) -> Parsed:
        if type(cell) is not str:
            return self._judged(self._parse(cell, self._today))
        known = self._known.get(cell, MISS)
        if known is not MISS:
            return Parsed(known)
        if cell in self._odd:
            return self._odd[cell]
        parsed = self._judged(self._parse(cell, self._today))
        if self._parse.remembers:
            self._remember(cell, parsed)
        return parsed

    def _judged(self, parsed: Parsed) -> Parsed:
        """A cell that cannot be read refuses its row only where the row must have it."""
        if parsed.action != REFUSED:
            return parsed
        action = REFUSED if self.column.required else IGNORED
        return parsed._replace(value=self._parse.empty, action=action)

    def _remember(self, cell: str, parsed: Parsed) -> None:
        if len(self._known) + len(self._odd) >= REMEMBERED:
            self._known.clear()
            self._odd.clear()
            self._known[""] = self._parse.empty
        if parsed.action:
            self._odd[cell] = parsed
        else:
            self._known[cell] = parsed.value

    def _empties(self, values: list[Any], told: set[int]) -> Iterator[Found]:
        empty = self._parse.empty
        if empty not in values:
            return
        action, code = (
            (REFUSED, "required-empty") if self.column.required else (IGNORED, self.column.tells_empty)
        )
        parsed = Parsed(empty, action, code, {"column": self.column.title})
        for index, value in enumerate(values):
            if value == empty and index not in told:
                yield index, parsed


class Checker:
    """Turns blocks of cells into batches of values and problems."""

    def __init__(self, kind: SheetKind, today: date) -> None:
        self._kind = kind
        self._readers = [ColumnReader(column, today) for column in kind.columns]
        self._batch = Batch()
        self._told: set[tuple[str, str]] = set()

    def check(self, block: Block) -> Iterator[Batch | Problem]:
        """The problems of a block, and a batch whenever one is full."""
        cells = list(zip(*block.rows, strict=True))
        values: list[list[Any]] = []
        bad: set[int] = set()
        problems: list[Problem] = []
        filled = _by_column(block)
        for index, reader in enumerate(self._readers):
            place = block.header.positions[index]
            if place < 0:
                values.append(self._absent(index, block, problems))
                continue
            read_values, found = reader.read(cells[place])
            values.append(read_values)
            problems += self._problems(block, index, cells[place], found, filled.get(index, {}))
            bad.update(row for row, parsed in found if parsed.action == REFUSED)
        problems += self._whole_rows(block, values, bad)
        yield from sorted(problems, key=lambda p: (p.row, p.at))
        self._take(block, values, bad)
        if len(self._batch.rows) >= AT_ONCE:
            yield self.rest()

    def rest(self) -> Batch:
        """The batch that is not full yet."""
        batch, self._batch = self._batch, Batch()
        return batch

    def _take(self, block: Block, values: list[list[Any]], bad: set[int]) -> None:
        rows: Iterable[tuple[Any, ...]] = zip(*values, strict=True)
        refs: Iterable[tuple[str, int]] = zip(repeat(block.sheet), block.numbers)
        if bad:
            good = [index not in bad for index in range(len(block.rows))]
            rows, refs = compress(rows, good), compress(refs, good)
        self._batch.rows.extend(rows)
        self._batch.refs.extend(refs)
        texts = block.header.texts
        headers = tuple(texts[place] if place >= 0 else "" for place in block.header.positions)
        self._batch.headers[block.sheet] = headers
        offset = block.offset
        self._batch.places[block.sheet] = tuple(
            place + offset if place >= 0 else -1 for place in block.header.positions
        )

    def _absent(self, index: int, block: Block, problems: list[Problem]) -> list[Any]:
        """The values of a column that the sheet does not have; a sheet's name may stand for it."""
        column = self._kind.columns[index]
        name = block.sheet.strip()
        value, row = column.parse.empty, block.numbers[0] - 1
        code = column.tells_empty
        if column.sheet_name and re.fullmatch(column.sheet_name, name):
            value, code = name, "value-from-sheet-name"
        if code and (block.sheet, column.name) not in self._told:
            self._told.add((block.sheet, column.name))
            action = REPAIRED if value else IGNORED
            params = {"column": column.title, "read": name}
            problems.append(Problem(block.sheet, row, "", name if value else "", action, code, params))
        return [value] * len(block.rows)

    def _problems(
        self,
        block: Block,
        index: int,
        cells: Sequence[Cell],
        found: list[Found],
        filled: Mapping[int, tuple[Cell, str]],
    ) -> Iterator[Problem]:
        place = block.header.positions[index]
        text, at = block.header.texts[place], place + block.offset
        sheet, numbers = block.sheet, block.numbers
        for row, parsed in found:
            raw = filled[row][0] if row in filled else cells[row]
            yield Problem(
                sheet, numbers[row], text, shown(raw), parsed.action, parsed.code, parsed.params or {}, at
            )
        told = {row for row, _ in found}
        for row, (raw, code) in filled.items():
            if row not in told:
                read_as = {"read": shown(cells[row])}
                yield Problem(sheet, numbers[row], text, shown(raw), REPAIRED, code, read_as, at)

    def _whole_rows(self, block: Block, values: list[list[Any]], bad: set[int]) -> Iterator[Problem]:
        columns = dict(zip(self._kind.names, values, strict=True))
        for check in self._kind.checks:
            for row, name, action, code, params in list(check(columns)):
                if row in bad:
                    continue
                if action == REFUSED:
                    bad.add(row)
                index = self._kind.index(name)
                place = block.header.positions[index]
                yield Problem(
                    block.sheet,
                    block.numbers[row],
                    block.header.texts[place],
                    shown(block.rows[row][place]),
                    action,
                    code,
                    params,
                    place + block.offset,
                )


def _by_column(block: Block) -> dict[int, dict[int, tuple[Cell, str]]]:
    found: dict[int, dict[int, tuple[Cell, str]]] = defaultdict(dict)
    for filled in block.filled:
        found[filled.column][filled.row] = (filled.raw, filled.code)
    return found


def check_file(
    path: Path, kind: SheetKind, today: date, mends: Mends | None = None
) -> Iterator[Batch | Problem | Progress]:
    """Read and check a workbook in this process. Raises `Unreadable`."""
    checker = Checker(kind, today)
    for item in read(path, kind, mends):
        if isinstance(item, Block):
            yield from checker.check(item)
        else:
            yield item
    rest = checker.rest()
    if rest.rows:
        yield rest

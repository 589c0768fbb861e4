"""Reading a workbook as offices keep it: tables out of sheets, cells still as they stand.

What is not a row of a table (titles, totals, signatures, blank lines, columns that the kind does not have)
is left out and reported; what repeats the cell above (merged cells, 同上, 〃) is filled in and reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from bulou.sheets.blocks import Block, Filler
from bulou.sheets.cells import IGNORED, REFUSED, REPAIRED, shown
from bulou.sheets.columns import SheetKind
from bulou.sheets.layout import (
    TOTALS,
    Header,
    Words,
    first_header,
    first_text,
    header_at,
    is_trailer,
    numbers_of,
)
from bulou.sheets.mends import Mends, mended
from bulou.sheets.opening import Row, Sheet, open_sheets

AT_ONCE = 5_000
"""Rows that are held as Python objects at one time."""
CUT_OFF = frozenset((65_536, 1_048_576))
"""The most rows that .xls and .xlsx can hold: a sheet that ends exactly there was probably cut off."""
BLANKS = frozenset(("", " ", "  ", "   ", "　", "　　", "\n", "\t", "\xa0"))
"""The usual cells that look empty."""
OWN_SHEETS = frozenset(("填表说明", "字典"))
"""Sheets of our templates that hold no rows."""


class Problem(NamedTuple):
    """One cell, row, column or file that was not taken literally. `column` is the header as it stands.

    Rows are counted as Excel counts them; 0 stands for the sheet or the file. `at` is the place of the cell
    in its row (from 0, -1: none). `code` is in the catalogue of problems, `params` fill its sentence.
    """

    sheet: str
    row: int
    column: str
    value: str
    action: str
    code: str
    params: Mapping[str, Any]
    at: int = -1

    @property
    def fatal(self) -> bool:
        """Whether the file as a whole could not be read: nothing of it may be taken in."""
        return self.action == REFUSED and not self.sheet and not self.row


class Progress(NamedTuple):
    """How many rows of how many (0: not known) have been read."""

    done: int
    total: int
    sheet: str


def read(path: Path, kind: SheetKind, mends: Mends | None = None) -> Iterator[Block | Problem | Progress]:
    """The tables of a workbook in blocks, mended cells in their places. Raises `Unreadable`."""
    words, tables, without = Words(kind), 0, []
    for sheet in open_sheets(path):
        if sheet.name in OWN_SHEETS:
            continue
        reader = SheetReader(sheet, kind, words, mends)
        yield Progress(0, sheet.height, sheet.name)
        yield from reader.read()
        tables += reader.tables
        if not reader.tables and reader.done:
            without.append(reader.no_table())
    if tables:
        yield from (problem._replace(action=IGNORED) for problem in without)
    else:
        yield from without or [Problem("", 0, "", path.name, REFUSED, "file-without-rows", {})]


class SheetReader:
    """Reads one sheet from its first row to its last."""

    def __init__(self, sheet: Sheet, kind: SheetKind, words: Words, mends: Mends | None = None) -> None:
        self._sheet, self._kind, self._words = sheet, kind, words
        self._mends = mends.cells.get(sheet.name, {}) if mends else {}
        self._header: Header | None = None
        self._counted = 0
        self._since_subtotal = 0
        self._in_notes = False
        self._usable = False
        self._start: Sequence[Row] = ()
        self._filler = Filler(kind, sheet.merges)
        self.tables = 0
        self.done = 0

    def read(self) -> Iterator[Block | Problem | Progress]:
        """Blocks and problems of the sheet, in its order."""
        rows = iter(self._sheet.rows)
        while chunk := self._even(self._mended(list(islice(rows, AT_ONCE)))):
            if not self.done:
                self._start = chunk
                yield from self._greet()
            yield from self._chunk(chunk)
            self.done += len(chunk)
            yield Progress(self.done, self._sheet.height, self._sheet.name)
        if self.done in CUT_OFF:
            yield self._problem(self.done, IGNORED, "sheet-cut-off", rows=self.done)

    def no_table(self) -> Problem:
        """The problem of a sheet in which no header was found."""
        seen = "、".join(t for row in self._start[:5] for c in row if (t := shown(c).strip()))[:120]
        wanted = "、".join(column.title for column in self._kind.columns if column.required)
        return self._problem(0, REFUSED, "sheet-without-header", found=seen, wanted=wanted)

    def _mended(self, chunk: list[Row]) -> list[Row]:
        """Rows as read, with what was mended by hand in them."""
        for number in self._mends.keys() & set(range(self.done + 1, self.done + len(chunk) + 1)):
            index = number - self.done - 1
            chunk[index] = mended(list(chunk[index]), self._mends[number], self._sheet.offset)
        return chunk

    def _even(self, chunk: list[Row]) -> list[Row]:
        """Rows of one length: a line of text ends where its last cell does."""
        width = max((len(row) for row in chunk), default=0)
        width = max(width, len(self._header.texts) if self._header else 0)
        if all(len(row) == width for row in chunk):
            return chunk
        return [[*row, *[""] * (width - len(row))] for row in chunk]

    def _greet(self) -> Iterator[Problem]:
        if first_header(self._start, self._words) is None:
            return
        if self._sheet.hidden:
            yield self._problem(0, REPAIRED, "sheet-hidden")
        if self._sheet.hidden_rows:
            numbers = sorted(number + 1 for number in self._sheet.hidden_rows)
            shown_numbers = "、".join(map(str, numbers[:20])) + ("…" if len(numbers) > 20 else "")
            yield self._problem(
                numbers[0], REPAIRED, "rows-hidden", count=len(numbers), numbers=shown_numbers
            )

    def _chunk(self, chunk: list[Row]) -> Iterator[Block | Problem]:
        """Cut a chunk at the headers in it."""
        begin = 0
        for index, header in self._headers(chunk):
            yield from self._rows(chunk, begin, _without_title(chunk, begin, index))
            yield from self._enter(header, self.done + index)
            begin = index + header.depth
        yield from self._rows(chunk, begin, len(chunk))

    def _headers(self, chunk: list[Row]) -> Iterator[tuple[int, Header]]:
        begin = 0
        if self._header is None:
            found = first_header(chunk, self._words) if not self.done else None
            if found is None:
                return
            yield found
            begin = found[0] + found[1].depth
        for index in self._candidates(chunk):
            header = header_at(chunk, index, self._words) if index >= begin else None
            if header and header.known >= 3:
                yield index, header
                begin = index + header.depth

    def _candidates(self, chunk: list[Row]) -> list[int]:
        """Rows with one of the kind's words where the table's first columns stand."""
        header = self._header
        if header is None:
            return []
        known = self._words.ranks
        found: set[int] = set()
        for place in sorted(p for p in header.positions if p >= 0)[:3]:
            cells = ((i, row[place]) for i, row in enumerate(chunk))
            found.update(i for i, cell in cells if isinstance(cell, str) and cell.strip() in known)
        return sorted(found)

    def _enter(self, header: Header, row: int) -> Iterator[Problem]:
        """Begin a table."""
        again = self._header is not None and self._header.positions == header.positions
        self._header, self._in_notes = header, False
        self._filler.begin()
        self.tables += 1
        if again:
            return
        self._counted = self._since_subtotal = 0
        missing = [
            column.title
            for column, place in zip(self._kind.columns, header.positions, strict=True)
            if place < 0 and (column.required or column.expected)
        ]
        self._usable = not missing
        if missing:
            found = "、".join(text for text in header.texts if text)
            yield self._problem(row + 1, REFUSED, "columns-missing", missing="、".join(missing), found=found)
            return
        for place in header.unknown():
            text = header.texts[place]
            yield Problem(
                self._sheet.name,
                row + header.depth,
                text,
                text,
                IGNORED,
                "column-unknown",
                {"column": text},
                place + self._sheet.offset,
            )

    def _rows(self, chunk: list[Row], begin: int, end: int) -> Iterator[Block | Problem]:
        """One block of the rows between two headers."""
        if self._header is None or not self._usable or begin >= end:
            return
        left_out: set[int] = set()
        header = self._header
        for index in self._suspects(header, chunk, begin, end):
            verdict = self._judge(header, chunk[index], self.done + index)
            if verdict is not None:
                left_out.add(index)
                yield from self._say(verdict, chunk[index], index, begin, left_out)
        kept = [i for i in range(begin, end) if i not in left_out] if left_out else range(begin, end)
        block = Block(
            self._sheet.name,
            header,
            self._sheet.offset,
            [chunk[i] for i in kept],
            [self.done + i + 1 for i in kept],
        )
        self._filler.fill(block, chunk, self.done)
        self._counted += len(block.rows)
        self._since_subtotal += len(block.rows)
        if self._mends:
            yield from self._told_mends(block, header)
        if block.rows:
            yield block

    def _told_mends(self, block: Block, header: Header) -> Iterator[Problem]:
        """One line for each cell that stands otherwise than in the file, and who mended it."""
        for number in sorted(self._mends.keys() & set(block.numbers)):
            for at, mend in sorted(self._mends[number].items()):
                place = at - self._sheet.offset
                text = header.texts[place] if 0 <= place < len(header.texts) else ""
                params = {"read": mend.text, "by": mend.by}
                yield Problem(self._sheet.name, number, text, "", REPAIRED, "cell-mended", params, at)

    def _suspects(self, header: Header, chunk: list[Row], begin: int, end: int) -> list[int]:
        """Rows that may be no rows of the table: something that is required is missing."""
        found: set[int] = set()
        for column, place in zip(self._kind.columns, header.positions, strict=True):
            if column.required:
                found.update(i for i in range(begin, end) if chunk[i][place] in BLANKS)
        return sorted(found)

    def _judge(self, header: Header, row: Row, index: int) -> str | None:
        """What a row is, if it is none of the table: blank, trailer, section."""
        if list(row).count("") == len(row):
            return "blank"
        filled = [i for i, cell in enumerate(row) if cell != "" and str(cell).strip()]
        if not filled:
            return "blank"
        if is_trailer(row):
            self._in_notes = True
            return "trailer"
        if not set(filled) - set(header.serials()):
            return "blank" if numbers_of([row[filled[0]]]) else "section"
        if len(filled) == 1 and (self._in_notes or self._spans(index, filled[0])):
            return "section"
        self._in_notes = False
        return None

    def _spans(self, row: int, place: int) -> bool:
        """Whether a cell is merged over several columns of its row."""
        return any(
            top <= row <= bottom and left <= place <= right and right - left >= 2
            for top, left, bottom, right in self._sheet.merges
        )

    def _say(self, verdict: str, row: Row, index: int, begin: int, left_out: set[int]) -> Iterator[Problem]:
        if verdict == "blank":
            return
        text = first_text(row)
        if verdict == "trailer" and TOTALS.match(text):
            here = index - begin - sum(begin <= i < index for i in left_out)
            yield self._total(row, index, here)
            return
        code = "row-not-data" if verdict == "section" else "row-trailer"
        yield self._problem(self.done + index + 1, IGNORED, code, text[:60])

    def _total(self, row: Row, index: int, here: int) -> Problem:
        """A total line: it must name the number of rows above it, if it names any number."""
        counts = {self._counted + here, self._since_subtotal + here}
        numbers = numbers_of(row)
        number, text = self.done + index + 1, first_text(row)[:60]
        self._since_subtotal = -here
        if not numbers or counts & set(numbers):
            return self._problem(number, IGNORED, "row-trailer", text)
        return self._problem(number, IGNORED, "total-disagrees", text, total=numbers[0], counted=max(counts))

    def _problem(self, row: int, action: str, code: str, value: str = "", **params: object) -> Problem:
        return Problem(self._sheet.name, row, "", value, action, code, params)


def _without_title(chunk: list[Row], begin: int, end: int) -> int:
    """Where the rows above a header end: a title, 填报单位 and blank lines right above it are none."""
    last = end
    while last > begin and end - last < 3 and _is_title(chunk[last - 1]):
        last -= 1
    return last


def _is_title(row: Row) -> bool:
    return sum(cell != "" and bool(str(cell).strip()) for cell in row) <= 2 and not is_trailer(row)

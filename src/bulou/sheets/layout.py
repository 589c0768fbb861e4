"""Where a table stands on a sheet: its header in one or two rows, and what is below it besides rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from bulou.sheets.cells import Cell, narrow
from bulou.sheets.columns import SheetKind
from bulou.sheets.opening import Row

SEARCHED = 40
"""Rows of a sheet in which its first header must stand."""
SERIAL = frozenset(("序号", "编号", "NO", "NO.", "序", "顺序号", "№"))
OURS = frozenset(("问题",))
"""Columns that we wrote ourselves and do not speak of."""
_BRACKETS = re.compile(r"\((?!社区|自然村|街道|片区|居)[^()]*\)|\*")
_TRAILERS = re.compile(
    r"(?:合计|小计|总计|共计|累计|(?:填表|制表|填报)(?:人|单位|时间|日期|[::])|(?:审核|审批|复核|签字)(?:人|[::]|$)"
    r"|负责人(?:签字|签名)?[::]|备注[::]|注[::1-9]|说明[::]|单位\(?盖章|\(?盖章|联系人[::]"
    r"|(?:主要|分管)领导|领导签字)"
)
TOTALS = re.compile(r"(?:合计|小计|总计|共计|累计)")
_NUMBER = re.compile(r"\d+")


def plain(text: Cell) -> str:
    """A header for comparison: half-width, no blanks, no stars."""
    return narrow(str(text)).upper().strip(":*") if text != "" else ""


def _bare(text: str) -> str:
    """A header without what stands in brackets behind it: 体温(℃) → 体温."""
    return _BRACKETS.sub("", text)


@dataclass(frozen=True)
class Words:
    """The headers of a kind: plain text → position of the column; smaller rank is the nearer word."""

    kind: SheetKind

    @cached_property
    def ranks(self) -> dict[str, tuple[int, int]]:
        found: dict[str, tuple[int, int]] = {}
        for position, column in enumerate(self.kind.columns):
            found[plain(column.title)] = (position, 0)
        for position, column in enumerate(self.kind.columns):
            for word in column.variants:
                found.setdefault(plain(word), (position, 1))
        for position, column in enumerate(self.kind.columns):
            for word in (column.title, *column.variants):
                found.setdefault(_bare(plain(word)), (position, 2))
        return found

    def find(self, *texts: str) -> tuple[int, int] | None:
        """The column that the first known of several texts stands for, with the rank."""
        for text in texts:
            if text in self.ranks:
                return self.ranks[text]
            if (bare := _bare(text)) in self.ranks:
                position, rank = self.ranks[bare]
                return position, rank + 3
        return None


@dataclass(frozen=True)
class Header:
    """A header that was found. `positions[i]` is where the kind's column i stands, or -1."""

    positions: tuple[int, ...]
    texts: tuple[str, ...]
    """Every header of the sheet as it stands, by place."""
    depth: int
    """Rows of it."""

    @property
    def known(self) -> int:
        return sum(position >= 0 for position in self.positions)

    def unknown(self) -> list[int]:
        """Places of columns that the kind does not have."""
        taken = set(self.positions)
        return [i for i, t in enumerate(self.texts) if t and i not in taken and plain(t) not in OURS]

    def serials(self) -> list[int]:
        """Places of 序号 and its like, which are filled in whether or not there is a row."""
        taken = set(self.positions)
        return [i for i, text in enumerate(self.texts) if i not in taken and plain(text) in SERIAL]


def header_at(rows: Sequence[Row], index: int, words: Words) -> Header | None:
    """The header that begins in a row, or None."""
    upper = [plain(cell) if isinstance(cell, str) else "" for cell in rows[index]]
    found = _match(rows[index], [(text,) for text in upper], words, 1)
    if not any(upper):
        return None
    if index + 1 < len(rows) and (both := _two_rows(rows[index], rows[index + 1], upper, words, found.known)):
        return both
    return found if found.known >= 2 and _mostly(upper, found) else None


def _mostly(upper: list[str], header: Header) -> bool:
    """Whether a row is a header rather than a row of data that happens to hold two of its words."""
    filled = sum(bool(text) for text in upper)
    return header.known >= 3 or header.known * 2 >= filled


def _two_rows(top: Row, below: Row, upper: list[str], words: Words, alone: int) -> Header | None:
    """A header whose second row names the columns under a group."""
    if not all(isinstance(cell, str) for cell in below):
        return None
    lower = [plain(cell) for cell in below]
    groups = _carried(upper, lower)
    texts = [
        (low, group + low, low + group) if low else (up,)
        for up, low, group in zip(upper, lower, groups, strict=True)
    ]
    shown = [low or up for up, low in zip(top, below, strict=True)]
    both = _match(shown, texts, words, 2)
    filled = sum(bool(text) for text in lower)
    gained = sum(position >= 0 and bool(lower[position]) for position in both.positions)
    return both if both.known > max(alone, 1) and gained * 2 >= filled else None


def _carried(upper: list[str], lower: list[str]) -> list[str]:
    """The group over each column: a merged title stands in its first column only."""
    groups, last = [], ""
    for up, low in zip(upper, lower, strict=True):
        last = up or (last if low else "")
        groups.append(last)
    return groups


def _match(shown: Row, texts: Sequence[tuple[str, ...]], words: Words, depth: int) -> Header:
    best: dict[int, tuple[int, int]] = {}
    for place, candidates in enumerate(texts):
        found = words.find(*filter(None, candidates))
        if found and (found[0] not in best or found[1] < best[found[0]][0]):
            best[found[0]] = (found[1], place)
    count = len(words.kind.columns)
    positions = tuple(best[i][1] if i in best else -1 for i in range(count))
    return Header(positions, tuple(str(cell).strip() for cell in shown), depth)


def first_header(rows: Sequence[Row], words: Words) -> tuple[int, Header] | None:
    """The best header among the first rows of a sheet, and where it begins."""
    found = [(i, h) for i in range(min(len(rows), SEARCHED)) if (h := header_at(rows, i, words))]
    return max(found, key=lambda pair: (pair[1].known, -pair[0]), default=None)


def first_text(row: Row) -> str:
    """The first cell of a row that has something in it, as plain text."""
    return next((narrow(str(cell)) for cell in row if cell != "" and str(cell).strip()), "")


def is_trailer(row: Row) -> bool:
    """Whether a row begins as the lines under a table do: 合计, 填表人, 备注…"""
    return _TRAILERS.match(first_text(row)) is not None


def numbers_of(row: Row) -> list[int]:
    """The whole numbers in a total line."""
    found: list[int] = []
    for cell in row:
        if (
            isinstance(cell, int | float)
            and not isinstance(cell, bool)
            and abs(cell) < 1e9
            and cell == int(cell)
        ):
            found.append(int(cell))
        elif isinstance(cell, str):
            found += [int(digits) for digits in _NUMBER.findall(narrow(cell)) if len(digits) < 9]
    return found

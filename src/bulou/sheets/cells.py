"""Reading one cell: what comes out, and the parsers of plain text, names, numbers and choices.

A parser is called with the cell as the file holds it and the day of the import, and answers with `Parsed`.
It never raises on any cell. The literal reading has no action; every other one says what was read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, NamedTuple

Cell = str | int | float | bool | date | datetime | time | timedelta
"""What python-calamine gives for a cell; an empty one is ""."""

REPAIRED, REFUSED, IGNORED = "repaired", "refused", "ignored"


class _Miss:
    """Stands for "not read yet", which None and "" cannot."""

    __slots__ = ()


MISS = _Miss()


class Parsed(NamedTuple):
    """One cell read: its value; what was done ("", repaired, refused or ignored), the problem's code."""

    value: Any
    action: str = ""
    code: str = ""
    params: Mapping[str, object] | None = None


def repaired(value: Any, code: str, read: object | None = None, **params: object) -> Parsed:
    """A reading other than the literal one; `read` is how the value is shown."""
    return Parsed(value, REPAIRED, code, {"read": str(value if read is None else read), **params})


def refused(code: str, **params: object) -> Parsed:
    """A cell that cannot be read."""
    return Parsed(None, REFUSED, code, params)


def shown(raw: Cell) -> str:
    """The cell as a reader of the sheet sees it."""
    if isinstance(raw, float):
        if not abs(raw) < 1e15:
            return f"{raw:.5E}"
        return str(int(raw)) if raw == int(raw) else repr(raw)
    if isinstance(raw, datetime | time):
        return raw.isoformat(" ") if isinstance(raw, datetime) else raw.isoformat()
    return str(raw)


_WIDE = {
    code: code - 0xFEE0
    for span in ((0xFF10, 0xFF1A), (0xFF21, 0xFF3B), (0xFF41, 0xFF5B))
    for code in range(*span)
}
_WIDE_MARKS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x3002: 0x2E}
_INVISIBLE: dict[int, str | None] = dict.fromkeys(
    [*range(0x20), 0x7F, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF, 0xAD]
)
for _blank in (0x09, 0x0A, 0x0B, 0x0C, 0x0D):
    _INVISIBLE[_blank] = " "
APOSTROPHES = "'’‘`＇"
_PLAIN = re.compile(r"[一-鿿A-Za-z0-9（）()、，,.。:：;；#/·-]+")
NOTHING = frozenset(("无", "/", "／", "-", "--", "—", "——", "空", "没有", "暂无", "\\", "、"))
"""How offices write that there is nothing."""


class Tidied(NamedTuple):
    """Text without what keyboards and old systems leave in it, and the code of the first thing taken out."""

    text: str
    code: str


def tidy(text: str) -> Tidied:
    """Full-width digits and letters, stray and invisible blanks, a leading apostrophe, line breaks."""
    code = ""
    plain = text.translate(_INVISIBLE)
    kept = " ".join(plain.split())
    if kept != text:
        code = "text-spaces"
    narrow = kept.translate(_WIDE)
    if narrow != kept:
        code = "text-fullwidth"
    bare = narrow.lstrip(APOSTROPHES).strip()
    if bare != narrow:
        code = "text-apostrophe"
    return Tidied(bare, code)


def half_width(text: str) -> str:
    """Every full-width sign made plain, what cannot be seen taken out; blanks stay."""
    return text.translate(_INVISIBLE).translate(_WIDE_MARKS)


def narrow(text: str) -> str:
    """Half-width and without any blank: for numbers and headers."""
    if text.isascii() and text.isalnum():
        return text
    return "".join(half_width(text).split()).strip(APOSTROPHES)


def as_text(raw: Cell) -> Parsed:
    """A cell as text. Numbers are written out; dates and numbers that lost digits cannot be."""
    if isinstance(raw, str):
        text, code = (raw, "") if _PLAIN.fullmatch(raw) else tidy(raw)
        return repaired(text, code) if code and text else Parsed(text)
    if isinstance(raw, bool):
        return repaired("是" if raw else "否", "text-boolean")
    if isinstance(raw, int | float):
        return refused("number-digits-lost") if not abs(raw) < 1e15 else Parsed(shown(float(raw)))
    return refused("text-became-date", read=shown(raw))


class Parser:
    """Reads the cells of one column. `title` names the type; `empty` is the value of an empty cell."""

    title: ClassVar[str] = "文本"
    empty: ClassVar[Any] = None
    remembers: ClassVar[bool] = True
    """Whether equal cells are so frequent that their values are kept."""

    def __call__(self, raw: Cell, today: date) -> Parsed:
        """Read one cell."""
        if raw == "" or (isinstance(raw, str) and not raw.strip()):
            return Parsed(self.empty)
        if isinstance(raw, str) and raw.strip() in NOTHING:
            return Parsed(self.empty)
        return self.read(raw, today)

    def read(self, raw: Cell, today: date) -> Parsed:
        """Read a cell that has something in it."""
        raise NotImplementedError

    def quickly(self, cells: Sequence[Cell], today: date) -> list[Any]:
        """The values of cells in their cleanest form, MISS for all others."""
        return [MISS] * len(cells)

    def write(self, value: Any) -> Any:
        """A value as a workbook holds it, so that it is read back literally."""
        return "" if value is None else value


@dataclass(frozen=True)
class Text(Parser):
    """Text of at most `longest` characters."""

    longest: int = 200
    flags: tuple[tuple[str, str], ...] = ()
    """(regular expression, code): text that is kept and reported."""

    empty: ClassVar[str] = ""

    def read(self, raw: Cell, today: date) -> Parsed:
        found = as_text(raw)
        if found.action == REFUSED:
            return found
        if len(found.value) > self.longest:
            return refused("text-too-long", longest=self.longest, length=len(found.value))
        for pattern, code in self.flags:
            if re.search(pattern, found.value):
                return Parsed(found.value, IGNORED, code, {})
        return found


_HAN = r"㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff"
_NAME = re.compile(rf"[{_HAN}〇]+(?:·[{_HAN}〇]+)*")
_CLEAN_NAME = re.compile(r"[一-鿿]{2,4}").fullmatch
_DOTS = str.maketrans(dict.fromkeys("•‧・∙⋅.．。", "·"))
_FOREIGN_NAME = re.compile(r"[^\W\d_]+(?:[ '’.·-]+[^\W\d_]+)*\.?")


@dataclass(frozen=True)
class Name(Parser):
    """A person's name: Chinese characters without blanks (· between the parts), or letters."""

    title: ClassVar[str] = "姓名"
    empty: ClassVar[str] = ""
    remembers: ClassVar[bool] = False

    def quickly(self, cells: Sequence[Cell], today: date) -> list[Any]:
        return [c if type(c) is str and _CLEAN_NAME(c) and c not in _NO_NAMES else MISS for c in cells]

    def read(self, raw: Cell, today: date) -> Parsed:
        found = as_text(raw)
        if found.action == REFUSED:
            return refused("name-unreadable")
        name = read_name(found.value)
        if not name or name in _NO_NAMES:
            return refused("name-unreadable")
        if name == raw:
            return Parsed(name)
        return repaired(
            name, found.code or ("text-spaces" if "".join(str(raw).split()) == name else "name-read")
        )


_NO_NAMES = frozenset(("同上", "不详", "未知", "空户", "空房", "合计", "小计", "总计", "无人", "同前"))


def read_name(text: str) -> str:
    """A name in its plain form; "" when it is none."""
    if len(text) > 50:
        return ""
    joined = "".join(text.split()).translate(_DOTS)
    if _NAME.fullmatch(joined):
        return joined
    return text if _FOREIGN_NAME.fullmatch(text) else ""

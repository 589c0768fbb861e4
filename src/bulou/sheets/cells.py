"""Reading one cell: what comes out, and the parsers of plain text, names, numbers and choices.

A parser is called with the cell as the file holds it and the day of the import, and answers with `Parsed`.
It never raises on any cell. The literal reading has no action; every other one says what was read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
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


_CHINESE_DIGITS = {sign: number for number, sign in enumerate("零一二三四五六七八九十")} | {"两": 2, "〇": 0}
_COUNT = re.compile(
    r"(?:已|接种|完成)*第?([+-]?\d+(?:\.0+)?|[零〇一二两三四五六七八九十])(?:个|针|剂|剂次|次|人|户|处|道)*"
)


@dataclass(frozen=True)
class Integer(Parser):
    """A whole number between two bounds."""

    least: int = 0
    most: int = 1_000_000
    words: tuple[tuple[str, int], ...] = ()

    title: ClassVar[str] = "整数"

    def read(self, raw: Cell, today: date) -> Parsed:
        number = self._number(raw)
        if number is None or not self.least <= number <= self.most:
            return refused("number-out-of-range", least=self.least, most=self.most)
        literal = not isinstance(raw, str | bool) or raw == str(number)
        return Parsed(number) if literal else repaired(number, "number-read")

    def _number(self, raw: Cell) -> int | None:
        if isinstance(raw, bool) or not isinstance(raw, str | int | float):
            return None
        if isinstance(raw, int | float):
            return int(raw) if abs(raw) < 1e15 and raw == int(raw) else None
        text = narrow(raw)
        if text in dict(self.words):
            return dict(self.words)[text]
        found = _COUNT.fullmatch(text)
        if not found or len(text) > 15:
            return None
        digits = found.group(1)
        return _CHINESE_DIGITS[digits] if digits in _CHINESE_DIGITS else int(digits.partition(".")[0])


@dataclass(frozen=True)
class Digits(Parser):
    """A code of digits with one of several lengths, kept as text."""

    lengths: tuple[int, ...]

    title: ClassVar[str] = "数字编码"
    empty: ClassVar[str] = ""
    remembers: ClassVar[bool] = False

    def read(self, raw: Cell, today: date) -> Parsed:
        found = as_text(raw)
        if found.action == REFUSED:
            return found
        digits = narrow(found.value)
        if not (digits.isascii() and digits.isdigit()) or len(digits) not in self.lengths:
            return refused("code-length", lengths="、".join(map(str, self.lengths)))
        literal = not isinstance(raw, str) or raw == digits
        return Parsed(digits) if literal else repaired(digits, found.code or "text-spaces")


class Option(NamedTuple):
    """One value of a choice: what is stored, what workbooks say, and other words for it."""

    value: str
    title: str
    words: tuple[str, ...] = ()


def _key(text: str) -> str:
    return narrow(text).upper()


@dataclass(frozen=True)
class Choice(Parser):
    """One of a few values, by its title or another word for it."""

    options: tuple[Option, ...]

    title: ClassVar[str] = "选项"

    def find(self, text: str) -> Option | None:
        """The option that a word stands for."""
        wanted = _key(text)
        for option in self.options:
            if wanted in {_key(word) for word in (option.title, *option.words)}:
                return option
        return None

    def read(self, raw: Cell, today: date) -> Parsed:
        option = self.find(shown(raw))
        if option is None:
            return refused("choice-unknown", choices=self.titles())
        return (
            Parsed(option.value)
            if raw == option.title
            else repaired(option.value, "choice-read", option.title)
        )

    def titles(self) -> str:
        return "、".join(option.title for option in self.options)

    def write(self, value: Any) -> Any:
        return next((option.title for option in self.options if option.value == value), "")


_BETWEEN = re.compile(r"[、,，;；/\s+和及]+")


@dataclass(frozen=True)
class Choices(Choice):
    """Several of a few values in one cell, stored with commas between; what is no choice is reported.

    `nothing` are words that stand for none of them. Where there is an `other` value, unknown words count
    as it, so that they are not lost.
    """

    nothing: tuple[str, ...] = ()
    other: str = ""

    title: ClassVar[str] = "多选项"
    empty: ClassVar[str] = ""

    def read(self, raw: Cell, today: date) -> Parsed:
        found = as_text(raw)
        if found.action == REFUSED:
            return refused("choice-unknown", choices=self.titles())
        words = [w for w in _BETWEEN.split(found.value) if w and w not in NOTHING and w not in self.nothing]
        options = [self.find(word) for word in words]
        unknown = "、".join(word for word, option in zip(words, options, strict=True) if option is None)
        values = {option.value for option in options if option} | (
            {self.other} if unknown and self.other else set()
        )
        value = ",".join(option.value for option in self.options if option.value in values)
        if unknown:
            params = {"unknown": unknown, "choices": self.titles(), "read": self.write(value)}
            return Parsed(value, REPAIRED if self.other else IGNORED, "choice-partly-unknown", params)
        if not words or self.write(value) == raw:
            return Parsed(value)
        return repaired(value, "choice-read", self.write(value))

    def write(self, value: Any) -> Any:
        wanted = (value or "").split(",")
        return "、".join(option.title for option in self.options if option.value in wanted)


_TEMPERATURE = re.compile(r"(\d{2})(?:[.,·](\d{1,2}))?(?:℃|°C|度|C|摄氏度)?", re.IGNORECASE)
LOWEST, HIGHEST = Decimal(34), Decimal(43)


@dataclass(frozen=True)
class Temperature(Parser):
    """A body temperature in °C between 34 and 43."""

    title: ClassVar[str] = "体温(℃)"

    def read(self, raw: Cell, today: date) -> Parsed:
        text = narrow(shown(raw)) if isinstance(raw, str | int | float) and not isinstance(raw, bool) else ""
        found = _TEMPERATURE.fullmatch(text)
        value = Decimal(f"{found.group(1)}.{found.group(2) or '0'}") if found else None
        if value is None or not LOWEST <= value <= HIGHEST:
            return refused("temperature-out-of-range", lowest=LOWEST, highest=HIGHEST)
        literal = not isinstance(raw, str) or re.fullmatch(r"\d{2}(?:\.\d{1,2})?", raw) is not None
        return Parsed(value) if literal else repaired(value, "temperature-read")

    def write(self, value: Any) -> Any:
        return "" if value is None else float(value)


_VILLAGE = re.compile(r"(?:社区居民委员会|社区居委会|居民委员会|村民委员会|居委会|村委会|社区|村)$")


def plain_name(name: str) -> str:
    """A place name for comparison: no blanks, half-width, without 村委会, 社区居民委员会 and their like."""
    text = narrow(name)
    bare = _VILLAGE.sub("", text)
    return bare if len(bare) > 1 else text

"""Whole numbers, codes of digits and temperatures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from bulou.sheets.cells import REFUSED, Cell, Parsed, Parser, as_text, narrow, refused, repaired, shown

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

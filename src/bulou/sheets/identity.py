"""Identity numbers (GB 11643) and credit codes (GB 32100). Only form, birth date and check digit are judged.

The division is not looked up: numbers of merged counties stay valid, and the register of divisions that a
library carries is never the whole of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, ClassVar

from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from bulou.sheets.cells import MISS, Cell, Parsed, Parser, narrow, refused, repaired, tidy

_CLEAN = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII).fullmatch
_FORM = re.compile(r"\d{17}[\dX]", re.ASCII).fullmatch
_OLD_FORM = re.compile(r"\d{15}", re.ASCII).fullmatch
_EXPONENT = re.compile(r"\d(?:\.\d+)?E\+?\d{1,2}", re.ASCII).fullmatch
_SEPARATORS = str.maketrans("", "", "-—_.·")
EARLIEST_BIRTH = 1850


@cache
def _born(digits: str) -> bool:
    """Whether eight digits are a day on which somebody could be born."""
    try:
        return ric.get_birth_date(f"000000{digits}0000").year >= EARLIEST_BIRTH
    except ValidationError:
        return False


@dataclass(frozen=True)
class IdentityNumber(Parser):
    """An identity number of 18 characters; one of 15 digits is lengthened and reported."""

    title: ClassVar[str] = "身份证号"
    remembers: ClassVar[bool] = False

    def quickly(self, cells: Sequence[Cell], today: date) -> list[Any]:
        check = ric.calc_check_digit
        latest = f"{today:%Y%m%d}"
        return [
            c
            if type(c) is str and _CLEAN(c) and c[17] == check(c) and c[6:14] <= latest and _born(c[6:14])
            else MISS
            for c in cells
        ]

    def read(self, raw: Cell, today: date) -> Parsed:
        if isinstance(raw, str):
            return self._text(raw, today)
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            return refused("id-number-form")
        if not 1e14 <= raw < 1e15:
            return refused(
                "id-number-excel-float" if raw >= 1e15 else "id-number-length", length=_length(raw)
            )
        return self._judge(str(int(raw)), str(int(raw)), "", today)

    def _text(self, raw: str, today: date) -> Parsed:
        number, code = narrow(raw).upper().translate(_SEPARATORS), ""
        if _EXPONENT(narrow(raw).upper()):
            return refused("id-number-excel-float", length=18)
        if number != raw:
            code = "id-number-lower-x" if number == raw.upper() else _repair(raw)
        return self._judge(raw, number, code, today)

    def _judge(self, raw: str, number: str, code: str, today: date) -> Parsed:
        if _OLD_FORM(number):
            body = f"{number[:6]}19{number[6:]}"
            number, code = body + ric.calc_check_digit(f"{body}0"), "id-number-15-digits"
        if len(number) != 18:
            return refused("id-number-length", length=len(number))
        if not _FORM(number):
            return refused("id-number-form")
        if not _born(number[6:14]) or number[6:14] > f"{today:%Y%m%d}":
            return refused("id-number-birth-date", born=f"{number[6:10]}-{number[10:12]}-{number[12:14]}")
        if ric.calc_check_digit(number) != number[17]:
            return refused("id-number-check-digit", last=number[17])
        return repaired(number, code) if code else Parsed(number)


def _length(raw: float) -> int:
    return len(str(int(raw))) if abs(raw) < 1e15 else 18


def _repair(raw: str) -> str:
    """What was wrong with a number that could be read."""
    code = tidy(raw).code
    return f"id-number-{code.removeprefix('text-')}" if code else "id-number-spaces"


@dataclass(frozen=True)
class CreditCode(Parser):
    """A unified social credit code of 18 characters."""

    title: ClassVar[str] = "统一社会信用代码"
    empty: ClassVar[str] = ""
    remembers: ClassVar[bool] = False

    def read(self, raw: Cell, today: date) -> Parsed:
        if not isinstance(raw, str):
            return refused("number-digits-lost")
        code = narrow(raw).upper().translate(_SEPARATORS)
        if not uscc.is_valid(code):
            return refused("credit-code")
        return Parsed(code) if code == raw else repaired(code, "text-spaces")

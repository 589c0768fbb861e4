"""Phone numbers of the mainland, and cells that hold a person's name and phone number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from bulou.sheets.cells import (
    APOSTROPHES,
    MISS,
    REFUSED,
    Cell,
    Parsed,
    Parser,
    as_text,
    half_width,
    read_name,
    refused,
    repaired,
    shown,
)

_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII).fullmatch
_FOUND = re.compile(
    r"(?<!\d)(?:\+?(?:00)?86[- ]?)?"
    r"(?:(1[3-9]\d(?:[- ]?\d{4}){2})|(0\d{2,3})[-) ]?([2-9]\d{6,7})(?:[-转]\d{1,5})?)(?!\d)",
    re.ASCII,
)
_DASHES = re.compile(r"[—–‐‑−－_]")
_BLANKS = re.compile(r"\s+")


def _simple(text: str) -> str:
    """Half-width, every kind of dash and blank one of its kind."""
    return _BLANKS.sub(" ", _DASHES.sub("-", half_width(text))).strip(f" {APOSTROPHES}")


def phones_in(text: str) -> list[tuple[str, tuple[int, int]]]:
    """The numbers in a text in their plain form, each with its span in the simplified text."""
    found = []
    for match in _FOUND.finditer(text):
        mobile, area, local = match.groups()
        number = re.sub(r"\D", "", mobile) if mobile else f"{area}-{local}"
        found.append((number, match.span()))
    return found


@dataclass(frozen=True)
class Phone(Parser):
    """A mobile number of 11 digits, or a land line with its area code (0357-4920000)."""

    title: ClassVar[str] = "电话"
    remembers: ClassVar[bool] = False

    def quickly(self, cells: Sequence[Cell], today: date) -> list[Any]:
        return [(c if _MOBILE(c) else None if c == "" else MISS) if type(c) is str else MISS for c in cells]

    def read(self, raw: Cell, today: date) -> Parsed:
        if isinstance(raw, bool) or not isinstance(raw, str | int | float):
            return refused("phone-form")
        text = _simple(shown(raw))
        found = phones_in(text)
        if not found:
            digits = sum(c.isdigit() for c in text)
            return refused("phone-length", length=digits) if digits else refused("phone-form")
        number, (start, end) = found[0]
        if len(found) > 1:
            return repaired(number, "phone-two-in-cell", others="、".join(n for n, _ in found[1:]))
        if re.search(r"\d", text[:start] + text[end:]):
            return refused("phone-length", length=sum(c.isdigit() for c in text))
        literal = not isinstance(raw, str) or raw == number
        return Parsed(number) if literal else repaired(number, "phone-read")


_LABELS = re.compile(r"(?:联系电话|联系方式|手机号码?|电话号码?|电话|手机|姓名)(?=[:\s\d]|$)")
_AROUND = " :()[]【】,、;/|-"


@dataclass(frozen=True)
class NamePhone(Parser):
    """A person's name and phone in one cell, `王某 19900000000`; the value is the pair."""

    title: ClassVar[str] = "姓名和电话"

    def read(self, raw: Cell, today: date) -> Parsed:
        found = as_text(raw)
        if found.action == REFUSED:
            return refused("name-phone-form")
        text = _simple(found.value)
        phones = phones_in(text)
        name = _name_beside(text, phones[0][1] if phones else (len(text), len(text)))
        if not name or (not phones and re.search(r"\d", text)):
            return refused("name-phone-form")
        if not phones:
            return repaired((name, ""), "name-without-phone", name)
        return self._pair(raw, name, [number for number, _ in phones])

    def _pair(self, raw: Cell, name: str, phones: list[str]) -> Parsed:
        read = f"{name} {phones[0]}"
        if len(phones) > 1:
            return repaired((name, phones[0]), "name-phone-several", read, others="、".join(phones[1:]))
        return (
            Parsed((name, phones[0])) if raw == read else repaired((name, phones[0]), "name-phone-read", read)
        )

    def write(self, value: Any) -> Any:
        return " ".join(value).strip() if value else ""


def _name_beside(text: str, span: tuple[int, int]) -> str:
    """The name before a phone number, or else behind it; "" when there is none."""
    before, behind = (_LABELS.sub("", part).strip(_AROUND) for part in (text[: span[0]], text[span[1] :]))
    return read_name(before) or read_name(behind)

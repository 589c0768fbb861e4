"""Cells that hold one or several of a few values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, NamedTuple

from bulou.sheets.cells import (
    IGNORED,
    NOTHING,
    REFUSED,
    REPAIRED,
    Cell,
    Parsed,
    Parser,
    as_text,
    narrow,
    refused,
    repaired,
    shown,
)


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

"""The slips of those who fill in workbooks, planted in single cells at a steady rate."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bulou.drill.columns import IDENTITY, NAME, PHONE, TOWNSHIP, VILLAGE
from bulou.drill.divisions import FORMER_VILLAGE, OLD_TOWNSHIP, SHORTENED_VILLAGE, Village
from bulou.drill.numbers import check_digit

Row = dict[str, Any]

REFUSED, REPAIRED, KEPT, NAMED = "refused", "repaired", "kept", "named"
"""What an import has to do with it: refuse the row, read it otherwise and say so, take it as it is, or (where
the contract leaves it open) name it whatever becomes of it."""

PERIOD = 331
"""Rows of residents in which each slip is made once."""


@dataclass(frozen=True)
class Plant:
    """One slip: where it stands (row as Excel counts), what it is, what an import has to do with it.

    The one sheet of a .csv file goes by the file's name without its ending.
    """

    file: str
    sheet: str
    row: int
    column: str
    what: str
    expected: str


@dataclass(frozen=True)
class Slip:
    """A kind of slip: `spoil` gives the cell's new value, or None where it cannot be made."""

    what: str
    column: str
    expected: str
    spoil: Callable[[Row], Any]


def _wide(text: str) -> str:
    return text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789X"})


def _wrong_check(row: Row) -> str:
    number: str = row[IDENTITY]
    return number[:17] + ("0" if number[17] != "0" else "1")


def _as_number(row: Row) -> float | None:
    """Excel keeps 15 digits of a number and writes 1.41099E+17; a number that ends in X stays text."""
    return None if row[IDENTITY][-1] == "X" else float(row[IDENTITY][:15] + "000")


def _short(row: Row) -> str | None:
    number: str = row[IDENTITY]
    return number[:6] + number[8:17] if number[6:8] == "19" else None


def _bare_village(row: Row) -> str | None:
    name: str = row[VILLAGE]
    bare = name.removesuffix("社区").removesuffix("村")
    return bare if len(bare) > 1 else None


def _official(row: Row) -> str:
    name: str = row[VILLAGE]
    return name + ("居民委员会" if name.endswith("社区") else "委会")


def _phone(change: Callable[[str], Any]) -> Callable[[Row], Any]:
    return lambda row: change(row[PHONE]) if row[PHONE] else None


def _spaced_name(row: Row) -> str | None:
    return "　".join(row[NAME]) if len(row[NAME]) == 2 else None


SLIPS: tuple[Slip, ...] = (
    Slip(
        "id with spaces",
        IDENTITY,
        REPAIRED,
        lambda r: f"{r[IDENTITY][:6]} {r[IDENTITY][6:14]} {r[IDENTITY][14:]}",
    ),
    Slip("phone with spaces", PHONE, REPAIRED, _phone(lambda p: f"{p[:3]} {p[3:7]} {p[7:]}")),
    Slip("id as number", IDENTITY, REFUSED, _as_number),
    Slip("id of 15 digits", IDENTITY, REPAIRED, _short),
    Slip("full-width space in name", NAME, REPAIRED, _spaced_name),
    Slip("phone with dashes", PHONE, REPAIRED, _phone(lambda p: f"{p[:3]}-{p[3:7]}-{p[7:]}")),
    Slip("id with wrong check digit", IDENTITY, REFUSED, _wrong_check),
    Slip("same above 〃", VILLAGE, REPAIRED, lambda r: "〃"),
    Slip(
        "id with lower-case x",
        IDENTITY,
        REPAIRED,
        lambda r: r[IDENTITY].lower() if r[IDENTITY][-1] == "X" else None,
    ),
    Slip("two phones in a cell", PHONE, REPAIRED, _phone(lambda p: f"{p}/{int(p) ^ 1}")),
    Slip("id in full-width digits", IDENTITY, REPAIRED, lambda r: _wide(r[IDENTITY])),
    Slip("phone as number", PHONE, KEPT, _phone(int)),
    Slip("same above 同上", TOWNSHIP, REPAIRED, lambda r: "同上"),
    Slip("id with apostrophe", IDENTITY, REPAIRED, lambda r: "'" + r[IDENTITY]),
    Slip("stray spaces around name", NAME, REPAIRED, lambda r: f" {r[NAME]} "),
    Slip("village by its official name", VILLAGE, REPAIRED, _official),
    Slip("village without 村 or 社区", VILLAGE, REPAIRED, _bare_village),
    Slip(
        "date that does not exist",
        "末次接种日期",
        NAMED,
        lambda r: "2022年2月30日" if r["末次接种日期"] else None,
    ),
)
_ABOVE = ("same above 〃", "same above 同上")


class Mess:
    """Makes each slip once in `PERIOD` rows; one that does not fit a row waits for the next that it fits."""

    def __init__(self) -> None:
        self._rows = 0
        self._due: deque[Slip] = deque()
        self.plants: list[Plant] = []
        self.counts: Counter[str] = Counter()
        self.protected: set[str] = set()

    def touch(self, row: Row, file: str, sheet: str, at: int, *, first: bool) -> None:
        """Perhaps spoil one cell of a row; `first` says that nothing stands above it to refer to."""
        step, turn = divmod(self._rows % PERIOD, PERIOD // len(SLIPS))
        self._rows += 1
        if turn == 9 and step < len(SLIPS):
            self._due.append(SLIPS[step])
        if not self._due or row[IDENTITY] in self.protected:
            return
        slip = self._due[0]
        value = None if first and slip.what in _ABOVE else slip.spoil(row)
        if value is None:
            self._due.rotate(-1)
            return
        self._due.popleft()
        row[slip.column] = value
        self.note(Plant(file, sheet, at, slip.column, slip.what, slip.expected))

    def note(self, plant: Plant) -> None:
        """Write down a slip that was made."""
        self.counts[plant.what] += 1
        name = Path(plant.file)
        self.plants.append(replace(plant, sheet=name.stem) if name.suffix == ".csv" else plant)


def typo_twin(identity: str) -> str:
    """The same person's number with one digit of the serial mistaken, and a check digit that fits it."""
    wrong = identity[:14] + str((int(identity[14]) + 7) % 10) + identity[15:17]
    return wrong + check_digit(wrong)


def township_as_written(village: Village) -> tuple[str, str]:
    """A township as the lists of some villages write it, and what is wrong with it ('' if nothing is)."""
    if village.code == FORMER_VILLAGE:
        return OLD_TOWNSHIP, f"old township {OLD_TOWNSHIP}"
    if village.code == SHORTENED_VILLAGE:
        return village.township.removesuffix("乡"), "township without 乡"
    return village.township, ""

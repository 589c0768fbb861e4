"""The divisions of the whole country: what part of it an address means. No network, no database.

The list is `data/country.txt.gz` (docs/adr/0020, data/README.md); names are those of its year.
"""

from __future__ import annotations

import gzip
import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from bulou.places import country_names
from bulou.places.country_names import COUNTY, PREFECTURE, PROVINCE, TOWNSHIP

WIDTHS = (PROVINCE, PREFECTURE, COUNTY, TOWNSHIP)
MOST_SHOWN = 5
_NOISE = re.compile(r"市辖区|(?:省|自治区)直辖县级行政区划|[\s\-—–>·,.。|_/\\()\[\]【】]+")
_BEFORE = re.compile(r"^(?:中华人民共和国|中国|来自|自|从|由|在)")


@dataclass(frozen=True)
class Division:
    """A division: 2, 4, 6 or 9 digits (GB/T 2260, GB/T 10114), and its name with those above it."""

    code: str
    name: str

    @property
    def stops(self) -> tuple[str, ...]:
        """The codes of 4 digits or more that it consists of; () for a province, which is too wide a place.

        A municipality is its prefectures, a province without any is one.
        """
        if len(self.code) > PROVINCE:
            return (self.code,)
        return book().whole(self.code)


@dataclass(frozen=True)
class Found:
    """What an address may mean. `division`: the one that it means, or the one that holds all of them.

    `candidates` has every division that it may mean; `nearer` says that the nearest of them was taken.
    """

    division: Division | None
    candidates: tuple[Division, ...]
    nearer: bool = False

    @property
    def ambiguous(self) -> bool:
        return len(self.candidates) > 1

    def shown(self) -> str:
        """The candidates for a sentence."""
        names = [one.name for one in self.candidates[:MOST_SHOWN]]
        return "、".join(names) + ("等" if len(self.candidates) > MOST_SHOWN else "")


NOTHING = Found(None, ())
_Path = tuple[int, int, str]
"""How far a text was read, how many levels were left out on the way, and the code reached."""


class Book:
    """Every division, by code and by each of its spellings."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.names = dict(line.split(" ", 1) for line in lines)
        self.codes = sorted(self.names)
        self._spelled: dict[str, list[str]] = defaultdict(list)
        self._alone: dict[str, list[str]] = defaultdict(list)
        for code in self.codes:
            self._spell(code)
        self._longest = max(map(len, self._spelled))

    def _spell(self, code: str) -> None:
        """Note the spellings of a division; a township's short one stands only behind a division's."""
        name = self.names[code]
        for spelling in country_names.spellings(code, name, self._above(code)):
            plain = _plain(spelling)
            self._spelled[plain].append(code)
            if len(code) < TOWNSHIP or spelling == name:
                self._alone[plain].append(code)

    def _above(self, code: str) -> tuple[str, ...]:
        return tuple(self.names[code[:width]] for width in WIDTHS if width < len(code))

    def whole(self, province: str) -> tuple[str, ...]:
        """The prefectures of a municipality, or what stands for the only one."""
        prefectures = [code for code in self.codes if code.startswith(province) and len(code) == PREFECTURE]
        if not prefectures:
            return (f"{province}00",)
        one_city = all(self.names[code] in country_names.PLACEHOLDERS for code in prefectures)
        return tuple(prefectures) if one_city else ()

    def division(self, code: str) -> Division:
        """A division with its full name."""
        names = [*self._above(code), self.names[code]]
        kept = [name for name in names if name not in country_names.PLACEHOLDERS]
        shown = [one for index, one in enumerate(kept) if not index or one != kept[index - 1]]
        return Division(code, "".join(shown))

    def furthest(self, text: str) -> list[str]:
        """The codes that a text reaches when as much of it as can be is read as divisions."""
        paths = [path for end, code in self._steps(text, 0, "") for path in self._paths(text, end, 0, code)]
        if not paths:
            return []
        end, skipped = min((-end, skipped) for end, skipped, _code in paths)
        return sorted({code for at, left_out, code in paths if (-at, left_out) == (end, skipped)})

    def _paths(self, text: str, at: int, skipped: int, code: str) -> Iterator[_Path]:
        yield at, skipped, code
        for end, below in self._steps(text, at, code):
            left_out = WIDTHS.index(len(below)) - WIDTHS.index(len(code)) - 1
            yield from self._paths(text, end, skipped + left_out, below)

    def _steps(self, text: str, at: int, above: str) -> Iterator[tuple[int, str]]:
        """Where a division below another one stands at a place of a text, and where it ends."""
        words = self._spelled if above else self._alone
        for end in range(at + 2, min(len(text), at + self._longest) + 1):
            for code in _within(words.get(text[at:end], ()), above):
                yield end, code


def _within(codes: list[str] | tuple[()], above: str) -> Iterator[str]:
    """Of sorted codes those below one."""
    for index in range(bisect_left(codes, above), len(codes)):
        if not codes[index].startswith(above):
            return
        if len(codes[index]) > len(above):
            yield codes[index]


@cache
def book() -> Book:
    """The list, read once in a process."""
    packed = files("bulou.places").joinpath("data/country.txt.gz").read_bytes()
    return Book(iter(gzip.decompress(packed).decode().splitlines()))


@lru_cache(maxsize=20_000)
def find(text: str, near: str = "") -> Found:
    """The division that an address means. `near`: a code; of several the only one in its province wins."""
    plain = _plain(text)
    if plain.isascii() and plain.isdecimal():
        return _by_code(plain)
    return _chosen(book().furthest(plain) or book().furthest(_BEFORE.sub("", plain)), near)


def _plain(text: str) -> str:
    """Half-width, without blanks, brackets and what only joins the levels."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text))


def _by_code(digits: str) -> Found:
    """A division by its own number, with or without the noughts of the levels below it."""
    if len(digits) < COUNTY:
        return NOTHING
    for width in reversed(WIDTHS):
        code, rest = digits[:width], digits[width:]
        if code in book().names and (not rest.strip("0") or width == TOWNSHIP):
            one = book().division(code)
            return Found(one, (one,))
    return NOTHING


def _chosen(codes: list[str], near: str) -> Found:
    if not codes:
        return NOTHING
    candidates = tuple(map(book().division, codes))
    for width in reversed(WIDTHS):
        common = codes[0][:width]
        if len(common) == width and all(code.startswith(common) for code in codes):
            return Found(book().division(common), candidates)
    ours = [one for one in candidates if near and one.code.startswith(near[:PROVINCE])]
    if len(ours) == 1:
        return Found(ours[0], candidates, nearer=True)
    return Found(None, candidates)

"""Places by name, pinyin and initials, held in memory: a county has a few thousand that have names.

The list is at most half a minute old. Buildings, units and doors are numbers, found below a named place.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models.functions import Length

from bulou.people.tokens import squeezed, syllables_of
from bulou.places import codes
from bulou.places.models import Level, Place

KEPT_SECONDS = 30
NAMED = (Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE, Level.COMPOUND, Level.GRID)
NUMBERED = (Level.BUILDING, Level.UNIT, Level.DOOR)
WORDS = re.compile(r"\d+|[^\d\s\-—_/,,、#]+")
LABELS = {"号", "号楼", "楼", "栋", "幢", "座", "单元", "室", "户", "门"}
MOST = 40


@dataclass(frozen=True)
class Sound:
    """A place, how it is written and how it sounds (its first reading and the initials of all)."""

    code: str
    name: str
    plain: str
    pinyin: str
    initials: frozenset[str]

    def rank(self, words: str) -> int | None:
        """How well it fits: 0 the name itself, 1 its beginning, 2 within it, 3 how it sounds; None: not."""
        if words in (self.plain, self.name):
            return 0
        if self.plain.startswith(words):
            return 1
        if words in self.plain:
            return 2
        sounds = words.isascii() and words.isalpha()
        if sounds and (self.pinyin.startswith(words) or any(one.startswith(words) for one in self.initials)):
            return 3
        return None


_lock = threading.Lock()
_known: dict[str, tuple[float, list[Sound]]] = {}


def sounds() -> list[Sound]:
    """Every named place, the widest first."""
    database = str(connection.settings_dict["NAME"])
    with _lock:
        made, found = _known.get(database, (0.0, []))
        if time.monotonic() - made > KEPT_SECONDS or not found:
            found = [_sound(code, name) for code, name in _named()]
            _known.clear()
            _known[database] = (time.monotonic(), found)
    return found


def _named() -> Iterable[tuple[str, str]]:
    places = Place.objects.filter(level__in=NAMED, retired_at__isnull=True)
    return places.order_by(Length("code"), "code").values_list("code", "name")


def _sound(code: str, name: str) -> Sound:
    plain = squeezed(name)
    read = [syllables_of(sign) for sign in plain]
    initials = {""}
    for syllables in read[:6]:
        firsts = {syllable[:1] for syllable in syllables}
        initials = {before + first for before in list(initials)[:8] for first in firsts}
    return Sound(code, name, plain, "".join(one[0] for one in read), frozenset(initials))


def has_numbers(words: str) -> bool:
    """Whether words go down from a named place to a door."""
    parts = WORDS.findall(squeezed_words(words))
    return len(parts) > 1 and not parts[0].isdecimal() and any(part.isdecimal() for part in parts[1:])


def found(words: str, scope: str, most: int) -> list[str]:
    """The codes of the places of a scope that words may mean, the best first.

    "绿苑 3-1-301" and "ly 3 1 301" go down from a named place to a building, a unit and a door.
    """
    parts = [part for part in WORDS.findall(squeezed_words(words)) if part not in LABELS]
    if not parts or parts[0].isdecimal():
        return []
    numbers = [part for part in parts[1:] if part.isdecimal()]
    if not numbers:
        return _by_name(parts[0], scope)[:most]
    return _below(_by_name(parts[0], scope, above=True)[:MOST], numbers, scope)[:most]


def squeezed_words(words: str) -> str:
    """Words as they are compared, the blanks between them kept."""
    return " ".join(squeezed(word) for word in words.replace("-", " ").replace("·", " ").split())


def _by_name(words: str, scope: str, *, above: bool = False) -> list[str]:
    """The named places of a scope that fit; with `above` also those in which the scope lies."""
    low, high = codes.scope(scope)
    wider = set(codes.path(scope)) if above else set()
    ranked = [
        (rank, len(sound.code), sound.code)
        for sound in sounds()
        if (low <= sound.code < high or sound.code in wider) and (rank := sound.rank(words)) is not None
    ]
    return [code for _rank, _length, code in sorted(ranked)]


def _below(bases: list[str], numbers: list[str], scope: str) -> list[str]:
    """The places that a row of numbers leads to, from one of the named places down."""
    here = bases
    for number in numbers:
        plain = str(int(number)) if len(number) < 9 else number
        inside = [codes.within("code", base) for base in here[:MOST]]
        if not inside:
            return []
        where = inside[0]
        for one in inside[1:]:
            where |= one
        levels = Place.objects.filter(where, codes.within("code", scope), level__in=NUMBERED)
        steps = levels.filter(plain=plain, retired_at__isnull=True).order_by(Length("code"), "code")
        found = list(steps.exclude(code__in=here).values_list("code", flat=True)[: MOST * 4])
        shortest = min((len(code) for code in found), default=0)
        here = [code for code in found if len(code) == shortest]
    return here

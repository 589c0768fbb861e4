"""What somebody may be found by, as keyed hashes: name, pinyin, initials, phone. See docs/adr/0012.

The text is hashed together with the village, so that equal names in two villages have nothing in common: who
holds the database without the keys can neither read a name nor count names over the county.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import accumulate, islice, product

from pypinyin import Style, pinyin

from bulou.kernel import seal
from bulou.places.codes import WIDTHS
from bulou.places.models import Level

PURPOSE = "find"
SEPARATOR = "\x1f"
NAME, INITIALS, PINYIN, PHONE, TAIL = "n", "i", "y", "p", "t"
READINGS = 8
"""So many readings of one name are kept; a name of many heteronyms would have hundreds."""
SYLLABLES = 4
TAIL_DIGITS = 4
VILLAGE = WIDTHS[Level.VILLAGE]

Hasher = Callable[[str, str, str], int]


def hasher() -> Hasher:
    """A function from (village, kind, text) to a token, a signed 64-bit number."""
    hash_one = seal.number_hasher(PURPOSE)
    return lambda village, kind, text: hash_one(SEPARATOR.join((village, kind, text)))


def village_of(place: str) -> str:
    """The village that somebody at a place is found in (the place itself, where it is wider)."""
    return place[:VILLAGE]


def squeezed(text: str) -> str:
    """A text as it is compared: full-width forms made plain, no blanks, no middle dots, small letters."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return "".join(sign for sign in plain if not sign.isspace() and sign not in "·・.'’-")


def of_person(who: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(kind, text) of all that the sealed content of a person may be found by."""
    name, phone = squeezed(who.get("name", "")), who.get("phone", "")
    yield from ((NAME, text) for text in {name, name[:2]} if len(text) > 1)
    for reading in _readings(name):
        syllables = list(accumulate(reading))[1:]
        yield from ((PINYIN, text) for text in syllables)
        initials = "".join(syllable[0] for syllable in reading)
        yield from ((INITIALS, initials[:length]) for length in range(2, len(initials) + 1))
    if phone:
        yield PHONE, phone
        if name:
            yield TAIL, name[0] + phone[-TAIL_DIGITS:]


def _readings(name: str) -> Iterator[tuple[str, ...]]:
    """The ways in which a name may be read, each as its first syllables."""
    return islice(product(*(syllables_of(sign) for sign in name[:SYLLABLES])), READINGS)


@lru_cache(maxsize=65536)
def syllables_of(sign: str) -> tuple[str, ...]:
    """All readings of one sign, without tones; a sign that is no Chinese one reads as itself."""
    found = pinyin(sign, style=Style.NORMAL, heteronym=True, errors="ignore")
    return tuple(dict.fromkeys(found[0])) if found else (sign,)


def asked_by(words: str) -> list[tuple[str, str]]:
    """(kind, text) of what a reader may mean by some words; nothing for what is too short."""
    text = squeezed(words)
    if text.isdecimal() and text.isascii():
        return [(PHONE, text)] if len(text) == 11 else []
    head, tail = text[:-TAIL_DIGITS], text[-TAIL_DIGITS:]
    if head and tail.isdecimal() and tail.isascii() and not any(sign.isascii() for sign in head):
        return [(TAIL, head[0] + tail)]
    if len(text) < 2:
        return []
    if text.isascii():
        return [(INITIALS, text), (PINYIN, text)] if text.isalpha() else []
    return [(NAME, text)]

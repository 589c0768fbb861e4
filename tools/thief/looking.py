"""Looking for known words: all of them at once, in every usual encoding, and behind every plain digest."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tools.thief.known import Known
from tools.thief.loot import contents

DIGESTS: dict[str, Callable[[bytes], bytes]] = {
    "md5": lambda raw: hashlib.md5(raw).digest(),
    "sha1": lambda raw: hashlib.sha1(raw).digest(),
    "sha256": lambda raw: hashlib.sha256(raw).digest(),
    "blake2b": lambda raw: hashlib.blake2b(raw).digest(),
    "blake2b-16": lambda raw: hashlib.blake2b(raw, digest_size=16).digest(),
    "blake2b-32": lambda raw: hashlib.blake2b(raw, digest_size=32).digest(),
}
PREFIX = 16
"""Bytes of a digest that are looked for: columns may keep the beginning only."""
CHINESE = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]+")
Hit = tuple[str, str]


@dataclass
class Script:
    """One way of writing: how words are encoded in it, what a run of it looks like, and its words by head.

    `least` signs make a word; by that many the words are found, and then compared whole.
    """

    encode: Callable[[str], bytes]
    run: re.Pattern[bytes]
    least: int
    words: dict[bytes, list[tuple[bytes, bytes, Hit]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, word: str, hit: Hit) -> None:
        """Look for a word by its longest run of Chinese signs: an address has digits between them."""
        written = self.encode(core := _core(word))
        if len(core) >= self.least and self.run.fullmatch(written):
            self.words[written[: self._head]].append((written, self.encode(word), hit))

    @property
    def _head(self) -> int:
        """Bytes of the shortest word."""
        return len(self.encode("0" * self.least)) if self.least > 3 else len(self.encode("一" * self.least))

    def found(self, raw: bytes) -> Iterator[Hit]:
        """The words that stand anywhere in a run of this script, and are there whole."""
        head, words, whole = self._head, dict(self.words), dict[bytes, bool]()
        for match in self.run.finditer(raw) if words else ():
            run = match.group()
            for start in range(len(run) - head + 1):
                for part, word, hit in words.get(run[start : start + head], ()):
                    if not run.startswith(part, start):
                        continue
                    if word not in whole:
                        whole[word] = word == part or word in raw
                    if whole[word]:
                        yield hit


def _in(encoding: str) -> Callable[[str], bytes]:
    return lambda word: word.encode(encoding, errors="ignore")


NAME, NUMBER = 3, 8
"""Signs of the shortest name, and of the shortest number, that is looked for."""


def scripts() -> list[Script]:
    """Chinese and digits as they may be written."""
    return [
        Script(_in("utf-8"), re.compile(rb"(?:[\xe3-\xe9][\x80-\xbf]{2}){3,}"), NAME),
        Script(_in("utf-16-le"), re.compile(rb"(?:[\x00-\xff][\x34-\x9f]){3,}", re.DOTALL), NAME),
        Script(_in("utf-16-be"), re.compile(rb"(?:[\x34-\x9f][\x00-\xff]){3,}", re.DOTALL), NAME),
        Script(_in("gb18030"), re.compile(rb"(?:[\x81-\xfe][\x40-\xfe]){3,}"), NAME),
        Script(_in("unicode_escape"), re.compile(rb"(?:\\u[0-9a-f]{4}){3,}"), NAME),
        Script(_in("ascii"), re.compile(rb"[0-9A-Za-z]{8,}"), NUMBER),
        Script(_in("utf-16-le"), re.compile(rb"(?:[0-9A-Za-z]\x00){8,}"), NUMBER),
        Script(_in("utf-16-be"), re.compile(rb"(?:\x00[0-9A-Za-z]){8,}"), NUMBER),
    ]


class Look:
    """The words of one county, made ready to be looked for."""

    def __init__(self, known: Known) -> None:
        self._scripts, self._digests = scripts(), dict[bytes, Hit]()
        for sort, words in known.sorts().items():
            for word in words:
                for script in self._scripts:
                    script.add(word, (sort, word))
                if sort != "addresses":
                    self._digests |= dict.fromkeys(_digested(word), (f"{sort} (digest)", word))

    def found(self, raw: bytes) -> Iterator[Hit]:
        """Which words stand in some bytes."""
        for script in self._scripts:
            yield from script.found(raw)
        for start in range(len(raw) - PREFIX + 1):
            hit = self._digests.get(raw[start : start + PREFIX])
            if hit:
                yield hit


def _core(word: str) -> str:
    """What of a word tells it: an address or a name by its longest run of Chinese signs."""
    runs = CHINESE.findall(word)
    return max(runs, key=len) if runs else word


def _digested(word: str) -> Iterator[bytes]:
    """Every plain digest of a word: there are few enough numbers to try them all."""
    for make in DIGESTS.values():
        digest = make(word.encode())
        yield digest[:PREFIX]
        yield digest.hex()[:PREFIX].encode()
        yield digest.hex()[:PREFIX].upper().encode()


def search(folder: Path, known: Known) -> dict[str, dict[str, set[str]]]:
    """By sort, the words that were found, and where."""
    look, hits = Look(known), defaultdict[str, dict[str, set[str]]](lambda: defaultdict(set))
    for where, raw in contents(folder):
        for sort, word in look.found(raw):
            hits[sort][word].add(where)
    return {sort: dict(words) for sort, words in hits.items()}

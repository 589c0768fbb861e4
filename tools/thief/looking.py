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
    """One way of writing: what a run of it looks like, bytes a sign, and the words written in it."""

    encode: Callable[[str], bytes]
    run: re.Pattern[bytes]
    step: int
    words: dict[bytes, Hit] = field(default_factory=dict)

    def add(self, word: str, hit: Hit) -> None:
        written = self.encode(word)
        if self.run.fullmatch(written):
            self.words[written] = hit

    def found(self, raw: bytes) -> Iterator[Hit]:
        """The words that stand anywhere in a run of this script."""
        lengths = sorted({len(word) for word in self.words})
        if not lengths:
            return
        for match in self.run.finditer(raw):
            run = match.group()
            for length in lengths:
                for start in range(0, len(run) - length + 1, self.step):
                    hit = self.words.get(run[start : start + length])
                    if hit:
                        yield hit


def _in(encoding: str) -> Callable[[str], bytes]:
    return lambda word: word.encode(encoding, errors="ignore")


def scripts() -> list[Script]:
    """Chinese and digits as they may be written, on even and on odd places."""
    return [
        Script(_in("utf-8"), re.compile(rb"(?:[\xe3-\xe9][\x80-\xbf]{2}|\xf0[\x80-\xbf]{3}){2,}"), 1),
        Script(_in("utf-16-le"), re.compile(rb"(?:[\x00-\xff][\x34-\x9f]){2,}", re.DOTALL), 1),
        Script(_in("utf-16-be"), re.compile(rb"(?:[\x34-\x9f][\x00-\xff]){2,}", re.DOTALL), 1),
        Script(_in("gb18030"), re.compile(rb"(?:[\x81-\xfe][\x40-\xfe]){2,}"), 1),
        Script(_in("unicode_escape"), re.compile(rb"(?:\\[uU][0-9a-f]{4,8}){2,}"), 1),
        Script(_in("ascii"), re.compile(rb"[0-9A-Za-z]{8,}"), 1),
        Script(_in("utf-16-le"), re.compile(rb"(?:[0-9A-Za-z]\x00){8,}"), 1),
    ]


class Look:
    """The words of one county, made ready to be looked for."""

    def __init__(self, known: Known) -> None:
        self._scripts, self._digests = scripts(), dict[bytes, Hit]()
        for sort, words in known.sorts().items():
            for word in words:
                for script in self._scripts:
                    script.add(_core(word), (sort, word))
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

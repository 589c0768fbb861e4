"""The key file: every key of the county, in versions, outside the database.

`seal` keys seal what must be read again (the sealed blob's first byte says which one), `lookup` makes keyed
hashes, over which each of the `layers` hashes once more (`kernel.lookups`), `sign` signs notes, `periods`
open what backups hold of one period and are destroyed when it is over. The file is only ever replaced whole;
the new text is on the disk before the old one is overwritten.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from bulou.kernel.files import replace_file, write_once
from bulou.kernel.problems import problem

KEY_FILE_BROKEN = problem(
    "key-file-broken",
    _("密钥文件 {path} 损坏或不完整:请从备份中取回它,没有它就读不出已封存的身份信息。"),
    status=503,
)
TOO_MANY_KEYS = problem("too-many-seal-keys", _("封存密钥已换过 255 次,不能再换。"), status=409)

SIZE = 32
LAST_VERSION = 255


@dataclass(frozen=True)
class Ring:
    """The county's keys. `retired` says since which day a seal key seals nothing new.

    `pending` is the next layer, over which the database is being hashed anew; nothing is looked up by it yet.
    """

    seals: Mapping[int, bytes]
    current: int
    lookup: bytes
    sign: bytes
    retired: Mapping[int, str] = field(default_factory=dict)
    periods: Mapping[str, bytes] = field(default_factory=dict)
    recovery: bytes = b""
    layers: tuple[bytes, ...] = ()
    pending: bytes = b""

    @property
    def seal(self) -> bytes:
        """The key that seals now."""
        return self.seals[self.current]

    @property
    def name(self) -> str:
        """A public name of the ring, the same for its whole life: backups say it."""
        public = Ed25519PrivateKey.from_private_bytes(self.sign).public_key()
        return hashlib.sha256(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:12]


def key_path() -> Path:
    """Where the key file lies."""
    return Path(settings.BULOU_KEY_FILE)


def new_ring() -> Ring:
    """Fresh random keys."""
    return Ring({1: os.urandom(SIZE)}, 1, os.urandom(SIZE), os.urandom(SIZE))


def make_keys(path: Path) -> None:
    """Write a new key file, readable by its owner only. Never replaces one that is there."""
    write_once(path, to_text(new_ring()))


def keys() -> Ring:
    """The ring, made on first use, and read anew when the file was replaced. Raises `key-file-broken`."""
    path = key_path()
    try:
        stat = path.stat()
    except FileNotFoundError:
        make_keys(path)
        stat = path.stat()
    return _read(path, stat.st_ino, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=4)
def _read(path: Path, _inode: int, _changed: int, _size: int) -> Ring:
    return from_text(path.read_text(), path.name)


def from_text(text: str, name: str = "") -> Ring:
    """The ring in a key file's text. Raises `key-file-broken`."""
    try:
        ring = _parsed(json.loads(text))
        others = (*ring.periods.values(), *ring.layers, *filter(None, [ring.pending]))
        sizes = {len(key) for key in (*ring.seals.values(), ring.lookup, ring.sign, *others)}
        well = sizes == {SIZE} and ring.current in ring.seals
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KEY_FILE_BROKEN.error(path=name) from error
    if not well:
        raise KEY_FILE_BROKEN.error(path=name)
    return ring


def _parsed(raw: dict[str, Any]) -> Ring:
    decode = base64.b64decode
    if "seals" not in raw:  # as the first release wrote it: one key of each kind
        raw = {**raw, "seals": {"1": raw["seal"]}, "current": 1}
    return Ring(
        {int(version): decode(key) for version, key in raw["seals"].items()},
        int(raw["current"]),
        decode(raw["lookup"]),
        decode(raw["sign"]),
        {int(version): day for version, day in raw.get("retired", {}).items()},
        {period: decode(key) for period, key in raw.get("periods", {}).items()},
        decode(raw.get("recovery", "")),
        tuple(map(decode, raw.get("layers", []))),
        decode(raw.get("pending", "")),
    )


def to_text(ring: Ring) -> str:
    """A ring as the text of a key file."""

    def encode(key: bytes) -> str:
        return base64.b64encode(key).decode()

    return json.dumps(
        {
            "seals": {str(version): encode(key) for version, key in ring.seals.items()},
            "current": ring.current,
            "retired": {str(version): day for version, day in ring.retired.items()},
            "lookup": encode(ring.lookup),
            "sign": encode(ring.sign),
            "periods": {period: encode(key) for period, key in sorted(ring.periods.items())},
            "recovery": encode(ring.recovery),
            "layers": [encode(key) for key in ring.layers],
            "pending": encode(ring.pending),
        },
        indent=1,
    )


AFTER_CHANGE: list[Callable[[Ring], object]] = []
"""Called with the ring after the key file was replaced: copies that must follow it."""


def change(how: Callable[[Ring], Ring]) -> Ring:
    """Replace the key file by what `how` makes of it; two processes never undo each other's change."""
    path = key_path()
    keys()
    with _alone(path):
        before = keys()
        after = how(before)
        if after != before:
            replace_file(path, to_text(after))
    if after != before:
        for follow in AFTER_CHANGE:
            follow(after)
    return after


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.with_name(f".{path.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def rotate(day: str) -> Ring:
    """A new seal key; the one before stays for what it sealed, retired since that day."""

    def turned(ring: Ring) -> Ring:
        version = max(ring.seals) + 1
        if version > LAST_VERSION:
            raise TOO_MANY_KEYS.error()
        return replace(
            ring,
            seals={**ring.seals, version: os.urandom(SIZE)},
            current=version,
            retired={**ring.retired, ring.current: day},
        )

    return change(turned)


def plan_layer() -> Ring:
    """A key for the next layer of look-ups; the one that is pending already, if there is one."""
    return change(lambda ring: ring if ring.pending else replace(ring, pending=os.urandom(SIZE)))


def take_layer() -> Ring:
    """Look up by the pending layer from now on."""

    def taken(ring: Ring) -> Ring:
        return replace(ring, layers=(*ring.layers, ring.pending), pending=b"") if ring.pending else ring

    return change(taken)


def forget_seals(versions: set[int]) -> Ring:
    """Destroy retired seal keys."""

    def without(ring: Ring) -> Ring:
        gone = versions - {ring.current}
        return replace(
            ring,
            seals={version: key for version, key in ring.seals.items() if version not in gone},
            retired={version: day for version, day in ring.retired.items() if version not in gone},
        )

    return change(without)


def period_keys(periods: set[str]) -> Ring:
    """The ring with a key for each of these periods, made where there is none."""

    def completed(ring: Ring) -> Ring:
        missing = periods - ring.periods.keys()
        made = {period: os.urandom(SIZE) for period in missing}
        return replace(ring, periods={**ring.periods, **made}) if made else ring

    return change(completed)


def destroy_periods(over: Callable[[str], bool]) -> list[str]:
    """Destroy the keys of the periods that are over; their names."""
    gone = sorted(period for period in keys().periods if over(period))
    if gone:
        change(
            lambda ring: replace(
                ring, periods={period: key for period, key in ring.periods.items() if period not in gone}
            )
        )
    return gone


def key_files() -> list[Path]:
    """The files that hold keys: what a thief must not get, and what a copy needs."""
    path = key_path()
    return [file for file in (path, Path(settings.SECRET_KEY_FILE)) if file.exists()]


def forget_read() -> None:
    """Forget what was read; for tests that put another file in place within the clock's grain."""
    _read.cache_clear()

"""Files that lie sealed on the disk until they are fetched: written and read in a stream.

    "BULOUX1" · parts: length (4 bytes, the highest bit marks the last one) · AES-256-GCM

Each file has a key of its own; a part's number is its nonce, and number and mark are authenticated, so that
none can be changed, left out, moved or cut off.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext_lazy as _

from bulou.kernel.problems import problem

FILE_DAMAGED = problem("export-damaged", _("这份导出的文件已损坏,不能下载:请重新导出一次。"), status=410)

MAGIC = b"BULOUX1\n"
PART = 1 << 20
HEAD = struct.Struct(">I")
LAST = 1 << 31


def new_key() -> bytes:
    """A key for one file."""
    return AESGCM.generate_key(256)


def shut(source: BinaryIO, target: Path, key: bytes) -> None:
    """Seal a stream into a file, whole or not at all."""
    cipher, beside = AESGCM(key), target.with_suffix(".part")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(MAGIC)
        number, part = 0, source.read(PART)
        while True:
            after = source.read(PART)
            mark = 0 if after else LAST
            sealed = cipher.encrypt(_nonce(number), part, _known(number, mark))
            out.write(HEAD.pack(len(sealed) | mark) + sealed)
            if not after:
                break
            number, part = number + 1, after
        out.flush()
        os.fsync(out.fileno())
    beside.replace(target)


def open_parts(path: Path, key: bytes) -> Iterator[bytes]:
    """The content of a sealed file, part by part. Raises `export-damaged`."""
    cipher = AESGCM(key)
    try:
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise FILE_DAMAGED.error()
            number, mark = 0, 0
            while not mark:
                (head,) = HEAD.unpack(file.read(HEAD.size))
                mark = head & LAST
                yield cipher.decrypt(_nonce(number), file.read(head & ~LAST), _known(number, mark))
                number += 1
    except (OSError, InvalidTag, struct.error, ValueError) as error:
        raise FILE_DAMAGED.error() from error


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _known(number: int, mark: int) -> bytes:
    return HEAD.pack(number) + HEAD.pack(mark)

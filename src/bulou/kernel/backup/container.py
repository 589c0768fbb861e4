"""The backup file: a header, then frames, each encrypted and authenticated at its place (AES-256-GCM).

    "BULOUBK1" · length, header (JSON) · its SHA-256 · frames
    frame: kind (1 byte), length (4), content
      key   {"period", "key"}: the data key of one period, wrapped with that period's key of the ring; SHA-256
      data  number of the period (2 bytes), then the encrypted, compressed rows
      end   the manifest, encrypted like data of the first period; nothing may follow

A nonce is the frame's number, which is never used twice with a data key made for this one file. The header's
digest, the kind, the number and the period are authenticated with each frame, so that none can be changed,
left out, moved or brought from another file. Written and read in a stream; memory does not grow with it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext_lazy as _

from bulou.kernel.keyring import Ring
from bulou.kernel.problems import problem

NOT_A_BACKUP = problem("not-a-backup", _("这不是不漏的备份文件:请核对选的文件。"))
BACKUP_DAMAGED = problem("backup-damaged", _("备份文件有损坏或被改动,什么也没有恢复:请换另一份备份。"))
BACKUP_CUT_OFF = problem("backup-cut-off", _("备份文件不完整(被截断),什么也没有恢复:请换另一份备份。"))
OTHER_KEYS = problem(
    "backup-other-keys",
    _("备份是用另一套密钥({theirs})做的,本机是 {ours}:请先放回那套密钥文件,或用 bulou keys recover。"),
)
BACKUP_EXPIRED = problem(
    "backup-expired",
    _("这份备份({day})已过保存期,它的密钥已按规定销毁,打不开了:请换更新的备份。"),
    status=410,
)
OTHER_FORMAT = problem("backup-other-format", _("备份的格式版本 {version} 这个程序读不懂:请先升级程序。"))

MAGIC = b"BULOUBK1"
FORMAT = 1
KEY, DATA, END = 1, 2, 3
FRAME = struct.Struct(">BI")
PERIOD = struct.Struct(">H")
PLACE = struct.Struct(">BQH")
LARGEST = 32 * 2**20
DIGEST = 32


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


class Writer:
    """Writes one backup. `first` is the period that everybody's rows and the manifest belong to."""

    def __init__(self, out: BinaryIO, ring: Ring, header: Mapping[str, Any], first: str) -> None:
        self._out, self._ring, self._number = out, ring, 0
        self._ciphers: dict[str, tuple[int, AESGCM]] = {}
        said = {**header, "format": FORMAT, "keys": ring.name, "first": first, "file": os.urandom(16).hex()}
        raw = json.dumps(said).encode()
        self._digest = hashlib.sha256(raw).digest()
        out.write(MAGIC + struct.pack(">I", len(raw)) + raw + self._digest)
        self._first = first
        self._cipher(first)

    def write(self, period: str, content: bytes) -> None:
        """Add content under the key of a period."""
        self._encrypted(DATA, period, content)

    def end(self, manifest: Mapping[str, Any]) -> None:
        """The manifest, which closes the file."""
        self._encrypted(END, self._first, json.dumps(manifest).encode())

    def _encrypted(self, kind: int, period: str, content: bytes) -> None:
        place, cipher = self._cipher(period)
        known = self._digest + PLACE.pack(kind, self._number, place)
        sealed = cipher.encrypt(_nonce(self._number), zlib.compress(content, 3), known)
        self._frame(kind, PERIOD.pack(place) + sealed)

    def _cipher(self, period: str) -> tuple[int, AESGCM]:
        if period not in self._ciphers:
            data_key, nonce = AESGCM.generate_key(256), os.urandom(12)
            known = self._digest + period.encode()
            wrapped = nonce + AESGCM(self._ring.periods[period]).encrypt(nonce, data_key, known)
            said = {"period": period, "key": base64.b64encode(wrapped).decode()}
            raw = json.dumps(said).encode()
            self._frame(KEY, raw + hashlib.sha256(raw).digest())
            self._ciphers[period] = (len(self._ciphers), AESGCM(data_key))
        return self._ciphers[period]

    def _frame(self, kind: int, content: bytes) -> None:
        self._out.write(FRAME.pack(kind, len(content)) + content)
        self._number += 1


class Reader:
    """Reads one backup, frame by frame; every problem is a sentence.

    Raises `not-a-backup`, `backup-damaged`, `backup-cut-off`, `backup-other-keys`, `backup-expired`.
    """

    def __init__(self, file: BinaryIO, ring: Ring) -> None:
        self._file, self._ring = file, ring
        self.header = self._read_header()
        self.erased: set[str] = set()
        self.manifest: dict[str, Any] = {}
        self._ciphers: list[AESGCM | None] = []
        if self.header["keys"] != ring.name:
            raise OTHER_KEYS.error(theirs=self.header["keys"], ours=ring.name)

    def _read_header(self) -> dict[str, Any]:
        if self._file.read(len(MAGIC)) != MAGIC:
            raise NOT_A_BACKUP.error()
        (length,) = struct.unpack(">I", self._exactly(4))
        if length > LARGEST:
            raise BACKUP_DAMAGED.error()
        raw = self._exactly(length)
        self._digest = hashlib.sha256(raw).digest()
        if self._exactly(DIGEST) != self._digest:
            raise BACKUP_DAMAGED.error()
        header: dict[str, Any] = json.loads(raw)
        if header["format"] != FORMAT:
            raise OTHER_FORMAT.error(version=header["format"])
        return header

    def _exactly(self, length: int) -> bytes:
        found = self._file.read(length)
        if len(found) != length:
            raise BACKUP_CUT_OFF.error()
        return found

    def contents(self) -> Iterator[bytes]:
        """What can still be opened, in order; afterwards `manifest` is there and `erased` names the periods
        that cannot be opened any more."""
        number = 0
        while True:
            kind, length = FRAME.unpack(self._exactly(FRAME.size))
            if kind not in (KEY, DATA, END) or length > LARGEST:
                raise BACKUP_DAMAGED.error()
            content = self._exactly(length)
            if kind == KEY:
                self._take_key(content)
            elif (plain := self._opened(kind, number, content)) is not None:
                if kind == END:
                    break
                yield plain
            number += 1
        self.manifest = json.loads(plain)
        if self._file.read(1):
            raise BACKUP_DAMAGED.error()

    def _take_key(self, content: bytes) -> None:
        # What reads the same with another byte in it was changed all the same.
        raw, digest = content[:-DIGEST], content[-DIGEST:]
        if hashlib.sha256(raw).digest() != digest:
            raise BACKUP_DAMAGED.error()
        try:
            said = json.loads(raw)
            period, wrapped = said["period"], base64.b64decode(said["key"])
        except (ValueError, KeyError, TypeError) as error:
            raise BACKUP_DAMAGED.error() from error
        key = self._ring.periods.get(period)
        if key is None:
            self._miss(period)
            return
        try:
            known = self._digest + period.encode()
            self._ciphers.append(AESGCM(AESGCM(key).decrypt(wrapped[:12], wrapped[12:], known)))
        except (InvalidTag, ValueError) as error:
            raise BACKUP_DAMAGED.error() from error

    def _miss(self, period: str) -> None:
        """A period whose key was destroyed."""
        if period == self.header["first"]:
            raise BACKUP_EXPIRED.error(day=period.partition(":")[2])
        self.erased.add(period)
        self._ciphers.append(None)

    def _opened(self, kind: int, number: int, content: bytes) -> bytes | None:
        try:
            (place,) = PERIOD.unpack(content[: PERIOD.size])
            cipher = self._ciphers[place]
            if cipher is None and kind == DATA:
                return None
            if cipher is None or (kind == END and place != 0):
                raise BACKUP_DAMAGED.error()
            known = self._digest + PLACE.pack(kind, number, place)
            return zlib.decompress(cipher.decrypt(_nonce(number), content[PERIOD.size :], known))
        except (InvalidTag, ValueError, struct.error, IndexError, zlib.error) as error:
            raise BACKUP_DAMAGED.error() from error

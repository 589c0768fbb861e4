"""Everything that a thief can make readable: files as they lie, unpacked, every page and every row."""

from __future__ import annotations

import io
import re
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

KEY_FILES = ("county.json", "django.key", ".recovery")
"""What lies outside the database, where a thief of files does not get: the keys and what gives them back."""
PACKED = (b"\x1f\x8b\x08", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
"""How gzip and zlib streams begin, wherever in a file."""
ANY_HEADER = zlib.MAX_WBITS | 32
STREAM, MOST = 2**20, 2**24
ROWS = 2_000
BLOCK = 8 * 2**20


def steal(home: Path, to: Path, more: list[Path], apart: Path | None = None) -> Path:
    """Copy a home without its key files, and further files (a database's dump, backups elsewhere).

    `apart` is a folder of the home that is no part of it: the workbooks of a demonstration.
    """

    def left(folder: str, names: list[str]) -> set[str]:
        inside = {name for name in names if apart and (Path(folder) / name).resolve() == apart.resolve()}
        return inside | {name for name in names if any(mark in name for mark in KEY_FILES)}

    shutil.copytree(home, to / "home", ignore=left, symlinks=True)
    for number, path in enumerate(more):
        shutil.copyfile(path, to / f"{number}-{path.name}")
    return to


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """(where, bytes) of all that can be read: raw, unpacked, and database rows as text."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        where = str(path.relative_to(folder))
        yield from _raw(path, where)
        yield from _unpacked(path, where)
        yield from _rows(path, where)


def _raw(path: Path, where: str) -> Iterator[tuple[str, bytes]]:
    """The file's bytes: free pages, logs and cut-off ends too. Blocks overlap, so that no word is cut."""
    with path.open("rb") as file:
        tail = b""
        while block := file.read(BLOCK):
            yield where, tail + block
            tail = block[-256:]


def _unpacked(path: Path, where: str) -> Iterator[tuple[str, bytes]]:
    raw = path.read_bytes() if path.stat().st_size < 64 * 2**20 else b""
    for mark in PACKED:
        for start in re.finditer(re.escape(mark), raw):
            with suppress(zlib.error):
                yield f"{where} (gz)", _inflated(raw, start.start())
    with suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(raw)) as packed:
        for name in packed.namelist():
            yield f"{where} ({name})", packed.read(name)


def _inflated(raw: bytes, start: int) -> bytes:
    """What a stream that begins here gives; what only looks like one gives an error at once."""
    return zlib.decompressobj(ANY_HEADER).decompress(raw[start : start + STREAM], MOST)


def _rows(path: Path, where: str) -> Iterator[tuple[str, bytes]]:
    """Every cell of a SQLite file, as text and as the bytes of a blob."""
    with path.open("rb") as file:
        if file.read(15) != b"SQLite format 3":
            return
    with closing(sqlite3.connect(path)) as database:
        database.text_factory = bytes
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            name = table.decode()
            cursor = database.execute(f'SELECT * FROM "{name}"')
            while rows := cursor.fetchmany(ROWS):
                yield f"{where} {name}", b"\x1e".join(b"\x1f".join(map(_bytes, row)) for row in rows)


def _bytes(cell: object) -> bytes:
    return cell if isinstance(cell, bytes) else str(cell).encode()

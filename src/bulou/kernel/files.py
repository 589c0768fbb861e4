"""Files that are written once, whole, for their owner's eyes."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def write_once(path: Path, text: str) -> None:
    """Write a new file readable by its owner only; one that is there already stays as it is.

    The text is written whole beside its place and linked there, so that neither a kill nor a second
    process starting at the same moment can leave half a file or replace one in use.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(name, path)
            keep_entry(path.parent)
    finally:
        Path(name).unlink()


def replace_file(path: Path, text: str) -> None:
    """Put a new text in a file's place, whole or not at all, and overwrite what stood there.

    Overwriting reaches the old bytes on a plain disk; a copying file system or a flash drive may keep them.
    """
    with path.open("r+b") as old:
        put_file(path, text.encode())
        old.write(b"\0" * os.fstat(old.fileno()).st_size)
        old.flush()
        os.fsync(old.fileno())


def put_file(path: Path, content: bytes) -> None:
    """Write a file for its owner's eyes, whole or not at all, in the place of one that may be there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
    keep_entry(path.parent)


def keep_entry(folder: Path) -> None:
    """Wait until a folder's new entry is on the disk: a power cut must not take a key that was used."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_or_make(path: Path, make: str) -> str:
    """The text of a file, which is written with `make` first when it is not there."""
    if not path.exists():
        write_once(path, make)
    return path.read_text().strip()

"""Files that are written once, whole, for their owner's eyes."""

from __future__ import annotations

import os
from pathlib import Path


def write_once(path: Path, text: str) -> None:
    """Write a new file readable by its owner only; one that is there already stays as it is.

    The text is written whole beside its place and linked there, so that neither a kill nor a second
    process starting at the same moment can leave half a file or replace one in use.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def read_or_make(path: Path, make: str) -> str:
    """The text of a file, which is written with `make` first when it is not there."""
    if not path.exists():
        write_once(path, make)
    return path.read_text().strip()

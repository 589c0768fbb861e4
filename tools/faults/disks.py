"""A small disk of its own, that can be filled to the last byte and emptied again."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

BLOCK = 4096
PIECE = 2**20


class NoSmallDiskError(RuntimeError):
    """A disk could not be mounted: that takes root."""


class SmallDisk:
    """A mounted folder with an end, and the ballast that fills it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ballast = path / "ballast"

    def fill(self, left: int = 0) -> None:
        """Take all the room but so many bytes."""
        with self._ballast.open("ab", buffering=0) as ballast, suppress(OSError):
            while self.free() > left + PIECE:
                ballast.write(b"\0" * PIECE)
            while self.free() > left:
                ballast.write(b"\0" * BLOCK)

    def empty(self) -> None:
        """Give the room back."""
        self._ballast.unlink(missing_ok=True)

    def free(self) -> int:
        found = os.statvfs(self.path)
        return found.f_bavail * found.f_frsize


@contextmanager
def small_disk(path: Path, mib: int) -> Iterator[SmallDisk]:
    """A disk of so many MiB at a new folder, for the length of a `with` block. Raises NoSmallDiskError."""
    path.mkdir(parents=True)
    words = ["mount", "-t", "tmpfs", "-o", f"size={mib}m,mode=0755", "bulou-faults", str(path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoSmallDiskError(f"no small disk could be mounted, run this as root: {done.stderr.strip()}")
    try:
        yield SmallDisk(path)
    finally:
        # What a server left open must not keep the disk.
        subprocess.run(["umount", "--lazy", str(path)], check=True)

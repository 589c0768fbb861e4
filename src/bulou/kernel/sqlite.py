"""The SQLite build Bulou runs on.

The standard library's SQLite can be one whose WAL reset corrupts a database when two connections
checkpoint at once (3.7.0 to 3.51.2). The `pysqlite3` wheel carries a mended build; it takes the
standard module's place before Django looks for it.
"""

from __future__ import annotations

import sys

import pysqlite3
from pysqlite3 import dbapi2

SAFE_FROM = (3, 51, 3)

# One line a pragma, in the order they are run on each new connection.
PRAGMAS = {
    "journal_mode": "wal",
    # WAL with NORMAL loses acknowledged commits at a power cut; FULL does not.
    "synchronous": "full",
    "busy_timeout": "20000",
    "secure_delete": "on",
    "temp_store": "memory",
    "cache_size": "-65536",
    "mmap_size": "67108864",
}


def install() -> None:
    """Put the safe build in place of the standard `sqlite3` module."""
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = dbapi2


def is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite version is free of the WAL reset corruption."""
    return version >= SAFE_FROM


def init_command() -> str:
    """The statement that sets every pragma on a new connection."""
    return "; ".join(f"PRAGMA {name}={value}" for name, value in PRAGMAS.items())

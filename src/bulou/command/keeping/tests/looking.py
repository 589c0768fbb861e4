"""Looking for words in every byte of a home."""

from __future__ import annotations

from pathlib import Path

from django.db import connection


def every_byte(home: Path) -> bytes:
    """Every byte of a home and of its database file (and of its log)."""
    files = [path for path in home.rglob("*") if path.is_file()]
    if connection.vendor == "sqlite":
        database = Path(connection.settings_dict["NAME"])
        files += list(database.parent.glob(f"{database.name}*"))
    return b"\0".join(path.read_bytes() for path in files)


def found(content: bytes, words: list[str]) -> list[str]:
    """Which of these words stand in it, in any usual encoding."""
    encodings = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
    escaped = {word: word.encode("unicode_escape").decode() for word in words}
    return [
        word
        for word in words
        if any(word.encode(one) in content for one in encodings) or escaped[word].encode() in content
    ]

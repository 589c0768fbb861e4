"""Where a reader is in a list: the sort key of a row as a short text, so that any page is found by its place.

A page that starts from a key costs the same wherever it lies, and is not moved by rows that come or go before
it.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass

Key = tuple[int | str, ...]


@dataclass(frozen=True)
class Position:
    """Rows after (or, going back, before) the row of this key."""

    key: Key
    back: bool = False


def to_text(key: Sequence[int | str]) -> str:
    """A key as it stands in an address."""
    return (
        base64.urlsafe_b64encode(json.dumps(list(key), separators=(",", ":")).encode()).decode().rstrip("=")
    )


def read(text: str, types: Sequence[type]) -> Key | None:
    """The key in a text; None for what is none with values of these types."""
    try:
        found = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error):
        return None
    fits = isinstance(found, list) and len(found) == len(types)
    if not fits or any(type(one) is not wanted for one, wanted in zip(found, types, strict=True)):
        return None
    if any(isinstance(one, int) and abs(one) >= 2**63 for one in found):
        return None
    return tuple(found)


def order(columns: Sequence[str], position: Position | None) -> tuple[str, str, Key]:
    """SQL: (condition, ORDER BY, parameters) of the rows beyond a position; columns say the list's order."""
    back = position is not None and position.back
    way = " DESC" if back else ""
    ordered = ", ".join(f"{column}{way}" for column in columns)
    if position is None:
        return "1 = 1", ordered, ()
    marks = ", ".join(["%s"] * len(columns))
    return f"({', '.join(columns)}) {'<' if back else '>'} ({marks})", ordered, position.key

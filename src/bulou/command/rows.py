"""Balance and gaps as JSON: one shape for the commands and the API."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bulou.kernel import clock
from bulou.obligations.balance import BalanceRow
from bulou.obligations.gaps import GapRow

BALANCE_COLUMNS = (
    *("kind", "place", "name", "universe", "met", "late", "open", "overdue", "excused"),
    *("owned", "unowned", "unknown"),
)
GAP_COLUMNS = ("kind", "subject", "place", "owner", "opens_at", "due_at", "gap", "level")


def of_balance(lines: Iterable[BalanceRow]) -> dict[str, Any]:
    """`{"rows": [...]}` with the keys of `BALANCE_COLUMNS`."""
    return {"rows": [_named(line, BALANCE_COLUMNS) for line in lines]}


def of_gaps(lines: Iterable[GapRow]) -> dict[str, Any]:
    """`{"rows": [...]}` with the keys of `GAP_COLUMNS`."""
    return {"rows": [_named(line, GAP_COLUMNS) for line in lines]}


def _named(line: object, columns: Iterable[str]) -> dict[str, Any]:
    return {name: _plain(getattr(line, name)) for name in columns}


def _plain(value: Any) -> Any:
    """Instants as ISO 8601 with the county's offset; all else as it is."""
    return clock.local(value).isoformat() if isinstance(value, datetime) else value

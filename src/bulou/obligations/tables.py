"""Names of the engine's tables and of its two scratch tables, and the roll-up statement they share."""

from __future__ import annotations

from bulou.kernel.database import is_postgres, rows, run
from bulou.places.codes import ROLL_UP_WIDTH

OBLIGATION = "obligations_obligation"
WINDOW = "obligations_window"
ROLL_UP = "obligations_rollup"
ESCALATION = "obligations_escalation"
EVENT = "kernel_event"

CELL = f"o.window_id, o.opens_at, o.due_at, substr(o.place, 1, {ROLL_UP_WIDTH}), coalesce(o.post_id, 0)"
"""The roll-up cell of an obligation `o`."""

MATCHED = "bulou_matched"
"""Scratch: obligations that a proof meets now (id, met_at, met_by)."""

CHANGED = "bulou_changed"
"""Scratch: obligations whose excuse changes now (id, excused_at, excuse)."""


def scratch(name: str, columns: str) -> None:
    """An empty scratch table of this connection."""
    ends = " ON COMMIT DELETE ROWS" if is_postgres() else ""
    run(f"CREATE TEMPORARY TABLE IF NOT EXISTS {name} ({columns}){ends}")
    run(f"DELETE FROM {name}")


def changed_scratch() -> None:
    """The scratch table of obligations whose excuse or proof changes, empty."""
    scratch(CHANGED, "id bigint PRIMARY KEY, excused_at bigint, excuse varchar(20)")


def windows_changed() -> list[int]:
    """The windows of the obligations in that table."""
    found = rows(f"SELECT DISTINCT o.window_id FROM {CHANGED} c JOIN {OBLIGATION} o ON o.id = c.id")
    return [window for (window,) in found]


def add_to_roll_ups(source: str, params: tuple[object, ...], **deltas: str) -> None:
    """Add deltas, grouped by cell, to the roll-ups. `source` is FROM … WHERE … with an obligation `o`."""
    columns = ("universe", "met", "late", "excused")
    sums = ", ".join(f"sum({deltas.get(column, '0')})" for column in columns)
    update = ", ".join(f"{column} = {ROLL_UP}.{column} + excluded.{column}" for column in columns)
    run(
        f"INSERT INTO {ROLL_UP} (window_id, opens_at, due_at, place, post, {', '.join(columns)}) "
        f"SELECT {CELL}, {sums} {source} GROUP BY 1, 2, 3, 4, 5 "
        f"ON CONFLICT (window_id, opens_at, due_at, place, post) DO UPDATE SET {update}",
        params,
    )

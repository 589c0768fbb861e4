"""Names of the engine's tables and of its two scratch tables, and the roll-up statement they share."""

from __future__ import annotations

from bulou.kernel.database import is_postgres, rows, run, scalar
from bulou.places.codes import ROLL_UP_WIDTH

OBLIGATION = "obligations_obligation"
WINDOW = "obligations_window"
ROLL_UP = "obligations_rollup"
ESCALATION = "obligations_escalation"
EVENT = "kernel_event"

CELL = (
    f"o.window_id, o.opens_at, o.due_at, substr(o.place, 1, {ROLL_UP_WIDTH}) AS place, "
    "coalesce(o.post_id, 0) AS post"
)
"""The roll-up cell of an obligation `o`."""

MET = "count(*) FILTER (WHERE o.met_at <= o.due_at)"
LATE = "count(*) FILTER (WHERE o.met_at > o.due_at)"
EXCUSED = "count(*) FILTER (WHERE o.met_at IS NULL AND o.excused_at IS NOT NULL)"

MATCHED = "bulou_matched"
CHANGED = "bulou_changed"


def then() -> str:
    """A join that SQLite makes in the order written; its planner knows nothing of scratch tables."""
    return "JOIN" if is_postgres() else "CROSS JOIN"


def matched_scratch() -> None:
    """The scratch table of obligations that a proof meets now, empty; `was` is when they were met before."""
    _scratch(MATCHED, "met_at bigint, met_by bigint, was bigint")


def changed_scratch() -> None:
    """The scratch table of obligations whose excuse or proof changes now, empty."""
    _scratch(CHANGED, "excused_at bigint, excuse varchar(20)")


def _scratch(name: str, columns: str) -> None:
    # "integer" makes the column SQLite's own row number, which joins without an index.
    number, ends = ("bigint", " ON COMMIT DELETE ROWS") if is_postgres() else ("integer", "")
    run(f"CREATE TEMPORARY TABLE IF NOT EXISTS {name} (id {number} PRIMARY KEY, {columns}){ends}")
    run(f"DELETE FROM {name}")


def windows_changed() -> list[int]:
    """The windows of the obligations whose excuse or proof changes now."""
    found = rows(f"SELECT DISTINCT o.window_id FROM {CHANGED} c {then()} {OBLIGATION} o ON o.id = c.id")
    return [window for (window,) in found]


def add_to_roll_ups(window: int, last_old: int) -> int:
    """Count a window's obligations opened after the number `last_old` into its cells; how many are met."""
    columns = ("universe", "met", "late", "excused")
    update = ", ".join(f"{column} = {ROLL_UP}.{column} + excluded.{column}" for column in columns)
    before = _met_in_roll_ups(window)
    run(
        f"INSERT INTO {ROLL_UP} (window_id, opens_at, due_at, place, post, {', '.join(columns)}) "
        f"SELECT {CELL}, count(*), {MET}, {LATE}, {EXCUSED} FROM {OBLIGATION} o "
        # What tells the cells of a window apart comes first: a third less to compare.
        "WHERE o.id > %s AND o.window_id = %s GROUP BY 5, 4, 2, 3, 1 "
        f"ON CONFLICT (window_id, opens_at, due_at, place, post) DO UPDATE SET {update}",
        (last_old, window),
    )
    return _met_in_roll_ups(window) - before


def _met_in_roll_ups(window: int) -> int:
    return int(scalar(f"SELECT sum(met + late) FROM {ROLL_UP} WHERE window_id = %s", (window,)) or 0)


def move_in_roll_ups(source: str, *, met: str = "0", late: str = "0", excused: str = "0") -> None:
    """Add deltas to cells that stand. `source` is FROM … WHERE … with an obligation `o`."""
    run(
        f"UPDATE {ROLL_UP} SET met = {ROLL_UP}.met + d.met, late = {ROLL_UP}.late + d.late, "
        f"excused = {ROLL_UP}.excused + d.excused FROM (SELECT {CELL}, sum({met}) AS met, "
        f"sum({late}) AS late, sum({excused}) AS excused {source} GROUP BY 1, 2, 3, 4, 5) d "
        f"WHERE {ROLL_UP}.window_id = d.window_id AND {ROLL_UP}.opens_at = d.opens_at "
        f"AND {ROLL_UP}.due_at = d.due_at AND {ROLL_UP}.place = d.place AND {ROLL_UP}.post = d.post"
    )

"""Matching: proofs meet obligations. The outcome does not depend on the order in which they came in.

An obligation is met by the earliest valid proof, so a late proof gives way to a punctual one that arrives
after it. A proof that a later event corrects is void, and what it met is matched again.
"""

from __future__ import annotations

from collections.abc import Sequence

from bulou.kernel.database import is_postgres, run, scalar
from bulou.kernel.events import kind_id as event_kind_id
from bulou.obligations import directives, tables
from bulou.obligations.kinds import Kind

_PROVES = (
    "e.happened_at <= w.late_until AND (e.win = w.label AND w.label <> '' "
    "OR (e.win = '' OR w.label = '') AND e.happened_at >= w.opens_at AND e.happened_at < w.closes_at)"
)
_BETTER = "(o.met_at IS NULL OR e.happened_at < o.met_at)"
_NOT_VOID = f"NOT EXISTS (SELECT 1 FROM {tables.EVENT} c WHERE c.corrects = e.id)"

# Above so many new proofs it is cheaper to walk the windows in order than to look each proof up.
MANY = 20_000


def match_events(kind: Kind, after_seq: int, until_seq: int) -> int:
    """Match proofs received after one sequence number and up to another. The number newly met."""
    new = (after_seq, until_seq)
    condition = "e.seq > %s AND e.seq <= %s"
    return sum(
        _match(kind, proof.kind, condition, new, windows_first=_count(proof.kind, new) > MANY)
        for proof in kind.proofs
    )


def match_opened(kind: Kind, after_id: int, until_seq: int) -> int:
    """Match obligations opened since one number with every proof received before them."""
    condition = (
        "o.id > %s AND e.seq <= %s "
        f"AND w.id IN (SELECT DISTINCT window_id FROM {tables.OBLIGATION} WHERE id > %s)"
    )
    params = (after_id, until_seq, after_id)
    return sum(_match(kind, proof.kind, condition, params, windows_first=True) for proof in kind.proofs)


def rematch_corrected(kind: Kind, after_seq: int, until_seq: int) -> list[int]:
    """Take back what void proofs met, and match it again. The windows in which something was taken back."""
    tables.changed_scratch()
    run(
        f"INSERT INTO {tables.CHANGED} SELECT o.id, NULL, '' FROM {tables.EVENT} c "
        f"JOIN {tables.EVENT} e ON e.id = c.corrects "
        f"JOIN {tables.WINDOW} w ON w.kind_id = %s "
        f"JOIN {tables.OBLIGATION} o ON o.window_id = w.id AND o.subject = e.subject AND o.met_by_id = e.seq "
        "WHERE c.corrects IS NOT NULL AND c.seq > %s AND c.seq <= %s GROUP BY o.id",
        (directives.kind_id(kind.name), after_seq, until_seq),
    )
    windows = tables.windows_changed()
    if windows:
        _take_back()
        condition = f"o.id IN (SELECT id FROM {tables.CHANGED}) AND e.seq <= %s"
        for proof in kind.proofs:
            _match(kind, proof.kind, condition, (until_seq,), windows_first=True)
    return windows


def _take_back() -> None:
    source = f"FROM {tables.CHANGED} c JOIN {tables.OBLIGATION} o ON o.id = c.id"
    tables.add_to_roll_ups(
        source + " WHERE true",
        (),
        met="CASE WHEN o.met_at <= o.due_at THEN -1 ELSE 0 END",
        late="CASE WHEN o.met_at > o.due_at THEN -1 ELSE 0 END",
        excused="CASE WHEN o.excused_at IS NULL THEN 0 ELSE 1 END",
    )
    run(
        f"UPDATE {tables.OBLIGATION} SET met_at = NULL, met_by_id = NULL "
        f"WHERE id IN (SELECT id FROM {tables.CHANGED})"
    )


def _count(proof: str, new: tuple[int, int]) -> int:
    return int(
        scalar(
            f"SELECT count(*) FROM (SELECT 1 FROM {tables.EVENT} WHERE kind_id = %s AND seq > %s "
            f"AND seq <= %s LIMIT {MANY + 1}) n",
            (event_kind_id(proof), *new),
        )
    )


def _any_void() -> bool:
    return scalar(f"SELECT 1 FROM {tables.EVENT} WHERE corrects IS NOT NULL LIMIT 1") is not None


def _match(kind: Kind, proof: str, condition: str, params: Sequence[object], *, windows_first: bool) -> int:
    """One pass for one kind of proof: stage the matches, move the roll-ups, mark the obligations."""
    tables.scratch(tables.MATCHED, "id bigint PRIMARY KEY, met_at bigint, met_by bigint")
    run(
        f"INSERT INTO {tables.MATCHED} {_candidates(kind, condition, windows_first)}",
        (directives.kind_id(kind.name), event_kind_id(proof), *params),
    )
    newly = scalar(
        f"SELECT count(*) FROM {tables.MATCHED} m JOIN {tables.OBLIGATION} o ON o.id = m.id "
        "WHERE o.met_at IS NULL"
    )
    if scalar(f"SELECT 1 FROM {tables.MATCHED} LIMIT 1"):
        _apply()
    return int(newly or 0)


def _candidates(kind: Kind, condition: str, windows_first: bool) -> str:
    """The earliest valid proof of each obligation. SQLite takes the tables in the order given."""
    join = "JOIN" if is_postgres() else "CROSS JOIN"
    obligations = f"{tables.OBLIGATION} o"
    if windows_first:
        tables_in_order = (
            f"{tables.WINDOW} w {join} {obligations} ON o.window_id = w.id "
            f"{join} {tables.EVENT} e ON e.subject = o.subject"
        )
    else:
        tables_in_order = (
            f"{tables.EVENT} e {join} {tables.WINDOW} w {join} {obligations} "
            "ON o.window_id = w.id AND o.subject = e.subject"
        )
    if is_postgres():
        tables_in_order = (
            f"{tables.WINDOW} w JOIN {obligations} ON o.window_id = w.id "
            f"JOIN {tables.EVENT} e ON e.subject = o.subject"
        )
    not_before = "" if kind.early or not kind.own_times else "AND e.happened_at >= o.opens_at "
    proves = "true" if kind.own_times else _PROVES
    void = f"AND {_NOT_VOID} " if _any_void() else ""
    return (
        f"SELECT o.id, min(e.happened_at), {_seq_of_first()} FROM {tables_in_order} "
        f"WHERE w.kind_id = %s AND e.kind_id = %s AND {condition} AND {proves} AND {_BETTER} "
        f"{not_before}{void}GROUP BY o.id"
    )


def _seq_of_first() -> str:
    """The sequence number that goes with `min(e.happened_at)`.

    SQLite takes a bare column from the row of the minimum; PostgreSQL wants it said.
    """
    return "(array_agg(e.seq ORDER BY e.happened_at, e.seq))[1]" if is_postgres() else "e.seq"


def _apply() -> None:
    on_time = "CASE WHEN {0}.met_at <= o.due_at THEN 1 ELSE 0 END"
    late = "CASE WHEN {0}.met_at > o.due_at THEN 1 ELSE 0 END"
    tables.add_to_roll_ups(
        f"FROM {tables.MATCHED} m JOIN {tables.OBLIGATION} o ON o.id = m.id WHERE true",
        (),
        met=f"{on_time.format('m')} - {on_time.format('o')}",
        late=f"{late.format('m')} - {late.format('o')}",
        excused="CASE WHEN o.met_at IS NULL AND o.excused_at IS NOT NULL THEN -1 ELSE 0 END",
    )
    run(
        f"UPDATE {tables.OBLIGATION} SET met_at = m.met_at, met_by_id = m.met_by "
        f"FROM {tables.MATCHED} m WHERE m.id = {tables.OBLIGATION}.id"
    )

"""Excusing: what somebody's death, move or end of term does to obligations that stand in the books."""

from __future__ import annotations

from bulou.kernel.database import as_sql, run
from bulou.obligations import directives, tables
from bulou.obligations.kinds import Kind

TERM = "term"
"""The excuse of an obligation that opened outside the term that now holds."""

_TERM = "o.opens_at < n.starts_at OR o.opens_at >= n.ends_at"
_ENDED = "(n.ended_at IS NOT NULL AND o.due_at > n.ended_at)"


def excuse(kind: Kind, seq: int) -> list[int]:
    """Bring excuses up to date for subjects that events after `seq` ended, re-dated or took up again.

    The windows in which an excuse changed.
    """
    endings, params = as_sql(kind.endings(seq))
    outside = " OR ".join(filter(None, (_TERM, kind.strays())))
    when = f"CASE WHEN {outside} THEN o.opens_at WHEN {_ENDED} THEN n.ended_at END"
    why = f"CASE WHEN {outside} THEN '{TERM}' WHEN {_ENDED} THEN n.excuse ELSE '' END"
    tables.changed_scratch()
    run(
        f"INSERT INTO {tables.CHANGED} SELECT o.id, {when}, {why} "
        f"FROM ({endings}) n "
        f"{tables.then()} {tables.WINDOW} w ON w.kind_id = %s "
        f"{tables.then()} {tables.OBLIGATION} o ON o.window_id = w.id AND o.subject = n.subject "
        f"{'AND o.opens_at = n.opens_at ' if kind.ends_each else ''}"
        f"WHERE coalesce(o.excused_at, -1) <> coalesce({when}, -1) OR o.excuse <> {why}",
        (*params, directives.kind_id(kind.name)),
    )
    windows = tables.windows_changed()
    if windows:
        _apply()
    return windows


def _apply() -> None:
    # Met wins over excused, so only what is not met moves between the columns.
    tables.move_in_roll_ups(
        f"FROM {tables.CHANGED} c JOIN {tables.OBLIGATION} o ON o.id = +c.id WHERE o.met_at IS NULL",
        excused="CASE WHEN c.excused_at IS NULL THEN 0 ELSE 1 END"
        " - CASE WHEN o.excused_at IS NULL THEN 0 ELSE 1 END",
    )
    run(
        f"UPDATE {tables.OBLIGATION} SET excused_at = c.excused_at, excuse = c.excuse "
        f"FROM {tables.CHANGED} c WHERE {tables.OBLIGATION}.id = +c.id"
    )

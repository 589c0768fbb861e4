"""Ladders: what is overdue climbs from the owner to the county, each step recorded once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bulou.kernel.database import rows, run
from bulou.kernel.fields import micros, to_micros
from bulou.obligations import directives, tables
from bulou.obligations.kinds import Kind
from bulou.obligations.models import LadderStep


def steps_of(kind: str) -> list[LadderStep]:
    """The kind's own steps, else the general ones, in order."""
    own = list(LadderStep.objects.filter(kind=kind).order_by("step"))
    return own or list(LadderStep.objects.filter(kind="").order_by("step"))


def lapse(kind: Kind, since: datetime, now: datetime, touched: Iterable[int] = ()) -> int:
    """Climb every step that fell due after `since` and by `now`; the number of steps climbed.

    `touched` are windows whose obligations came into the books, or back to undone, in this run: theirs are
    looked at whenever they were due.
    """
    return sum(_climb(kind, step, since, now, list(touched)) for step in steps_of(kind.name))


def _climb(kind: Kind, step: LadderStep, since: datetime, now: datetime, touched: list[int]) -> int:
    wait = micros(timedelta(minutes=step.after_minutes))
    passed, before = to_micros(now) - wait, to_micros(since) - wait
    windows = _windows_with_undone(kind, before, passed, touched)
    if not windows:
        return 0
    overdue = (
        f"window_id IN ({', '.join(map(str, windows))}) AND met_at IS NULL AND excused_at IS NULL "
        f"AND due_at < {passed} AND level < {step.step}"
    )
    climbed = run(
        f"INSERT INTO {tables.ESCALATION} (obligation_id, step, at) "
        f"SELECT id, {step.step}, {to_micros(now)} FROM {tables.OBLIGATION} WHERE {overdue} "
        "ON CONFLICT (obligation_id, step) DO NOTHING"
    )
    run(f"UPDATE {tables.OBLIGATION} SET level = {step.step} WHERE {overdue}")
    return climbed


def _windows_with_undone(kind: Kind, before: int, passed: int, touched: list[int]) -> list[int]:
    among = f"OR w.id IN ({', '.join(map(str, touched))})" if touched else ""
    found = rows(
        f"SELECT DISTINCT w.id FROM {tables.WINDOW} w JOIN {tables.ROLL_UP} r ON r.window_id = w.id "
        "WHERE w.kind_id = %s AND r.universe > r.met + r.late + r.excused AND r.due_at < %s "
        f"AND (r.due_at >= %s {among})",
        (directives.kind_id(kind.name), passed, before),
    )
    return [window for (window,) in found]

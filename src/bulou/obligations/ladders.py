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
    passed = {
        step.step: to_micros(now) - micros(timedelta(minutes=step.after_minutes))
        for step in steps_of(kind.name)
    }
    windows = _windows_with_undone(kind, to_micros(now) - to_micros(since), passed, set(touched))
    return _climb(windows, passed, now) if windows else 0


def _windows_with_undone(kind: Kind, span: int, passed: dict[int, int], touched: set[int]) -> list[int]:
    """Windows with something undone that passed a step since the last run, or that were touched."""
    crossed = " OR ".join(
        f"r.due_at < {before} AND r.due_at >= {before - span}" for before in passed.values()
    )
    among = f" OR r.due_at < {max(passed.values())} AND w.id IN ({_list(touched)})" if touched else ""
    found = rows(
        f"SELECT DISTINCT w.id FROM {tables.WINDOW} w JOIN {tables.ROLL_UP} r ON r.window_id = w.id "
        f"WHERE w.kind_id = %s AND r.universe > r.met + r.late + r.excused AND ({crossed}{among})",
        (directives.kind_id(kind.name),),
    )
    return [window for (window,) in found]


def _climb(windows: list[int], passed: dict[int, int], now: datetime) -> int:
    steps = " UNION ALL ".join(
        f"SELECT {step} AS step, {before} AS before" for step, before in passed.items()
    )
    overdue = (
        f"o.window_id IN ({_list(windows)}) AND o.met_at IS NULL AND o.excused_at IS NULL "
        f"AND o.due_at < {max(passed.values())}"
    )
    climbed = run(
        f"INSERT INTO {tables.ESCALATION} (obligation_id, step, at) "
        f"SELECT o.id, s.step, {to_micros(now)} FROM {tables.OBLIGATION} o "
        f"{tables.then()} ({steps}) s ON o.due_at < s.before AND o.level < s.step "
        f"WHERE {overdue} ON CONFLICT (obligation_id, step) DO NOTHING"
    )
    reached = "CASE " + " ".join(
        f"WHEN due_at < {before} THEN {step}" for step, before in sorted(passed.items(), reverse=True)
    )
    run(
        f"UPDATE {tables.OBLIGATION} AS o SET level = {reached} END "
        f"WHERE {overdue} AND o.level < {reached} END"
    )
    return climbed


def _list(numbers: Iterable[int]) -> str:
    return ", ".join(str(int(number)) for number in numbers)

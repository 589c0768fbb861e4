"""Opening: everybody who owes in a window gets an obligation, once, by one statement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from bulou.kernel.database import as_sql, run, scalar
from bulou.kernel.fields import FOREVER, MICROSECOND, to_micros
from bulou.obligations import directives, matching, tables
from bulou.obligations.kinds import Kind, WindowSpan
from bulou.obligations.matching import FirstProof, Received
from bulou.obligations.models import Directive, Window
from bulou.places import codes


def last_id() -> int:
    """The highest number that an obligation has had."""
    return scalar(f"SELECT coalesce(max(id), 0) FROM {tables.OBLIGATION}") or 0


@dataclass
class Opened:
    """How many obligations were opened, how many of them already proven, and in which windows."""

    count: int = 0
    met: int = 0
    windows: list[int] = field(default_factory=list)


def open_windows(kind: Kind, since: datetime, until: datetime, received: Received) -> Opened:
    """Open what a kind owes in windows that open from `since` to `until`, with the proofs that are there."""
    opened = Opened()
    last_old = last_id()
    for directive, span, narrower in spans(kind, since, until):
        window = stored_window(kind, directive, span)
        proof = matching.first_proof(kind, window, received)
        if count := _open(window, proof, *universe_sql(kind, directive, span, narrower)):
            opened.count += count
            opened.windows.append(window.pk)
    for number in set(opened.windows):
        opened.met += tables.add_to_roll_ups(number, last_old)
    return opened


def spans(
    kind: Kind, since: datetime, until: datetime, standing: list[Directive] | None = None
) -> Iterator[tuple[Directive, WindowSpan, list[Directive]]]:
    """Each window with its directive and the directives of places within it, which take precedence there.

    `standing`: directives to ask what would be, instead of those in force.
    """
    if standing is None:
        standing = directives.in_force(kind.name, since, until)
    for directive in standing:
        first = max(since, directive.valid_from)
        last = min(until, directive.valid_until - MICROSECOND) if directive.valid_until else until
        if first > last:
            continue
        narrower = [other for other in standing if _lies_within(other.place, directive.place)]
        for span in kind.windows(directives.read_params(directive, kind), first, last):
            yield directive, span, narrower


def _lies_within(inner: str, outer: str) -> bool:
    return len(inner) > len(outer) and inner.startswith(outer)


def stored_window(kind: Kind, directive: Directive, span: WindowSpan) -> Window:
    """The row of a window. Kinds with times of their own keep one a directive."""
    times = {"closes_at": span.closes_at, "due_at": span.due_at, "late_until": span.late_until}
    if kind.own_times:
        times = dict.fromkeys(times, span.late_until)
    return Window.objects.get_or_create(
        kind_id=directives.kind_id(kind.name),
        directive=directive,
        opens_at=directive.valid_from if kind.own_times else span.opens_at,
        label=span.label,
        defaults=times,
    )[0]


def universe_sql(
    kind: Kind, directive: Directive, span: WindowSpan, narrower: list[Directive]
) -> tuple[str, tuple[object, ...]]:
    """`SELECT * FROM (universe) u WHERE …`: who owes under this directive and no narrower one."""
    inner, params = as_sql(kind.universe(span, directives.read_params(directive, kind)))
    low, high = codes.scope(directive.place)
    sql = f"SELECT u.* FROM ({inner}) u WHERE u.place >= %s AND u.place < %s"
    values: list[object] = [*params, low, high]
    for other in narrower:
        sql += " AND NOT (u.place >= %s AND u.place < %s AND u.opens_at >= %s AND u.opens_at < %s)"
        until = to_micros(other.valid_until) if other.valid_until else FOREVER
        values += [*codes.scope(other.place), to_micros(other.valid_from), until]
    return sql, tuple(values)


def _open(window: Window, proof: FirstProof, universe: str, params: tuple[object, ...]) -> int:
    return run(
        f"INSERT INTO {tables.OBLIGATION} (window_id, subject, place, post_id, opens_at, due_at, "
        "excused_at, excuse, level, met_at, met_by_id) "
        "SELECT %s, o.subject, o.place, o.post, o.opens_at, o.due_at, o.excused_at, o.excuse, 0, "
        # `WHERE true` keeps SQLite from reading ON CONFLICT as a join condition.
        f"{proof.happened_at}, {proof.seq} FROM ({universe}) o {proof.join} WHERE true "
        "ON CONFLICT (window_id, subject, opens_at) DO NOTHING",
        (window.pk, *params),
    )

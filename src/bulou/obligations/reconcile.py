"""Reconcile: recompute the books from nouns and events alone, row by row in Python.

Every difference is named.

It shares no statement with the engine: who owes is asked of the kinds again, what proves is decided by
`Judge` over plain events, the roll-ups are added up from what that gives.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bulou.kernel.database import rows
from bulou.kernel.events import kind_id as event_kind_id
from bulou.kernel.fields import from_micros, to_micros
from bulou.kernel.models import Event
from bulou.obligations import directives, opening, tables
from bulou.obligations.excusing import TERM
from bulou.obligations.kinds import KINDS, Kind
from bulou.obligations.models import Cursor, Obligation, RollUp, Window
from bulou.places.codes import ROLL_UP_WIDTH


@dataclass(frozen=True)
class Difference:
    """One thing in the books that is not as nouns and events say."""

    kind: str
    what: str
    subject: int
    at: datetime | None
    books: str
    events: str

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "at": self.at.isoformat() if self.at else None}


@dataclass(frozen=True)
class Proof:
    """An event as the judge sees it (microseconds)."""

    happened_at: int
    seq: int
    window: str


NOUN_CHECKS: list[Callable[[], Iterable[Difference]]] = []
"""Rooms put here a function that compares their nouns with the events that made them."""


def reconcile() -> list[Difference]:
    """Every difference between the books and what nouns and events give; none is the law."""
    found = [*_dangling(), *(difference for check in NOUN_CHECKS for difference in check())]
    for kind in KINDS.values():
        found += _of_kind(kind)
    return found


# What the database does not watch (see `Obligation`): column, table, key.
REFERENCES = (
    ("window_id", tables.WINDOW, "id"),
    ("post_id", "places_post", "id"),
    ("met_by_id", tables.EVENT, "seq"),
)


def _dangling() -> Iterator[Difference]:
    """Obligations that point at a window, a post or a proof that is not there."""
    for column, table, key in REFERENCES:
        found = rows(
            f"SELECT o.subject, o.opens_at, o.{column} FROM {tables.OBLIGATION} o "
            f"WHERE o.{column} IS NOT NULL "
            f"AND NOT EXISTS (SELECT 1 FROM {table} t WHERE t.{key} = o.{column}) ORDER BY o.id LIMIT 1000"
        )
        for subject, opens_at, missing in found:
            yield Difference("obligations", column, subject, from_micros(opens_at), str(missing), "")


def _of_kind(kind: Kind) -> list[Difference]:
    windows = {window.pk: window for window in Window.objects.filter(kind_id=directives.kind_id(kind.name))}
    judge = Judge(kind, _proofs(kind))
    cells: Counter[tuple[Any, ...]] = Counter()
    found = [*_of_universe(kind, windows)]
    for one in Obligation.objects.filter(window__in=windows).iterator(chunk_size=5_000):
        found += judge.differences(one, windows[one.window_id])
        cells.update(_cell_counts(one))
    return found + list(_of_roll_ups(kind, windows, cells))


def _proofs(kind: Kind) -> dict[int, list[Proof]]:
    """The valid proofs of each subject, earliest first."""
    void = set(Event.objects.filter(corrects__isnull=False).values_list("corrects", flat=True))
    kinds = [event_kind_id(proof.kind) for proof in kind.proofs]
    found: dict[int, list[Proof]] = defaultdict(list)
    events = Event.objects.filter(kind_id__in=kinds).values_list(
        "id", "subject", "happened_at", "seq", "window"
    )
    for id, subject, happened_at, seq, window in events.iterator(chunk_size=5_000):
        if id not in void:
            found[subject].append(Proof(to_micros(happened_at), seq, window))
    for proofs in found.values():
        proofs.sort(key=lambda proof: (proof.happened_at, proof.seq))
    return found


class Judge:
    """Decides from plain events whether, and when, an obligation was met."""

    def __init__(self, kind: Kind, proofs: dict[int, list[Proof]]) -> None:
        self.kind = kind
        self.proofs = proofs

    def met_at(self, obligation: Obligation, window: Window) -> int | None:
        """When the earliest valid proof happened, or None."""
        proofs = self.proofs.get(obligation.subject, [])
        return next((proof.happened_at for proof in proofs if self._proves(proof, obligation, window)), None)

    def _proves(self, proof: Proof, obligation: Obligation, window: Window) -> bool:
        if self.kind.own_times:
            return self.kind.early or proof.happened_at >= to_micros(obligation.opens_at)
        if window.label and proof.window:
            return proof.window == window.label and proof.happened_at <= to_micros(window.late_until)
        return to_micros(window.opens_at) <= proof.happened_at < to_micros(window.closes_at)

    def differences(self, obligation: Obligation, window: Window) -> Iterator[Difference]:
        """The difference between when the books say it was met and when the events do."""
        right = self.met_at(obligation, window)
        stands = None if obligation.met_at is None else to_micros(obligation.met_at)
        if right != stands:
            yield Difference(
                self.kind.name, "met_at", obligation.subject, obligation.opens_at, _when(stands), _when(right)
            )


def _when(instant: int | None) -> str:
    return "" if instant is None else from_micros(instant).isoformat()


def _of_universe(kind: Kind, windows: dict[int, Window]) -> Iterator[Difference]:
    """Who owes, asked again for every window since the first, against who stands in the books."""
    cursor = Cursor.objects.filter(kind_id=directives.kind_id(kind.name)).first()
    since = kind.owed_since(0)
    owing: dict[tuple[int, int, int], tuple[int | None, str]] = {}
    if cursor and since:
        for directive, span, narrower in opening.spans(kind, since, cursor.opened_until):
            window = opening.stored_window(kind, directive, span)
            sql, params = opening.universe_sql(kind, directive, span, narrower)
            for subject, opens_at, excused_at, excuse in rows(
                f"SELECT v.subject, v.opens_at, v.excused_at, v.excuse FROM ({sql}) v", params
            ):
                owing[window.pk, subject, opens_at] = (excused_at, excuse)
    yield from _compared(kind, windows, owing)


def _compared(
    kind: Kind, windows: dict[int, Window], owing: dict[tuple[int, int, int], tuple[int | None, str]]
) -> Iterator[Difference]:
    books = Obligation.objects.filter(window__in=windows).values_list(
        "window_id", "subject", "opens_at", "excused_at", "excuse"
    )
    for window, subject, opens_at, excused_at, excuse in books.iterator(chunk_size=5_000):
        stands = (None if excused_at is None else to_micros(excused_at), excuse)
        right = owing.pop((window, subject, to_micros(opens_at)), None)
        # What opened before its ground went away stays in the books, excused.
        if right != stands and not (right is None and excuse):
            yield Difference(kind.name, "excused", subject, opens_at, f"{stands}", f"{right or TERM}")
    for (_window, subject, opened), _excused in owing.items():
        yield Difference(kind.name, "missing", subject, from_micros(opened), "", "owed")


def _cell_counts(one: Obligation) -> dict[tuple[Any, ...], int]:
    cell = (
        one.window_id,
        to_micros(one.opens_at),
        to_micros(one.due_at),
        one.place[:ROLL_UP_WIDTH],
        one.post_id or 0,
    )
    counts = {(*cell, "universe"): 1}
    if one.met_at is not None:
        counts[*cell, "met" if one.met_at <= one.due_at else "late"] = 1
    elif one.excused_at is not None:
        counts[*cell, "excused"] = 1
    return counts


def _of_roll_ups(
    kind: Kind, windows: dict[int, Window], cells: Counter[tuple[Any, ...]]
) -> Iterator[Difference]:
    stored: Counter[tuple[Any, ...]] = Counter()
    for cell in RollUp.objects.filter(window__in=windows).iterator(chunk_size=5_000):
        key = (cell.window_id, to_micros(cell.opens_at), to_micros(cell.due_at), cell.place, cell.post)
        for column in ("universe", "met", "late", "excused"):
            stored[*key, column] += getattr(cell, column)
    for key in stored.keys() | cells.keys():
        if stored[key] != cells[key]:
            yield Difference(
                kind.name,
                f"roll-up {key[-1]} {key[3]}",
                int(key[4]),
                from_micros(key[1]),
                str(stored[key]),
                str(cells[key]),
            )

"""Matching: proofs meet obligations. The outcome does not depend on the order in which they came in.

An obligation is met by the earliest valid proof, so a late proof gives way to a punctual one that arrives
after it. A proof that a later event corrects is void, and what it met is matched again.

Windows are few, so each is matched by statements of its own, with its times written in.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from bulou.facts.base import Fact
from bulou.kernel.database import is_postgres, rows, run, scalar
from bulou.kernel.events import kind_id as event_kind_id
from bulou.kernel.fields import to_micros
from bulou.obligations import directives, tables
from bulou.obligations.kinds import Kind
from bulou.obligations.models import Window

# Above so many new proofs it is cheaper to walk a window in order than to look each proof up.
MANY = 20_000


@dataclass(frozen=True)
class Received:
    """The events received after one sequence number and up to another.

    `corrections`: whether some of them correct others; `void`: whether any event at all is corrected.
    """

    after: int
    until: int
    corrections: bool
    void: bool

    @classmethod
    def since(cls, after: int) -> Received:
        """What has been received until now."""
        until, last_correction = rows(
            f"SELECT (SELECT coalesce(max(seq), 0) FROM {tables.EVENT}), "
            f"(SELECT max(seq) FROM {tables.EVENT} WHERE corrects IS NOT NULL)"
        )[0]
        return cls(after, until, (last_correction or 0) > after, last_correction is not None)

    @property
    def valid(self) -> str:
        """SQL: event `e` is not void. Left out while there is no correction at all."""
        if not self.void:
            return ""
        return f" AND NOT EXISTS (SELECT 1 FROM {tables.EVENT} c WHERE c.corrects = e.id)"


def match_events(kind: Kind, received: Received, *, last_old: int) -> int:
    """Match proofs just received with obligations up to the number `last_old`.

    The number newly met. What was opened since came into the books with its proof.
    """
    new = f"e.seq > {received.after} AND e.seq <= {received.until} AND o.id <= {last_old}{received.valid}"
    found = [
        (proof, proofs, window)
        for proof in kind.proofs
        if (proofs := _new_proofs(proof, received))
        for window in _windows_proven(kind, proofs, last_old)
    ]
    if not found:
        return 0
    tables.matched_scratch()
    for proof, proofs, window in found:
        _stage(kind, window, proof, new, window_first=proofs.count > MANY)
    return _apply()


@dataclass(frozen=True)
class FirstProof:
    """SQL: when the earliest valid proof of an obligation `o` happened, its number, what to join to `o`."""

    happened_at: str
    seq: str
    join: str


def first_proof(kind: Kind, window: Window, received: Received) -> FirstProof:
    """The earliest valid proof of the obligations of a window.

    So that what is opened enters the books with the proof that came in before it.
    """
    proofs = ", ".join(str(event_kind_id(proof.kind)) for proof in kind.proofs)
    source = (
        f"FROM {tables.EVENT} e WHERE e.kind_id IN ({proofs}) AND e.subject = o.subject "
        f"AND e.seq <= {received.until} AND {_proves(kind, window)}{received.valid}"
    )
    seq = f"(SELECT e.seq {source} ORDER BY e.happened_at, e.seq LIMIT 1)"
    if is_postgres():
        return FirstProof(f"(SELECT min(e.happened_at) {source})", seq, "")
    # The sequence is SQLite's own row number: cheaper to go to than to look a second time.
    return FirstProof("p.happened_at", "p.seq", f"LEFT JOIN {tables.EVENT} p ON p.seq = {seq}")


def rematch_corrected(kind: Kind, received: Received) -> list[int]:
    """Take back what void proofs met, and match it again. The windows in which something was taken back."""
    if not received.corrections:
        return []
    tables.changed_scratch()
    run(
        f"INSERT INTO {tables.CHANGED} SELECT o.id, NULL, '' "
        f"FROM {tables.EVENT} c {tables.then()} {tables.EVENT} e ON e.id = c.corrects "
        f"{tables.then()} {tables.WINDOW} w ON w.kind_id = %s {tables.then()} {tables.OBLIGATION} o "
        "ON o.window_id = w.id AND o.subject = e.subject AND o.met_by_id = e.seq "
        "WHERE c.corrects IS NOT NULL AND c.seq > %s AND c.seq <= %s GROUP BY o.id",
        (directives.kind_id(kind.name), received.after, received.until),
    )
    windows = tables.windows_changed()
    if windows:
        _take_back()
        _rematch(kind, windows, received)
    return windows


def _rematch(kind: Kind, windows: list[int], received: Received) -> None:
    taken = f"o.id IN (SELECT id FROM {tables.CHANGED}) AND e.seq <= {received.until}{received.valid}"
    tables.matched_scratch()
    for window in Window.objects.filter(pk__in=windows).order_by("pk"):
        for proof in kind.proofs:
            _stage(kind, window, proof, taken, window_first=True)
    _apply()


def _take_back() -> None:
    tables.move_in_roll_ups(
        f"FROM {tables.CHANGED} c JOIN {tables.OBLIGATION} o ON o.id = +c.id WHERE true",
        met="CASE WHEN o.met_at <= o.due_at THEN -1 ELSE 0 END",
        late="CASE WHEN o.met_at > o.due_at THEN -1 ELSE 0 END",
        excused="CASE WHEN o.excused_at IS NULL THEN 0 ELSE 1 END",
    )
    run(
        f"UPDATE {tables.OBLIGATION} SET met_at = NULL, met_by_id = NULL "
        f"WHERE id IN (SELECT id FROM {tables.CHANGED})"
    )


@dataclass(frozen=True)
class _NewProofs:
    """How many proofs are new, the windows they name, and between when they happened."""

    count: int
    labels: list[str]
    first: int
    last: int


def _new_proofs(proof: type[Fact], received: Received) -> _NewProofs | None:
    found = rows(
        # `+` keeps SQLite on the sequence instead of walking every proof of this kind.
        f"SELECT win, count(*), min(happened_at), max(happened_at) FROM {tables.EVENT} "
        "WHERE +kind_id = %s AND seq > %s AND seq <= %s GROUP BY win",
        (event_kind_id(proof.kind), received.after, received.until),
    )
    if not found:
        return None
    labels, counts, firsts, lasts = zip(*found, strict=True)
    return _NewProofs(sum(counts), [label for label in labels if label], min(firsts), max(lasts))


def _windows_proven(kind: Kind, new: _NewProofs, last_old: int) -> list[Window]:
    """The windows that new proofs name or in which they happened, and that held anything before."""
    windows = Window.objects.filter(kind_id=directives.kind_id(kind.name)).order_by("pk")
    if not kind.own_times:
        around = Q(opens_at__lte=new.last, closes_at__gt=new.first)
        windows = windows.filter(Q(label__in=new.labels) | around)
    return [window for window in windows if _holds_old(window, last_old)]


def _stage(kind: Kind, window: Window, proof: type[Fact], condition: str, *, window_first: bool) -> None:
    """Put the earliest valid proof of each obligation of one window into the scratch table."""
    events, obligations = f"{tables.EVENT} e", f"{tables.OBLIGATION} o"
    first, second = (obligations, events) if window_first else (events, obligations)
    better = "excluded.met_at < bulou_matched.met_at"
    run(
        f"INSERT INTO {tables.MATCHED} (id, met_at, met_by, was) "
        f"SELECT o.id, min(e.happened_at), {_seq_of_first()}, o.met_at "
        f"FROM {first} {tables.then()} {second} ON e.subject = o.subject "
        f"WHERE o.window_id = %s AND e.kind_id = %s AND {condition} AND {_proves(kind, window)} "
        f"AND (o.met_at IS NULL OR e.happened_at < o.met_at) GROUP BY o.id "
        "ON CONFLICT (id) DO UPDATE SET "
        f"met_at = CASE WHEN {better} THEN excluded.met_at ELSE {tables.MATCHED}.met_at END, "
        f"met_by = CASE WHEN {better} THEN excluded.met_by ELSE {tables.MATCHED}.met_by END",
        (window.pk, event_kind_id(proof.kind)),
    )


def _proves(kind: Kind, window: Window) -> str:
    """SQL: event `e` proves obligation `o` of this window."""
    if kind.own_times:
        return "true" if kind.early else "e.happened_at >= o.opens_at"
    happened = (
        f"e.happened_at >= {to_micros(window.opens_at)} AND e.happened_at < {to_micros(window.closes_at)}"
    )
    if not window.label:
        return happened
    named = f"e.win = '{window.label}' AND e.happened_at <= {to_micros(window.late_until)}"
    return f"({named} OR e.win = '' AND {happened})"


def _seq_of_first() -> str:
    """The sequence number that goes with `min(e.happened_at)`.

    SQLite takes a bare column from the row of the minimum, provided that it is the only minimum asked for;
    PostgreSQL wants it said.
    """
    return "(array_agg(e.seq ORDER BY e.happened_at, e.seq))[1]" if is_postgres() else "e.seq"


def _holds_old(window: Window, last_old: int) -> bool:
    """Whether a window holds anything that this run did not open."""
    found = scalar(
        f"SELECT 1 FROM {tables.OBLIGATION} WHERE window_id = %s AND +id <= %s LIMIT 1", (window.pk, last_old)
    )
    return found is not None


def _apply() -> int:
    """Move the roll-ups from where the staged obligations stood, and mark them. The number newly met."""
    staged, newly = rows(f"SELECT count(*), count(*) - count(was) FROM {tables.MATCHED}")[0]
    if not staged:
        return 0
    on_time = "CASE WHEN {0} <= o.due_at THEN 1 ELSE 0 END"
    late = "CASE WHEN {0} > o.due_at THEN 1 ELSE 0 END"
    tables.move_in_roll_ups(
        f"FROM {tables.MATCHED} m JOIN {tables.OBLIGATION} o ON o.id = +m.id WHERE true",
        met=f"{on_time.format('m.met_at')} - {on_time.format('m.was')}",
        late=f"{late.format('m.met_at')} - {late.format('m.was')}",
        excused="CASE WHEN m.was IS NULL AND o.excused_at IS NOT NULL THEN -1 ELSE 0 END",
    )
    run(
        f"UPDATE {tables.OBLIGATION} SET met_at = m.met_at, met_by_id = m.met_by "
        f"FROM {tables.MATCHED} m WHERE {tables.OBLIGATION}.id = +m.id"
    )
    return int(newly)

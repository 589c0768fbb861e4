"""The engine: the only writer of obligations. It opens, excuses, matches and escalates, in sets.

Running it twice changes nothing; running it late catches up to what a punctual run would have given.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter

from django.conf import settings

from bulou.kernel import clock
from bulou.kernel.database import atomic, lock_for_order, scalar
from bulou.obligations import directives, excusing, ladders, matching, opening, snapshots, tables
from bulou.obligations.kinds import KINDS, Kind
from bulou.obligations.models import Cursor, Tick


@dataclass
class TickResult:
    """What one run of the engine did."""

    opened: int = 0
    met: int = 0
    escalated: int = 0
    seconds: float = 0.0

    def add(self, other: TickResult) -> None:
        self.opened += other.opened
        self.met += other.met
        self.escalated += other.escalated


def tick(now: datetime | None = None) -> TickResult:
    """Bring the books of every kind up to an instant. Each kind stands or falls by itself."""
    now = now or clock.now()
    started = perf_counter()
    directives.start_defaults(settings.BULOU_COUNTY)
    result = TickResult()
    for kind in KINDS.values():
        with atomic():
            result.add(tick_kind(kind, now))
    snapshots.take_due(now)
    Tick.objects.update_or_create(
        pk=1,
        # The machine's own time, not the county's: it tells whether the engine is alive.
        defaults={"for_instant": now, "ended_at": datetime.now(UTC)},
    )
    result.seconds = round(perf_counter() - started, 3)
    return result


def tick_kind(kind: Kind, now: datetime) -> TickResult:
    """Bring one kind's books up to an instant, in the caller's transaction."""
    lock_for_order("books")
    cursor = _cursor(kind)
    received = matching.Received.since(cursor.event_seq)
    last_old = opening.last_id()
    opened = opening.open_windows(kind, _since(kind, cursor, now), now, received)
    touched = [
        *opened.windows,
        *excusing.excuse(kind, received.after),
        *matching.rematch_corrected(kind, received),
    ]
    met = opened.met + matching.match_events(kind, received, last_old=last_old)
    escalated = ladders.lapse(kind, cursor.lapsed_until, now, touched)
    cursor.opened_until = max(cursor.opened_until, now)
    cursor.lapsed_until = max(cursor.lapsed_until, now)
    cursor.event_seq = received.until
    cursor.save()
    return TickResult(opened=opened.count, met=met, escalated=escalated)


def settle(event_kinds: Iterable[str], after_seq: int) -> int:
    """Let events just received count at once, in their own transaction. The number newly met.

    What they open waits for the next tick; nothing here moves the engine's cursors.
    """
    told = set(event_kinds)
    changed = [kind for kind in KINDS.values() if told & kind.changed_by]
    proven = [kind for kind in KINDS.values() if told & {proof.kind for proof in kind.proofs}]
    if not changed and not proven:
        return 0
    lock_for_order("books")
    received, last_old = matching.Received.since(after_seq), opening.last_id()
    for kind in changed:
        excusing.excuse(kind, after_seq)
    for kind in proven:
        matching.rematch_corrected(kind, received)
    return sum(matching.match_events(kind, received, last_old=last_old) for kind in proven)


def newest_event() -> int:
    """The sequence number of the event received last."""
    return int(scalar(f"SELECT coalesce(max(seq), 0) FROM {tables.EVENT}") or 0)


def _cursor(kind: Kind) -> Cursor:
    return Cursor.objects.get_or_create(
        kind_id=directives.kind_id(kind.name),
        defaults={"opened_until": directives.BEGINNING, "lapsed_until": directives.BEGINNING},
    )[0]


def _since(kind: Kind, cursor: Cursor, now: datetime) -> datetime:
    """From when windows are to be opened: where the last run ended, or earlier when nouns changed.

    Before the first noun of a kind nothing can be owed.
    """
    changed = kind.owed_since(cursor.event_seq)
    if cursor.opened_until == directives.BEGINNING:
        return changed or now
    return min(changed, cursor.opened_until) if changed else cursor.opened_until

"""Who hears of facts: the way in which rooms learn of each other's events without importing each other.

A capability registers a hearer for a kind of event in its `AppConfig.ready()`. Whoever appends events tells
the new ones, in the transaction in which they were appended: what a hearer does stands or falls with them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from bulou.kernel.events import NewEvent

Hearer = Callable[[Sequence[NewEvent]], object]
AfterHearer = Callable[[Iterable[str], int], object]
UnknownHearer = Callable[[str, str, str, bytes], object]

_hearers: dict[str, list[Hearer]] = defaultdict(list)
_after: list[AfterHearer] = []
_unknown: list[UnknownHearer] = []


def register(kind: str, hearer: Hearer) -> None:
    """Call `hearer(events)` with the new events of a kind, in the order in which they were received."""
    _hearers[kind].append(hearer)


def tell(events: Iterable[NewEvent]) -> None:
    """Tell new events to those who registered for their kinds, one call for each kind and hearer."""
    by_kind: dict[str, list[NewEvent]] = defaultdict(list)
    for event in events:
        by_kind[event.kind].append(event)
    for kind, of_kind in by_kind.items():
        for hearer in _hearers.get(kind, ()):
            hearer(of_kind)


def after(hearer: AfterHearer) -> None:
    """Call `hearer(event_kinds, after_seq)` when all have heard: the books follow at once.

    `after_seq` is the sequence number of the last event before the new ones.
    """
    _after.append(hearer)


def told(event_kinds: Iterable[str], after_seq: int) -> None:
    """Everybody has heard the events of these kinds received after a sequence number."""
    kinds = frozenset(event_kinds)
    for hearer in _after:
        hearer(kinds, after_seq)


def unknown(hearer: UnknownHearer) -> None:
    """Call `hearer(event_kind, place, evidence, sealed)` for evidence about what no register has (底数外)."""
    _unknown.append(hearer)


def tell_unknown(event_kind: str, place: str, evidence: str, sealed: bytes) -> None:
    """Tell of evidence about a subject that no register has; `place` is where it was to be looked for."""
    for hearer in _unknown:
        hearer(event_kind, place, evidence, sealed)

"""The change feed: what the ledger received after a point, about subjects in a scope."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bulou.facts.base import FACTS
from bulou.facts.subjects import SUBJECTS
from bulou.kernel import clock
from bulou.kernel.events import kind_id
from bulou.kernel.models import Event
from bulou.places import codes


@dataclass(frozen=True)
class Changes:
    """One page of the feed; `next` is where the following one begins, `more` whether it has something now."""

    rows: list[dict[str, Any]]
    next: int
    more: bool

    def as_json(self) -> dict[str, Any]:
        return {"rows": self.rows, "next": self.next, "more": self.more}


def changes(scope: str, *, after: int = 0, kinds: Iterable[str] = (), limit: int = 200) -> Changes:
    """Up to `limit` events after a sequence number, in the order received, of these kinds or of all facts.

    Events of kinds that are no facts (`docs/events.md`) are about the office itself and stay in it.
    """
    wanted = (set(kinds) & FACTS.keys()) if kinds else FACTS.keys()
    # The ledger is appended under a lock, so what has a lower number was committed before.
    found = list(
        Event.objects.filter(
            codes.within("place", scope), seq__gt=after, kind_id__in=[kind_id(name) for name in wanted]
        )
        .select_related("kind")
        .order_by("seq")[: limit + 1]
    )
    shown = found[:limit]
    return Changes(_rows(shown), shown[-1].seq if shown else after, len(found) > limit)


def _rows(found: Sequence[Event]) -> list[dict[str, Any]]:
    subjects = _subjects(found)
    return [
        {
            "seq": event.seq,
            "id": str(event.id),
            "kind": event.kind.name,
            "subject": subjects[FACTS[event.kind.name].subject_type].get(event.subject, str(event.subject)),
            "place": event.place,
            "happened_at": clock.local(event.happened_at).isoformat(),
            "received_at": clock.local(event.received_at).isoformat(),
            "corrects": str(event.corrects) if event.corrects else None,
            "data": event.data,
        }
        for event in found
    ]


def _subjects(found: Sequence[Event]) -> dict[str, dict[int, str]]:
    """The codes of subjects by type and number, one query for each type."""
    by_type: dict[str, set[int]] = defaultdict(set)
    for event in found:
        by_type[FACTS[event.kind.name].subject_type].add(event.subject)
    return defaultdict(
        dict, {name: SUBJECTS[name].code_of(ids) for name, ids in by_type.items() if name in SUBJECTS}
    )

"""Unknowns: evidence about somebody or something that no register has (底数外)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bulou.kernel import clock
from bulou.obligations import directives
from bulou.obligations.kinds import KINDS
from bulou.obligations.models import Unknown


def note(
    kind: str, *, place: str, evidence: str, sealed: bytes | None = None, at: datetime | None = None
) -> None:
    """Put evidence on the list of a kind, once. `evidence` is a pseudonymous code."""
    Unknown.objects.get_or_create(
        kind_id=directives.kind_id(kind),
        evidence=evidence,
        defaults={"place": place, "sealed": sealed, "seen_at": at or clock.now()},
    )


def note_event(event_kind: str, place: str, evidence: str, sealed: bytes) -> None:
    """The same for a proof that came in about nobody known: on the list of the kind that it would prove."""
    for name in proven_by(event_kind):
        note(name, place=place, evidence=evidence, sealed=sealed)


def proven_by(event_kind: str) -> Iterable[str]:
    """The kind of obligation that a kind of event proves; of several the one that is owed every day."""
    found = (kind for kind in KINDS.values() if event_kind in {proof.kind for proof in kind.proofs})
    return [kind.name for kind in sorted(found, key=lambda kind: kind.own_times)][:1]

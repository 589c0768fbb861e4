"""Calls to owners about gaps: what came of them."""

from __future__ import annotations

from uuid import UUID

from bulou.obligations import followup
from bulou.obligations.followup_model import Outcome
from bulou.obligations.models import Obligation
from bulou.places import codes

__all__ = ["Outcome", "in_scope", "note"]


def in_scope(obligation_id: int, scope: str) -> bool:
    """Whether an obligation is there and lies in a scope."""
    return Obligation.objects.filter(codes.within("place", scope), pk=obligation_id).exists()


def note(obligation_id: int, *, by: str, outcome: str, words: str, key: UUID) -> bool:
    """Record a call; False when this one (by its key) was recorded already."""
    act = followup.Call(words=words, outcome=outcome)
    return followup.one(act, obligation_id, by=by, key=key).done == 1

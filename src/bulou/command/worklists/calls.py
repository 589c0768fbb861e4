"""Calls to owners about gaps: what came of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from bulou.kernel.models import Event
from bulou.obligations import gaps
from bulou.obligations.models import Obligation
from bulou.places import codes


class Outcome(TextChoices):
    """What came of a call; a code in the ledger, never free words."""

    DOING = "doing", _("马上补办")
    DONE = "done_not_entered", _("已办,还没录入")
    NOBODY = "no_answer", _("无人接听")
    WRONG = "wrong_number", _("号码不对")
    AWAY = "owner_away", _("责任人不在岗")
    MOVED = "person_elsewhere", _("对象不在此处")
    REFUSED = "person_refused", _("对象不配合,需上门")
    OTHER = "other", _("其他(见说明)")


@dataclass(frozen=True)
class Call:
    """The last call about one obligation, and how many there were."""

    at: datetime
    outcome: Any
    times: int


def in_scope(obligation_id: int, scope: str) -> bool:
    """Whether an obligation is there and lies in a scope."""
    return Obligation.objects.filter(codes.within("place", scope), pk=obligation_id).exists()


def last_calls(obligation_ids: Iterable[int]) -> dict[int, Call]:
    """The last call about each obligation."""
    found: dict[int, Call] = {}
    events = Event.objects.filter(kind__name=gaps.CALLED, subject__in=set(obligation_ids)).order_by("seq")
    for event in events:
        before = found.get(event.subject)
        outcome = event.data.get("outcome", "")
        title = Outcome(outcome).label if outcome in Outcome else outcome
        found[event.subject] = Call(event.happened_at, title, (before.times if before else 0) + 1)
    return found


def note(obligation_id: int, *, by: str, outcome: str, words: str, key: UUID) -> bool:
    """Record a call; False when this one (by its key) was recorded already."""
    if Event.objects.filter(id=key).exists():
        return False
    gaps.note_call(obligation_id, by=by, outcome=outcome, note=words, id=key)
    return True

"""Whether each request is what its events made it: a check of nouns for `bulou reconcile`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bulou.facts import residents as facts
from bulou.kernel.events import kind_id
from bulou.kernel.models import Event
from bulou.obligations.reconcile import Difference
from bulou.residents.models import Request


def requests() -> Iterator[Difference]:
    """Requests whose times are not those of their events."""
    asked, answered, taken = (_times(fact.kind) for fact in (facts.Asked, facts.Answered, facts.TakenBack))
    for one in Request.objects.order_by("pk").iterator(chunk_size=2_000):
        stands = (one.made_at, one.answered_at, one.taken_back_at)
        said = (asked.pop(one.pk, None), answered.get(one.pk), taken.get(one.pk))
        if stands != said:
            yield Difference("residents.request", "times", one.pk, one.made_at, str(stands), str(said))
    for number, at in asked.items():
        yield Difference("residents.request", "missing", number, at, "", str(at))


def _times(kind: str) -> dict[int, datetime]:
    return dict(Event.objects.filter(kind_id=kind_id(kind)).values_list("subject", "happened_at"))

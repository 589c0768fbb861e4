"""Whether each case is what its events made it: a check of nouns for `bulou reconcile`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bulou.facts import monitoring as facts
from bulou.kernel.events import kind_id
from bulou.kernel.models import Event
from bulou.monitoring.models import Case
from bulou.obligations.reconcile import Difference

MADE_BY = (
    facts.Admitted,
    facts.TermChanged,
    facts.Moved,
    facts.Ended,
    facts.Released,
    facts.Resumed,
    facts.Withdrawn,
)


@dataclass
class Told:
    """What the events say of a case."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str = ""

    def hear(self, kind: str, event: Event) -> None:
        """Take up one event, in the order in which they were received."""
        if kind in (facts.Admitted.kind, facts.TermChanged.kind):
            term = facts.Admitted.model_validate(event.data)
            self.starts_at, self.ends_at = term.start, term.end
        elif kind == facts.Ended.kind:
            self.ended_at, self.end_reason = event.happened_at, event.data["reason"]
        elif kind == facts.Released.kind:
            self.ended_at, self.end_reason = event.happened_at, facts.EndReason.RELEASED.value
        elif kind == facts.Withdrawn.kind:
            self.ended_at, self.end_reason = event.happened_at, facts.MISTAKEN
        elif kind == facts.Resumed.kind:
            self.ended_at, self.end_reason = None, ""


def cases() -> Iterator[Difference]:
    """Cases whose term or end is not what their events say."""
    told = _told()
    for case in Case.objects.order_by("pk").iterator(chunk_size=2_000):
        said = told.pop(case.pk, Told())
        stands = Told(case.starts_at, case.ends_at, case.ended_at, case.end_reason)
        if stands != said:
            yield Difference("monitoring.case", "term", case.pk, case.starts_at, str(stands), str(said))
    for number, said in told.items():
        yield Difference("monitoring.case", "missing", number, said.starts_at, "", str(said))


def _told() -> dict[int, Told]:
    names = {kind_id(fact.kind): fact.kind for fact in MADE_BY}
    found: dict[int, Told] = defaultdict(Told)
    for event in Event.objects.filter(kind_id__in=names).order_by("seq").iterator(chunk_size=2_000):
        found[event.subject].hear(names[event.kind_id], event)
    return found

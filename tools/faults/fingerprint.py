"""What a county's registers and books say, without what is random or depends on the order of arrival.

Persons, posts and cases go by what they are instead of by their numbers; ids of events that Bulou makes are
left out, those that came from outside stay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from bulou.kernel import seal
from bulou.kernel.models import Event
from bulou.monitoring.models import AbnormalReport, Case, CasePlace, CaseSeat
from bulou.obligations.models import Escalation, Obligation, RollUp, Unknown
from bulou.people.models import Duplicate, Household, Person
from bulou.places.models import Holding, Organisation, Place, Post, Worker
from bulou.sheets.models import ImportRun
from bulou.sync.models import Refusal

Row = tuple[Any, ...]
ORDER_DECIDES = {"bad-correction"}
"""Refusals of what came in before its turn; it was sent again."""


class State:
    """Reads one county's state. Use each only once: it remembers names."""

    @cached_property
    def person(self) -> dict[int, str]:
        """Who each person is."""
        found = Person.objects.values_list("pk", "place", "id_key", "name_key")
        return {pk: _short(place, _hex(id_key), _hex(name_key)) for pk, place, id_key, name_key in found}

    @cached_property
    def post(self) -> dict[int, str]:
        """What each post is."""
        found = Post.objects.values_list("pk", "role", "place", "number")
        return {pk: f"{role}@{place}#{number}" for pk, role, place, number in found}

    @cached_property
    def case(self) -> dict[int, str]:
        """The number of each case."""
        return dict(Case.objects.values_list("pk", "number"))

    @cached_property
    def run(self) -> dict[str, str]:
        """The kind of workbook that each import brought in."""
        return {f"import:{pk}": kind for pk, kind in ImportRun.objects.values_list("pk", "kind")}

    @cached_property
    def event(self) -> dict[int, str]:
        """What each event is, by its number in the ledger."""
        return {event.pk: _short(*self._event(event)) for event in Event.objects.select_related("kind")}

    def subject(self, kind: str, subject: int) -> str:
        """What an event or an obligation is about."""
        if kind.startswith("monitoring."):
            return self.case.get(subject, "?")
        if kind.startswith("people."):
            return self.person.get(subject, "?")
        return self.post.get(subject, "?") if kind.startswith("places.post") else "-"

    def _event(self, event: Event) -> Row:
        kind, actor = event.kind.name, event.actor
        imported = actor.startswith("import:")
        data = {name: value for name, value in event.data.items() if name not in {"post", "worker"}}
        return (
            kind,
            self.subject(kind, event.subject),
            event.place,
            # A file of which a killed run had brought in everything is brought in by that run.
            f"import:{self.run.get(actor, 'HALF')}" if imported else actor.split(":")[0],
            "" if imported or actor == "system" else str(event.id),
            event.happened_at.isoformat(),
            event.window,
            str(event.corrects or "") if not imported else bool(event.corrects),
            sorted(data.items()),
        )

    def places(self) -> Iterator[Row]:
        yield from Place.objects.values_list("code", "level", "name", "kind", "retired_at")

    def organisations(self) -> Iterator[Row]:
        for one in Organisation.objects.all():
            yield one.name, one.kind, one.credit_code, sorted(seal.unseal(one.sealed).items())

    def workers(self) -> Iterator[Row]:
        for one in Worker.objects.all():
            yield _hex(one.name_key), _hex(one.phone_key), one.title, sorted(seal.unseal(one.sealed).items())

    def holdings(self) -> Iterator[Row]:
        for one in Holding.objects.select_related("worker"):
            yield self.post[one.post_id], _hex(one.worker.name_key), one.starts_at, one.ends_at, one.deputy

    def households(self) -> Iterator[Row]:
        yield from Household.objects.values_list("place_id")

    def persons(self) -> Iterator[Row]:
        for one in Person.objects.all():
            content = sorted(seal.unseal(one.sealed).items())
            keys = (_hex(one.id_key), _hex(one.name_key), _hex(one.phone_key), _hex(one.row_key))
            facts = (one.relation, one.presence, one.doses, str(one.last_dose), one.needs, one.died_at)
            yield (one.place, *keys, content, *facts, one.merged_into_id is None)

    def duplicates(self) -> Iterator[Row]:
        for one in Duplicate.objects.all():
            pair = sorted((self.person[one.first_id], self.person[one.second_id]))
            yield (*pair, one.ground, one.decision)

    def cases(self) -> Iterator[Row]:
        for one in Case.objects.all():
            term = (one.starts_at, one.ends_at, one.ended_at, one.end_reason)
            words = (one.measure, one.ground, one.evidence, one.decided_by, one.appeal)
            yield (one.number, self.person[one.person_id], one.place, *term, *words, _hex(one.row_key))

    def case_places(self) -> Iterator[Row]:
        for one in CasePlace.objects.all():
            yield self.case[one.case_id], one.place, one.starts_at, one.ends_at

    def case_seats(self) -> Iterator[Row]:
        for one in CaseSeat.objects.all():
            yield self.case[one.case_id], one.seat, self.post[one.post_id], one.starts_at, one.ends_at

    def abnormal(self) -> Iterator[Row]:
        for one in AbnormalReport.objects.all():
            yield self.case[one.case_id], one.happened_at, one.voided_at

    def events(self) -> Iterator[Row]:
        for one in Event.objects.select_related("kind"):
            yield self._event(one)

    def obligations(self) -> Iterator[Row]:
        for one in Obligation.objects.select_related("window__kind"):
            yield (
                *self._obligation(one),
                one.place,
                self.post.get(one.post_id or 0, ""),
                one.due_at,
                one.met_at,
                self.event.get(one.met_by_id or 0, ""),
                one.excused_at,
                one.excuse,
                one.level,
            )

    def _obligation(self, one: Obligation) -> Row:
        kind = one.window.kind.name
        return kind, self.subject(kind, one.subject), one.window.label, one.opens_at

    def roll_ups(self) -> Iterator[Row]:
        for one in RollUp.objects.select_related("window__kind"):
            cell = (one.window.kind.name, one.opens_at, one.due_at, one.place, self.post.get(one.post, ""))
            counts = (one.universe, one.met, one.late, one.excused)
            if any(counts):
                yield (*cell, *counts)

    def escalations(self) -> Iterator[Row]:
        for one in Escalation.objects.select_related("obligation__window__kind"):
            yield (*self._obligation(one.obligation), one.step)

    def unknown(self) -> Iterator[Row]:
        yield from Unknown.objects.values_list("kind__name", "place", "evidence")

    def refusals(self) -> Iterator[Row]:
        found = Refusal.objects.exclude(code__in=ORDER_DECIDES)
        yield from found.values_list("event_id", "code")


TABLES: dict[str, Callable[[State], Iterator[Row]]] = {
    name: member
    for name, member in vars(State).items()
    if callable(member) and not name.startswith("_") and name != "subject"
}


def digests() -> dict[str, str]:
    """A digest of each table; equal ones say the same."""
    state = State()
    return {name: _digest(read(state)) for name, read in TABLES.items()}


def rows(table: str) -> list[str]:
    """The rows that a digest is made of, to find what differs."""
    return sorted(map(repr, TABLES[table](State())))


def _digest(found: Iterator[Row]) -> str:
    lines = sorted(map(repr, found))
    return f"{len(lines)}:{hashlib.blake2b(chr(10).join(lines).encode(), digest_size=8).hexdigest()}"


def _hex(key: bytes | memoryview | None) -> str:
    return bytes(key).hex() if key is not None else ""


def _short(*parts: Any) -> str:
    return hashlib.blake2b(repr(parts).encode(), digest_size=6).hexdigest()

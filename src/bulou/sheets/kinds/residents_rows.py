"""Residents' workbooks into the register of persons, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bulou.kernel import seal
from bulou.people.models import Person
from bulou.people.queries import behind_doors
from bulou.people.register import Register, Repeat, Resident
from bulou.places.models import Level
from bulou.places.queries import paths_of
from bulou.sheets.checking import Batch
from bulou.sheets.columns import Counts, attach
from bulou.sheets.context import Context
from bulou.sheets.importing import stage_with
from bulou.sheets.kinds import residents_changes
from bulou.sheets.kinds.rows import ROW_CONTRADICTS, ROW_REPEATED, PlaceColumns, row_place

READ_AT_ONCE = 2_000
_LEVELS = (Level.TOWNSHIP, Level.VILLAGE, Level.COMPOUND, Level.BUILDING, Level.UNIT, Level.DOOR)


@dataclass
class Staged:
    """A file's residents, sealed and ready; `identical` counts rows that only repeat another one."""

    places: PlaceColumns
    register: Register
    identical: int = 0


@contextmanager
def stage(batches: Iterable[Batch], context: Context) -> Iterator[Staged]:
    """Find the places, seal and stage all rows while the file is still being read."""
    staged = Staged(PlaceColumns(context.kind), Register())
    try:
        for batch in batches:
            _stage(batch, staged, context)
        yield staged
    finally:
        staged.register.close()


def _stage(batch: Batch, staged: Staged, context: Context) -> None:
    locate, refs = staged.places.locate, batch.refs
    residents = []
    for index, row in enumerate(batch.rows):
        place = locate(batch, index, context)
        if place:
            residents.append((refs[index], _resident(place, row)))
    repeats = staged.register.stage(residents)
    if repeats:
        staged.identical += _tell(repeats, batch, context)


def _resident(place: str, row: tuple[Any, ...]) -> Resident:
    name, relation, identity, phone, presence, away, doses, last_dose, needs, remark = row[6:]
    return Resident(
        place,
        name,
        identity or "",
        phone or "",
        relation or "",
        presence or "home",
        away or "",
        doses,
        last_dose.isoformat() if last_dose else "",
        needs or "",
        remark or "",
    )


def _tell(repeats: list[Repeat], batch: Batch, context: Context) -> int:
    """Report rows whose person stood earlier in the file; how many were word for word the same."""
    at = {ref: index for index, ref in enumerate(batch.refs)}
    for repeat in repeats:
        index, first = at[repeat.ref], row_place(repeat.first)
        if repeat.identical:
            context.ignored(batch, index, "identity", ROW_REPEATED.code, first=first)
        else:
            context.refuse(batch, index, "identity", ROW_CONTRADICTS.error(first=first))
    return sum(repeat.identical for repeat in repeats)


def apply(staged: Staged, context: Context) -> Counts:
    """Write the new places, then the persons, in sets."""
    staged.places.flush(context)
    counts = staged.register.merge(by=context.actor, keep=lambda: residents_changes.keep_before(context))
    residents_changes.tell_gone(context)
    if context.check:
        residents_changes.tell(context, staged.register.refs())
    return Counts(new=counts.new, updated=counts.updated, unchanged=counts.unchanged + staged.identical)


def export(*, place: str, purpose: str) -> Iterator[tuple[Any, ...]]:
    """The persons who live under a place, in the order of their doors; values as the reader gives them.

    Who is known from another list only, at no door, is no resident of the register.
    """
    found = behind_doors(place, purpose).iterator(chunk_size=READ_AT_ONCE)
    chunk: list[Person] = []
    for person in found:
        chunk.append(person)
        if len(chunk) == READ_AT_ONCE:
            yield from _rows(chunk)
            chunk = []
    yield from _rows(chunk)


def _rows(people: list[Person]) -> Iterator[tuple[Any, ...]]:
    paths = paths_of({person.place for person in people})
    for person in people:
        path, who = paths[person.place], seal.unseal(person.sealed)
        yield (
            *(path.get(level, "") for level in _LEVELS),
            who["name"],
            person.relation,
            who.get("id", ""),
            who.get("phone", ""),
            person.presence,
            who.get("away", ""),
            person.doses,
            person.last_dose,
            person.needs,
            who.get("remark", ""),
        )


attach("residents", apply=apply, export=export)
stage_with("residents", stage)

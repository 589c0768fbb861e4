"""Places' workbooks into the register, and back. Rows with an official code make townships and villages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from bulou.kernel.problems import problem
from bulou.places import actions, codes, naming
from bulou.places.book import PlaceBook
from bulou.places.models import Gate, Level, Organisation, Place
from bulou.places.queries import paths_of, subtree
from bulou.sheets.checking import Batch
from bulou.sheets.columns import Counts, attach
from bulou.sheets.context import Context
from bulou.sheets.kinds.founding import found_divisions
from bulou.sheets.kinds.rows import AREA_LEVELS, PlaceColumns, refuse_repeats
from bulou.sheets.kinds.tally import WRITTEN_AT_ONCE
from bulou.sheets.traces import plain_of

CODE_DIFFERS = problem("place-code-differs", _("该地点已登记的编码是 {registered}:请核对编码,或删去这一格。"))
DETAIL_CONTRADICTS = problem("place-detail-contradicts", _("与同一地点前面的行不同,已按前面的“{read}”登记。"))

_OFFICIAL = {6: Level.COUNTY, 9: Level.TOWNSHIP, 12: Level.VILLAGE}
_COMPANY = "物业公司"
_NOTED = ("kind", "property_company")
_COMPOUND_KINDS = frozenset(("小区", "自然村", "散户区", "散户", "家属院", "院落"))
"""Kinds that stand on every row of a compound and mean the compound, not the door."""


Details = dict[str, dict[str, Any]]
"""Place code -> what rows say of it: kind, gates, company."""


@dataclass
class Wanted:
    """The rows that stand: the codes of their places, and what is said of places."""

    rows: list[str] = field(default_factory=list)
    details: Details = field(default_factory=lambda: defaultdict(dict))
    repeated: int = 0


def apply(batches: Iterable[Batch], context: Context) -> Counts:
    """Make the paths of all rows, then note kind, gates and property company where a row says them."""
    batches = list(batches)
    made = _new_divisions(batches, context)
    context.made("place", sorted(made))
    places = PlaceColumns(context.kind, PlaceBook())
    wanted = _locate(batches, places, context)
    made |= places.flush(context)
    return _counts(wanted, made, _note(wanted.details, context))


def _new_divisions(batches: list[Batch], context: Context) -> set[str]:
    """Townships and villages that rows bring; only whoever answers for the whole county may."""
    if context.scope and codes.level_of(context.scope) != Level.COUNTY:
        return set()
    return _divisions(batches) | found_divisions(batches, context)


def _divisions(batches: list[Batch]) -> set[str]:
    """Register the townships and villages whose official codes are new, those above first; their codes."""
    column = len(AREA_LEVELS) + 1
    rows = {
        row[column]: row
        for batch in batches
        for row in batch.rows
        if row[column] and len(row[column]) in _OFFICIAL
    }
    known = set(Place.objects.filter(level__in=_OFFICIAL.values()).values_list("code", flat=True))
    before = set(known)
    for code in sorted(rows.keys() - known, key=lambda code: (len(code), code)):
        _make_division(code, rows[code], known)
    return known - before


def _make_division(code: str, row: tuple[Any, ...], known: set[str]) -> None:
    """A division under its registered parent; a county that is not there yet goes by its code."""
    level, parent = _OFFICIAL[len(code)], codes.parent_of(code)
    if level == Level.TOWNSHIP and parent and not known:
        Place.objects.create(code=parent, level=Level.COUNTY, name=parent, plain=parent)
        known.add(parent)
    name = row[AREA_LEVELS.index("village" if level == Level.VILLAGE else "township")]
    label = naming.village_name(name) if level == Level.VILLAGE else naming.squeeze(name)
    if label and (parent in known or level == Level.COUNTY):
        plain = naming.plain(level, label)
        Place.objects.create(code=code, level=level, name=label, plain=plain, parent_id=parent)
        known.add(code)


def _locate(batches: list[Batch], places: PlaceColumns, context: Context) -> Wanted:
    wanted = Wanted()
    for batch, index, fresh in refuse_repeats(batches, context, AREA_LEVELS, at="township"):
        given = batch.rows[index][len(AREA_LEVELS) + 1]
        code = places.locate(batch, index, context, given or "")
        if code and given and given != code:
            context.refuse(batch, index, "code", CODE_DIFFERS.error(registered=code))
        elif code and fresh:
            wanted.rows.append(code)
            _say(wanted.details, code, batch, index, context)
        elif code:
            wanted.repeated += 1
    return wanted


def _say(details: Details, code: str, batch: Batch, index: int, context: Context) -> None:
    """Note what a row says; gates and company are the compound's, whichever door's row says them."""
    kind, _code, gates, company = batch.rows[index][len(AREA_LEVELS) :]
    compound = code[: codes.WIDTHS[Level.COMPOUND]]
    said = (
        ("type", compound if kind in _COMPOUND_KINDS else code, kind or None),
        ("gates", compound, gates),
        ("property_company", compound, company or None),
    )
    for name, place, value in said:
        if value is None or not context.covers(place):
            continue
        if details[place].setdefault(name, value) != value:
            context.ignored(batch, index, name, DETAIL_CONTRADICTS.code, read=details[place][name])


def _note(details: Details, context: Context) -> set[str]:
    """Write what rows say of places; the codes of those that changed."""
    companies = _companies(
        {said["property_company"] for said in details.values() if "property_company" in said}, context
    )
    gates = _gates()
    changed: dict[str, Place] = {}
    ordered = sorted(code for code, said in details.items() if said)
    for start in range(0, len(ordered), WRITTEN_AT_ONCE):
        for place in Place.objects.filter(code__in=ordered[start : start + WRITTEN_AT_ONCE]):
            said = details[place.code]
            stood = plain_of(place, _NOTED)
            before = (place.kind, place.property_company_id, gates.get(place.code, 0))
            place.kind = said.get("type", place.kind)
            place.property_company_id = companies.get(said.get("property_company", ""), before[1])
            wanted = said.get("gates", before[2])
            if (place.kind, place.property_company_id, wanted) != before:
                changed[place.code] = place
                context.before("place", place.code, stood)
            if wanted != before[2]:
                context.before("gates", place.code, {"gates": before[2]})
                actions.set_gates(place.code, wanted)
    Place.objects.bulk_update(changed.values(), _NOTED, batch_size=WRITTEN_AT_ONCE)
    return set(changed)


def _companies(names: set[str], context: Context) -> dict[str, int]:
    """Property companies by name; those that no list has yet are registered."""
    known = dict(Organisation.objects.filter(name__in=names).values_list("name", "id"))
    missing = [Organisation(name=name, kind=_COMPANY) for name in sorted(names - known.keys())]
    made = Organisation.objects.bulk_create(missing)
    context.made("organisation", [company.pk for company in made])
    return known | {company.name: company.pk for company in made}


def _gates() -> dict[str, int]:
    """How many gates each compound has."""
    numbers: dict[str, int] = {}
    for compound in Gate.objects.values_list("compound_id", flat=True):
        numbers[compound] = numbers.get(compound, 0) + 1
    return numbers


def _counts(wanted: Wanted, made: set[str], changed: set[str]) -> Counts:
    """A row is new when it made its place, else updated when it says something new of it.

    What a door's row says of its compound counts for the compound's own row, or for nobody's.
    """
    new = sum(code in made for code in wanted.rows)
    updated = sum(code in changed and code not in made for code in wanted.rows)
    return Counts(new=new, updated=updated, unchanged=len(wanted.rows) - new - updated + wanted.repeated)


def export(*, place: str, purpose: str) -> Iterator[tuple[Any, ...]]:
    """Every place under one, in the order of codes, each with its whole path and its code."""
    gates = _gates()
    found = subtree(place).filter(retired_at__isnull=True).exclude(level=Level.COUNTY)
    chunk: list[Place] = []
    for one in found.select_related("property_company").iterator(chunk_size=WRITTEN_AT_ONCE):
        chunk.append(one)
        if len(chunk) == WRITTEN_AT_ONCE:
            yield from _rows(chunk, gates)
            chunk = []
    yield from _rows(chunk, gates)


def _rows(places: list[Place], gates: dict[str, int]) -> Iterator[tuple[Any, ...]]:
    paths = paths_of({place.code for place in places})
    for place in places:
        path = paths[place.code]
        yield (
            *(path.get(Level(level), "") for level in AREA_LEVELS),
            place.kind,
            place.code,
            gates.get(place.code),
            place.property_company.name if place.property_company else "",
        )


attach("places", apply=apply, export=export)

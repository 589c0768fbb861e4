"""Townships and villages that only a `places` workbook knows: registered under a number of our own, and told.

The place book is where a county says which places it has; in every other workbook an unknown name is a slip.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from bulou.kernel.problems import BulouError, problem
from bulou.places import codes, naming
from bulou.places.divisions import UNKNOWN_TOWNSHIP, UNKNOWN_VILLAGE, Divisions
from bulou.places.models import Level, Place
from bulou.sheets.checking import Batch
from bulou.sheets.context import Context

FOUNDED = problem(
    "division-founded",
    _("区划名册里没有它,已按新的登记,暂用编码 {number}。若是写错,请改正后重新导入;最接近的有:{near}。"),
)
OWN_NUMBERS_FROM = 900
"""Official township and village numbers stay below; ours wait there for the official ones."""


def found_divisions(batches: Iterable[Batch], context: Context) -> set[str]:
    """Register the divisions that rows name and nobody knows; their codes."""
    founded: set[str] = set()
    names = [context.kind.index(level) for level in ("township", "village")]
    seen: set[tuple[Any, ...]] = set()
    for batch in batches:
        for index, row in enumerate(batch.rows):
            key = tuple(row[position] or "" for position in names)
            if key not in seen:
                seen.add(key)
                founded |= _found(key, batch, index, context)
    return founded


def _found(names: tuple[Any, ...], batch: Batch, index: int, context: Context) -> set[str]:
    township, village = names
    found: set[str] = set()
    divisions = Divisions.read()
    try:
        code, _readings = divisions.township(township)
    except BulouError as error:
        if error.kind is not UNKNOWN_TOWNSHIP:
            raise
        label = naming.squeeze(township)
        code = _make(divisions.county.code, Level.TOWNSHIP, label, naming.plain(Level.TOWNSHIP, label))
        found.add(code)
        context.repaired(
            batch, index, "township", FOUNDED.code, number=code, near=error.params["near"] or "—"
        )
        divisions = Divisions.read()
    if not village.strip():
        return found
    try:
        divisions.village(code, village)
    except BulouError as error:
        if error.kind is UNKNOWN_VILLAGE:
            label = naming.village_name(village)
            made = _make(code, Level.VILLAGE, label, naming.plain(Level.VILLAGE, label))
            found.add(made)
            context.repaired(
                batch, index, "village", FOUNDED.code, number=made, near=error.params["near"] or "—"
            )
    return found


def _make(parent: str, level: Level, name: str, plain: str) -> str:
    taken = set(Place.objects.filter(parent_id=parent, level=level).values_list("code", flat=True))
    number = OWN_NUMBERS_FROM
    while (code := codes.child(parent, level, number)) in taken:
        number += 1
    Place.objects.create(code=code, level=level, name=name, plain=plain, parent_id=parent)
    return code

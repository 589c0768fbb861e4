"""A place that somebody types: its name, path, pinyin initials or code; several are offered to choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from bulou.command.persons import place_names
from bulou.kernel.problems import BulouError, problem
from bulou.places import codes
from bulou.places.models import Level
from bulou.places.queries import name_path, name_paths

OFFERED, LISTED = 20, 400
NO_PLACE_MEANT = problem(
    "place-not-meant", _("本辖区里没有找到“{words}”:请写地点的名称、拼音首字母,或从列表里选。")
)
SEVERAL_PLACES = problem("place-several", _("“{words}”可能指几个地点:请从列表里选一个。"))


@dataclass(frozen=True)
class PlaceChoice:
    """What a field of a place shows: the words, or several places to choose from, and what is wrong."""

    words: str = ""
    offered: list[tuple[str, str]] = field(default_factory=list)
    error: str = ""


class PlaceUnclear(BulouError):
    """The words mean no place or several; `choice` is what the field shows next."""

    choice: PlaceChoice


def chosen(given: Mapping[str, str], name: str, scope: str) -> str:
    """The code of the place that a field's words mean; "" for no words. Raises `PlaceUnclear`."""
    words = given.get(name, "").strip()
    if not words or _is_code(words):
        return words
    found = _meant(words, scope)
    if len(found) == 1:
        return found[0]
    error = PlaceUnclear(SEVERAL_PLACES if found else NO_PLACE_MEANT, {"words": words})
    paths = name_paths(found, separator=" ") if found else {}
    error.choice = PlaceChoice(words, [(code, paths[code]) for code in found], str(error))
    raise error


def _is_code(words: str) -> bool:
    return words.isdecimal() and words.isascii() and len(words) >= codes.WIDTHS[Level.COUNTY]


def _meant(words: str, scope: str) -> list[str]:
    """The places that words may mean; one alone when it is called just so."""
    *above, last = words.split()
    if above and not place_names.has_numbers(words):
        found = place_names.found(last, scope, LISTED)
    else:
        found, above = place_names.found(words, scope, OFFERED), []
    if not found:
        return []
    paths = name_paths(found, separator=" ")
    found = [code for code in found if all(part in paths[code] for part in above)]
    exact = [code for code in found if words in (paths[code], paths[code].rpartition(" ")[2])]
    return exact if len(exact) == 1 else found[:OFFERED]


def shown(given: Mapping[str, str], name: str, scope: str) -> PlaceChoice:
    """What the field shows again when something else of the form is wrong: a code as the place's path."""
    words = given.get(name, "").strip()
    low, high = codes.scope(scope)
    here = _is_code(words) and len(words) in codes.WIDTHS.values() and low <= words < high
    return PlaceChoice(name_path(words, separator=" ") if here else words)


def listed(scope: str) -> list[str]:
    """Paths that the field suggests while one types: down to the villages, in a village to its grids."""
    low, high = codes.scope(scope)
    deepest = codes.WIDTHS[Level.VILLAGE if len(scope) < codes.WIDTHS[Level.VILLAGE] else Level.GRID]
    names = {sound.code: sound.name for sound in place_names.sounds()}
    here = [code for code in names if low <= code < high and len(code) <= deepest]
    return [_path(code, names) for code in sorted(here)[:LISTED]]


def _path(code: str, names: Mapping[str, str]) -> str:
    return " ".join(names.get(step, step) for step in codes.path(code)[1:] or [code])

"""The place tree read once for many rows: finds the place of a path of names, and makes what is missing.

Townships and villages are official and never spring up from a row; what lies below them does. New places
are gathered and written by `flush`, so that a file can be checked before anything is written.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from bulou.kernel.database import insert_rows, rows
from bulou.kernel.problems import problem
from bulou.places import codes, naming
from bulou.places.codes import WIDTHS
from bulou.places.divisions import Divisions, Reading
from bulou.places.models import Level

UNKNOWN_PLACE = problem("unknown-place", _("“{value}”不在登记的地点中。"))
NO_VILLAGE = problem("no-village", _("填写了下级地点,但没有填写村(社区):请补全。"))
NO_NUMBER_LEFT = problem("no-number-left", _("“{value}”所在的上级已登满,不能再编码:请核对上级是否正确。"))
PLACES_CHANGED = problem(
    "places-changed", _("导入期间另有人登记了同一编码的地点,本文件未写入:请再导入一次。"), status=409
)


class AreaNames(NamedTuple):
    """A path of names; an empty one is a level that the place does not have."""

    township: str
    village: str = ""
    compound: str = ""
    grid: str = ""
    building: str = ""
    unit: str = ""
    door: str = ""


class Located(NamedTuple):
    """Where a path of names ends, and which names were read otherwise than they stand."""

    code: str
    readings: tuple[Reading, ...] = ()
    stays_in: str | None = None
    """Where a door stays although another grid was named: that grid's name, "" outside every grid."""


class NewPlace(NamedTuple):
    """A place to write."""

    code: str
    level: Level
    name: str
    plain: str
    parent: str


class _Node(NamedTuple):
    """A place's key inside its compound: plain building, unit and door; "" is "none"."""

    compound: str
    building: str = ""
    unit: str = ""
    door: str = ""


def _at(node: _Node, level: Level, plain: str) -> _Node:
    """The node one step further down."""
    if level == Level.DOOR:
        return _Node(node.compound, node.building, node.unit, plain)
    return _Node(node.compound, node.building, plain) if level == Level.UNIT else _Node(node.compound, plain)


class _Step(NamedTuple):
    """How far down a path has been followed: `named` as it was before a merge, `real` as it is now."""

    code: str
    named: _Node
    real: _Node
    grid: str
    readings: tuple[Reading, ...] = ()


@dataclass
class PlaceBook:
    """Places by their names. With `create` false, what is not registered raises `unknown-place`."""

    create: bool = True
    divisions: Divisions = field(default_factory=Divisions.read)
    fresh: list[NewPlace] = field(default_factory=list)
    _names: dict[str, str] = field(default_factory=dict)
    _compounds: dict[tuple[str, str], str] = field(default_factory=dict)
    _grids: dict[tuple[str, str], str] = field(default_factory=dict)
    _nodes: dict[_Node, list[str]] = field(default_factory=lambda: defaultdict(list))
    _node_of: dict[str, _Node] = field(default_factory=dict)
    """The nodes of places that came by a merge."""
    _given: str = ""
    _taken: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _searched: dict[str, int] = field(default_factory=dict)
    _read: set[str] = field(default_factory=set)
    _successors: dict[str, str] = field(default_factory=dict)
    _came: set[str] = field(default_factory=set)
    _steps: dict[tuple[str, ...], _Step] = field(default_factory=dict)
    _divisions_found: dict[tuple[str, str], Located] = field(default_factory=dict)

    def locate(self, names: AreaNames, code: str = "") -> Located:
        """The place at the end of a path of names. A place that is made there gets the code, when it fits.

        Raises `unknown-township`, `unknown-village`, `village-elsewhere`, `no-village`, `no-number-left`
        and, when nothing may be made, `unknown-place`.
        """
        self._given = code
        above = self._above(names)
        if not names.door.strip():
            return Located(above.code, above.readings)
        readings: list[Reading] = []
        door = self._step(above, Level.DOOR, names.door, readings).code
        stays_in = None if door.startswith(above.grid) else self._names.get(door[:17], "")
        return Located(door, (*above.readings, *readings), stays_in)

    def _above(self, names: AreaNames) -> _Step:
        """The step to which a door belongs; neighbours share it, so it is kept."""
        key = names[:-1]
        found = self._steps.get(key)
        if found is None:
            found = self._steps[key] = self._descend(names)
        return found

    def _descend(self, names: AreaNames) -> _Step:
        village = self.division(names.township, names.village)
        if not any(name.strip() for name in names[2:]):
            return _Step(village.code, _Node(village.code), _Node(village.code), "", village.readings)
        if not names.village.strip():
            raise NO_VILLAGE.error()
        readings = list(village.readings)
        compound = self._compound(village.code, names.compound, readings)
        grid = self._grid(compound, names.grid, readings)
        code = grid or self._current(compound)
        named = real = _Node(compound)
        if not code.startswith(compound):
            real = _Node(self._current(compound))
        step = _Step(code, named, real, grid)
        for level, label in ((Level.BUILDING, names.building), (Level.UNIT, names.unit)):
            if label.strip():
                step = self._step(step, level, label, readings)
        return step._replace(readings=tuple(readings))

    def _step(self, above: _Step, level: Level, label: str, readings: list[Reading]) -> _Step:
        """One step further down, in the grid named or in whichever the place is."""
        plain = naming.plain(level, label)
        named, real = _at(above.named, level, plain), _at(above.real, level, plain)
        code = self._standing(above.code, named, real, level, above.grid)
        code = code or self._add(above.code, real, level, label)
        if named != real:
            real = self._node_of.get(code, real)
        self._told(level, label, code, readings)
        return _Step(code, named, real, above.grid)

    def division(self, township: str, village: str) -> Located:
        """The township, or the village when one is named."""
        key = (township, village)
        if key not in self._divisions_found:
            code, readings = self.divisions.township(township)
            if village.strip():
                code, more = self.divisions.village(code, village)
                readings = readings + more
                self._read_village(code)
            self._divisions_found[key] = Located(code, tuple(readings))
        return self._divisions_found[key]

    def _current(self, code: str) -> str:
        """Where a merged or renumbered place stands today."""
        while code in self._successors:
            code = self._successors[code]
            self._read_village(code[:12])
        return code

    def _compound(self, village: str, label: str, readings: list[Reading]) -> str:
        if not label.strip():
            return village
        plain = naming.plain(Level.COMPOUND, label)
        key = (village, plain)
        if key not in self._compounds:
            self._compounds[key] = self._make(village, Level.COMPOUND, label, plain)
        self._told(Level.COMPOUND, label, self._current(self._compounds[key]), readings)
        return self._compounds[key]

    def _grid(self, compound: str, label: str, readings: list[Reading]) -> str:
        """The grid's code, or "" when none is named."""
        if not label.strip():
            return ""
        plain = naming.plain(Level.GRID, label)
        key = (compound, plain)
        if key not in self._grids:
            key = (self._current(compound), plain)
        if key not in self._grids:
            self._grids[key] = self._make(key[0], Level.GRID, label, plain)
        return self._told(Level.GRID, label, self._current(self._grids[key]), readings)

    def _standing(self, above: str, named: _Node, real: _Node, level: Level, grid: str) -> str:
        """The registered place of a node, in the grid named; "" when there is none. A door is in one grid.

        `named` is the path as it was before a merge, `real` as it is now.
        """
        standing = self._nodes.get(named) or self._nodes.get(real) or []
        wanted = [code for code in standing if code.startswith(grid)]
        if level == Level.DOOR:
            wanted = wanted or standing
        inside = [code for code in wanted if code.startswith(above)] or wanted
        return self._current(min(inside)) if inside else ""

    def _add(self, above: str, node: _Node, level: Level, label: str) -> str:
        code = self._make(above, level, label, getattr(node, level.value))
        self._nodes[node].append(code)
        return code

    def _told(self, level: Level, label: str, code: str, readings: list[Reading]) -> str:
        """Note a name that is read as another one."""
        name = self._names[code]
        if naming.squeeze(label) != naming.squeeze(name):
            readings.append(Reading(level, label, name))
        return code

    def _make(self, above: str, level: Level, label: str, plain: str) -> str:
        if not self.create:
            raise UNKNOWN_PLACE.error(value=label)
        code = self._next_code(above, level, label, plain)
        name = naming.squeeze(label)
        self._names[code] = name
        self.fresh.append(NewPlace(code, level, name, plain, above))
        return code

    def _next_code(self, above: str, level: Level, label: str, plain: str) -> str:
        """The label's own number where it is free, else the next free one from the middle of the range."""
        above_width = WIDTHS[codes.LEVELS[codes.LEVELS.index(level) - 1]]
        prefix, most = above.ljust(above_width, "0"), 10 ** (WIDTHS[level] - above_width)
        taken = self._taken[prefix]
        own = self._given[above_width:] if self._fits(prefix, level) else plain
        number = naming.number_in(own)
        if number is None or number >= most or number in taken:
            number = self._free(prefix, 1 if level == Level.COMPOUND else most // 2 + 1, most)
        if number is None:
            raise NO_NUMBER_LEFT.error(value=label)
        taken.add(number)
        return prefix + str(number).zfill(WIDTHS[level] - above_width)

    def _fits(self, prefix: str, level: Level) -> bool:
        """Whether the code given for the end of the path can be that of a place made here."""
        return len(self._given) == WIDTHS[level] and self._given.startswith(prefix)

    def _free(self, prefix: str, start: int, most: int) -> int | None:
        """The first free number at or after the start, else the first free one at all."""
        taken = self._taken[prefix]
        begin = self._searched.get(prefix, start)
        for number in chain(range(begin, most), range(1, most)):
            if number not in taken:
                self._searched[prefix] = number
                return number
        return None

    def _read_village(self, village: str) -> None:
        """Read all places of a village, once."""
        if village in self._read:
            return
        self._read.add(village)
        low, high = codes.scope(village)
        found = rows(
            "SELECT code, level, name, plain, successor_id FROM places_place "
            "WHERE code > %s AND code < %s ORDER BY code",
            [low, high],
        )
        plains = {code: plain for code, _level, _name, plain, _successor in found}
        self._came.update(row[4] for row in found if row[4])
        for code, level, name, plain, successor in sorted(found, key=lambda row: bool(row[4])):
            self._names[code] = name
            if successor:
                self._successors[code] = successor
            self._enter(code, Level(level), plain, plains)
        self._read_other_names(low, high)

    def _enter(self, code: str, level: Level, plain: str, plains: dict[str, str]) -> None:
        own = WIDTHS[codes.LEVELS[codes.LEVELS.index(level) - 1]]
        self._taken[code[:own]].add(int(code[own:]))
        compound = code[:15] if int(code[12:15]) else code[:12]
        if level == Level.COMPOUND:
            self._compounds.setdefault((code[:12], plain), code)
        elif level == Level.GRID:
            self._grids.setdefault((compound, plain), code)
        else:
            building = plains.get(code[:20], "") if len(code) >= 20 else ""
            unit = plains.get(code[:22], "") if len(code) >= 22 else ""
            node = _Node(compound, building, unit, plain if level == Level.DOOR else "")
            self._nodes[node].append(code)
            if code in self._came:
                self._node_of[code] = node

    def _read_other_names(self, low: str, high: str) -> None:
        others = rows(
            "SELECT n.place_id, n.plain FROM places_placename n JOIN places_place p ON p.code = n.place_id "
            "WHERE n.place_id > %s AND n.place_id < %s AND p.level = %s ORDER BY n.id",
            [low, high, Level.COMPOUND.value],
        )
        for code, plain in others:
            self._compounds.setdefault((code[:12], plain), code)

    def flush(self) -> int:
        """Write the new places, parents first; how many. Raises `places-changed` when a code was taken."""
        fresh, self.fresh = self.fresh, []
        if not fresh:
            return 0
        fresh.sort(key=lambda place: len(place.code))
        try:
            insert_rows(
                "places_place",
                ("code", "level", "name", "plain", "kind", "parent_id"),
                ((p.code, p.level.value, p.name, p.plain, "", p.parent) for p in fresh),
            )
        except IntegrityError as error:
            raise PLACES_CHANGED.error() from error
        return len(fresh)

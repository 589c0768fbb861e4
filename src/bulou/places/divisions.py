"""The county's official divisions: county, townships, villages and communities, with former names."""

from __future__ import annotations

import difflib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.resources import files
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from bulou.kernel.database import atomic
from bulou.kernel.problems import BulouError, problem
from bulou.places import naming
from bulou.places.models import Level, Place, PlaceName

NO_DIVISIONS = problem(
    "no-divisions",
    _("没有 {county} 的区划代码:请导入带“编码”列的 places 工作簿。"),
    status=503,
)
UNKNOWN_TOWNSHIP = problem("unknown-township", _("本县没有“{value}”:最接近的乡镇有:{near}。"))
UNKNOWN_VILLAGE = problem("unknown-village", _("{township}没有“{value}”:最接近的村(社区)有:{near}。"))
VILLAGE_ELSEWHERE = problem("village-elsewhere", _("{township}没有“{value}”,它属于{owner}:请核对乡镇。"))


class Reading(NamedTuple):
    """A name read otherwise than it stands: at which level, and as which name."""

    level: Level
    text: str
    name: str


def load(county_code: str) -> int:
    """Register a county's divisions from the data shipped; those that stand stay. The number of new ones.

    Raises `no-divisions` when no data of that county is shipped.
    """
    document = _document(county_code)
    with atomic():
        made = _insert(document)
        PlaceName.objects.bulk_create(
            [
                PlaceName(
                    place_id=row["code"], name=row["name"], plain=naming.plain(Level.TOWNSHIP, row["name"])
                )
                for row in document["former_names"]
            ],
            ignore_conflicts=True,
        )
    return made


def start(county_code: str) -> None:
    """Register the divisions that are shipped; another county brings its own in a `places` workbook."""
    try:
        load(county_code)
    except BulouError as error:
        if error.kind is not NO_DIVISIONS:
            raise


def _document(county_code: str) -> dict:
    source = files("bulou.places").joinpath(f"data/divisions-{county_code}.json")
    if not source.is_file():
        raise NO_DIVISIONS.error(county=county_code)
    return json.loads(source.read_text("utf-8"))


def _insert(document: dict) -> int:
    county = document["county"]
    rows = [_row(county["code"], Level.COUNTY, county["name"], None)]
    for town in document["townships"]:
        rows.append(_row(town["code"], Level.TOWNSHIP, town["name"], county["code"]))
        for code, official in town["villages"].items():
            rows.append(_row(code, Level.VILLAGE, naming.village_name(official), town["code"]))
    standing = set(Place.objects.filter(code__in=[row.code for row in rows]).values_list("code", flat=True))
    fresh = [row for row in rows if row.code not in standing]
    Place.objects.bulk_create(fresh)
    return len(fresh)


def _row(code: str, level: Level, name: str, parent: str | None) -> Place:
    return Place(code=code, level=level, name=name, plain=naming.plain(level, name), parent_id=parent)


@dataclass
class Divisions:
    """An index of the county's divisions by every name they go by. Read once for a file."""

    county: Place
    names: dict[str, str] = field(default_factory=dict)
    townships: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    villages: dict[str, dict[str, set[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )
    successors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls) -> Divisions:
        """The index of what stands now. Raises `no-divisions` when nothing does."""
        upper = list(
            Place.objects.filter(level__in=[Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE]).order_by("code")
        )
        county = next((place for place in upper if place.level == Level.COUNTY), None)
        if county is None:
            raise NO_DIVISIONS.error(county="")
        index = cls(county)
        for place in upper:
            index._add(place, place.name)
            if place.successor_id:
                index.successors[place.code] = place.successor_id
        for other in PlaceName.objects.filter(place__in=[p.code for p in upper]).select_related("place"):
            index._add(other.place, other.name)
        return index

    def _add(self, place: Place, name: str) -> None:
        self.names.setdefault(place.code, place.name)
        if place.level == Level.TOWNSHIP:
            for key in naming.township_keys(name):
                self.townships[key].add(place.code)
        if place.level == Level.VILLAGE:
            for key in naming.village_keys(name):
                self.villages[place.code[:9]][key].add(place.code)

    def current(self, code: str) -> str:
        """Where a merged or renumbered division stands today."""
        while code in self.successors:
            code = self.successors[code]
        return code

    def township(self, text: str) -> tuple[str, list[Reading]]:
        """The code of a township by any of its names. Raises `unknown-township`."""
        name = naming.squeeze(text).removeprefix(self.county.name)
        if not name:
            return self.county.code, []
        found = self._one(self.townships, naming.township_keys(name), ("镇", "乡", "街道"))
        if found is None:
            raise UNKNOWN_TOWNSHIP.error(value=text, near=self._near(name, self.townships))
        return found, self._readings(Level.TOWNSHIP, text, found)

    def village(self, township: str, text: str) -> tuple[str, list[Reading]]:
        """The code of a village of a township. Raises `unknown-village`, `village-elsewhere`."""
        here = self.villages.get(township, {})
        found = self._one(here, naming.village_keys(text), ("村", "社区"))
        if found is None:
            raise (VILLAGE_ELSEWHERE if self._owner(text) else UNKNOWN_VILLAGE).error(
                value=text,
                township=self.names[township],
                near=self._near(naming.village_name(text), here),
                owner=self._owner(text),
            )
        return found, self._readings(Level.VILLAGE, text, found)

    def _one(self, index: dict[str, set[str]], keys: Iterable[str], endings: tuple[str, ...]) -> str | None:
        """The only division with the first key that any has; with an ending added as a last resort."""
        keys = tuple(keys)
        for key in (*keys, *(keys[0] + ending for ending in endings)):
            codes = {self.current(code) for code in index.get(key, ())}
            if len(codes) == 1:
                return codes.pop()
        return None

    def _readings(self, level: Level, text: str, code: str) -> list[Reading]:
        name = self.names[code]
        return [] if naming.squeeze(text) == name else [Reading(level, text, name)]

    def _owner(self, text: str) -> str:
        """The names of the townships that have a village so named."""
        key = naming.village_name(text)
        return "、".join(self.names[town] for town, index in self.villages.items() if key in index)

    def _near(self, text: str, index: dict[str, set[str]]) -> str:
        names = sorted({self.names[self.current(code)] for codes in index.values() for code in codes})
        near = difflib.get_close_matches(text, names, n=3, cutoff=0.3)
        return "、".join(near or names[:5])

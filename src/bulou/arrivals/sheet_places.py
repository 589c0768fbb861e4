"""Where the people of a list will live: out of its columns, its address, or what the register has of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from bulou.kernel.problems import BulouError, problem
from bulou.people.models import Person
from bulou.places import country, country_names, naming
from bulou.places.divisions import Divisions, Reading
from bulou.places.models import Level, Place
from bulou.sheets.context import Context
from bulou.sheets.kinds.rows import OUTSIDE_SCOPE

VILLAGE_OF_SEVERAL = problem(
    "village-of-several", _("“{value}”在{owners}都有:请填写乡镇,或在拟住地址里写明乡镇。")
)
HOME_UNREAD = problem(
    "home-unread",
    _("拟住地址“{value}”里没有认出本县的乡镇、村(社区)或小区:请补填乡镇和村(社区)。"),
)
HOME_MISSING = problem(
    "home-missing", _("没有写明返乡后住在哪里,此人也不在登记册:先列在全县名下,请尽快问明并补报。")
)
HOME_OF_REGISTER = problem("home-of-register", _("名单没有写住址,已按登记册里的住处“{read}”。"))
NAMED_ENDINGS = ("镇", "乡", "街道", "村", "社区")


@dataclass(frozen=True)
class Home:
    """Where a row's person will live: the code; what was read otherwise than it stands."""

    code: str
    readings: tuple[Reading, ...] = ()
    unread: bool = False
    """Whether there is an address of which nothing was understood."""


@dataclass
class Homes:
    """Finds the homes of the rows of one file; the county's places are read once."""

    context: Context
    divisions: Divisions = field(default_factory=Divisions.read)
    _found: dict[tuple[str, str, str], Home | BulouError] = field(default_factory=dict)
    _villages: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for index in self.divisions.villages.values():
            for name, codes in index.items():
                self._villages[name] |= {self.divisions.current(code) for code in codes}
        self._compounds = _compounds()
        self._above = _spelled_above(self.divisions.county.code)
        self._towns = self._alone_by_name(self.divisions.townships)
        villages = self.divisions.villages.items()
        self._below_town = {town: self._alone_by_name(index) for town, index in villages}
        self._anywhere = self._alone_by_name(self._villages)

    def of(self, values: Mapping[str, Any]) -> Home:
        """The home that a row names. Raises what says that it names none of the county, or one outside."""
        key = (values.get("township") or "", values.get("village") or "", values.get("home") or "")
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._look(*key)
        if isinstance(found, BulouError):
            raise found
        return found

    def _look(self, township: str, village: str, address: str) -> Home | BulouError:
        try:
            home = self._named(township, village, address)
        except BulouError as error:
            return error
        return home if not home.code or self.context.covers(home.code) else OUTSIDE_SCOPE.error()

    def _named(self, township: str, village: str, address: str) -> Home:
        if township.strip():
            code, readings = self.divisions.township(township)
            return self._below(code, readings, village, address)
        if village.strip():
            return self._alone(village)
        return self._of_address(address) if address.strip() else Home("")

    def _below(self, code: str, readings: list[Reading], village: str, address: str) -> Home:
        if village.strip() and len(code) > country_names.COUNTY:
            at, more = self.divisions.village(code, village)
            return Home(at, (*readings, *more))
        within = code if len(code) > country_names.COUNTY else ""
        deeper = self._of_address(address, within) if address.strip() else Home("")
        return Home(deeper.code if deeper.code.startswith(code) else code, tuple(readings))

    def _alone(self, village: str) -> Home:
        """A village without its township: the only one of that name."""
        name = naming.village_name(village)
        found = self._villages.get(name) or self._villages.get(naming.village_keys(village)[-1]) or set()
        codes = sorted(found)
        if len(codes) != 1:
            return self._of_several(village, codes)
        known = self.divisions.names[codes[0]]
        readings = () if naming.squeeze(village) == known else (Reading(Level.VILLAGE, village, known),)
        return Home(codes[0], readings)

    def _of_several(self, village: str, codes: Sequence[str]) -> Home:
        if not codes:
            raise HOME_UNREAD.error(value=village)
        owners = "、".join(sorted(self.divisions.names[code[:9]] for code in codes))
        raise VILLAGE_OF_SEVERAL.error(value=village, owners=owners)

    def _of_address(self, address: str, within: str = "") -> Home:
        """The deepest of township, village and compound that an address names. `within`: its township."""
        text = self._within_county(naming.squeeze(address))
        town, rest = _longest(text, self._towns)
        town = town or within
        village, _rest = _longest(rest, self._below_town.get(town, {}) if town else self._anywhere)
        compound = next((code for name, code in self._compounds.items() if name in text), "")
        for code in (village, compound):
            if code and code.startswith(town):
                return Home(code)
        return Home(town, unread=not town)

    def _within_county(self, text: str) -> str:
        """An address without the names of what it lies in, down to the county."""
        for spelled in self._above:
            text = next((text.removeprefix(one) for one in spelled if text.startswith(one)), text)
        return text

    def _alone_by_name(self, index: Mapping[str, set[str]]) -> dict[str, str]:
        """The names that one division only has, as it stands today."""
        codes = {name: {self.divisions.current(code) for code in found} for name, found in index.items()}
        return {name: found.pop() for name, found in codes.items() if len(found) == 1}

    def registered(self, person: Person) -> str:
        """Where the register has a person, when that is below the county and within reach of this import."""
        county = settings.BULOU_COUNTY
        inside = (
            person.place.startswith(county) and person.place != county and self.context.covers(person.place)
        )
        return person.place if inside and person.died_at is None else ""

    def default(self) -> str:
        """Where somebody is listed of whom nothing else is known: what the import may speak of."""
        return self.context.scope or str(settings.BULOU_COUNTY)

    def name(self, code: str) -> str:
        """What a place is called."""
        if code not in self._names:
            found = Place.objects.filter(code__in=(code, code[:12], code[:9])).values_list("code", "name")
            self._names[code] = "".join(name for _code, name in sorted(found))
        return self._names[code]


def _spelled_above(county: str) -> list[tuple[str, ...]]:
    """The spellings of the province, the prefecture and the county itself, the longest first."""
    names, found = country.book().names, []
    for code in (county[: country_names.PROVINCE], county[: country_names.PREFECTURE], county):
        spelled = country_names.spellings(code, names[code], ()) if code in names else ()
        found.append(tuple(sorted(spelled, key=len, reverse=True)))
    return found


def _longest(text: str, spelled: Mapping[str, str]) -> tuple[str, str]:
    """The code of the longest name at the start of a text, and the text behind it; "" when there is none."""
    for end in range(min(len(text), 15), 1, -1):
        code = spelled.get(text[:end])
        if code is not None:
            rest = text[end:]
            return code, re.sub(rf"^(?:{'|'.join(NAMED_ENDINGS)})", "", rest)
    return "", text


def _compounds() -> dict[str, str]:
    """Compounds by name, those that are alone with theirs and have three signs at least."""
    found: dict[str, set[str]] = defaultdict(set)
    standing = Place.objects.filter(level=Level.COMPOUND, retired_at__isnull=True)
    for name, code in standing.values_list("name", "code"):
        found[naming.squeeze(name)].add(code[:12])
    return {name: codes.pop() for name, codes in found.items() if len(codes) == 1 and len(name) > 2}

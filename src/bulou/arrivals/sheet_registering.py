"""A row of a list as a registration: who comes, when, how, with whom, and what the list says besides."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, NamedTuple

from bulou.arrivals.models import Station, Way
from bulou.arrivals.registration import Registration, Stop
from bulou.arrivals.whereabouts import PARTS
from bulou.kernel import clock
from bulou.places import naming
from bulou.sheets.checking import Batch

SAID = (
    *("from", "visited", "trip", "seat", "companions", "tested", "home", "remark", "boarded", "pushed"),
    *("health_code", "travel_code", "risk", "needs", "fetch_unit", "fetcher", "measure", "starts", "ends"),
)
"""Columns whose words are kept as they stand."""
_TRAIN = re.compile(
    r"(?<![A-Z\d])[GDCZTKYLS]\d{1,4}(?!\d)|高铁|动车|火车|次列车|\d{4}次", re.ASCII | re.IGNORECASE
)
_FLIGHT = re.compile(r"(?:[A-Z]{2}|[A-Z]\d|\d[A-Z])\d{3,4}(?!\d)|航班|飞机", re.ASCII | re.IGNORECASE)
_PLATE = re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z]|自驾|开车|私家车")
_COACH = re.compile(r"大巴|客车|班车")
_NAMES = re.compile(r"[\s、,,;;/和及与]+")
_AROUND_NAME = re.compile(
    r"[((].*?[))]|\d+|(?:妻子|丈夫|儿子|女儿|父亲|母亲|配偶|子女|家属)[::]?|等人?$|共?\d*人$"
)


@dataclass
class Row:
    """A good row: what it says, where it stands in its workbook, and where its person will live."""

    batch: Batch
    at: int
    values: Mapping[str, Any]
    place: str
    stops: Sequence[Stop] = ()
    party: str = ""

    @property
    def ref(self) -> tuple[str, int]:
        return self.batch.refs[self.at]

    @property
    def day(self) -> date:
        """The day of the arrival."""
        found: date = self.values["arrives"][0]
        return found

    @property
    def time(self) -> time | None:
        """The time of day of the arrival, from its own column or beside the day."""
        apart = self.values.get("arrives_time")
        if isinstance(apart, datetime):
            return apart.time()
        found: time | None = apart or self.values["arrives"][1]
        return found

    @property
    def arrives_at(self) -> datetime:
        """When the person is expected: from 00:00 of the day when no time is known."""
        start = clock.start_of(self.day)
        at = self.time
        return start.replace(hour=at.hour, minute=at.minute) if at else start

    @property
    def trip(self) -> str:
        """Train, flight or plate, as it is compared."""
        return naming.squeeze(self.values.get("trip") or "").upper()

    @property
    def needs(self) -> frozenset[str]:
        return frozenset(filter(None, (self.values.get("needs") or "").split(",")))


def way_of(values: Mapping[str, Any]) -> str:
    """How somebody comes: as the list says, else as the number of the train, flight or plate shows."""
    if values.get("way"):
        return str(values["way"])
    trip = (values.get("trip") or "").upper()
    shown = ((_PLATE, Way.CAR), (_COACH, Way.COACH), (_TRAIN, Way.TRAIN), (_FLIGHT, Way.PLANE))
    return next((way.value for pattern, way in shown if pattern.search(trip)), Way.OTHER.value)


class Stations:
    """The stations of the county by the names that lists give them."""

    def __init__(self) -> None:
        known = Station.objects.filter(closed_at__isnull=True).values_list("name", "pk")
        self._known = {_bare(name): number for name, number in known}

    def of(self, values: Mapping[str, Any]) -> int | None:
        """The station that a row names, in its own column or behind the time of arrival."""
        for text in (values.get("station"), values["arrives"][2]):
            found = self._known.get(_bare(text or ""))
            if found is not None:
                return found
        return None


def _bare(name: str) -> str:
    text = re.sub(r"^(?:到达?|抵达?|在)", "", naming.squeeze(name))
    return re.sub(r"(?:高铁站|火车站|汽车站|客运站|高速口|收费站|出站口|站|口)+$", "", text)


def details(values: Mapping[str, Any]) -> dict[str, str]:
    """What is sealed of the list's own words."""
    said = {name: str(values.get(name) or "") for name in SAID}
    parts = "".join(values.get(name) or "" for name in PARTS)
    said["from"] = said["from"] or parts or said["boarded"]
    said["seat"] = " ".join(filter(None, (values.get("coach"), said["seat"])))
    said["station"] = values.get("station") or values["arrives"][2]
    said["departed"] = _shown(values.get("departed"))
    said["single_room"] = values.get("single_room") or ""
    return {name: text for name, text in said.items() if text}


def _shown(moment: tuple[date, time | None, str] | None) -> str:
    if not moment:
        return ""
    day, at, _rest = moment
    return f"{day:%Y-%m-%d}" + (f" {at:%H:%M}" if at else "")


def registration(row: Row, origin: str, stations: Stations) -> Registration:
    """What a row says, as a source of that kind."""
    values = row.values
    single = values.get("single_room")
    return Registration(
        origin=origin,
        name=values["name"],
        identity=values["identity"],
        phone=values.get("phone") or "",
        place=row.place,
        arrives_at=row.arrives_at,
        way=way_of(values),
        station=stations.of(values),
        party=row.party,
        wheelchair="wheelchair" in row.needs,
        infant="infant" in row.needs,
        single_room=None if single is None else single == "yes",
        details=details(values),
        stops=row.stops,
    )


class _Same(NamedTuple):
    """Who may be meant by a name: one of the same day, on the same trip where both say one."""

    name: str
    day: date


@dataclass
class Parties:
    """Who travels with whom, as the rows of a file name each other."""

    _first: dict[int, int] = field(default_factory=dict)

    def bind(self, rows: Sequence[Row]) -> None:
        """Give the rows that name each other one party."""
        named: dict[_Same, list[int]] = defaultdict(list)
        for number, row in enumerate(rows):
            named[_Same(row.values["name"], row.day)].append(number)
        for number, row in enumerate(rows):
            for name in _companions(row.values.get("companions") or ""):
                others = [one for one in named.get(_Same(name, row.day), ()) if _alike(row, rows[one])]
                if len(others) == 1 and others[0] != number:
                    self._join(number, others[0])
        for number, row in enumerate(rows):
            if number in self._first:
                sheet, line = rows[self._of(number)].ref
                row.party = f"{sheet}:{line}"

    def _of(self, number: int) -> int:
        while self._first.get(number, number) != number:
            number = self._first[number]
        return number

    def _join(self, one: int, other: int) -> None:
        first, second = sorted((self._of(one), self._of(other)))
        self._first.setdefault(first, first)
        self._first[second] = first


def _companions(text: str) -> list[str]:
    """The names in a cell of companions: 妻子李某、儿子王某(3岁)."""
    return [name for part in _NAMES.split(text) if len(name := _AROUND_NAME.sub("", part)) >= 2]


def _alike(one: Row, other: Row) -> bool:
    return not one.trip or not other.trip or one.trip == other.trip

"""Where somebody was before, out of the words of a list: places of the country with their days."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from bulou.arrivals.registration import Stop
from bulou.kernel.problems import ProblemKind, problem
from bulou.places import country
from bulou.sheets.dates import nearest_year

VISIT_UNKNOWN = problem(
    "visit-unknown",
    _("“{place}”不是能识别的国内地名:没有计入旅居史,请写到区县,例如“上海市浦东新区”。"),
)
VISIT_TOO_WIDE = problem("visit-too-wide", _("“{place}”只写到省:判断不了涉疫旅居史,请补到市和区县。"))
VISIT_SEVERAL = problem("visit-several", _("“{place}”可能是{several}:没有计入旅居史,请写全省、市、区县。"))
VISIT_WIDER = problem("visit-wider", _("“{place}”可能是{several}:先按“{read}”计入,请写全。"))
VISIT_NEARER = problem("visit-nearer", _("“{place}”有{several},已按本省的“{read}”计入,请核对。"))
NO_VISIT = problem(
    "no-visit",
    _("看不出到过哪里,判断不了涉疫旅居史:请补“来自何地”(到区县)或“14天内旅居史”。人已登记。"),
)
PARTS = ("from_province", "from_city", "from_county", "from_town")
"""The columns that have the parts of an address where a list keeps them apart."""

_DAY = r"(?:(\d{4})[年./-])?(\d{1,2})[月./](\d{1,2})(?!\d)[日号]?"
_SPAN = re.compile(rf"(?<![\d.]){_DAY}(?:\s*(?:-+|~|至|到|—+|–)\s*(?:{_DAY}|(\d{{1,2}})[日号]))?", re.ASCII)
_BETWEEN = re.compile(r"[;;\n。]+|[,,、](?=\s*(?:\d{4}年|\d{1,2}[月./]))")
_AROUND = re.compile(r"^[\s(()::,,、在到抵至于由从居住]+|[\s(()::,,、-]+$")


class Place(NamedTuple):
    """A place as it was written, with its days where they were."""

    text: str
    since: date | None
    until: date | None


class Finding(NamedTuple):
    """What is to be told of a place: the column it stands in, the problem and its words."""

    column: str
    kind: ProblemKind
    params: Mapping[str, object]


@dataclass
class Whereabouts:
    """The stops of one row, and what is to be told of its places."""

    stops: list[Stop] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def places_in(text: str, today: date) -> Iterator[Place]:
    """The places in a text, in its order: 3月28日-4月5日上海市浦东新区;4.6-4.8苏州."""
    for part in _BETWEEN.split(text):
        days = _SPAN.search(part)
        if days is None:
            place, since, until = part, None, None
        else:
            place = part[: days.start()] + part[days.end() :]
            since, until = _days(days, today)
        place = _AROUND.sub("", _AROUND.sub("", place))
        if place:
            yield Place(place, since, until)


def _days(found: re.Match[str], today: date) -> tuple[date | None, date | None]:
    year, month, day, last_year, last_month, last_day, last_of_month = found.groups()
    since = _date(year, month, day, today)
    if last_month:
        return since, _date(last_year or year, last_month, last_day, today)
    if last_of_month:
        return since, _date(year, month, last_of_month, today)
    return since, since


def _date(year: str | None, month: str, day: str, today: date) -> date | None:
    if year is None:
        return nearest_year(int(month), int(day), today, past=False)
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def read(values: Mapping[str, Any], arrives: date, *, look_back: int, near: str, today: date) -> Whereabouts:
    """Where the person of a row was. A place without days counts from `look_back` days before the arrival
    until the departure."""
    found = Whereabouts()
    departed = values.get("departed")
    until = min(departed[0], arrives) if departed else arrives
    since = min(arrives - timedelta(days=look_back), until)
    for column, place in _told(values, today):
        first, last = _ordered(place.since or since, place.until or until)
        _add(found, column, place.text, first, last, near)
    if not found.stops:
        found.findings.append(Finding("from" if "from" in values else "visited", NO_VISIT, {}))
    return found


def _ordered(since: date, until: date) -> tuple[date, date]:
    return (since, until) if since <= until else (until, since)


def _told(values: Mapping[str, Any], today: date) -> Iterator[tuple[str, Place]]:
    """(column, place) of all that a row says; the parts of an address are one place."""
    parts = "".join(values.get(name) or "" for name in PARTS)
    if parts:
        yield "from_county", Place(parts, None, None)
    for column in ("from", "visited"):
        for place in places_in(values.get(column) or "", today):
            yield column, place
    boarded = values.get("boarded")
    if boarded and not parts and not values.get("from") and not values.get("visited"):
        yield "boarded", Place(boarded, None, None)


def _add(found: Whereabouts, column: str, text: str, since: date, until: date, near: str) -> None:
    meant = country.find(text, near)
    codes = meant.division.stops if meant.division else ()
    if codes and meant.division:
        found.stops += [Stop(code, meant.division.name, since, until) for code in codes]
    told = _finding(text, meant, bool(codes))
    if told is not None:
        found.findings.append(Finding(column, *told))


def _finding(
    text: str, meant: country.Found, counted: bool
) -> tuple[ProblemKind, Mapping[str, object]] | None:
    if not meant.candidates:
        return VISIT_UNKNOWN, {"place": text}
    several = {"place": text, "several": meant.shown()}
    if meant.division is None or (meant.ambiguous and not counted):
        return VISIT_SEVERAL, several
    if not counted:
        return VISIT_TOO_WIDE, {"place": text}
    if not meant.ambiguous:
        return None
    return VISIT_NEARER if meant.nearer else VISIT_WIDER, {**several, "read": meant.division.name}

"""The form by which somebody registers a coming for a resident: read, with a sentence at each wrong field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Protocol

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bulou.arrivals.models import Journey, Station, Way
from bulou.arrivals.registration import Origin, Registration, Stop, register
from bulou.command import place_choice
from bulou.command.arrivals.acts import PLACE_MISSING, PLACE_OUTSIDE, TIME_MISSING, number_of
from bulou.command.arrivals.origins import Been, stops_of
from bulou.command.place_choice import PlaceChoice, PlaceUnclear
from bulou.command.registers.cells import read as read_cells
from bulou.kernel import clock, seal
from bulou.kernel.problems import BulouError
from bulou.people.models import Person

ORIGINS = (Origin.COMMUNITY, Origin.TOWNSHIP, Origin.RESIDENT, Origin.HOTEL, Origin.SCHOOL, Origin.EMPLOYER)
"""For whom somebody at a desk may fill in the form."""
WHO = ("name", "identity", "phone")
DETAILS = ("trip", "seat", "companions", "health", "tested", "home", "remark")
ROOMS = {"": None, "yes": True, "no": False}
ROWS, MOST_ROWS = 2, 20
LONGEST = 200
HEALTH = (
    ("", gettext_lazy("没有问到")),
    ("无症状", gettext_lazy("无症状")),
    ("发热", gettext_lazy("发热")),
    ("咳嗽等其他症状", gettext_lazy("咳嗽等其他症状")),
)
"""The words are kept as they were said, in the language of the county's lists."""


class Reach(Protocol):
    """Where somebody may name the place to live."""

    @property
    def scope(self) -> str:
        """The code of a place."""

    def covers(self, code: str) -> bool:
        """Whether a place lies in it."""


@dataclass
class Form:
    """What was typed, and what is wrong with it."""

    given: Mapping[str, str]
    rows: list[Been]
    choice: PlaceChoice
    wrong: dict[str, str] = field(default_factory=dict)
    registration: Registration | None = None


def empty(scope: str) -> Form:
    """The form before anything was typed."""
    return Form({}, [Been()] * ROWS, place_choice.shown({}, "place", scope))


def rows_of(given: QueryDict, *, more: bool = False) -> list[Been]:
    """The typed rows of where somebody was, with empty ones to type into."""
    columns = (given.getlist(f"visit_{name}") for name in ("where", "since", "until"))
    typed = [Been(*(text.strip() for text in row)) for row in zip(*columns, strict=False)][:MOST_ROWS]
    wanted = min(max(ROWS, len(typed) + more), MOST_ROWS)
    return typed + [Been()] * (wanted - len(typed))


def with_a_row(given: QueryDict, scope: str) -> Form:
    """What was typed, with one more row for where somebody was."""
    return Form(_typed(given), rows_of(given, more=True), place_choice.shown(_typed(given), "place", scope))


def _typed(given: QueryDict) -> dict[str, str]:
    return {name: str(given.get(name, "")) for name in given}


def read(given: QueryDict, mandate: Reach, person: Person | None) -> Form:
    """What a form says; `wrong` names each field that cannot be taken.

    For a `person` of the register the fields that are left empty are as they are registered.
    """
    typed = _typed(given)
    form = Form(typed, rows_of(given), place_choice.shown(typed, "place", mandate.scope))
    who = _who(form, person)
    place = _place(form, mandate)
    arrives_at = _moment(form)
    stops = _stops(form)
    if not form.wrong and arrives_at is not None:
        form.registration = _registration(form, who, place, arrives_at, stops)
        _check(form)
    return form


def save(form: Form, *, by: str) -> Journey:
    """Register it; a journey of the person that is open takes it up as one more source."""
    if form.registration is None:
        raise ValueError("a form with something wrong in it is not saved")
    return register(form.registration, by=by)


def _who(form: Form, person: Person | None) -> dict[str, str]:
    known = seal.unseal(person.sealed) if person else {}
    kept = {"name": known.get("name", ""), "identity": known.get("id", ""), "phone": known.get("phone", "")}
    values, wrong = read_cells("residents", form.given, WHO)
    for name in WHO:
        if kept[name] and not form.given.get(name, "").strip():
            values[name] = kept[name]
            wrong.pop(name, None)
        elif not values[name] and name not in wrong:
            wrong[name] = _("请填写。")
    form.wrong |= wrong
    return {name: values[name] or "" for name in WHO}


def _place(form: Form, mandate: Reach) -> str:
    try:
        place = place_choice.chosen(form.given, "place", mandate.scope)
    except PlaceUnclear as error:
        form.choice = error.choice
        form.wrong["place"] = str(error)
        return ""
    problem = None if place and mandate.covers(place) else PLACE_OUTSIDE if place else PLACE_MISSING
    if problem is not None:
        form.wrong["place"] = problem.say()
        form.choice = replace(form.choice, error=form.wrong["place"])
    return place


def _moment(form: Form) -> datetime | None:
    text = form.given.get("arrives_at", "").strip()
    try:
        if text:
            return clock.parse_instant(text)
    except BulouError as error:
        form.wrong["arrives_at"] = str(error)
    form.wrong.setdefault("arrives_at", TIME_MISSING.say())
    return None


def _stops(form: Form) -> list[Stop]:
    stops: list[Stop] = []
    for index, row in enumerate(form.rows):
        if row.is_empty:
            continue
        try:
            found = stops_of(row.where, *_days(row))
            for stop in found:
                stop.check()
            stops += found
        except BulouError as error:
            form.rows[index] = replace(row, error=str(error))
        except ValueError:
            form.rows[index] = replace(row, error=_("请写明到过的地方和起止日期。"))
    if any(row.error for row in form.rows):
        form.wrong["visits"] = _("到过的地方有没写清的:见下面各行。")
    return stops


def _days(row: Been) -> tuple[date, date]:
    """Raises ValueError."""
    return date.fromisoformat(row.since), date.fromisoformat(row.until)


def _registration(
    form: Form, who: Mapping[str, str], place: str, arrives_at: datetime, stops: list[Stop]
) -> Registration:
    given = form.given
    details = {name: given.get(name, "").strip()[:LONGEST] for name in DETAILS}
    details["from"] = "、".join(dict.fromkeys(row.where for row in form.rows if row.where))[:LONGEST]
    way, origin = given.get("way", ""), given.get("origin", "")
    station = Station.objects.filter(pk=number_of(given.get("station", "")), closed_at__isnull=True).first()
    return Registration(
        origin=origin if origin in ORIGINS else Origin.COMMUNITY.value,
        name=who["name"],
        identity=who["identity"],
        phone=who["phone"],
        place=place,
        arrives_at=arrives_at,
        way=way if way in Way else Way.OTHER.value,
        station=station.pk if station else None,
        wheelchair=given.get("wheelchair") == "1",
        infant=given.get("infant") == "1",
        single_room=ROOMS.get(given.get("single_room", "")),
        details=details,
        stops=stops,
    )


def _check(form: Form) -> None:
    try:
        if form.registration is not None:
            form.registration.check()
    except BulouError as error:
        form.wrong["arrives_at"] = str(error)


def choices() -> dict[str, Any]:
    """What may be chosen."""
    stations = Station.objects.filter(closed_at__isnull=True).order_by("name").values_list("pk", "name")
    return {
        "origins": [(one.value, one.label) for one in ORIGINS],
        "ways": Way.choices,
        "stations": [("", _("不经过站点")), *stations],
        "healths": HEALTH,
        "rooms": [("", _("没有问到")), ("yes", _("有")), ("no", _("没有"))],
    }

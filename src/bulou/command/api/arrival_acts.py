"""What is done with arrivals: registering somebody, hand-overs told by the office, changes, opening."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from bulou.arrivals.models import Station, Way
from bulou.arrivals.registration import Origin, Registration, Stop, register
from bulou.command.api.arrivals import ArrivalLine, line_of, page_of, router
from bulou.command.api.fields import parsed
from bulou.command.api.frame import Number, Words, actor, moment, place_of, token_of
from bulou.command.api.idempotency import act, repeatable
from bulou.command.arrivals import acts, looks
from bulou.command.arrivals.origins import stops_of
from bulou.command.arrivals.words import said_of
from bulou.facts.arrivals import JourneyEnd
from bulou.kernel.ids import uuid7
from bulou.rights.capabilities import Capability

WORKS = (Capability.SEE_PERSONS, Capability.WORK_GAPS)
REGISTERS = (Capability.SEE_PERSONS, Capability.KEEP_PEOPLE)
WHO = ("name", "identity", "phone")
SAID = ("trip", "companions", "health", "tested", "home", "remark")
LONGEST = 200
__all__ = ["router"]


class Visited(Schema):
    """Somewhere, by a division's code or in words, from one day to another (both included)."""

    where: Words = Field(max_length=100)
    since: date
    until: date


class NewArrival(Schema):
    """What one source says of somebody's coming; who is written as in the cells of the workbook."""

    name: Words = Field(max_length=LONGEST)
    identity: Words = Field(max_length=LONGEST)
    phone: Words = Field(max_length=LONGEST)
    place: str = Field(pattern=r"^[0-9]{6,26}$")
    arrives_at: str
    origin: Literal[tuple(Origin.values)] = Origin.API.value  # type: ignore[valid-type]  # mypy cannot read choices
    way: Literal[tuple(Way.values)] = Way.OTHER.value  # type: ignore[valid-type]  # mypy cannot read choices
    station: Words = Field("", max_length=50)
    trip: Words = Field("", max_length=LONGEST)
    companions: Words = Field("", max_length=LONGEST)
    health: Words = Field("", max_length=LONGEST)
    tested: Words = Field("", max_length=LONGEST)
    home: Words = Field("", max_length=LONGEST)
    remark: Words = Field("", max_length=LONGEST)
    wheelchair: bool = False
    infant: bool = False
    single_room: bool | None = None
    visited: list[Visited] = Field(default_factory=list, max_length=50)


class Redate(Schema):
    arrives_at: str


class Redirect(Schema):
    place: str = Field(pattern=r"^[0-9]{6,26}$")


class Side(Schema):
    """One side, told for a post of the scope. `handover`: the id of one whose side is missing."""

    post: Number
    other: Number | None = None
    handover: UUID | None = None
    at: str | None = None


class Ending(Schema):
    reason: Literal[tuple(one.value for one in JourneyEnd)]  # type: ignore[valid-type]  # mypy cannot read choices
    at: str | None = None
    note: Words = Field("", max_length=300)


class Explanation(Schema):
    id: Number
    words: Words = Field(max_length=500)


class Withdrawal(Schema):
    """The event that told a side which never happened, and why it is taken back."""

    side: UUID
    words: Words = Field(max_length=300)


class JourneyLook(Schema):
    reason: Words = Field(max_length=300)


class Opened(Schema):
    """What is sealed: where from, health, phone, where they were; the look is recorded."""

    said: dict[str, str]
    visited: list[Visited]


@router.post("/arrivals", **act("register_arrival", ArrivalLine, *REGISTERS, status=201))
@repeatable
def register_arrival(request: HttpRequest, new: NewArrival) -> tuple[int, object]:
    """Register somebody's coming; a journey that is open takes it up as one more source."""
    who = parsed("residents", {name: getattr(new, name) for name in WHO}, WHO)
    place, at = place_of(request, new.place), moment(new.arrives_at)
    if at is None:
        raise acts.TIME_MISSING.error()
    stops = [stop for one in new.visited for stop in _stops(one)]
    one = Registration(
        origin=new.origin,
        name=who["name"] or "",
        identity=who["identity"] or "",
        phone=who["phone"] or "",
        place=place,
        arrives_at=at,
        way=new.way,
        station=_station(new.station),
        wheelchair=new.wheelchair,
        infant=new.infant,
        single_room=new.single_room,
        details=_details(new),
        stops=stops,
    )
    journey = register(one, by=actor(request))
    return 201, line_of(page_of(request, journey.number).journey)


@router.post("/arrivals/{number}/redate", **act("redate_arrival", ArrivalLine, *WORKS))
@repeatable
def redate_arrival(request: HttpRequest, number: str, redate: Redate) -> tuple[int, object]:
    """The arrival is expected at another time."""
    return _act(request, number, acts.redate, {"arrives_at": redate.arrives_at})


@router.post("/arrivals/{number}/redirect", **act("redirect_arrival", ArrivalLine, *WORKS))
@repeatable
def redirect_arrival(request: HttpRequest, number: str, redirect: Redirect) -> tuple[int, object]:
    """The person will live at another place of the scope."""
    return _act(request, number, acts.redirect, {"place": place_of(request, redirect.place)})


@router.post("/arrivals/{number}/give", **act("give_arrival", ArrivalLine, *WORKS))
@repeatable
def give_arrival(request: HttpRequest, number: str, side: Side) -> tuple[int, object]:
    """A post gave the person to another."""
    return _act(request, number, acts.give, _side(side), side.handover)


@router.post("/arrivals/{number}/take", **act("take_arrival", ArrivalLine, *WORKS))
@repeatable
def take_arrival(request: HttpRequest, number: str, side: Side) -> tuple[int, object]:
    """A post took the person."""
    return _act(request, number, acts.take, _side(side), side.handover)


@router.post("/arrivals/{number}/end", **act("end_arrival", ArrivalLine, *WORKS))
@repeatable
def end_arrival(request: HttpRequest, number: str, ending: Ending) -> tuple[int, object]:
    """Nobody has to have the person any more; a running measure is ended by who may decide."""
    return _act(
        request, number, acts.end, {"reason": ending.reason, "at": ending.at or "", "note": ending.note}
    )


@router.post("/arrivals/{number}/explain", **act("explain_break", ArrivalLine, *WORKS))
@repeatable
def explain_break(request: HttpRequest, number: str, explanation: Explanation) -> tuple[int, object]:
    """How a break of custody came about."""
    given = {"break": str(explanation.id), "note": explanation.words}
    return _act(request, number, acts.explain, given)


@router.post("/arrivals/{number}/withdraw", **act("withdraw_side", ArrivalLine, *WORKS))
@repeatable
def withdraw_side(request: HttpRequest, number: str, withdrawal: Withdrawal) -> tuple[int, object]:
    """A side was told by mistake and never happened."""
    given = {"side": str(withdrawal.side), "note": withdrawal.words}
    return _act(request, number, acts.withdraw, given)


@router.post(
    "/arrivals/{number}/look", **act("look_at_arrival", Opened, Capability.SEE_PERSONS, Capability.UNMASK)
)
@repeatable
def look_at_arrival(request: HttpRequest, number: str, look: JourneyLook) -> tuple[int, object]:
    """What is sealed of a journey. The reason is recorded; the person sees it."""
    found = page_of(request, number)
    looks.record(found.journey, looks.JOURNEY, by=actor(request), reason=look.reason)
    found.opened = True
    visited = [
        {"where": one.where, "since": one.since.isoformat(), "until": one.until.isoformat()}
        for one in found.been
    ]
    return 200, {"said": said_of(found.journey), "visited": visited}


def _act(
    request: HttpRequest, number: str, verb: acts.Act, given: dict[str, str], key: UUID | None = None
) -> tuple[int, object]:
    done = acts.Done(token_of(request), given, actor(request), key or uuid7())
    verb(page_of(request, number).journey, done)
    return 200, line_of(page_of(request, number).journey)


def _side(side: Side) -> dict[str, str]:
    return {"post": str(side.post), "other": str(side.other or ""), "at": side.at or ""}


def _details(new: NewArrival) -> dict[str, str]:
    said = {name: str(getattr(new, name)) for name in SAID}
    return said | {"from": "、".join(dict.fromkeys(one.where for one in new.visited))[:LONGEST]}


def _stops(visited: Visited) -> list[Stop]:
    return list(stops_of(visited.where, visited.since, visited.until))


def _station(name: str) -> int | None:
    found = Station.objects.filter(name=name, closed_at__isnull=True) if name else Station.objects.none()
    return found.values_list("pk", flat=True).first()

"""Arrivals: who comes, and whose hands they are in."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema

from bulou.arrivals.models import Exposure, Journey, Side, State
from bulou.command.api.frame import (
    PROBLEMS,
    Code,
    Cursor,
    Limit,
    keys_of,
    operation,
    page,
    place_of,
    purpose,
    token_of,
    told,
)
from bulou.command.arrivals.acts import standing_sides
from bulou.command.arrivals.asked import KEY_TYPES, OPEN, JourneysAsked
from bulou.command.arrivals.journey import JourneyPage, find
from bulou.command.arrivals.shown import Handed, Step
from bulou.kernel.problems import problem
from bulou.obligations.positions import Position
from bulou.rights.capabilities import Capability

NO_SUCH_JOURNEY = problem("no-such-journey", _("本令牌的范围内没有这个行程:请核对编号。"), status=404)
SEES = Capability.SEE_PERSONS
Which = Literal[(OPEN, *State.values)]  # type: ignore[valid-type]  # mypy cannot read choices

router = Router(tags=["arrivals"])


class ArrivalLine(Schema):
    """Somebody's coming: the state, the post that has or owes the person, when and how they come.

    `exposure` is what the areas known mean for their history, `decided_at` when somebody decided it.
    """

    number: str
    person: UUID
    place: str
    state: Literal[tuple(State.values)]  # type: ignore[valid-type]  # mypy cannot read choices
    post: int | None
    since: str
    arrives_at: str
    station: str
    way: str
    party: str
    wheelchair: bool
    infant: bool
    single_room: bool | None
    exposure: str
    decided_at: str | None
    ended_at: str | None
    end_reason: str


class Arrivals(Schema):
    rows: list[ArrivalLine]
    next: str | None


class StretchLine(Schema):
    """Whose hands from one instant until another (not included)."""

    state: str
    post: int | None
    starts_at: str
    ends_at: str | None


class BreakLine(Schema):
    """Custody was broken; until it is explained or mended it is owed."""

    id: int
    title: str
    opens_at: str
    mended_at: str | None
    explained_at: str | None


class JourneyHandoverLine(Schema):
    """One hand-over with both its sides; `missing` names the one that has not spoken."""

    id: UUID
    giver: int | None
    gave_at: str | None
    receiver: int | None
    took_at: str | None
    missing: Literal["", "giver", "receiver"]
    breaks: list[BreakLine]


class SideLine(Schema):
    """What a post told of a hand-over, as it counts; `event` names it to whoever withdraws it."""

    event: UUID
    handover: UUID
    which: Literal["gave", "took"]
    post: int
    at: str


class Arrival(ArrivalLine):
    """The same, with the timeline, the hand-overs, and the fields on which the sources disagree."""

    stretches: list[StretchLine]
    handovers: list[JourneyHandoverLine]
    sides: list[SideLine]
    differing: list[str]


@router.get("/arrivals", response={200: Arrivals} | PROBLEMS, **operation("list_arrivals", SEES))
def list_arrivals(
    request: HttpRequest,
    place: str | None = Code,
    state: Which = OPEN,
    day: date | None = None,
    broken: bool = False,
    cursor: str | None = Cursor,
    limit: int = Limit,
) -> HttpResponse:
    """Who comes to a place and below, those with needs first, then by their arrival."""
    purpose(request)
    asked = JourneysAsked(place_of(request, place), state, day=day, broken=broken)
    keys = keys_of(cursor, *KEY_TYPES)
    found = asked.lines(Position(keys) if keys else None, limit + 1)
    shown, after = page(found, limit, lambda one: one.key)
    return JsonResponse({"rows": [line_of(one) for one in shown], "next": after})


@router.get("/arrivals/{number}", response={200: Arrival} | PROBLEMS, **operation("read_arrival", SEES))
def read_arrival(request: HttpRequest, number: str) -> HttpResponse:
    """Whose hands somebody is in, and all hand-overs."""
    return JsonResponse(_arrival(page_of(request, number)))


def page_of(request: HttpRequest, number: str) -> JourneyPage:
    """A journey of the scope. Raises `no-such-journey`, `token-no-purpose`."""
    purpose(request)
    found = find(number, token_of(request))
    if found is None:
        raise NO_SUCH_JOURNEY.error()
    return found


def line_of(one: Any) -> dict[str, object]:
    journey: Journey = one
    return {
        "number": journey.number,
        "person": str(journey.person.uid),
        "place": journey.place,
        "state": one.state,
        "post": one.holder,
        "since": told(one.since),
        "arrives_at": told(journey.arrives_at),
        "station": journey.station.name if journey.station else "",
        "way": journey.way,
        "party": journey.party,
        "wheelchair": journey.wheelchair,
        "infant": journey.infant,
        "single_room": journey.single_room,
        "exposure": Exposure(one.exposure).name.lower() if one.exposure is not None else "",
        "decided_at": told(one.decided_at),
        "ended_at": told(journey.ended_at),
        "end_reason": journey.end_reason,
    }


def _arrival(found: JourneyPage) -> dict[str, object]:
    steps = list(reversed(found.steps))
    return {
        **line_of(found.journey),
        "stretches": [_stretch(step) for step in steps],
        "handovers": [_handover(one) for step in steps for one in step.handed],
        "sides": [_side(one) for one in standing_sides(found.journey.pk)],
        "differing": found.said.differing,
    }


def _side(one: Side) -> dict[str, object]:
    return {
        "event": str(one.event),
        "handover": str(one.handover),
        "which": one.which,
        "post": one.post_id,
        "at": told(one.at),
    }


def _stretch(step: Step) -> dict[str, object]:
    return {
        "state": step.state.value,
        "post": step.post,
        "starts_at": told(step.starts_at),
        "ends_at": told(step.ends_at),
    }


def _handover(one: Handed) -> dict[str, object]:
    return {
        "id": str(one.uid),
        "giver": one.giver_post,
        "gave_at": told(one.gave_at),
        "receiver": one.receiver_post,
        "took_at": told(one.took_at),
        "missing": one.missing,
        "breaks": [
            {
                "id": broke.id,
                "title": broke.title,
                "opens_at": told(broke.opens_at),
                "mended_at": told(broke.mended_at),
                "explained_at": told(broke.explained_at),
            }
            for broke in one.breaks
        ],
    }

"""Journeys as a list shows them: whom, whose hands, when and where, what is decided, what is broken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from bulou.arrivals.models import Break, Exposure, Handover, State
from bulou.command.arrivals import words
from bulou.command.arrivals.asked import ONE_SIDED, JourneysAsked
from bulou.command.subjects import Face, face_of
from bulou.command.worklists.lists import held, owner_of
from bulou.kernel import seal
from bulou.people.queries import mask_phone
from bulou.places import codes, queries
from bulou.places.queries import Owner
from bulou.places.roles import title_of

AT_ONCE = 1_000


@dataclass(frozen=True)
class JourneyRow:
    """One journey as lists show it. `seat` is the post that has, or owes, the person."""

    journey: Any
    face: Face
    where: str
    seat: str
    owner: Owner | None
    troubles: tuple[str, ...]
    trip: str
    phone: str
    now: datetime

    @property
    def full(self) -> dict[str, str]:
        """Name and phone in full, for who may take them out."""
        phone = words.said_of(self.journey).get("phone", "")
        return {"name": seal.unseal(self.journey.person.sealed).get("name", ""), "phone": phone}

    @property
    def state(self) -> State:
        """Where the journey stands."""
        return State(self.journey.state)

    @property
    def look(self) -> tuple[str, str]:
        """The colour and the icon of the state."""
        return words.LOOKS[self.state]

    @property
    def late_by(self) -> timedelta | None:
        """How long somebody has been waiting to be met."""
        late = self.state == State.EXPECTED and self.journey.arrives_at < self.now
        return self.now - self.journey.arrives_at if late else None

    @property
    def comes(self) -> str:
        """Where, how and with what: 翼城东站 · 火车 · D1234."""
        station = self.journey.station.name if self.journey.station else ""
        return " · ".join(filter(None, (station, words.way_title(self.journey.way), self.trip)))

    @property
    def exposure(self) -> str:
        """Which history the question that stands is about."""
        return str(Exposure(self.journey.exposure).label) if self.journey.exposure is not None else ""

    @property
    def waits(self) -> bool:
        """Whether nobody has decided yet what the history means."""
        return self.journey.exposure is not None and self.journey.decided_at is None

    @property
    def ended(self) -> str:
        """Why it ended."""
        return words.end_title(self.journey.end_reason) if self.journey.end_reason else ""


def rows_of(lines: Sequence[Any], *, above: str, now: datetime) -> list[JourneyRow]:
    """Journeys (of `asked.journeys`) with all that stands beside them, with three queries more."""
    if not lines:
        return []
    troubles = _troubles(lines, now)
    seats, owners, paths = hands((line.holder for line in lines), (line.place for line in lines), above, now)
    return [_row(line, paths, seats, owners, troubles, now) for line in lines]


def in_batches(asked: JourneysAsked) -> Iterator[JourneyRow]:
    """All rows of a list."""
    for lines in asked.batches(AT_ONCE):
        yield from rows_of(lines, above=asked.place, now=asked.now)


def _row(
    line: Any,
    paths: dict[str, str],
    seats: dict[int, str],
    owners: dict[int, Owner],
    troubles: dict[int, list[str]],
    now: datetime,
) -> JourneyRow:
    said = words.said_of(line)
    return JourneyRow(
        journey=line,
        face=face_with_needs(line),
        where=paths[line.place],
        seat=seats.get(line.holder or 0, ""),
        owner=owners.get(line.holder or 0),
        troubles=tuple(troubles.get(line.pk, ())),
        trip=said.get("trip", ""),
        phone=mask_phone(said.get("phone", "")),
        now=now,
    )


def face_with_needs(journey: Any) -> Face:
    """The person of a journey, masked, with the needs of the register and of the journey."""
    face = face_of(journey.person, journey.number)
    return replace(face, needs=(*face.needs, *words.needs_of(journey)))


def _troubles(lines: Sequence[Any], now: datetime) -> dict[int, list[str]]:
    """What is broken of each journey, in words."""
    found: dict[int, list[str]] = defaultdict(list)
    for line in lines:
        if line.state == State.EXPECTED and line.arrives_at < now:
            found[line.pk].append(str(words.NOT_MET))
    of = Q(journey__in=[line.pk for line in lines])
    sides = Handover.objects.filter(of, ONE_SIDED).values_list("journey_id", "gave_at").order_by()
    broken = Break.objects.filter(of, mended_at__isnull=True).order_by().values_list("journey_id", "ground")
    for journey, gave_at in sides:
        found[journey].append(str(words.NOT_GIVEN if gave_at is None else words.NOT_TAKEN))
    for journey, ground in broken:
        found[journey].append(words.break_title(ground))
    return found


def hands(
    posts: Iterable[int | None], places: Iterable[str], above: str, now: datetime
) -> tuple[dict[int, str], dict[int, Owner], dict[str, str]]:
    """What posts are called, who holds them, and the paths of places: two queries for all."""
    wanted, paths = {one for one in posts if one}, {place: codes.path(place) for place in places}
    sat = held(wanted, now) if wanted else []
    known = queries.names({step for path in paths.values() for step in path} | {row["place"] for row in sat})
    labels = {row["id"]: f"{known.get(row['place'], '')} {title_of(row['role'])}".strip() for row in sat}
    owners = {row["id"]: owner_of(row, labels[row["id"]]) for row in sat if row["who"]}
    return labels, owners, {place: _path(path, known, above) for place, path in paths.items()}


def _path(path: list[str], known: dict[str, str], above: str) -> str:
    return " / ".join(known.get(step, step) for step in path if len(step) > len(above) or step == path[-1])

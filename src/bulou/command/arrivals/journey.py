"""One journey's page: whose hands, the hand-overs with both their sides, what was decided, who said what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from bulou.arrivals.models import Handover, Source, State, Stretch, Visit
from bulou.command.actors import actor_titles
from bulou.command.arrivals import decided, words
from bulou.command.arrivals.asked import journeys
from bulou.command.arrivals.rows import face_with_needs, hands
from bulou.command.arrivals.said import Said, compare
from bulou.command.arrivals.shown import Been, Broke, Companion, Handed, Step
from bulou.command.powers import Power
from bulou.command.subjects import Face
from bulou.kernel import clock, seal
from bulou.places import codes
from bulou.places.models import Level
from bulou.places.queries import Owner

MOST_SOURCES, MOST_OF_PARTY = 50, 50


@dataclass
class JourneyPage:
    """Everything that the page shows; each part is asked for once. `opened`: what is sealed is shown."""

    journey: Any
    scope: str
    now: datetime
    opened: bool = False

    @cached_property
    def face(self) -> Face:
        return face_with_needs(self.journey)

    @cached_property
    def steps(self) -> list[Step]:
        """The timeline, the latest first."""
        steps = [
            Step(
                State(one.state),
                one.post_id,
                self._seats.get(one.post_id or 0, ""),
                self._owners.get(one.post_id or 0),
                one.starts_at,
                one.ends_at,
            )
            for one in self._stretches
        ]
        for handed in self._handed:
            if handed.moment:
                _step_at(steps, handed.moment).handed.append(handed)
        return list(reversed(steps))

    @property
    def current(self) -> Step:
        """Whose hands the person is in."""
        return self.steps[0]

    @property
    def is_late(self) -> bool:
        """Whether nobody has met the person, and the arrival time is past."""
        return self.journey.state == State.EXPECTED and self.journey.arrives_at < self.now

    @cached_property
    def where(self) -> str:
        return self._paths[self.journey.place]

    @cached_property
    def comes(self) -> str:
        """Where, how and with what."""
        station = self.journey.station.name if self.journey.station else ""
        trip = words.said_of(self.journey).get("trip", "")
        return " · ".join(filter(None, (station, words.way_title(self.journey.way), trip)))

    @property
    def ended(self) -> str:
        """Why it ended."""
        return words.end_title(self.journey.end_reason) if self.journey.end_reason else ""

    @property
    def single_room(self) -> str:
        return words.single_room(self.journey)

    @cached_property
    def questions(self) -> list[decided.Question]:
        """What the history means: the question that stands, then those before it, each with its stays."""
        return decided.questions(self.journey.pk, opened=self.opened, now=self.now)

    @cached_property
    def said(self) -> Said:
        """The sources side by side."""
        titles = {one.pk: self._actors.get(one.told_by, "") for one in self._sources}
        return compare(self._sources, titles, self._paths, opened=self.opened)

    @cached_property
    def party(self) -> list[Companion]:
        """The others of the party whom the reader may see."""
        return [Companion(face_with_needs(one), State(one.state), one.number) for one in self._party]

    @cached_property
    def been(self) -> list[Been]:
        """Where the person was, where it was opened."""
        if not self.opened:
            return []
        found = Visit.objects.filter(journey=self.journey.pk).order_by("since", "pk")
        return [Been(seal.unseal(one.sealed)["name"], one.since, one.until) for one in found]

    @cached_property
    def _stretches(self) -> list[Stretch]:
        return list(Stretch.objects.filter(journey=self.journey.pk).order_by("starts_at"))

    @cached_property
    def _handovers(self) -> dict[int, list[dict[str, Any]]]:
        """The rows of each hand-over with its breaks."""
        columns = ("pk", "uid", "giver_id", "receiver_id", "gave_at", "took_at", *_BREAK)
        found = Handover.objects.filter(journey=self.journey.pk).order_by("pk", "breaks__pk").values(*columns)
        by_handover: dict[int, list[dict[str, Any]]] = {}
        for row in found:
            by_handover.setdefault(row["pk"], []).append(row)
        return by_handover

    @cached_property
    def _handed(self) -> list[Handed]:
        return [self._one_handed(rows) for rows in self._handovers.values()]

    def _one_handed(self, rows: list[dict[str, Any]]) -> Handed:
        row, desk = rows[0], self.journey.desk_id
        missing = "giver" if row["gave_at"] is None else "receiver" if row["took_at"] is None else ""
        owner = (row[f"{missing}_id"] or desk or 0) if missing else 0
        return Handed(
            uid=row["uid"],
            giver_post=row["giver_id"],
            giver=self._seats.get(row["giver_id"] or 0, ""),
            gave_at=row["gave_at"],
            receiver_post=row["receiver_id"],
            receiver=self._seats.get(row["receiver_id"] or 0, ""),
            took_at=row["took_at"],
            missing=missing,
            seat=self._seats.get(owner, ""),
            owner=self._owners.get(owner),
            breaks=tuple(self._broke(one) for one in rows if one["breaks__pk"] is not None),
        )

    def _broke(self, row: Mapping[str, Any]) -> Broke:
        owner, sealed = row["breaks__owner_id"] or 0, row["breaks__sealed"]
        return Broke(
            id=row["breaks__pk"],
            title=words.break_title(row["breaks__ground"]),
            opens_at=row["breaks__opens_at"],
            mended_at=row["breaks__mended_at"],
            explained_at=row["breaks__explained_at"],
            seat=self._seats.get(owner, ""),
            owner=self._owners.get(owner),
            words=seal.unseal(sealed)["words"] if sealed and self.opened else "",
        )

    @cached_property
    def _sources(self) -> list[Source]:
        found = Source.objects.filter(journey=self.journey.pk).order_by("told_at", "pk")
        return list(found[:MOST_SOURCES])

    @cached_property
    def _party(self) -> list[Any]:
        if not self.journey.party:
            return []
        same = journeys().filter(codes.within("place", self.scope), party=self.journey.party)
        others = same.exclude(pk=self.journey.pk).exclude(sealed=b"").select_related("person")
        return list(others.order_by("number")[:MOST_OF_PARTY])

    @cached_property
    def _hands(self) -> tuple[dict[int, str], dict[int, Owner], dict[str, str]]:
        posts = {self.journey.desk_id, self.journey.holder, *(one.post_id for one in self._stretches)}
        for rows in self._handovers.values():
            posts |= {rows[0]["giver_id"], rows[0]["receiver_id"], *(row["breaks__owner_id"] for row in rows)}
        posts |= {_post_of(one.told_by) for one in self._sources}
        places = {self.journey.place, *(seal.unseal(one.sealed).get("place", "") for one in self._sources)}
        county = self.journey.place[: codes.WIDTHS[Level.COUNTY]]
        return hands(posts, (place for place in places if place), county, self.now)

    @property
    def _seats(self) -> dict[int, str]:
        return self._hands[0]

    @property
    def _owners(self) -> dict[int, Owner]:
        return self._hands[1]

    @property
    def _paths(self) -> dict[str, str]:
        return self._hands[2]

    @cached_property
    def _actors(self) -> dict[str, str]:
        known = {f"post:{id}": label for id, label in self._seats.items()}
        others = {one.told_by for one in self._sources} - known.keys()
        return actor_titles(others) | known


_BREAK = tuple(
    f"breaks__{name}"
    for name in ("pk", "ground", "owner_id", "opens_at", "mended_at", "explained_at", "sealed")
)


def _post_of(actor: str) -> int | None:
    kind, _colon, number = actor.partition(":")
    return int(number) if kind == "post" and number.isdecimal() else None


def _step_at(steps: list[Step], moment: datetime) -> Step:
    """The step that begins at a moment, or holds it."""
    begun = [step for step in steps if step.starts_at <= moment]
    return begun[-1] if begun else steps[0]


def find(number: str, mandate: Power) -> JourneyPage | None:
    """The journey of a number in a mandate's scope; None also for one that lies outside, or was erased."""
    found = journeys().filter(codes.within("place", mandate.scope), number=number).exclude(sealed=b"")
    journey = found.select_related("person", "station").first()
    return JourneyPage(journey, mandate.scope, clock.now()) if journey else None

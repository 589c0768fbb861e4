"""Rows of the lists with all that a reader needs beside them, fetched for the whole page at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import F, FilteredRelation, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bulou.command import words
from bulou.command.arrivals import whom
from bulou.command.subjects import Face, faces_by_id
from bulou.command.worklists.duties import CASE, Duty
from bulou.kernel import seal
from bulou.obligations.followup import follow_ups
from bulou.obligations.followup_model import FollowUp, Outcome, Why
from bulou.obligations.gaps import Gap, Line
from bulou.obligations.kinds import KINDS
from bulou.obligations.models import LadderStep
from bulou.places import codes, queries
from bulou.places.models import Level, Post
from bulou.places.queries import Owner
from bulou.places.roles import title_of

MINUTE = 60
TOLD = {
    "owner": _("责任人"),
    "grid": _("网格"),
    "village": _("村(社区)"),
    "township": _("乡镇"),
    "county": _("县"),
}


@dataclass(frozen=True)
class Followed:
    """What has been done about a line, as a list shows it."""

    calls: int
    called_at: datetime | None
    outcome: Any
    later_until: datetime | None
    why: Any
    words: str
    handed_to: str

    @classmethod
    def of(cls, found: FollowUp, now: datetime, seats: dict[int, str]) -> Followed:
        sunk = found.postponed_until is not None and found.postponed_until > now
        return cls(
            calls=found.calls,
            called_at=found.called_at,
            outcome=Outcome(found.outcome).label if found.outcome in Outcome else found.outcome,
            later_until=found.postponed_until if sunk else None,
            why=Why(found.why).label if sunk and found.why in Why else "",
            words=seal.unseal(found.sealed).get("words", "") if sunk else "",
            handed_to=seats.get(found.handed_to_id or 0, ""),
        )


@dataclass(frozen=True)
class Row:
    """One row as a page shows it."""

    source: Duty | Line
    kind: Any
    face: Face | None
    code: str
    where: str
    seat: str
    owner: Owner | None
    now: datetime
    told: Any = ""
    followed: Followed | None = None
    excuse: str = ""

    @property
    def person_href(self) -> str:
        """The page of the person, or of their journey; "" where there is none."""
        if self.face is None:
            return ""
        comes = KINDS[self.source.kind].subject_type in whom.TYPES
        return _address("arrival", self.face.code) if comes else _address("person", self.face.uid)

    @property
    def gap_href(self) -> str:
        return _address("gap", self.source.id)

    @property
    def call_href(self) -> str:
        return _address("gap_call", self.source.id)

    @property
    def post_href(self) -> str:
        """The page of the post that nobody holds, "" where somebody does."""
        return _address("post", self.source.post_id) if self.source.post_id and not self.owner else ""

    @property
    def late_by(self) -> timedelta | None:
        """How long it has been overdue."""
        due = self.source.due_at
        return self.now - due if due is not None and due < self.now else None


ANY = {"person": UUID(int=0), "gap": 0, "gap_call": 0, "post": 0, "arrival": "FX00-000000"}
"""A value that the address of a page may have, to find the others by."""


@lru_cache(maxsize=8)
def _around(name: str) -> tuple[str, str]:
    """What stands in a page's address before and after its number; a list has a hundred of them."""
    before, _, after = reverse(name, args=[ANY[name]]).partition(str(ANY[name]))
    return before, after


def _address(name: str, of: Any) -> str:
    before, after = _around(name)
    return f"{before}{of}{after}"


def of_gaps(found: list[Line], scope: str, place: str, now: datetime) -> list[Row]:
    """A page of gaps with owners, persons, places, ladder and what has been done about them."""
    of_books = [line for line in found if line.gap != Gap.UNKNOWN]
    known = follow_ups(line.id for line in of_books) if of_books else {}
    faces = _faces(((line.kind, line.subject) for line in of_books), scope)
    handed = (one.handed_to_id for one in known.values())
    wheres, seats, owners = _places_and_posts(found, handed, place, now)
    told = _told() if of_books else {}
    return [
        Row(
            source=line,
            kind=KINDS[line.kind].title,
            face=faces.get(_subject_of(line)),
            code=words.lead(line.id) if line.evidence else str(line.subject),
            where=wheres[line.place],
            seat=seats.get(line.post_id or 0, ""),
            owner=owners.get(line.post_id or 0),
            now=now,
            told=told.get(line.level, ""),
            followed=Followed.of(known[line.id], now, seats) if line.id in known else None,
        )
        for line in found
    ]


def of_duties(found: list[Duty], scope: str, place: str, now: datetime) -> list[Row]:
    """A page of duties with owners, persons and places."""
    faces = _faces(((duty.kind, duty.subject) for duty in found if not duty.evidence), scope)
    wheres, seats, owners = _places_and_posts(found, (), place, now)
    return [
        Row(
            source=duty,
            kind=KINDS[duty.kind].title,
            # A request may have the number of somebody else's case.
            face=None if duty.evidence else faces.get(_subject_of(duty)),
            code=words.lead(duty.id) if duty.evidence else "" if _is_person(duty.kind) else str(duty.subject),
            where=wheres[duty.place],
            seat=seats.get(duty.post_id or 0, ""),
            owner=owners.get(duty.post_id or 0),
            now=now,
            excuse=str(words.ENDINGS.get(duty.excuse, duty.excuse)),
        )
        for duty in found
    ]


def _is_person(kind: str) -> bool:
    """Whether what a kind is about has somebody's face."""
    return KINDS[kind].subject_type in {CASE, *whom.TYPES}


def _subject_of(row: Duty | Line) -> tuple[str, int]:
    """What a row is about: its type, and its number among those of the type."""
    return KINDS[row.kind].subject_type, row.subject


def _faces(subjects: Iterable[tuple[str, int]], scope: str) -> dict[tuple[str, int], Face]:
    """Who the subjects of rows (kind, number) are: persons monitored, and those who come."""
    of_types = {(KINDS[kind].subject_type, number) for kind, number in subjects}
    cases = {number for type_, number in of_types if type_ == CASE}
    found = faces_by_id(cases, scope=scope) if cases else {}
    monitored = {(CASE, number): face for number, face in found.items()}
    return monitored | whom.faces(of_types, scope=scope)


def _told() -> dict[int, Any]:
    """Who has been told at each step of the general ladder; up to a minute old, it hardly ever changes."""

    def find() -> dict[int, str]:
        return dict(LadderStep.objects.filter(kind="").values_list("step", "told"))

    steps: dict[int, str] = cache.get_or_set("ladder-steps", find, MINUTE) or {}
    return {step: TOLD.get(told, told) for step, told in steps.items()}


def _places_and_posts(
    found: Iterable[Duty | Line], more_posts: Iterable[int | None], place: str, now: datetime
) -> tuple[dict[str, str], dict[int, str], dict[int, Owner]]:
    """Where rows are, what their posts are called, and who holds them: two queries for the whole page."""
    found = list(found)
    posts = {row.post_id for row in found if row.post_id} | {id for id in more_posts if id}
    sat = held(posts, now) if posts else []
    paths = {row.place: codes.path(row.place) for row in found}
    wanted = {step for path in paths.values() for step in path} | {row["place"] for row in sat}
    names = queries.names(wanted) if wanted else {}
    top = len(place) if place else codes.WIDTHS[Level.COUNTY]
    wheres = {
        code: " / ".join(names.get(step, step) for step in path if len(step) > top or step == path[-1])
        for code, path in paths.items()
    }
    labels = {row["id"]: f"{names.get(row['place'], '')} {title_of(row['role'])}".strip() for row in sat}
    owners = {row["id"]: owner_of(row, labels[row["id"]]) for row in sat if row["who"]}
    return wheres, labels, owners


def held(posts: set[int], now: datetime) -> list[dict[str, Any]]:
    """The posts, each with its holder, else its deputy, if anybody; the last of a post's rows counts."""
    runs = Q(holdings__ends_at__isnull=True) | Q(holdings__ends_at__gt=now)
    found: Any = (
        Post.objects.filter(pk__in=posts)
        .annotate(held=FilteredRelation("holdings", condition=runs & Q(holdings__starts_at__lte=now)))
        .order_by("id", F("held__deputy").desc(nulls_first=True), "held__starts_at", "-held__id")
        .values("id", "role", "place", deputy=F("held__deputy"), who=F("held__worker__sealed"))
    )
    return list(found)


def owner_of(row: dict[str, Any], label: str) -> Owner:
    """Who holds the post of a row of `held`."""
    who = seal.unseal(row["who"])
    return Owner(label, who.get("name", ""), who.get("phone", ""), bool(row["deputy"]))

"""The tree of places, level by level, with what lies under each; and everything about one place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from bulou.command.registers.ground import running_cases, running_mandates
from bulou.kernel import clock, seal
from bulou.kernel.database import rows
from bulou.kernel.fields import to_micros
from bulou.kernel.models import Event
from bulou.obligations.owners import held
from bulou.places import actions, codes, retiring
from bulou.places.models import Level, Place, Post
from bulou.places.queries import Owner, children, holdings_at
from bulou.places.roles import title_of

MOST_CHILDREN = 500
MOST_EVENTS = 40


@dataclass(frozen=True)
class Figures:
    """What lies under a place: numbers, no persons."""

    households: int = 0
    persons: int = 0
    posts: int = 0
    vacant: int = 0
    children: int = 0


@dataclass(frozen=True)
class Branch:
    """One place of the tree with its figures."""

    place: Place
    figures: Figures

    @property
    def level(self) -> str:
        return str(Level(self.place.level).label)


def branches(code: str, now: datetime | None = None) -> list[Branch]:
    """The places directly under one, with what lies under each."""
    found = list(children(code)[:MOST_CHILDREN])
    counted = figures((place.code for place in found), now)
    return [Branch(place, counted[place.code]) for place in found]


def figures(place_codes: Iterable[str], now: datetime | None = None) -> dict[str, Figures]:
    """The figures of many places, with one query."""
    bounds = [(code, codes.scope(code).high) for code in place_codes]
    if not bounds:
        return {}
    at = to_micros(now or clock.now())
    marks = ", ".join(["(CAST(%s AS varchar(26)), CAST(%s AS varchar(26)))"] * len(bounds))
    posts = (
        f"SELECT count(*) FROM places_post o WHERE {_under('o.place')} "
        f"AND (o.closed_at IS NULL OR o.closed_at > {at})"
    )
    sql = (
        f"WITH c(code, high) AS (VALUES {marks}) SELECT c.code, "
        f"(SELECT count(*) FROM people_household h WHERE {_under('h.place_id')}), "
        f"(SELECT count(*) FROM people_person q WHERE {_under('q.place')} AND q.left_at IS NULL "
        "AND q.died_at IS NULL AND q.merged_into_id IS NULL), "
        f"({posts}), ({posts} AND NOT {held('o.id', str(at))}), "
        "(SELECT count(*) FROM places_place k WHERE k.parent_id = c.code AND k.retired_at IS NULL) FROM c"
    )
    return {code: Figures(*found) for code, *found in rows(sql, [bound for pair in bounds for bound in pair])}


def _under(column: str) -> str:
    return f"{column} >= c.code AND {column} < c.high"


@dataclass(frozen=True)
class Answer:
    """A post that answers for a place: its own, or one of a wider area."""

    post: int
    title: str
    place: Place
    owner: Owner | None


def who_answers(path: list[Place], now: datetime) -> list[Answer]:
    """Every post that covers the place at the end of a path, from the innermost area up to the county."""
    by_code = {place.code: place for place in path}
    posts = Post.objects.filter(place__in=by_code).filter(Q(closed_at__isnull=True) | Q(closed_at__gt=now))
    found = sorted(posts, key=lambda post: (-len(post.place), post.role, post.number, post.pk))
    held_now = holdings_at(now).filter(post__in=[post.pk for post in found]).select_related("worker")
    owners: dict[int, Owner] = {}
    for one in held_now.order_by("-deputy", "-starts_at"):
        who = seal.unseal(one.worker.sealed)
        owners[one.post_id] = Owner("", who.get("name", ""), who.get("phone", ""), one.deputy)
    return [Answer(post.pk, _seat(post), by_code[post.place], owners.get(post.pk)) for post in found]


def _seat(post: Post) -> str:
    title = title_of(post.role)
    return f"{title} {post.number}" if post.number > 1 else title


@dataclass(frozen=True)
class Chapter:
    """Something that happened to a place. `undo` is the verb that takes it back, `value` what for."""

    kind: str
    words: str
    happened_at: datetime
    actor: str
    undo: str = ""
    value: str = ""


_KINDS = (
    *(actions.RENAMED, actions.MOVED, actions.MERGED, actions.SPLIT, retiring.RETIRED_PLACE),
    *(retiring.BROUGHT_BACK, retiring.ALSO_CALLED, retiring.NAME_TAKEN_BACK, retiring.GATES_SET),
)


def history(place: Place, before: list[Place]) -> list[Event]:
    """What happened to a place and to those that became it, the latest first."""
    known = [place.code, *(one.code for one in before)]
    return list(
        Event.objects.filter(
            kind__name__in=_KINDS, subject__in={int(code[:17]) for code in known}, place__in=known
        )
        .select_related("kind")
        .order_by("-seq")[:MOST_EVENTS]
    )


@dataclass(frozen=True)
class Moved:
    """What goes along when places move: shown before it is done."""

    doors: int
    persons: int
    posts: int
    cases: int
    mandates: int


def what_moves(place_codes: Iterable[str]) -> Moved:
    """What lies under these places and goes along with them."""
    found = list(place_codes)
    counted = figures(found).values()
    doors = sum(
        Place.objects.filter(codes.within("code", code), level=Level.DOOR, retired_at__isnull=True).count()
        for code in found
    )
    return Moved(
        doors=doors,
        persons=sum(one.persons for one in counted),
        posts=sum(one.posts for one in counted),
        cases=sum(map(running_cases, found)),
        mandates=sum(map(running_mandates, found)),
    )


def targets(place: Place, do: str) -> list[tuple[str, str]]:
    """Where a place can go: a wider area of its village to lie under, a neighbour to become part of."""
    standing = Place.objects.filter(retired_at__isnull=True).exclude(codes.within("code", place.code))
    if do == "merge":
        around = codes.within("code", _around(place, Level.TOWNSHIP))
        found = standing.filter(around, level=place.level)
    else:
        wider = codes.LEVELS[codes.LEVELS.index(Level.VILLAGE) : codes.LEVELS.index(Level(place.level))]
        around = codes.within("code", _around(place, Level.VILLAGE))
        found = standing.filter(around, level__in=wider).exclude(code=place.parent_id)
    named = found.select_related("parent").order_by("code")[:MOST_CHILDREN]
    return [(one.code, f"{one.parent.name} {one.name}" if one.parent else one.name) for one in named]


def _around(place: Place, level: Level) -> str:
    return place.code[: min(codes.WIDTHS[level], len(str(place.parent_id or place.code)))]


def facts(place: Place) -> dict[str, Any]:
    """Other names and gates."""
    gates = place.gates.count() if place.level == Level.COMPOUND else None
    return {"names": list(place.other_names.order_by("id")), "gates": gates}

"""The list of posts: which there are, who answers, which are vacant; what is left to do under each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from bulou.kernel import clock
from bulou.kernel.database import among, rows
from bulou.kernel.fields import to_micros
from bulou.obligations import tables
from bulou.places import codes
from bulou.places.models import Holding, Post
from bulou.places.queries import Owner, name_paths, owners
from bulou.places.roles import title_of

STATES = ("held", "vacant", "deputy")
AT_ONCE = 1_000


@dataclass(frozen=True)
class PostsAsked:
    """Which posts: a place and below, a role, held or vacant or held by a deputy alone."""

    place: str
    role: str = ""
    state: str = ""
    now: datetime | None = None

    def found(self) -> QuerySet[Post, Post]:
        """The posts that are not closed, in the order of their places."""
        moment = self.now or clock.now()
        posts = Post.objects.filter(codes.within("place", self.place))
        posts = posts.filter(Q(closed_at__isnull=True) | Q(closed_at__gt=moment)).order_by("place", "id")
        if self.role:
            posts = posts.filter(role=self.role)
        running = Holding.objects.filter(
            Q(ends_at__isnull=True) | Q(ends_at__gt=moment), post=OuterRef("pk"), starts_at__lte=moment
        )
        if self.state == "vacant":
            return posts.filter(~Exists(running))
        if self.state == "held":
            return posts.filter(Exists(running))
        if self.state == "deputy":
            return posts.filter(Exists(running.filter(deputy=True)), ~Exists(running.filter(deputy=False)))
        return posts


@dataclass(frozen=True)
class PostRow:
    """One post as lists show it. `left` is what is owed under it now and not done."""

    id: int
    place: str
    role: str
    title: str
    where: str
    number: int
    owner: Owner | None
    left: int = 0

    @property
    def seat(self) -> str:
        """What an empty seat is called."""
        return f"{self.title} {self.number}" if self.number > 1 else self.title

    @property
    def cursor(self) -> str:
        """Where the list goes on after this row."""
        return f"{self.place}-{self.id}"


def after(posts: QuerySet[Post, Post], cursor: str) -> QuerySet[Post, Post]:
    """The posts behind a row of the list; the whole list for a cursor that is none."""
    place, _dash, id = cursor.partition("-")
    if not (place.isdecimal() and id.isdecimal() and len(id) < 19):
        return posts
    return posts.filter(Q(place__gt=place) | Q(place=place, id__gt=int(id)))


def rows_of(posts: Iterable[Post], *, above: str | None, now: datetime, left: bool = True) -> list[PostRow]:
    """Posts with who answers, where they are and what is left, however many with as many queries."""
    found = list(posts)
    held = owners((post.pk for post in found), now)
    paths = name_paths({post.place for post in found}, above=above) if found else {}
    counts = left_of((post.pk for post in found), now) if left else {}
    return [
        PostRow(
            id=post.pk,
            place=post.place,
            role=post.role,
            title=title_of(post.role),
            where=paths[post.place],
            number=post.number,
            owner=held.get(post.pk),
            left=counts.get(post.pk, 0),
        )
        for post in found
    ]


def in_batches(posts: QuerySet[Post, Post], *, above: str | None, now: datetime) -> Iterator[PostRow]:
    """The whole list, a thousand at a time."""
    last: PostRow | None = None
    while True:
        part = after(posts, last.cursor) if last else posts
        found = rows_of(part[:AT_ONCE], above=above, now=now, left=False)
        yield from found
        if len(found) < AT_ONCE:
            return
        last = found[-1]


def left_of(post_ids: Iterable[int], now: datetime) -> dict[int, int]:
    """How many duties of each post have begun and are neither done nor excused: what goes along with it."""
    ids = list(post_ids)
    if not ids:
        return {}
    condition, values = among("r.post", ids)
    sql = (
        f"SELECT r.post, sum(r.universe - r.met - r.late - r.excused) FROM {tables.ROLL_UP} r "
        f"WHERE r.universe > r.met + r.late + r.excused AND r.opens_at <= {to_micros(now)} "
        f"AND {condition} GROUP BY r.post"
    )
    return {int(post): int(count) for post, count in rows(sql, [values])}


def vacant_under(place: str) -> int:
    """How many posts of a place and below nobody answers for."""
    return PostsAsked(place, state="vacant").found().order_by().count()

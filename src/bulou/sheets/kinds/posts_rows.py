"""Posts' workbooks into the register, and back: who holds which seat for which area, from when until when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from bulou.facts import hearers
from bulou.kernel import clock, events, seal
from bulou.kernel.fields import MICROSECOND
from bulou.kernel.problems import problem
from bulou.places import codes
from bulou.places.models import Holding, Level, Post
from bulou.places.posts import held_event, left_event
from bulou.places.queries import paths_of
from bulou.places.roles import role_named, words_of
from bulou.places.workers import Contact, WorkerBook
from bulou.sheets.checking import Batch
from bulou.sheets.columns import Counts, attach
from bulou.sheets.context import Context
from bulou.sheets.kinds.rows import PlaceColumns, refuse_repeats
from bulou.sheets.kinds.tally import WRITTEN_AT_ONCE
from bulou.sheets.traces import plain_of

START_KEPT = problem("post-start-kept", _("此人已从 {start} 起担任该岗位,起始日期不改:交接请填写截止日期。"))

_SUBJECT = ("role", "township", "village", "compound", "grid", "building", "name", "phone", "starts")
_LEVELS = (Level.TOWNSHIP, Level.VILLAGE, Level.COMPOUND, Level.GRID, Level.BUILDING)
EVENTS_AT_ONCE = 5_000


class Wanted(NamedTuple):
    """A row: a contact holds a role at a place; without dates from today on, or still."""

    batch: Batch
    at: int
    role: str
    place: str
    contact: Contact
    starts: date | None
    ends: date | None


def apply(batches: Iterable[Batch], context: Context) -> Counts:
    """Bring the rows in; a seat that somebody left is taken by who comes next."""
    unchanged, wanted = 0, []
    places = PlaceColumns(context.kind)
    for batch, index, fresh in refuse_repeats(batches, context, _SUBJECT, at="name"):
        place = places.locate(batch, index, context)
        if place and fresh:
            wanted.append(_wanted(batch, index, place))
        elif place:
            unchanged += 1
    places.flush(context)
    seats = Seats(context)
    counts = seats.fill(wanted)
    return counts + Counts(unchanged=unchanged)


def _wanted(batch: Batch, index: int, place: str) -> Wanted:
    role, *_area, name, phone, starts, ends = batch.rows[index]
    return Wanted(batch, index, role_named(role), place, Contact(name, phone), starts, ends)


@dataclass
class Seat:
    """A post with its holdings, deputies apart."""

    post: Post
    holdings: list[Holding]

    def free(self, starts_at: datetime, ends_at: datetime | None) -> bool:
        """Whether nobody holds the post in a span."""
        return not any(
            (held.ends_at is None or held.ends_at > starts_at)
            and (ends_at is None or held.starts_at < ends_at)
            for held in self.holdings
        )


class Seats:
    """The posts of a file's places, read once; what is new is written in sets."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._seats: dict[tuple[str, str], list[Seat]] = defaultdict(list)
        self._held: list[Holding] = []
        self._ended: list[Holding] = []

    def fill(self, wanted: list[Wanted]) -> Counts:
        """Bring all rows in."""
        self._read({row.place for row in wanted})
        book = WorkerBook()
        workers = book.ensure([row.contact for row in wanted])
        self._context.made("worker", book.made)
        results = [self._one(row, worker) for row, worker in zip(wanted, workers, strict=True)]
        self._write()
        return Counts(**{name: results.count(name) for name in ("new", "updated", "unchanged")})

    def _read(self, places: set[str]) -> None:
        ordered = sorted(places)
        for start in range(0, len(ordered), WRITTEN_AT_ONCE):
            posts = Post.objects.filter(place__in=ordered[start : start + WRITTEN_AT_ONCE])
            for post in posts.prefetch_related("holdings").order_by("place", "role", "number"):
                holdings = [held for held in post.holdings.all() if not held.deputy]
                self._seats[post.role, post.place].append(Seat(post, holdings))

    def _one(self, row: Wanted, worker: int) -> str:
        ends_at = clock.end_of(row.ends) if row.ends else None
        standing = self._standing(row, worker)
        if standing is not None:
            return self._adjust(standing, row, ends_at)
        starts_at = clock.start_of(row.starts or clock.local(self._context.now).date())
        seat = self._seat(row, starts_at, ends_at)
        holding = Holding(post=seat.post, worker_id=worker, starts_at=starts_at, ends_at=ends_at)
        seat.holdings.append(holding)
        self._held.append(holding)
        return "new"

    def _standing(self, row: Wanted, worker: int) -> Holding | None:
        """The worker's own holding: of the same start, else one that the row's dates run into."""
        own = [
            held
            for seat in self._seats[row.role, row.place]
            for held in seat.holdings
            if held.worker_id == worker
        ]
        if row.starts is None:
            return max(own, key=lambda held: held.starts_at, default=None)
        starts_at = clock.start_of(row.starts)
        same = [held for held in own if held.starts_at == starts_at]
        running = [held for held in own if held.ends_at is None or held.ends_at > starts_at]
        return next(iter(same or running), None)

    def _adjust(self, held: Holding, row: Wanted, ends_at: datetime | None) -> str:
        start = clock.local(held.starts_at).date()
        if row.starts and row.starts != start:
            self._context.ignored(row.batch, row.at, "starts", START_KEPT.code, start=str(start))
        if ends_at is None or held.ends_at == ends_at or ends_at < held.starts_at:
            return "unchanged"
        if held.pk is not None:
            self._context.before("holding", held.pk, plain_of(held, ["ends_at"]))
        held.ends_at = ends_at
        if held.pk is not None:
            self._ended.append(held)
        return "updated"

    def _seat(self, row: Wanted, starts_at: datetime, ends_at: datetime | None) -> Seat:
        seats = self._seats[row.role, row.place]
        for seat in seats:
            if seat.free(starts_at, ends_at):
                return seat
        seats.append(Seat(Post(role=row.role, place=row.place, number=len(seats) + 1), []))
        return seats[-1]

    def _write(self) -> None:
        fresh = [seat.post for seats in self._seats.values() for seat in seats if seat.post.pk is None]
        Post.objects.bulk_create(fresh, batch_size=WRITTEN_AT_ONCE)
        for holding in self._held:
            holding.post_id = holding.post.pk
        Holding.objects.bulk_create(self._held, batch_size=WRITTEN_AT_ONCE)
        self._context.made("post", [post.pk for post in fresh])
        self._context.made("holding", [holding.pk for holding in self._held])
        Holding.objects.bulk_update(self._ended, ["ends_at"], batch_size=WRITTEN_AT_ONCE)
        self._record()

    def _record(self) -> None:
        actor = self._context.actor
        told = [held_event(held, by=actor) for held in self._held]
        told += [left_event(held, by=actor) for held in (*self._held, *self._ended) if held.ends_at]
        for start in range(0, len(told), EVENTS_AT_ONCE):
            events.append(told[start : start + EVENTS_AT_ONCE])
            hearers.tell(told[start : start + EVENTS_AT_ONCE])


def export(*, place: str, purpose: str) -> Iterator[tuple[Any, ...]]:
    """Every holding of the posts under a place; a post that nobody ever held has no row."""
    found = (
        Holding.objects.filter(codes.within("post__place", place), deputy=False)
        .select_related("post", "worker")
        .order_by("post__place", "post__role", "post__number", "starts_at", "id")
    )
    holdings = list(found)
    paths = paths_of({held.post.place for held in holdings})
    for held in holdings:
        who, path = seal.unseal(held.worker.sealed), paths[held.post.place]
        yield (
            words_of(held.post.role),
            *(path.get(level, "") for level in _LEVELS),
            who["name"],
            who["phone"],
            clock.local(held.starts_at).date(),
            _last_day(held.ends_at),
        )


def _last_day(ends_at: datetime | None) -> date | None:
    """The last day on which the post is held at all: the end itself does not belong to it."""
    return clock.local(ends_at - MICROSECOND).date() if ends_at else None


attach("posts", apply=apply, export=export)

"""The seats of a monitoring workbook: names and phones become posts, found where they stand, else made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max

from bulou.kernel import clock, events
from bulou.kernel.database import in_parts
from bulou.monitoring.models import Seat
from bulou.monitoring.obligations import FIVE_SEATS
from bulou.places import codes
from bulou.places.codes import WIDTHS
from bulou.places.models import Holding, Level, Post
from bulou.places.posts import held_event
from bulou.places.queries import holdings_at
from bulou.places.workers import Contact, WorkerBook
from bulou.sheets.context import Context

LEVELS: Mapping[str, Level] = {Seat.TOWNSHIP_CADRE.value: Level.TOWNSHIP, Seat.POLICE.value: Level.TOWNSHIP}
"""Where a post that a list names for the first time is made; the others answer for a village."""


@dataclass(frozen=True)
class SeatCell:
    """What one row says about one seat: nobody (None), or a person; and the place and start of the case."""

    seat: str
    place: str
    contact: Contact | None
    starts_at: datetime

    @property
    def area(self) -> str:
        """Where the seat's post is made when there is none."""
        return self.place[: WIDTHS[LEVELS.get(self.seat, Level.VILLAGE)]]


@dataclass
class SeatBook:
    """Posts for the seats of a file, read and written in sets."""

    context: Context
    _workers: WorkerBook = field(default_factory=WorkerBook)
    _held: dict[tuple[str, int], list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))
    _standing: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    _ids: dict[Contact, int] = field(default_factory=dict)

    def read(self, cells: Iterable[SeatCell]) -> None:
        """Find, or make, the posts of all these cells, with a few statements."""
        known = list(cells)
        named = [cell for cell in known if cell.contact]
        contacts = list(dict.fromkeys(cell.contact for cell in known if cell.contact))
        self._ids = dict(zip(contacts, self._workers.ensure(contacts), strict=True))
        ids = [self._ids[cell.contact] for cell in named if cell.contact]
        self.context.made("worker", self._workers.made)
        self._read_held(set(ids))
        self._read_standing({step for cell in known for step in codes.path(cell.place)})
        self._make([(cell, id) for cell, id in zip(named, ids, strict=True) if not self._of(cell, id)])

    def post_of(self, cell: SeatCell) -> int | None:
        """The post of a cell; of an empty one the only post of that role that answers for the place."""
        if cell.contact:
            return self._of(cell, self._ids[cell.contact])
        covering = [
            post for step in codes.path(cell.place) for post in self._standing.get((cell.seat, step), ())
        ]
        return covering[0] if len(covering) == 1 else None

    def _of(self, cell: SeatCell, worker: int) -> int | None:
        """The post of the role that the worker holds over the place, or beside it in the same village."""
        held = self._held.get((cell.seat, worker), ())
        covering = [(len(place), -post) for place, post in held if cell.place.startswith(place)]
        if covering:
            return -max(covering)[1]
        village = cell.place[: WIDTHS[Level.VILLAGE]]
        return min((post for place, post in held if place.startswith(village)), default=None)

    def _read_held(self, workers: set[int]) -> None:
        for part in in_parts(sorted(workers)):
            found = holdings_at().filter(worker_id__in=part, post__role__in=FIVE_SEATS)
            for role, worker, place, post in found.values_list(
                "post__role", "worker_id", "post__place", "post_id"
            ):
                self._held[role, worker].append((place, post))

    def _read_standing(self, places: set[str]) -> None:
        for part in in_parts(sorted(places)):
            found = Post.objects.filter(role__in=FIVE_SEATS, place__in=part, closed_at__isnull=True)
            for role, place, post in found.order_by("number").values_list("role", "place", "id"):
                self._standing[role, place].append(post)

    def _make(self, missing: list[tuple[SeatCell, int]]) -> None:
        """New posts with the next numbers, held from the earliest start of the cases that name them."""
        since: dict[tuple[str, str, int], datetime] = {}
        for cell, worker in missing:
            key = (cell.seat, cell.area, worker)
            since[key] = min(cell.starts_at, since.get(key, clock.now()))
        numbers = self._last_numbers({(seat, area) for seat, area, _worker in since})
        posts = []
        for seat, area, _worker in since:
            numbers[seat, area] += 1
            posts.append(Post(role=seat, place=area, number=numbers[seat, area]))
        Post.objects.bulk_create(posts, batch_size=2_000)
        holdings = [
            Holding(post=post, worker_id=worker, starts_at=starts_at)
            for post, ((_seat, _area, worker), starts_at) in zip(posts, since.items(), strict=True)
        ]
        Holding.objects.bulk_create(holdings, batch_size=2_000)
        self.context.made("post", [post.pk for post in posts])
        self.context.made("holding", [holding.pk for holding in holdings])
        for part in in_parts(holdings):
            events.append([held_event(holding, by=self.context.actor) for holding in part])
        for post, (seat, area, worker) in zip(posts, since, strict=True):
            self._held[seat, worker].append((area, post.pk))

    def _last_numbers(self, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
        numbers: dict[tuple[str, str], int] = defaultdict(int)
        for part in in_parts(sorted({area for _seat, area in wanted})):
            found = Post.objects.filter(place__in=part, role__in=FIVE_SEATS).values("role", "place")
            for row in found.annotate(last=Max("number")):
                numbers[row["role"], row["place"]] = row["last"]
        return numbers

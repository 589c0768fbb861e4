"""Isolation points: opened with their rooms, who gets which room, and how full they will be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from bulou.arrivals import ledger
from bulou.arrivals.models import IsolationPoint, Journey, Lodging, Room, Stay, Where
from bulou.arrivals.obligations.points import SERVED
from bulou.facts import arrivals as facts
from bulou.kernel import audit, clock
from bulou.kernel.database import atomic
from bulou.kernel.problems import problem
from bulou.places.models import Post
from bulou.places.queries import place as place_of

NOT_AT_POINT = problem(
    "not-at-point", _("编号 {number} 不在集中隔离中:只有已到隔离点的人才能安排房间。"), status=409
)
ROOM_TAKEN = problem(
    "room-taken", _("{room} 已住 {count} 人,床位 {beds} 张,或住的不是同行人:请换一间。"), status=409
)
ROOM_CLOSED = problem("room-closed", _("{room} 已停用:请换一间。"), status=409)
OTHER_POINT = problem(
    "other-point", _("{room} 属于另一个隔离点,此人现由“{point}”负责:请换一间。"), status=409
)
POINT_IN_USE = problem("point-in-use", _("“{name}”还住着 {count} 人:请先转出,再关闭。"), status=409)
ROOM_IN_USE = problem("room-in-use", _("{room} 还住着 {count} 人:请先转出,再停用。"), status=409)
BEDS_WRONG = problem("beds-wrong", _("“{name}”的床位数应在 1 到 20 之间。"))
MOST_BEDS = 20


@dataclass(frozen=True)
class NewRoom:
    """A room as a list names it."""

    name: str
    beds: int = 1
    wheelchair: bool = False


def open_point(
    *, name: str, post: Post, place: str, longitude: float, latitude: float, by: str
) -> IsolationPoint:
    """An isolation point opens; `post` has whoever is taken there. Raises `no-such-place`."""
    with atomic():
        point = IsolationPoint.objects.create(
            name=name,
            post=post,
            place=place_of(place).code,
            longitude=longitude,
            latitude=latitude,
            opened_at=clock.now(),
        )
        audit.record("arrivals.point_opened", by=by, subject=f"point:{point.pk}", place=point.place)
    return point


def close_point(point: IsolationPoint, *, by: str) -> None:
    """An isolation point closes once nobody lodges there. Raises `point-in-use`."""
    with atomic():
        lodging = Lodging.objects.filter(room__point=point, ends_at__isnull=True).count()
        if lodging:
            raise POINT_IN_USE.error(name=point.name, count=lodging)
        if IsolationPoint.objects.filter(pk=point.pk, closed_at__isnull=True).update(closed_at=clock.now()):
            audit.record("arrivals.point_closed", by=by, subject=f"point:{point.pk}", place=point.place)


def set_rooms(point: IsolationPoint, rooms: Sequence[NewRoom]) -> int:
    """Add rooms and put right those known by their names; how many there are now. Raises `beds-wrong`."""
    for room in rooms:
        if not 1 <= room.beds <= MOST_BEDS:
            raise BEDS_WRONG.error(name=room.name)
    Room.objects.bulk_create(
        [Room(point=point, name=one.name, beds=one.beds, wheelchair=one.wheelchair) for one in rooms],
        update_conflicts=True,
        unique_fields=["point", "name"],
        update_fields=["beds", "wheelchair"],
    )
    return Room.objects.filter(point=point, closed_at__isnull=True).count()


def close_room(room: Room, *, by: str) -> None:
    """A room is used no longer, once nobody lodges there; closed again it stays as it is.

    Raises `room-in-use`.
    """
    with atomic():
        room = Room.objects.select_for_update().select_related("point").get(pk=room.pk)
        lodging = Lodging.objects.filter(room=room, ends_at__isnull=True).count()
        if lodging:
            raise ROOM_IN_USE.error(room=room.name, count=lodging)
        if Room.objects.filter(pk=room.pk, closed_at__isnull=True).update(closed_at=clock.now()):
            audit.record("arrivals.room_closed", by=by, subject=f"room:{room.pk}", place=room.point.place)


def lodge(*, journey: Journey, room: Room, by: str) -> Lodging:
    """Give somebody in central isolation a room; a room before it is left. The same again changes nothing.

    Raises `not-at-point`, `other-point`, `room-closed`, `room-taken`.
    """
    with atomic():
        room = Room.objects.select_for_update().select_related("point").get(pk=room.pk)
        stay = _stay_of(journey)
        _check_room(journey, room)
        standing = Lodging.objects.filter(journey=journey, ends_at__isnull=True).first()
        if standing is not None and standing.room_id == room.pk:
            return standing
        now = clock.now()
        Lodging.objects.filter(journey=journey, ends_at__isnull=True).update(ends_at=now)
        made = Lodging.objects.create(journey=journey, room=room, starts_at=now)
        ledger.append([ledger.of_part(facts.RoomGiven(), stay.pk, journey.place, by=by)])
    return made


def _stay_of(journey: Journey) -> Stay:
    stay = Stay.objects.filter(
        journey=journey, part__where=Where.CENTRAL, begun_at__isnull=False, left_at__isnull=True
    ).last()
    if stay is None:
        raise NOT_AT_POINT.error(number=journey.number)
    return stay


def _check_room(journey: Journey, room: Room) -> None:
    if room.closed_at is not None:
        raise ROOM_CLOSED.error(room=room.name)
    holder = journey.stretches.filter(ends_at__isnull=True).values_list("post", flat=True).first()
    if holder != room.point.post_id:
        point = IsolationPoint.objects.filter(post=holder).first()
        raise OTHER_POINT.error(room=room.name, point=point.name if point else "")
    others = Lodging.objects.filter(room=room, ends_at__isnull=True).exclude(journey=journey)
    strangers = others.exclude(journey__party=journey.party)
    if strangers.exists() or others.count() >= room.beds:
        raise ROOM_TAKEN.error(room=room.name, count=others.count(), beds=room.beds)


def free_rooms(point: IsolationPoint) -> QuerySet[Room, Room]:
    """Rooms of a point in which nobody lodges."""
    taken = Lodging.objects.filter(room__point=point, ends_at__isnull=True).values("room")
    return Room.objects.filter(point=point, closed_at__isnull=True).exclude(pk__in=taken).order_by("name")


@dataclass(frozen=True)
class Day:
    """How many rooms are needed on a day, of how many; `expected` of them are still to come."""

    day: date
    rooms: int
    needed: int
    expected: int

    @property
    def short(self) -> int:
        """How many rooms are missing."""
        return max(0, self.needed - self.rooms)


def forecast(days: int = 7) -> list[Day]:
    """Rooms needed in the points of the county, today and after: a person may be sent to any of them.

    Each stay counts as a room of its own from the day on which it begins, or is due to, until its last day.
    """
    rooms = Room.objects.filter(closed_at__isnull=True, point__closed_at__isnull=True).count()
    stays = (
        Stay.objects.filter(part__where=Where.CENTRAL, left_at__isnull=True)
        .filter(Q(over_at__isnull=True) | Q(over_reason__in=SERVED, begun_at__isnull=False))
        .annotate(since=Coalesce("begun_at", "due_from"))
        .exclude(since__isnull=True)
    )
    today = clock.today()
    return [_day(stays, today + timedelta(days=ahead), rooms, today) for ahead in range(days)]


def _day(stays: QuerySet[Any, Any], day: date, rooms: int, today: date) -> Day:
    # Whoever has served and is still there needs the room today, and leaves.
    still = Q(over_at__isnull=False) if day == today else Q(pk__in=())
    start, end = clock.start_of(day), clock.end_of(day)
    there = stays.filter(Q(part__ends_at__gt=start) | still, since__lt=end)
    coming = there.filter(begun_at__isnull=True).count()
    return Day(day, rooms, there.count(), coming)

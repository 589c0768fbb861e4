"""Places that are no more, though nothing came in their place; other names and gates, with their events.

Rooms above say with `occupied` what keeps a place alive: residents, running cases, mandates.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bulou.kernel import clock, events
from bulou.kernel.database import atomic
from bulou.kernel.problems import problem
from bulou.places import codes
from bulou.places.actions import NAME_EMPTY, _record, _standing, also_called, set_gates
from bulou.places.models import Level, Place, PlaceName, Post
from bulou.places.naming import squeeze
from bulou.places.queries import NO_SUCH_PLACE, held_at

RETIRED_PLACE = events.declare("places.retired")
ALSO_CALLED = events.declare("places.also_called")
GATES_SET = events.declare("places.gates_set")
NAME_TAKEN_BACK = events.declare("places.name_taken_back")
BROUGHT_BACK = events.declare("places.brought_back")

STILL_USED = problem(
    "place-still-used", _("{name}还有{what},不能撤销:请先迁出、交接,或改用合并。"), status=409
)
NOT_RETIRED = problem("place-not-retired", _("{name}没有撤销,或已并入别处,不能恢复。"), status=409)

NO_GATES_HERE = problem("no-gates-here", _("只有小区有大门:{name}不是小区。"))
TOO_MANY_GATES = problem("too-many-gates", _("一个小区最多登记 {most} 个大门。"))
MOST_GATES = 99

_OCCUPANTS: list[tuple[Any, Callable[[str], int]]] = []


def occupied(title: Any, count: Callable[[str], int]) -> None:
    """Something that keeps a place and all below it alive: its title, and how many there are under a code."""
    _OCCUPANTS.append((title, count))


def occupants(code: str) -> list[tuple[str, int]]:
    """What there is under a place that would be without one, with how many."""
    held = Post.objects.filter(codes.within("place", code), pk__in=held_at()).count()
    found = [(str(_("在岗岗位")), held)] + [(str(title), count(code)) for title, count in _OCCUPANTS]
    return [(title, count) for title, count in found if count]


def retire(code: str, *, by: str) -> Place:
    """A place is no more, with all below it; its vacant posts are closed. Raises `place-still-used`."""
    with atomic():
        place = _standing(code)
        for title, count in occupants(code):
            raise STILL_USED.error(name=place.name, what=f"{count:,} {title}")
        now = clock.now()
        Place.objects.filter(codes.within("code", code), retired_at__isnull=True).update(retired_at=now)
        open_posts = Post.objects.filter(codes.within("place", code), closed_at__isnull=True)
        closed = list(open_posts.values_list("pk", flat=True))
        open_posts.update(closed_at=now)
        _record(RETIRED_PLACE, code, by=by, data={"posts": len(closed)})
    place.refresh_from_db()
    return place


def bring_back(code: str, *, by: str) -> Place:
    """A place that was retired stands again, with what was retired together with it.

    Raises `no-such-place`, `place-not-retired`.
    """
    with atomic():
        place = Place.objects.filter(pk=code).select_related("parent").first()
        if place is None:
            raise NO_SUCH_PLACE.error(code=code)
        gone_above = place.parent is not None and place.parent.retired_at is not None
        if place.retired_at is None or place.successor_id or gone_above:
            raise NOT_RETIRED.error(name=place.name)
        at = place.retired_at
        below = codes.within("code", code)
        Place.objects.filter(below, retired_at=at, successor__isnull=True).update(retired_at=None)
        Post.objects.filter(codes.within("place", code), closed_at=at).update(closed_at=None)
        _record(BROUGHT_BACK, code, by=by, data={})
    place.refresh_from_db()
    return place


def not_called(code: str, plain: str, *, by: str) -> None:
    """Take another name of a place back."""
    with atomic():
        gone, _counts = PlaceName.objects.filter(Q(place_id=code), plain=plain).delete()
        if gone:
            _record(NAME_TAKEN_BACK, code, by=by, data={"name": plain})


def call_also(code: str, name: str, *, by: str) -> None:
    """Lists call the place by another name, too. Raises `name-empty`, `place-retired`."""
    label = squeeze(name)
    if not label:
        raise NAME_EMPTY.error()
    with atomic():
        _standing(code)
        also_called(code, label)
        _record(ALSO_CALLED, code, by=by, data={"name": label})


def count_gates(code: str, count: int, *, by: str) -> None:
    """A compound has so many gates. Raises `no-gates-here`, `too-many-gates`, `place-retired`."""
    if not 0 <= count <= MOST_GATES:
        raise TOO_MANY_GATES.error(most=MOST_GATES)
    with atomic():
        place = _standing(code)
        if place.level != Level.COMPOUND:
            raise NO_GATES_HERE.error(name=place.name)
        set_gates(code, count)
        _record(GATES_SET, code, by=by, data={"count": count})

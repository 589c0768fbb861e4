"""Questions about places and the posts that answer for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from bulou.kernel import clock, seal
from bulou.kernel.problems import problem
from bulou.places import codes
from bulou.places.book import AreaNames, PlaceBook
from bulou.places.models import Holding, Level, Place, Post
from bulou.places.roles import title_of

NO_SUCH_PLACE = problem("no-such-place", _("没有编码为 {code} 的地点:请核对地点编码。"), status=404)


@dataclass(frozen=True)
class Owner:
    """Who answers for a post at an instant. `label` names the seat, `deputy` says it is a deputy."""

    label: str
    name: str
    phone: str
    deputy: bool


def place(code: str) -> Place:
    """The place of a code as it stands today, merges followed. Raises `no-such-place`."""
    found = Place.objects.filter(code=code).select_related("successor").first()
    if found is None:
        raise NO_SUCH_PLACE.error(code=code)
    return place(found.successor_id) if found.successor_id else found


def resolve(names: Sequence[str]) -> Place:
    """The place at the end of a path of names: 乡镇, 村(社区), 小区, 网格, 楼栋, 单元, 户.

    Empty names are levels that the place does not have. Raises `unknown-township`, `unknown-village`,
    `village-elsewhere`, `unknown-place`.
    """
    return place(PlaceBook(create=False).locate(AreaNames(*names)).code)


def children(code: str, *, retired: bool = False) -> QuerySet[Place, Place]:
    """The places directly below one, in the order of their codes."""
    found = Place.objects.filter(parent_id=code).order_by("code")
    return found if retired else found.filter(retired_at__isnull=True)


def subtree(code: str) -> QuerySet[Place, Place]:
    """A place and all below it, in the order of their codes."""
    return Place.objects.filter(codes.within("code", code)).order_by("code")


def names(place_codes: Iterable[str]) -> dict[str, str]:
    """The names of places by their codes; retired ones too."""
    return dict(Place.objects.filter(code__in=set(place_codes)).values_list("code", "name"))


def name_path(code: str, *, above: str | None = None, separator: str = " / ") -> str:
    """ "唐兴镇 / 文昌社区 / …": the names from below the county (or below `above`) down to the place."""
    return name_paths([code], above=above, separator=separator)[code]


def name_paths(
    place_codes: Iterable[str], *, above: str | None = None, separator: str = " / "
) -> dict[str, str]:
    """The name path of each place, with one query."""
    paths = {code: codes.path(code) for code in place_codes}
    known = names(step for path in paths.values() for step in path)
    top = len(above) if above else codes.WIDTHS[Level.COUNTY]
    return {
        code: separator.join(known.get(step, step) for step in path if len(step) > top or step == path[-1])
        for code, path in paths.items()
    }


def area_names(code: str) -> dict[Level, str]:
    """The name at each level of a place's path."""
    return paths_of([code])[code]


def holdings_at(now: datetime | None = None) -> QuerySet[Holding, Holding]:
    """Holdings that run at an instant, of posts that are not closed, deputies included."""
    moment = now or clock.now()
    return Holding.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=moment),
        Q(post__closed_at__isnull=True) | Q(post__closed_at__gt=moment),
        starts_at__lte=moment,
    )


def held_at(now: datetime | None = None) -> QuerySet[Holding, int]:
    """Ids of the posts that somebody answers for at an instant, holder or deputy; for subqueries."""
    return holdings_at(now).order_by().values_list("post_id", flat=True)


def owners(post_ids: Iterable[int], now: datetime | None = None) -> dict[int, Owner]:
    """Who answers for each post at an instant: the holder, else the deputy. Vacant posts are left out."""
    held = (
        holdings_at(now)
        .filter(post_id__in=set(post_ids))
        .select_related("post", "worker")
        .order_by("post_id", "-deputy", "-starts_at", "id")
    )
    latest = {holding.post_id: holding for holding in held}
    places = names(holding.post.place for holding in latest.values())
    return {id: _owner(holding, places) for id, holding in latest.items()}


def _owner(holding: Holding, places: dict[str, str]) -> Owner:
    who = seal.unseal(holding.worker.sealed)
    where = places.get(holding.post.place, "")
    return Owner(
        label=f"{where} {title_of(holding.post.role)}".strip(),
        name=who.get("name", ""),
        phone=who.get("phone", ""),
        deputy=holding.deputy,
    )


def label(post: Post) -> str:
    """What a post is called: place and role."""
    return f"{names([post.place]).get(post.place, '')} {title_of(post.role)}".strip()


def labels(post_ids: Iterable[int]) -> dict[int, str]:
    """What several posts are called, with two queries."""
    found = list(Post.objects.filter(pk__in=set(post_ids)))
    places = names(post.place for post in found)
    return {post.pk: f"{places.get(post.place, '')} {title_of(post.role)}".strip() for post in found}


def posts_under(code: str, now: datetime | None = None) -> list[dict[str, Any]]:
    """Every post of a place and below that is not closed: number, role, place, label, whether it is held."""
    moment = now or clock.now()
    posts = Post.objects.filter(codes.within("place", code)).order_by("place", "id")
    found = list(posts.filter(Q(closed_at__isnull=True) | Q(closed_at__gt=moment)))
    places, held = names(post.place for post in found), set(held_at(moment))
    return [
        {
            "id": post.pk,
            "role": post.role,
            "place": post.place,
            "label": f"{places.get(post.place, '')} {title_of(post.role)}".strip(),
            "held": post.pk in held,
        }
        for post in found
    ]


def covering(role: str, place_codes: Iterable[str], at: datetime | None = None) -> dict[str, int]:
    """The post of a role that answers for each place: the deepest on its path; there a held one, then the
    lowest number. A vacant post is not passed over for a wider one: its area is unowned."""
    paths = {code: codes.path(code) for code in place_codes}
    steps = {step for path in paths.values() for step in path}
    posts = _ranked(Post.objects.filter(role=role, place__in=steps), at)
    by_place: dict[str, tuple[Any, ...]] = {}
    for rank in posts:
        by_place.setdefault(rank[1], rank)
    found: dict[str, int] = {}
    for code, path in paths.items():
        ranks = [by_place[step] for step in path if step in by_place]
        if ranks:
            found[code] = max(ranks, key=lambda rank: len(rank[1]))[2]
    return found


def _ranked(posts: QuerySet[Post, Post], at: datetime | None) -> list[tuple[bool, str, int]]:
    """(vacant, place, id) of open posts, the held ones first."""
    moment = at or clock.now()
    held = set(held_at(moment).filter(post__in=posts))
    open_ = posts.filter(Q(closed_at__isnull=True) | Q(closed_at__gt=moment)).order_by("number", "id")
    rows = [(post.pk not in held, post.place, post.pk) for post in open_]
    return sorted(rows, key=lambda row: row[0])


def find(role: str, place_code: str, at: datetime | None = None) -> Post | None:
    """The post of a role that answers for a place: the deepest on its path, a held one first there."""
    found = covering(role, [place_code], at)
    return Post.objects.get(pk=found[place_code]) if found else None


def held_by(worker_id: int, at: datetime | None = None) -> QuerySet[Post, Post]:
    """The posts that a worker holds or deputises for at an instant."""
    ids = holdings_at(at).filter(worker_id=worker_id).values("post_id")
    return Post.objects.filter(pk__in=ids).annotate(depth=Length("place")).order_by("-depth", "id")


def paths_of(place_codes: Iterable[str]) -> dict[str, dict[Level, str]]:
    """The names at each level of the paths of many places, with one query."""
    paths = {code: codes.path(code) for code in place_codes}
    known = names(step for path in paths.values() for step in path)
    return {code: {codes.level_of(step): known[step] for step in path} for code, path in paths.items()}

"""Whose posts: those of the reader, and those to whom something may be handed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from bulou.places import codes
from bulou.places.models import Post
from bulou.places.queries import held_at, holdings_at, names
from bulou.places.roles import title_of
from bulou.rights.models import Mandate

MOST_CHOICES = 200


@dataclass(frozen=True)
class Choice:
    """A post that can be chosen."""

    id: int
    label: str


def my_posts(mandate: Mandate) -> tuple[int, ...]:
    """The posts that the reader holds or acts for."""
    if mandate.account.worker_id is None:
        return (mandate.post_id,) if mandate.post_id else ()
    held = holdings_at().filter(worker_id=mandate.account.worker_id)
    return tuple(sorted({*held.values_list("post_id", flat=True), *filter(None, (mandate.post_id,))}))


def _held_under(scope: str, place: str) -> QuerySet[Post, Post]:
    """Posts that somebody holds: in the scope, and those above the place that answer for it, too."""
    here = codes.within("place", scope) | Q(place__in=codes.path(place) if place else [])
    return Post.objects.filter(here, pk__in=held_at())


def choices(scope: str, place: str = "") -> list[Choice]:
    """The held posts that something at a place may be handed to, the nearest to it first."""
    found = _held_under(scope, place).annotate(depth=Length("place")).order_by("-depth", "place", "id")
    near = found.filter(place__in=codes.path(place)) if place else found.order_by("depth", "place", "id")
    posts = list(near[:MOST_CHOICES])
    known = names(post.place for post in posts)
    return [Choice(post.pk, f"{known.get(post.place, '')} {title_of(post.role)}".strip()) for post in posts]


def may_be_handed(post: int, scope: str, place: str) -> bool:
    """Whether something at a place may be handed to a post."""
    return _held_under(scope, place).filter(pk=post).exists()

"""Places and posts, as far as the token's scope goes; and what the token is."""

from __future__ import annotations

from typing import Literal

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router, Schema

from bulou.command.api.frame import (
    PROBLEMS,
    Code,
    Cursor,
    Limit,
    keys_of,
    operation,
    page,
    place_of,
    token_of,
)
from bulou.kernel import clock
from bulou.places import codes
from bulou.places import queries as places
from bulou.places.models import Level, Place, Post
from bulou.rights.capabilities import Capability

router = Router(tags=["registers"])


class PlaceLine(Schema):
    """A place of the tree; `retired` places live on in `successor`."""

    code: str
    level: Literal[tuple(Level.values)]  # type: ignore[valid-type]  # mypy cannot read choices
    name: str
    parent: str | None
    retired: bool
    successor: str | None


class Places(Schema):
    rows: list[PlaceLine]
    next: str | None


class PostLine(Schema):
    """A post that answers for a place, and whether somebody holds it now."""

    id: int
    role: str
    place: str
    label: str
    held: bool


class Posts(Schema):
    rows: list[PostLine]
    next: str | None


@router.get("/places", response={200: Places} | PROBLEMS, **operation("list_places", Capability.SEE_NUMBERS))
def list_places(
    request: HttpRequest,
    parent: str | None = Code,
    cursor: str | None = Cursor,
    limit: int = Limit,
) -> HttpResponse:
    """The places directly below one, retired ones too, in the order of their codes."""
    found = places.children(place_of(request, parent), retired=True)
    keys = keys_of(cursor, str)
    if keys:
        found = found.filter(code__gt=keys[0])
    shown, after = page(list(found[: limit + 1]), limit, lambda one: (one.code,))
    return JsonResponse({"rows": [place_line(one) for one in shown], "next": after})


@router.get(
    "/places/{code}", response={200: PlaceLine} | PROBLEMS, **operation("read_place", Capability.SEE_NUMBERS)
)
def read_place(request: HttpRequest, code: str) -> HttpResponse:
    """One place."""
    return JsonResponse(place_line(Place.objects.get(code=place_of(request, code))))


def place_line(one: Place) -> dict[str, object]:
    """A place as answers say it."""
    return {
        "code": one.code,
        "level": one.level,
        "name": one.name,
        "parent": one.parent_id,
        "retired": one.retired_at is not None,
        "successor": one.successor_id,
    }


@router.get("/posts", response={200: Posts} | PROBLEMS, **operation("list_posts", Capability.SEE_NUMBERS))
def list_posts(
    request: HttpRequest,
    place: str | None = Code,
    cursor: str | None = Cursor,
    limit: int = Limit,
) -> HttpResponse:
    """The posts of a place and below, in the order of place and number."""
    now = clock.now()
    found = Post.objects.filter(codes.within("place", place_of(request, place))).order_by("place", "id")
    found = found.filter(Q(closed_at__isnull=True) | Q(closed_at__gt=now))
    keys = keys_of(cursor, str, int)
    if keys:
        found = found.filter(Q(place__gt=keys[0]) | Q(place=keys[0], id__gt=keys[1]))
    shown, after = page(list(found[: limit + 1]), limit, lambda one: (one.place, one.pk))
    titles = places.labels(one.pk for one in shown)
    held = set(places.held_at(now).filter(post__in=[one.pk for one in shown]))
    rows = [
        {"id": one.pk, "role": one.role, "place": one.place, "label": titles[one.pk], "held": one.pk in held}
        for one in shown
    ]
    return JsonResponse({"rows": rows, "next": after})


class TokenLine(Schema):
    """What the token that was shown may do."""

    post: int
    label: str
    scope: str
    purpose: str
    capabilities: list[str]
    ends_at: str


@router.get("/token", response={200: TokenLine} | PROBLEMS, **operation("read_token"))
def read_token(request: HttpRequest) -> HttpResponse:
    """Who I am, what I may do and until when."""
    token = token_of(request)
    return JsonResponse(
        {
            "post": token.post_id,
            "label": places.label(token.post),
            "scope": token.scope,
            "purpose": token.purpose,
            "capabilities": token.capabilities,
            "ends_at": clock.local(token.ends_at).isoformat(),
        }
    )

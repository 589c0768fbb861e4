"""What is done with places: named, moved, merged, split, retired; each can be looked at before."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import Field

from bulou.command.api.fields import BAD_FIELD
from bulou.command.api.frame import PROBLEMS, Words, actor, operation, place_of
from bulou.command.api.idempotency import act, repeatable
from bulou.command.api.registers import PlaceLine, place_line
from bulou.command.registers import tree
from bulou.kernel.database import atomic
from bulou.places import actions, codes, retiring
from bulou.places.models import Place
from bulou.places.naming import squeeze
from bulou.rights.capabilities import Capability

MAY = (Capability.SEE_NUMBERS, Capability.KEEP_PLACES)
LONGEST_NAME = 100

router = Router(tags=["places"])


class Keeps(Schema):
    """Something that keeps a place alive, and how many there are."""

    what: str
    count: int


class Moved(Schema):
    """What lies under a place and goes along with it; `keeps`: what forbids that it is retired."""

    doors: int
    persons: int
    posts: int
    cases: int
    mandates: int
    keeps: list[Keeps]


class Name(Schema):
    """What a place is called."""

    name: Words = Field(min_length=1, max_length=LONGEST_NAME)


class Gates(Schema):
    """How many gates a compound has."""

    count: int = Field(ge=0, le=retiring.MOST_GATES)


class To(Schema):
    """The code of the place where it goes."""

    to: str = Field(pattern=r"^[0-9]{6,26}$")


class Part(Schema):
    """The name of the new place, and the codes of the children that go there."""

    name: Words = Field(min_length=1, max_length=LONGEST_NAME)
    children: list[str] = Field(min_length=1, max_length=tree.MOST_CHILDREN)


def _verb(name: str) -> dict[str, Any]:
    return act(name, PlaceLine, *MAY)


@router.get(
    "/places/{code}/contents",
    response={200: Moved} | PROBLEMS,
    **operation("read_place_contents", *MAY),
)
def read_contents(request: HttpRequest, code: str) -> HttpResponse:
    """What would go along if the place were moved, merged or split, and what forbids to retire it."""
    place = place_of(request, code)
    found = tree.what_moves([place])
    keeps = [{"what": title, "count": count} for title, count in retiring.occupants(place)]
    return JsonResponse(vars(found) | {"keeps": keeps})


@router.post("/places/{code}/rename", **_verb("rename_place"))
@repeatable
def rename(request: HttpRequest, code: str, name: Name) -> tuple[int, object]:
    """The place has another name from today; the old one still finds it."""
    place = place_of(request, code)
    actions.rename(place, _name(name.name), by=actor(request))
    return _now(place)


@router.post("/places/{code}/names", **_verb("name_place_also"))
@repeatable
def name_also(request: HttpRequest, code: str, name: Name) -> tuple[int, object]:
    """Lists call the place by another name, too."""
    place = place_of(request, code)
    retiring.call_also(place, _name(name.name), by=actor(request))
    return _now(place)


@router.post("/places/{code}/gates", **_verb("count_gates"))
@repeatable
def count_gates(request: HttpRequest, code: str, gates: Gates) -> tuple[int, object]:
    """A compound has so many gates."""
    place = place_of(request, code)
    retiring.count_gates(place, gates.count, by=actor(request))
    return _now(place)


@router.post("/places/{code}/move", **_verb("move_place"))
@repeatable
def move(request: HttpRequest, code: str, where: To) -> tuple[int, object]:
    """The place and all in it lie under another one from now on; the answer has its new code."""
    place, to = place_of(request, code), place_of(request, where.to)
    return _now(actions.move(place, to, by=actor(request)).code)


@router.post("/places/{code}/merge", **_verb("merge_place"))
@repeatable
def merge(request: HttpRequest, code: str, where: To) -> tuple[int, object]:
    """The place becomes part of another of its level; the old code and name find the new place."""
    place, to = place_of(request, code), place_of(request, where.to)
    return _now(actions.merge(place, to, by=actor(request)).code)


@router.post("/places/{code}/split", **_verb("split_place"))
@repeatable
def split(request: HttpRequest, code: str, part: Part) -> tuple[int, object]:
    """Children of the place become a new place beside it; the answer is the new place."""
    place = place_of(request, code)
    # The new place lies beside this one: the scope must hold what is around it.
    place_of(request, codes.parent_of(place) or "")
    children = [place_of(request, one) for one in dict.fromkeys(part.children)]
    with atomic():
        (made,) = actions.split(place, {_name(part.name): children}, by=actor(request))
    return _now(made.code)


@router.post("/places/{code}/retire", **_verb("retire_place"))
@repeatable
def retire(request: HttpRequest, code: str) -> tuple[int, object]:
    """The place is no more, nor what lies in it; refused while anybody lives or works there."""
    place = place_of(request, code)
    retiring.retire(place, by=actor(request))
    return _now(place)


@router.post("/places/{code}/bring-back", **_verb("bring_back_place"))
@repeatable
def bring_back(request: HttpRequest, code: str) -> tuple[int, object]:
    """A retired place stands again, with what was retired together with it."""
    place = place_of(request, code)
    retiring.bring_back(place, by=actor(request))
    return _now(place)


def _now(code: str) -> tuple[int, object]:
    return 200, place_line(Place.objects.get(code=code))


def _name(text: str) -> str:
    """A name that fits after its signs were made plain. Raises `api-bad-field`."""
    if len(squeeze(text)) > LONGEST_NAME:
        raise BAD_FIELD.error(field="name", reason=_("最多 {most} 个字").format(most=LONGEST_NAME))
    return text

"""The search, by POST alone: no address, log or history holds what was looked for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router, Schema
from pydantic import Field

from bulou.command.api.frame import PROBLEMS, Words, actor, operation, purpose, token_of
from bulou.command.persons import find
from bulou.kernel import audit
from bulou.people.queries import mask_phone
from bulou.rights.capabilities import Capability

router = Router(tags=["search"])


class Search(Schema):
    """A place, a post, a name, pinyin or initials, a phone number, a case or identity number."""

    words: Words = Field(min_length=1, max_length=60)


class FoundPlace(Schema):
    """A place and where it lies."""

    code: str
    where: str


class FoundPost(Schema):
    """A post; who holds it, if anybody and as far as the token sees persons, the phone masked."""

    id: int
    label: str
    place: str
    holder: str | None
    phone: str | None


class FoundPerson(Schema):
    """Somebody, masked, with the case that is theirs, if any."""

    uid: UUID
    name: str
    needs: list[str]
    case: str
    where: str


class Found(Schema):
    """What was found, the nearest first. `behind`: registrations that the index has not followed yet."""

    places: list[FoundPlace]
    posts: list[FoundPost]
    persons: list[FoundPerson]
    behind: int


@router.post(
    "/search", response={200: Found} | PROBLEMS, **operation("search_everything", Capability.SEE_NUMBERS)
)
def search(request: HttpRequest, asked: Search) -> HttpResponse:
    """What words may mean within the scope; persons only for a token that sees them, and recorded."""
    token = token_of(request)
    what_for = purpose(request) if token.may(Capability.SEE_PERSONS) else ""
    found = find.everything(asked.words, token, by=actor(request))
    if found.persons:
        audit.record(
            "people.listed",
            by=actor(request),
            place=token.scope,
            reason=what_for,
            detail={"count": len(found.persons), "token": token.pk},
        )
    return JsonResponse(
        {
            "places": [{"code": one.code, "where": one.where} for one in found.places],
            "posts": [_post(one) for one in found.posts],
            "persons": [_person(one) for one in found.persons],
            "behind": found.behind,
        }
    )


def _post(one: find.PostFound) -> dict[str, Any]:
    owner = one.owner
    return {
        "id": one.id,
        "label": one.label,
        "place": one.where,
        "holder": owner.name if owner else None,
        "phone": mask_phone(owner.phone) if owner else None,
    }


def _person(one: find.PersonFound) -> dict[str, Any]:
    face = one.face
    shown = {"uid": str(one.uid), "name": face.name, "needs": list(face.needs)}
    return shown | {"case": face.code, "where": one.where}

"""Somebody's way to the own page: a link, made, freed and withdrawn; the same on paper."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from ninja import Router, Schema

from bulou.command.api.frame import PDF, PROBLEMS, actor, file_of, operation, pdf_answer, purpose, told
from bulou.command.api.idempotency import act, repeatable
from bulou.command.api.persons import NO_SUCH_PERSON, person_of
from bulou.command.me import twin
from bulou.people.models import Person
from bulou.residents import links
from bulou.residents.models import PersonalLink
from bulou.rights.capabilities import Capability

MAY = Capability.ANSWER_RESIDENTS

router = Router(tags=["residents"])


class LinkLine(Schema):
    """The link that somebody has now, all null when there is none. `locked`: the tries are used up."""

    made_at: str | None
    ends_at: str | None
    opened_at: str | None
    locked: bool


class MadeLink(LinkLine):
    """The address, shown this once. It asks for what only the resident knows before it shows anything."""

    address: str


@router.get("/persons/{uid}/link", response={200: LinkLine} | PROBLEMS, **operation("read_link", MAY))
def read_link(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Whether somebody has a link."""
    return JsonResponse(_line(links.running(living(request, uid))))


@router.post("/persons/{uid}/link", **act("make_link", MadeLink, MAY, status=201))
@repeatable
def make_link(request: HttpRequest, uid: UUID) -> tuple[int, object]:
    """A new link; an earlier one ends."""
    token, link = links.make(living(request, uid), by=actor(request))
    return 201, _line(link) | {"address": request.build_absolute_uri(reverse("me", args=[token]))}


@router.post("/persons/{uid}/link/free", **act("free_link", LinkLine, MAY))
@repeatable
def free_link(request: HttpRequest, uid: UUID) -> tuple[int, object]:
    """Give a locked link its tries back; whoever asks has made sure who is asking."""
    links.free(_running(request, uid), by=actor(request))
    return 200, _line(links.running(living(request, uid)))


@router.delete("/persons/{uid}/link", **act("withdraw_link", LinkLine, MAY))
@repeatable
def withdraw_link(request: HttpRequest, uid: UUID) -> tuple[int, object]:
    """End the link at once."""
    links.withdraw(_running(request, uid), by=actor(request))
    return 200, _line(None)


@router.get(
    "/persons/{uid}/paper",
    response={200: None} | PROBLEMS,
    openapi_extra=file_of(PDF),
    **operation("fetch_resident_paper", MAY),
)
def fetch_paper(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Somebody's own page on paper. It has the name: each time recorded."""
    return pdf_answer(twin.make_pdf(living(request, uid), by=actor(request)))


def living(request: HttpRequest, uid: UUID) -> Person:
    """Somebody of the scope whose data are there. Raises `api-no-such-person`, `token-no-purpose`."""
    purpose(request)
    found = person_of(request, uid)
    if not found.sealed:
        raise NO_SUCH_PERSON.error()
    return found


def _running(request: HttpRequest, uid: UUID) -> PersonalLink:
    """The link that somebody has. Raises `link-dead`."""
    found = links.running(living(request, uid))
    if found is None:
        raise links.LINK_DEAD.error()
    return found


def _line(link: PersonalLink | None) -> dict[str, Any]:
    times = {name: told(getattr(link, name, None)) for name in ("made_at", "ends_at", "opened_at")}
    return times | {"locked": link is not None and links.is_locked(link)}

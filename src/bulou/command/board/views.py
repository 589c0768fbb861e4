"""The board: the page, the part of it that renews itself, an hour of the past, and what is shared of it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from bulou.command.board import live, share
from bulou.command.board.asked import Asked
from bulou.command.board.hours import hour
from bulou.kernel import clock
from bulou.places.models import Place
from bulou.rights.capabilities import Capability
from bulou.web.access import OfficeRequest, actor, office, path_in_scope


@require_GET
@office(Capability.SEE_NUMBERS)
def show_board(request: OfficeRequest) -> HttpResponse:
    """`/`: the day's books at a place of the account's scope."""
    crumbs, asked = _asked(request)
    page = {
        "crumbs": crumbs,
        "place": crumbs[-1],
        "asked": asked,
        "day": asked.day,
        "today": clock.today(),
        "before": asked.url(day=asked.day - clock.DAY),
        "after": asked.url(day=asked.day + clock.DAY) if asked.day < clock.today() else "",
        "shared": [(kind, asked.url(name)) for kind, name in share.PAGES],
        "live": live.fragment(asked, crumbs[-1], **_may(request)),
    }
    return render(request, "board/board.html", page)


@require_GET
@office(Capability.SEE_NUMBERS)
def show_live(request: OfficeRequest) -> HttpResponse:
    """`/board/live`: the part that renews itself; 304 while nothing that it shows can have changed."""
    crumbs, asked = _asked(request)
    may = _may(request)
    known = request.headers.get("If-None-Match", "").removeprefix("W/")
    if known and known == live.etag(asked, crumbs[-1], **may):
        answer = HttpResponse(status=304)
        answer["ETag"] = known
    else:
        found = live.fragment(asked, crumbs[-1], **may)
        answer = HttpResponse(found.html)
        answer["ETag"] = found.etag
    answer["Cache-Control"] = "private, no-cache"
    return answer


@require_GET
@office(Capability.SEE_NUMBERS)
def show_hour(request: OfficeRequest) -> HttpResponse:
    """`/board/hour`: the counts that stood at a full hour, as they were known then."""
    crumbs, asked = _asked(request)
    number = request.GET.get("hour", "")
    if not (number.isascii() and number.isdecimal() and 1 <= int(number[:3]) <= 24):
        raise Http404
    page = {
        "crumbs": crumbs,
        "place": crumbs[-1],
        "asked": asked,
        "number": int(number),
        "hour": hour(asked, int(number)),
    }
    return render(request, "board/hour.html", page)


@require_GET
@office(Capability.SEE_NUMBERS, formats=("html", "png"))
def picture(request: OfficeRequest) -> HttpResponse:
    """`/board.png`: the board as a picture of 1080 px for the work chat. Numbers only; recorded."""
    asked, made = _shared(request)
    return _file(share.png(made, by=actor(request)), "image/png", asked, "png")


@require_GET
@office(Capability.SEE_NUMBERS, formats=("html", "pdf"))
def paper(request: OfficeRequest) -> HttpResponse:
    """`/board.pdf`: the board on A4. Numbers only; recorded."""
    asked, made = _shared(request)
    return _file(share.pdf_of(made, by=actor(request)), "application/pdf", asked, "pdf")


@require_GET
@office(Capability.SEE_NUMBERS, formats=("html", "text"))
def words(request: OfficeRequest) -> HttpResponse:
    """`/board.txt`: the day's report in six lines, to be pasted into the work chat; recorded."""
    made = _shared(request)[1]
    answer = HttpResponse(share.text(made, by=actor(request)), content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    return answer


def _asked(request: OfficeRequest) -> tuple[list[Place], Asked]:
    crumbs = path_in_scope(request.mandate, request.GET.get("place", ""))
    return crumbs, Asked.of(request, crumbs[-1].code)


def _may(request: OfficeRequest) -> dict[str, bool]:
    return {
        "rows": request.mandate.may(Capability.SEE_PERSONS),
        "can_import": request.mandate.may(Capability.IMPORT),
    }


def _shared(request: OfficeRequest) -> tuple[Asked, share.Shared]:
    crumbs, asked = _asked(request)
    where = " ".join(place.name for place in crumbs)
    return asked, share.gather(asked, crumbs[-1], where, maker=_maker(request))


def _maker(request: OfficeRequest) -> str:
    """The title under which somebody acts; never a name."""
    return str(request.mandate.title) or _("办公室")


def _file(content: bytes, media: str, asked: Asked, ending: str) -> HttpResponse:
    headers: dict[str, Any] = {
        "Content-Disposition": f'attachment; filename="board-{asked.place}-{asked.day:%Y%m%d}.{ending}"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type=media, headers=headers)

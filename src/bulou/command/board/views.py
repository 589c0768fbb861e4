"""The board."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from bulou.command.access import OfficeRequest, office, path_in_scope
from bulou.command.asked import day_of, kind_of
from bulou.command.board.figures import board
from bulou.command.tiles import tiles
from bulou.kernel import clock
from bulou.obligations.kinds import KINDS
from bulou.rights.capabilities import Capability


@require_GET
@office(Capability.SEE_NUMBERS)
def show_board(request: OfficeRequest) -> HttpResponse:
    """`/`: the day's books at a place of the account's scope."""
    crumbs = path_in_scope(request.mandate, request.GET.get("place", ""))
    day, kind = day_of(request), kind_of(request)
    figures = board(crumbs[-1].code, day, kind=kind)
    page = {
        "crumbs": crumbs,
        "place": crumbs[-1],
        "day": day,
        "day_before": day - clock.DAY,
        "day_after": day + clock.DAY,
        "today": clock.today(),
        "kind": kind,
        "kind_title": KINDS[kind].title if kind else "",
        "board": figures,
        "tiles": tiles(figures.headline),
    }
    return render(request, "board/board.html", page)

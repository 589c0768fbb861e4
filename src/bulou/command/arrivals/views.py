"""The list of arrivals."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from bulou.arrivals.models import Exposure, State, Station
from bulou.command.arrivals.asked import KEY_TYPES, OPEN, STATES, JourneysAsked
from bulou.command.arrivals.lists import DECISION_WORDS, STATE_WORDS
from bulou.command.arrivals.rows import rows_of
from bulou.command.asked import PAGE_SIZE
from bulou.command.worklists.asked import part_of, position_of
from bulou.kernel import clock
from bulou.places.models import Place
from bulou.rights.capabilities import Capability
from bulou.web.access import OfficeRequest, office, path_in_scope

ICONS = {OPEN: "list-checks", State.EXPECTED: "clock", State.BETWEEN: "arrow-right", State.HELD: "user"}
DAYS_AHEAD = 7


@never_cache
@require_GET
@office(Capability.SEE_PERSONS)
def arrivals(request: OfficeRequest) -> HttpResponse:
    """`/arrivals`: who comes, whose hands they are in, what is broken."""
    crumbs = path_in_scope(request.mandate, request.GET.get("place", ""))
    place = crumbs[-1]
    wanted = JourneysAsked.read(request.GET, place.code)
    counts = wanted.counts
    position = position_of(request.GET, KEY_TYPES)
    found = wanted.lines(position, PAGE_SIZE + 1) if counts[wanted.state] else []
    part = part_of(request.GET, counts[wanted.state], position, found)
    context = {
        "crumbs": crumbs,
        "place": place,
        "asked": wanted,
        "tabs": [(one, STATE_WORDS[one], ICONS.get(one, "circle-minus"), counts[one]) for one in STATES],
        "part": part,
        "rows": rows_of(part.lines, above=place.code, now=wanted.now),
        **_choices(wanted, place),
    }
    return render(request, "arrivals/arrivals.html", context)


def _choices(wanted: JourneysAsked, place: Place) -> dict[str, Any]:
    """What may be chosen in the filters."""
    below = Place.objects.filter(parent=place, retired_at__isnull=True).order_by("code")
    stations = Station.objects.filter(closed_at__isnull=True).order_by("name").values_list("pk", "name")
    return {
        "places": [(place.code, _("全部")), *below.values_list("code", "name")],
        "days": _days(wanted),
        "stations": [("", _("全部")), *stations],
        "exposures": [("", _("全部")), *((one.value, one.label) for one in reversed(Exposure))],
        "decisions": [("", _("全部")), *DECISION_WORDS.items()],
    }


def _days(wanted: JourneysAsked) -> list[tuple[str, Any]]:
    today = clock.local(wanted.now).date()
    near = [today + clock.DAY * ahead for ahead in range(-1, DAYS_AHEAD)]
    days = near if wanted.day is None or wanted.day in near else [wanted.day, *near]
    titles = {today - clock.DAY: _("昨天"), today: _("今天"), today + clock.DAY: _("明天")}
    return [("", _("全部日期")), *((day.isoformat(), titles.get(day, day.isoformat())) for day in days)]

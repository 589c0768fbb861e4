"""The board as it was known at each full hour."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Schema

from bulou.command.api.frame import PROBLEMS, YEARS, Code, moment, operation, place_of, told
from bulou.kernel import clock
from bulou.kernel.problems import problem
from bulou.obligations import snapshots
from bulou.obligations.balance import Counts
from bulou.obligations.kinds import kind_named
from bulou.places.models import Place
from bulou.rights.capabilities import Capability

TOO_NARROW = problem("history-too-narrow", _("历史数字只到村(社区)一级:请用村、乡镇或县的编码。"))
NOT_TAKEN = problem("history-not-taken", _("这个时间没有存下的数字:整点才有,且只留 {days} 天。"), status=404)

router = Router(tags=["history"])


class Counted(Schema):
    """universe = met + late + open + overdue + excused; `adrift` is undone and owned by nobody."""

    universe: int
    met: int
    late: int
    open: int
    overdue: int
    excused: int
    owned: int
    unowned: int
    unknown: int
    adrift: int


class HourLine(Counted):
    """A place at a full hour. `made_up`: nothing ran then, the counts were made afterwards at `taken_at`."""

    at: str
    taken_at: str
    made_up: bool


class Hours(Schema):
    rows: list[HourLine]


class CellLine(Counted):
    """One kind at one place at that hour."""

    kind: str
    place: str


class Hour(Schema):
    """One full hour: the place asked about and the places directly below it, by kind."""

    at: str
    taken_at: str
    made_up: bool
    rows: list[CellLine]


@router.get("/history", response={200: Hours} | PROBLEMS, **operation("read_history", Capability.SEE_NUMBERS))
def read_history(
    request: HttpRequest, place: str | None = Code, day: date | None = None, kind: str | None = None
) -> HttpResponse:
    """The hours of a county day (today) at a county, township or village, oldest first."""
    asked = day or clock.today()
    if asked.year not in YEARS:
        raise clock.BAD_INSTANT.error(value=asked)
    since = clock.start_of(asked)
    code, name = _place(request, place), kind_named(kind).name if kind else ""
    found = snapshots.trend(code, since, since + timedelta(days=1), kind=name)
    return JsonResponse({"rows": [_head(one) | asdict(one.counts) for one in found]})


@router.get(
    "/history/hour", response={200: Hour} | PROBLEMS, **operation("read_hour", Capability.SEE_NUMBERS)
)
def read_hour(request: HttpRequest, at: str = Query(), place: str | None = Code) -> HttpResponse:
    """What was known at one full hour, by kind and place. Raises `history-not-taken` for another time."""
    code, asked = _place(request, place), moment(at)
    taken = snapshots.hour_taken(asked) if asked else None
    if asked is None or taken is None:
        raise NOT_TAKEN.error(days=settings.BULOU_HISTORY_DAYS)
    below = Place.objects.filter(parent_id=code).order_by("code").values_list("code", flat=True)
    found = snapshots.at_hour(asked, [code, *below])
    cells = [
        {"kind": kind, "place": where} | asdict(counts)
        for (kind, where), counts in sorted(found.items(), key=_key)
    ]
    return JsonResponse(_head(taken) | {"rows": cells})


def _key(cell: tuple[tuple[str, str], Counts]) -> tuple[str, str]:
    (kind, place), _counts = cell
    return place, kind


def _place(request: HttpRequest, code: str | None) -> str:
    """A place that has snapshots. Raises `history-too-narrow`, `place-outside-scope`."""
    found = place_of(request, code)
    if len(found) not in snapshots.LEVELS:
        raise TOO_NARROW.error()
    return found


def _head(one: snapshots.Taken) -> dict[str, Any]:
    return {"at": told(one.at), "taken_at": told(one.taken_at), "made_up": one.late}

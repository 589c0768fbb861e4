"""`/healthz`: green only when the database answers, the disk has room and the engine ran not long ago."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bulou.kernel import outages
from bulou.obligations.models import Tick
from bulou.web.access import public

TICKS_MISSED = 3


@public("watched by programs; says nothing but well or not", formats=("json",))
@never_cache
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """200 `{"status": "ok"}`, or 503 with the part that is not well: `database`, `disk` or `engine`."""
    part = ailing()
    if part is None:
        return JsonResponse({"status": "ok"})
    return JsonResponse({"status": "unavailable", "part": part}, status=503)


def ailing() -> str | None:
    """The part that is not well, or None."""
    try:
        ended_at = Tick.objects.filter(pk=1).values_list("ended_at", flat=True).first()
    except (DatabaseError, InterfaceError):
        return "database"
    if not outages.has_room():
        return "disk"
    return None if ended_at is not None and is_fresh(ended_at) else "engine"


def is_fresh(ended_at: datetime) -> bool:
    """Whether a tick that ended then is recent by the machine's clock.

    One that lies in the future tells of a clock that jumped back; it must not look fresh for hours.
    """
    age = datetime.now(UTC) - ended_at
    return abs(age) < timedelta(seconds=TICKS_MISSED * settings.BULOU_TICK_SECONDS)

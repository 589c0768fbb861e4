"""What every page's frame needs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from bulou.kernel import clock


def shell(request: HttpRequest) -> dict[str, Any]:
    """The county's time, shown in the head of each page."""
    return {"county_now": clock.local(clock.now())}

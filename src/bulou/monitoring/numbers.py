"""Case numbers: "JK22-000123", the year of admission and a running number. They tell nothing of a person."""

from __future__ import annotations

from datetime import datetime

from bulou.kernel import clock
from bulou.kernel.database import lock_for_order
from bulou.monitoring.models import Case

DIGITS = 6


def next_numbers(count: int, at: datetime) -> list[str]:
    """So many free numbers, in order; held until the caller's transaction ends."""
    lock_for_order("case-numbers")
    prefix = f"JK{clock.local(at):%y}-"
    last = Case.objects.filter(number__startswith=prefix).order_by("-number").values_list("number", flat=True)
    newest = last.first()
    first = int(newest.removeprefix(prefix)) + 1 if newest else 1
    return [f"{prefix}{number:0{DIGITS}}" for number in range(first, first + count)]

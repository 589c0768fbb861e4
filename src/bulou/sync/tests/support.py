"""A small register of cases for tests of intake."""

from __future__ import annotations

from collections.abc import Iterable

from bulou.facts import monitoring
from bulou.facts.subjects import Found

VILLAGE, OTHER_VILLAGE = "141022100003", "141022100004"
CASES = {
    "A1": Found(1, VILLAGE + "001"),
    "A2": Found(2, VILLAGE + "002"),
    "B1": Found(9, OTHER_VILLAGE + "001"),
}
REPORT = monitoring.HealthReported.kind
CONTACT = monitoring.Contacted.kind


def find(codes: Iterable[str]) -> dict[str, Found]:
    """How the small register finds its cases."""
    return {code: CASES[code] for code in codes if code in CASES}

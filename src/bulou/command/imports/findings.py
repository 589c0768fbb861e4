"""What a check or an import of a workbook found, as it is kept (sealed) beside the workbook."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from bulou.sheets.importing import ImportReport
from bulou.sheets.reading import Problem

SHOWN_PROBLEMS = 5000
COUNTS = ("rows", "new", "updated", "unchanged", "refused")


@dataclass(frozen=True)
class Checked:
    """What a check or an import found."""

    counts: dict[str, int]
    problems: list[Problem]
    actions: dict[str, int]
    fatal: bool
    refusal: str = ""

    @property
    def brings(self) -> int:
        """Rows that would change something."""
        return self.counts["new"] + self.counts["updated"]


def packed(report: ImportReport) -> dict[str, Any]:
    """A report as plain values, to be sealed; refused rows first, as many as a page can show."""
    order = {"refused": 0, "repaired": 1, "ignored": 2}
    first = sorted(report.problems, key=lambda found: order.get(found.action, 3))[:SHOWN_PROBLEMS]
    return {
        "counts": {name: getattr(report, name) for name in COUNTS},
        "problems": [[*found[:6], {k: str(v) for k, v in found.params.items()}, found.at] for found in first],
        "actions": Counter(found.action for found in report.problems),
        "fatal": any(found.fatal for found in report.problems),
    }


def unpacked(found: dict[str, Any]) -> Checked:
    problems = [Problem(*one) for one in found["problems"]]
    refusal = found.get("refusal", "")
    return Checked(found["counts"], problems, dict(found["actions"]), bool(found.get("fatal")), refusal)

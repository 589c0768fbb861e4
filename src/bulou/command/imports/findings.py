"""What a check or an import of a workbook found, as it is kept (sealed) beside the workbook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bulou.sheets.changes import Changes
from bulou.sheets.importing import ImportReport
from bulou.sheets.raw import RawRow
from bulou.sheets.reading import Problem
from bulou.sheets.recording import ALARMS, plain_problems

COUNTS = ("rows", "new", "updated", "unchanged", "refused")


@dataclass
class Checked:
    """What a check or an import found. `stale`: cells were mended since, the counts are those of before."""

    counts: dict[str, int]
    problems: list[Problem]
    fatal: bool
    rows: dict[tuple[str, int], RawRow] = field(default_factory=dict)
    changes: Changes = field(default_factory=Changes)
    area: str = ""
    stale: bool = False

    @property
    def actions(self) -> dict[str, int]:
        """How many findings of each sort."""
        return dict(Counter(found.action for found in self.problems))

    @property
    def alarms(self) -> list[Problem]:
        """Findings after which somebody must look before the file is brought in."""
        return [found for found in self.problems if found.code in ALARMS]

    @property
    def brings(self) -> int:
        """Rows that would change something."""
        return self.counts["new"] + self.counts["updated"]

    @property
    def to_mend(self) -> int:
        """Cells that keep their rows out."""
        return sum(is_bad_cell(found) for found in self.problems)

    def plain(self) -> dict[str, Any]:
        """As plain values, to be sealed."""
        return {
            "counts": self.counts,
            "problems": plain_problems(self.problems),
            "fatal": self.fatal,
            "rows": [_plain_row(row) for row in self.rows.values()],
            "changes": self.changes.plain(),
            "area": self.area,
            "stale": self.stale,
        }


def is_bad_cell(found: Problem) -> bool:
    """Whether a finding is about one cell that keeps its row out."""
    return found.action == "refused" and found.at >= 0 and found.row > 0


def _plain_row(row: RawRow) -> list[Any]:
    cells = [cell if isinstance(cell, str | int | float | bool) else str(cell) for cell in row.cells]
    return [*row[:5], cells]


def of_report(report: ImportReport, rows: Iterable[RawRow] = ()) -> Checked:
    """What a report says, with the rows that are to be shown."""
    return Checked(
        counts={name: getattr(report, name) for name in COUNTS},
        problems=report.problems,
        fatal=any(found.fatal for found in report.problems),
        rows={(row.sheet, row.number): row for row in rows},
        changes=report.changes,
        area=report.area,
    )


def unpacked(found: dict[str, Any]) -> Checked:
    """What was sealed, again."""
    rows = [
        RawRow(sheet, number, offset, tuple(positions), tuple(texts), tuple(cells))
        for sheet, number, offset, positions, texts, cells in found.get("rows", ())
    ]
    return Checked(
        counts=found["counts"],
        problems=[Problem(*one) for one in found["problems"]],
        fatal=bool(found.get("fatal")),
        rows={(row.sheet, row.number): row for row in rows},
        changes=Changes.of_plain(found.get("changes", {})),
        area=found.get("area", ""),
        stale=bool(found.get("stale")),
    )

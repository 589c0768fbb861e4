"""What an import leaves in the list of imports and in the audit chain; the alarms of files cut off."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bulou.kernel import audit, clock, seal
from bulou.kernel.problems import problem
from bulou.places import codes
from bulou.places.models import Level
from bulou.sheets.cells import IGNORED
from bulou.sheets.context import Context
from bulou.sheets.models import ImportRun
from bulou.sheets.reading import Problem

if TYPE_CHECKING:
    from bulou.sheets.importing import ImportReport

FEWER_ROWS = problem(
    "fewer-rows-than-before",
    _("工作表“{sheet}”上次有 {before} 行,这次只有 {now} 行,少了一成以上:请确认文件没有被截断。"),
)
FEWER_ROWS_OF_PLACE = problem(
    "fewer-rows-of-place-than-before",
    _("同一地点的这种表上次有 {before} 行,这次只有 {now} 行,少了一成以上:请确认文件没有被截断。"),
)
ALARMS = frozenset(("sheet-cut-off", "total-disagrees", FEWER_ROWS.code, FEWER_ROWS_OF_PLACE.code))
"""Findings after which somebody must look before the file is brought in."""
KEPT_PROBLEMS = 5_000
WHOLE_FILE = "*"


def record(path: Path, context: Context, report: ImportReport, sheet_rows: Counter[str]) -> ImportRun:
    """Write the run with its alarms, traces and audit line, in the import's transaction."""
    place = area_of(context)
    context.problems.extend(_shrunken(context, path, place, sheet_rows))
    counts = report.summary()
    del counts["file"], counts["kind"]
    run = ImportRun.objects.create(
        id=context.run,
        kind=report.kind,
        file_name=path.name,
        file_digest=_digest(path),
        by=context.by,
        scope=context.scope,
        place=place,
        started_at=context.now,
        ended_at=clock.now(),
        sheet_rows=dict(sheet_rows),
        mended=sum(found.code == "cell-mended" for found in context.problems),
        gone=context.changes.gone_count,
        problems=seal.seal({"problems": plain_problems(context.problems)}),
        **counts,
    )
    audit.record(
        "sheets.imported",
        by=context.by,
        subject=context.actor,
        place=place or context.scope,
        detail={"kind": report.kind, **counts},
    )
    return run


def plain_problems(problems: list[Problem]) -> list[list[object]]:
    """Problems as plain values, to be sealed; refused rows first, as many as a page can show."""
    order = {"refused": 0, "repaired": 1, "ignored": 2}
    first = sorted(problems, key=lambda found: (found.code not in ALARMS, order.get(found.action, 3)))
    return [
        [*found[:6], {name: str(value) for name, value in found.params.items()}, found.at]
        for found in first[:KEPT_PROBLEMS]
    ]


def area_of(context: Context) -> str:
    """The registered level nearest to what all rows have in common; "" where rows have no place."""
    common = context.area.code or ""
    for level in reversed(codes.LEVELS):
        width = codes.WIDTHS[level]
        above = codes.WIDTHS[codes.LEVELS[codes.LEVELS.index(level) - 1]] if level != Level.COUNTY else 0
        if width <= len(common) and int(common[above:width]):
            return common[:width]
    return ""


def _shrunken(context: Context, path: Path, place: str, sheet_rows: Counter[str]) -> Iterator[Problem]:
    """Sheets with fewer rows than at their last import by more than a tenth; else the file as a whole."""
    runs = ImportRun.objects.filter(kind=context.kind.name, undone_at__isnull=True)
    same_file = runs.filter(file_name=path.name).order_by("-started_at", "-id").first()
    if same_file:
        for sheet, before in same_file.sheet_rows.items():
            yield from _fewer(FEWER_ROWS.code, sheet, before, sheet_rows[sheet])
        return
    same_place = runs.filter(~Q(place=""), place=place).order_by("-started_at", "-id").first()
    if same_place:
        yield from _fewer(FEWER_ROWS_OF_PLACE.code, "", same_place.rows, sum(sheet_rows.values()))


def _fewer(code: str, sheet: str, before: int, now: int) -> Iterator[Problem]:
    if now * 10 < before * 9:
        params = {"sheet": sheet, "before": before, "now": now}
        yield Problem(sheet, 0, "", str(now), IGNORED, code, params)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

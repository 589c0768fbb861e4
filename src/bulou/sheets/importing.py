"""Bringing workbooks into the registers: one file, or a whole county folder in the right order.

A file is all its good rows or nothing of it: everything is written in one transaction, which `check` rolls
back. The rows that are refused never stop the others.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from bulou.kernel import audit, clock, jobs
from bulou.kernel.database import scalar
from bulou.kernel.ids import uuid7
from bulou.kernel.problems import problem
from bulou.sheets import child, recording, writing
from bulou.sheets.cells import IGNORED, REFUSED
from bulou.sheets.changes import Changes
from bulou.sheets.checking import Batch
from bulou.sheets.columns import Apply, Counts, SheetKind, kind_named, kind_of_file, kinds
from bulou.sheets.context import Context
from bulou.sheets.mends import Mends
from bulou.sheets.models import ImportRun
from bulou.sheets.problems import sentence
from bulou.sheets.reading import Problem, Progress

NO_SUCH_SHEET_KIND = problem(
    "no-such-sheet-kind", _("没有“{kind}”这种工作簿。可用的有:{known}。"), status=404
)
NO_SUCH_FILE = problem("no-such-file", _("找不到文件“{file}”:请核对路径。"), status=404)
NO_SUCH_FOLDER = problem("no-such-folder", _("找不到文件夹“{folder}”:请核对路径。"), status=404)
NOT_IMPORTABLE = problem("not-importable", _("“{kind}”这种工作簿只能导出,不能导入。"))
UNKNOWN_FILE = problem(
    "file-kind-unknown", _("文件名看不出是哪一种工作簿,没有导入:请以 {known} 之一开头命名。")
)

ENDINGS = frozenset((".xlsx", ".xlsm", ".xls", ".csv", ".et"))
ORDER = (
    *("places", "organisations", "workers", "posts", "residents", "risk_areas"),
    *("leads", "arrivals", "arrivals_railway", "arrivals_big_data", "monitoring", "health_reports"),
)
"""Later kinds speak of what earlier ones register; kinds that are not here come last."""

Item = Batch | Problem | Progress
Items = Generator[Item, None, None]
Stage = Callable[[Iterable[Batch], Context], AbstractContextManager[Any]]
_STAGES: dict[str, Stage] = {}


def stage_with(kind: str, stage: Stage) -> None:
    """Let a kind prepare its rows before the transaction; `apply` gets what the stage gives.

    Without one, a file's batches are read to their end before the transaction begins, so that nobody
    waits for a lock while a file is parsed.
    """
    _STAGES[kind] = stage


@contextmanager
def _all_batches(batches: Iterable[Batch], context: Context) -> Iterator[list[Batch]]:
    yield list(batches)


@dataclass
class ImportReport:
    """What became of a file. `rows` = new + updated + unchanged + refused."""

    file: str
    kind: str
    rows: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    problems: list[Problem] = field(default_factory=list)
    run: UUID | None = None
    changes: Changes = field(default_factory=Changes)
    area: str = ""
    """The smallest area that holds all rows, "" where rows have no place."""

    def summary(self) -> dict[str, Any]:
        """The JSON of `bulou load`: one line a file."""
        names = ("file", "kind", "rows", "new", "updated", "unchanged", "refused")
        return {name: getattr(self, name) for name in names}

    def to_json(self) -> dict[str, Any]:
        """The JSON of `bulou import`, with every problem."""
        return self.summary() | {"problems": [as_json(problem) for problem in self.problems]}


def as_json(found: Problem) -> dict[str, Any]:
    """A problem as the contract has it; the message in the reader's language."""
    return {
        "sheet": found.sheet,
        "row": found.row,
        "column": found.column,
        "value": found.value,
        "action": found.action,
        "code": found.code,
        "message": sentence(found),
    }


@dataclass
class _Source:
    """The batches of a file as they come, with what is told beside them noted down."""

    context: Context
    progress: Callable[[Progress], None] | None
    rows: Counter[str] = field(default_factory=Counter)
    """Rows of each sheet, the refused ones included."""
    refused: set[tuple[str, int]] = field(default_factory=set)
    fatal: bool = False

    def batches(self, items: Iterable[Batch | Problem | Progress]) -> Iterator[Batch]:
        """The batches only; a row that was refused counts as a row of its sheet."""
        for item in items:
            if isinstance(item, Batch):
                self.rows.update(sheet for sheet, _row in item.refs)
                yield item
            elif isinstance(item, Problem):
                self._note(item)
            elif self.progress:
                self.progress(item)

    def _note(self, found: Problem) -> None:
        self.context.problems.append(found)
        self.fatal = self.fatal or found.fatal
        ref = (found.sheet, found.row)
        if _refuses_a_row(found) and ref not in self.refused:
            self.refused.add(ref)
            self.rows[found.sheet] += 1


def _refuses_a_row(found: Problem) -> bool:
    """Whether a row is refused; a header that lacks columns refuses its table, and is no row."""
    return found.action == REFUSED and found.row > 0 and found.code != "columns-missing"


def sheet_kind(name: str) -> SheetKind:
    """A kind by its name. Raises `no-such-sheet-kind`."""
    try:
        return kind_named(name)
    except KeyError:
        raise NO_SUCH_SHEET_KIND.error(kind=name, known="、".join(kind.name for kind in kinds())) from None


def import_file(
    kind: str,
    path: Path,
    *,
    by: str,
    check: bool = False,
    errors: Path | None = None,
    progress: Callable[[Progress], None] | None = None,
    now: datetime | None = None,
    **how: Unpack[How],
) -> ImportReport:
    """Bring one workbook in. With `check` everything is done and rolled back, so the counts are true.

    `errors` is where the same workbook is written with its problems beside the rows. Raises
    `no-such-sheet-kind`, `not-importable`, `no-such-file`, and what the kind's `apply` raises for a whole
    file; rows and cells that are wrong are in the report.
    """
    job = _Job.of(sheet_kind(kind), path, by=by, check=check, now=now, **how)
    report = _bring_in(job, progress)
    if errors is not None:
        writing.write_errors(job.context.kind, path, report.problems, errors)
    return report


class How(TypedDict, total=False):
    """What else an import may be told; see `Context`. `run` is the id that it is to have."""

    scope: str
    whole: str
    end_gone: bool
    mends: Mends | None
    run: UUID


@dataclass
class _Job:
    """A file on its way in: its context, and what the reading process answers."""

    path: Path
    context: Context
    items: Items
    apply: Apply

    @classmethod
    def of(
        cls,
        kind: SheetKind,
        path: Path,
        *,
        by: str,
        check: bool,
        now: datetime | None,
        **how: Unpack[How],
    ) -> _Job:
        """Raises `not-importable`, `no-such-file`."""
        if kind.apply is None:
            raise NOT_IMPORTABLE.error(kind=kind.name)
        if not path.is_file():
            raise NO_SUCH_FILE.error(file=path.name)
        moment = now or clock.now()
        items = child.checked(kind, path, clock.local(moment).date(), mends=how.get("mends"))
        context = Context(
            kind,
            by,
            check,
            moment,
            run=how.get("run") or uuid7(),
            scope=how.get("scope", ""),
            whole=how.get("whole", ""),
            end_gone=how.get("end_gone", False),
        )
        return cls(path, context, items, kind.apply)

    def begin(self, pool: Executor) -> None:
        """Let the reading process start while something else is done."""
        first = pool.submit(next, self.items, None)
        self.items = _after(first, self.items)


def _after(first: Future[Item | None], rest: Items) -> Items:
    item = first.result()
    if item is not None:
        yield item
        yield from rest


def _bring_in(job: _Job, progress: Callable[[Progress], None] | None) -> ImportReport:
    context = job.context
    source = _Source(context, progress)
    stage = _STAGES.get(context.kind.name, _all_batches)
    with (
        clock.at(context.now),
        closing(job.items),
        _without_cycle_search(),
        stage(source.batches(job.items), context) as prepared,
    ):
        if source.fatal:
            return _report(job.path, context, Counts())
        with transaction.atomic():
            first = _newest_seq()
            counts = job.apply(prepared, context)
            report = _report(job.path, context, counts)
            run = recording.record(job.path, context, report, source.rows)
            ImportRun.objects.filter(pk=run.pk).update(first_seq=first, last_seq=_newest_seq())
            context.keep_traces()
            report.area = run.place
            jobs.hold_lease()
            if context.check:
                transaction.set_rollback(True)
    return report


def check_batch(kind: SheetKind, batch: Batch, *, by: str, scope: str = "") -> list[Problem]:
    """What an import would say of a few rows that were read already; nothing is written.

    Raises what the kind's `apply` raises for a whole file.
    """
    if kind.apply is None:
        raise NOT_IMPORTABLE.error(kind=kind.name)
    context = Context(kind, by, check=True, scope=scope)
    stage = _STAGES.get(kind.name, _all_batches)
    with clock.at(context.now), stage([batch], context) as prepared, transaction.atomic():
        kind.apply(prepared, context)
        transaction.set_rollback(True)
    return context.problems


def _newest_seq() -> int:
    return int(scalar("SELECT coalesce(max(seq), 0) FROM kernel_event"))


@contextmanager
def _without_cycle_search() -> Iterator[None]:
    """Rows are freed by their counts; looking for cycles among hundreds of thousands takes a fifth longer."""
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()


def _report(path: Path, context: Context, counts: Counts) -> ImportReport:
    refused = len({(p.sheet, p.row) for p in context.problems if _refuses_a_row(p)})
    return ImportReport(
        file=path.name,
        kind=context.kind.name,
        rows=counts.new + counts.updated + counts.unchanged + refused,
        new=counts.new,
        updated=counts.updated,
        unchanged=counts.unchanged,
        refused=refused,
        problems=context.problems,
        run=context.run,
        changes=context.changes,
    )


def load_folder(
    folder: Path,
    *,
    by: str,
    check: bool = False,
    progress: Callable[[str, Progress], None] | None = None,
    now: datetime | None = None,
) -> list[ImportReport]:
    """Bring in every workbook of a county folder, in the right order. Raises `no-such-folder`.

    A workbook whose name tells no kind is reported, not guessed at.
    """
    if not folder.is_dir():
        raise NO_SUCH_FOLDER.error(folder=folder.name)
    reports = []
    with ThreadPoolExecutor(1) as pool:
        for path, job in _one_ahead(files_in_order(folder), pool, by=by, check=check, now=now):
            tell = partial(progress, path.name) if progress else None
            reports.append(_bring_in(job, tell) if job else _unknown(path))
    return reports


def _one_ahead(
    files: list[tuple[Path, SheetKind | None]],
    pool: Executor,
    *,
    by: str,
    check: bool,
    now: datetime | None,
) -> Iterator[tuple[Path, _Job | None]]:
    """Each file with its job, whose reading began while the one before was brought in."""
    jobs: list[tuple[Path, _Job | None]] = []
    try:
        for path, kind in files:
            job = _Job.of(kind, path, by=by, check=check, now=now) if kind and kind.apply else None
            if job:
                job.begin(pool)
            jobs.append((path, job))
            if len(jobs) > 1:
                yield jobs.pop(0)
        yield from jobs
    finally:
        for _path, job in jobs:
            if job:
                job.items.close()


def files_in_order(folder: Path) -> list[tuple[Path, SheetKind | None]]:
    """The workbooks of a folder with their kinds, in the order in which they are to be brought in."""
    found = [
        (path, kind_of_file(path.name))
        for path in folder.iterdir()
        if path.is_file() and path.suffix.lower() in ENDINGS and not path.name.startswith((".", "~"))
    ]
    return sorted(found, key=lambda pair: (_rank(pair[1]), pair[0].name))


def _rank(kind: SheetKind | None) -> tuple[int, str]:
    if kind is None:
        return (len(ORDER) + 1, "")
    return (ORDER.index(kind.name), "") if kind.name in ORDER else (len(ORDER), kind.name)


def _unknown(path: Path) -> ImportReport:
    params = {"known": "、".join(kind.name for kind in kinds())}
    found = Problem("", 0, "", path.name, IGNORED, UNKNOWN_FILE.code, params)
    return ImportReport(path.name, "", problems=[found])


def export(kind: str, out: Path, *, place: str, by: str, purpose: str) -> int:
    """Write what the registers have of a kind under a place; how many rows. Recorded with its purpose.

    Raises `no-such-sheet-kind`, `not-exportable`, `purpose-missing`.
    """
    wanted = sheet_kind(kind)
    if wanted.export is None:
        raise NOT_EXPORTABLE.error(kind=kind)
    if not purpose.strip():
        raise PURPOSE_MISSING.error()
    rows = writing.write_workbook(wanted, wanted.export(place=place, purpose=purpose), out)
    audit.record(
        "sheets.exported",
        by=by,
        place=place,
        reason=purpose[:300],
        detail={"kind": kind, "rows": rows},
    )
    return rows


NOT_EXPORTABLE = problem("not-exportable", _("“{kind}”这种工作簿只能导入,不能导出。"))
PURPOSE_MISSING = problem("purpose-missing", _("导出必须写明用途。"), status=403)

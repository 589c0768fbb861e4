"""What is done with workbooks outside of requests: checking, bringing in, taking back, clearing away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bulou.command.imports import uploads
from bulou.command.imports.findings import Checked, of_report
from bulou.command.imports.uploads import KIND_NOT_CHOSEN, Upload
from bulou.command.powers import Power
from bulou.kernel import clock, jobs
from bulou.kernel.ids import uuid7
from bulou.kernel.jobs import ACTIVE, Tell, job
from bulou.kernel.models import Job
from bulou.kernel.problems import problem
from bulou.rights import mandates
from bulou.rights.capabilities import Capability
from bulou.rights.models import Mandate
from bulou.sheets import child, undo
from bulou.sheets.checking import Batch
from bulou.sheets.columns import SheetKind, kind_named, kind_of_file
from bulou.sheets.importing import import_file
from bulou.sheets.models import ImportRun, Trace
from bulou.sheets.reading import Problem, Progress
from bulou.sync import tokens
from bulou.sync.models import Token

UPLOAD_GONE = problem("upload-gone", _("这份上传的表已经不在了:请重新上传。"), status=404)
MANDATE_ENDED = problem(
    "import-mandate-ended", _("您的授权已经结束或不能导入表格,没有导入:请换一个身份再试。"), status=403
)
CHECK, BRING_IN, UNDO = "imports.check", "imports.bring-in", "imports.undo"
SHOWN_ROWS = 2_000


def ask(kind: str, upload: Upload, *, power: Power, by: str, **more: Any) -> Job:
    """Ask for work on an upload; what is under way already is given instead."""
    under = "token" if isinstance(power, Token) else "mandate"
    args = {"upload": str(upload.id), under: power.pk, **more}
    return jobs.enqueue(kind, args, by=by, key=str(upload.id))


def latest(ids: Iterable[UUID]) -> dict[UUID, Job]:
    """The last work on each upload."""
    keys = [str(id) for id in ids]
    found = Job.objects.filter(kind__in=[CHECK, BRING_IN], key__in=keys).order_by("created_at", "id")
    return {UUID(one.key): one for one in found}


def is_active(one: Job | None) -> bool:
    """Whether work waits or runs."""
    return one is not None and one.state in ACTIVE


def _power(args: dict[str, Any]) -> Power:
    """The mandate or token that the work was asked for under, if it runs still.

    Raises `import-mandate-ended`.
    """
    found = tokens.running(args["token"]) if "token" in args else _mandate(args)
    if found is None or not found.may(Capability.IMPORT):
        raise MANDATE_ENDED.error()
    return found


def _mandate(args: dict[str, Any]) -> Mandate | None:
    asked = Mandate.objects.select_related("account").filter(pk=args["mandate"]).first()
    return mandates.running(asked.account.user_id).filter(pk=asked.pk).first() if asked else None


def _upload(args: dict[str, Any]) -> Upload:
    found = uploads.read(UUID(args["upload"]))
    if found is None:
        raise UPLOAD_GONE.error()
    return found


@job(CHECK)
def check(args: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Do all that an import would do, and take it back; keep what was found."""
    power, upload = _power(args), _upload(args)
    kind = upload.kind or guessed(upload.file, uploads.choices(power))
    if not kind:
        return {"kind": ""}
    upload = upload.noted(kind=kind)
    _check_kind(upload, power)
    found = _checked(upload, power, tell)
    upload.keep_sealed("found", found.plain())
    return {"kind": kind, **found.counts}


def _check_kind(upload: Upload, power: Power) -> None:
    if upload.kind not in {kind.name for kind in uploads.choices(power)}:
        raise KIND_NOT_CHOSEN.error()


def _checked(upload: Upload, power: Power, tell: Tell) -> Checked:
    report = import_file(
        upload.kind,
        upload.file,
        by=upload.by,
        check=True,
        errors=upload.errors,
        progress=_progress(tell),
        scope=_scope(power),
        mends=upload.mends,
    )
    if upload.whole and report.area:
        # Whom a whole list does not have can only be asked when it is known what area it is of.
        report = import_file(
            upload.kind,
            upload.file,
            by=upload.by,
            check=True,
            scope=_scope(power),
            whole=report.area,
            mends=upload.mends,
        )
    wanted = _rows_with_problems(report.problems)
    rows = child.rows_of(kind_named(upload.kind), upload.file, wanted, upload.mends) if wanted else ()
    return of_report(report, rows)


def _rows_with_problems(problems: Iterable[Problem]) -> dict[str, set[int]]:
    wanted: dict[str, set[int]] = defaultdict(set)
    count = 0
    order = {"refused": 0, "repaired": 1, "ignored": 2}
    for found in sorted(problems, key=lambda one: order.get(one.action, 3)):
        if found.row > 0 and found.at >= 0 and count < SHOWN_ROWS and found.row not in wanted[found.sheet]:
            wanted[found.sheet].add(found.row)
            count += 1
    return {sheet: rows for sheet, rows in wanted.items() if rows}


def _scope(power: Power) -> str:
    return "" if power.is_of_county else power.scope


def _progress(tell: Tell) -> Any:
    def told(progress: Progress) -> None:
        tell(progress.done, progress.total)

    return told


@job(BRING_IN)
def bring_in(args: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Bring the workbook in and delete it. The run has the job's id: what was done is not done again."""
    power, upload, ours = _power(args), _upload(args), jobs.current()
    _check_kind(upload, power)
    run = ours.pk if ours else None
    if run is None or not ImportRun.objects.filter(pk=run).exists():
        checked = upload.checked
        report = import_file(
            upload.kind,
            upload.file,
            by=upload.by,
            progress=_progress(tell),
            scope=_scope(power),
            whole=checked.area if checked and args.get("end_gone") else "",
            end_gone=bool(args.get("end_gone")),
            mends=upload.mends,
            run=run or uuid7(),
        )
        found = of_report(report)
        upload.keep_sealed("found", found.plain())
        if found.fatal:
            return {"run": "", **found.counts}
    (upload.folder / "done").write_text(str(run or ""))
    for path in (upload.file, upload.folder / "mends"):
        path.unlink(missing_ok=True)
    return {"run": str(run or "")}


def guessed(path: Path, among: list[SheetKind]) -> str:
    """The kind that a file's name says, else the one with the most columns whose table is in the file."""
    named = kind_of_file(path.name)
    if named is not None and named.name in {kind.name for kind in among}:
        return named.name
    fitting = [kind for kind in among if _fits(path, kind)]
    return max(fitting, key=_asked_columns).name if fitting else ""


def _asked_columns(kind: SheetKind) -> int:
    return sum(column.required or column.expected for column in kind.columns)


def _fits(path: Path, kind: SheetKind) -> bool:
    """Whether a table of the kind stands in the file with all the columns that it must have."""
    found = child.checked(kind, path, clock.today())
    try:
        return any(
            isinstance(item, Batch | Problem) and (isinstance(item, Batch) or item.at >= 0) for item in found
        )
    finally:
        found.close()


@job(UNDO)
def take_back(args: dict[str, Any], _tell: Tell) -> dict[str, Any]:
    """Take an import back; done already, nothing is done."""
    run = ImportRun.objects.filter(pk=args["run"]).first()
    if run is not None and run.undone_at is not None:
        return {"taken_back": run.taken_back, "kept": run.kept}
    undoing = undo.undo(UUID(args["run"]), by=args["by"])
    return {"taken_back": undoing.taken_back, "kept": len(undoing.kept)}


def ask_undo(run: ImportRun, *, by: str) -> Job:
    """Ask for an import to be taken back. Raises what `undo.check` raises."""
    undo.check(run)
    return jobs.enqueue(UNDO, {"run": str(run.pk), "by": by}, by=by, key=str(run.pk))


@job("imports.sweep", every=timedelta(minutes=10))
def sweep(_args: dict[str, Any], _tell: Tell) -> dict[str, Any]:
    """Delete uploads and traces whose day is over."""
    old = Trace.objects.filter(run__started_at__lt=clock.now() - undo.WITHIN - timedelta(hours=1))
    gone, _each = old.exclude(model="kept").delete()
    return {"uploads": uploads.sweep(), "traces": gone}

"""Commands about long work and imports: what waits or failed, working it off, taking an import back."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from django.utils.translation import gettext as _

from bulou.command.cli.frame import At, Json, answer, app, started
from bulou.command.cli.tables import table
from bulou.kernel import clock, job_worker
from bulou.kernel import jobs as work
from bulou.kernel.models import Job

COLUMNS = ("id", "kind", "state", "by", "progress", "total", "attempts", "created_at", "says")

jobs = typer.Typer(invoke_without_command=True, help="后台工作 (long work: what waits, runs or failed)")
app.add_typer(jobs, name="jobs")


@jobs.callback()
def listed(
    context: typer.Context,
    limit: Annotated[int, typer.Option("--limit", min=1)] = 50,
    as_json: Json = False,
) -> None:
    """后台工作 (long work: what waits, runs or failed)."""
    if context.invoked_subcommand:
        return
    with started():
        rows = [as_row(one) for one in Job.objects.order_by("-created_at", "-id")[:limit]]
    answer({"jobs": rows}, as_json, table(rows, COLUMNS, _("没有后台工作。")))


def as_row(one: Job) -> dict[str, Any]:
    """A job as the list shows it; `says` is why it failed."""
    plain = ("kind", "state", "by", "progress", "total", "attempts", "problem")
    return {
        "id": str(one.pk),
        **{name: getattr(one, name) for name in plain},
        "created_at": clock.local(one.created_at).isoformat(timespec="seconds"),
        "ended_at": clock.local(one.ended_at).isoformat(timespec="seconds") if one.ended_at else None,
        "says": work.sentence(one),
    }


@jobs.command("run")
def run(at: At = None, as_json: Json = False) -> None:
    """做完现在该做的,然后结束 (work off what is due)."""
    with started(at):
        count = job_worker.run_due()
    answer({"worked_off": count}, as_json, _("做了 {count} 项后台工作。").format(count=count))


@app.command()
def undo(
    run: Annotated[str, typer.Argument(metavar="RUN_ID", help="编号,见 bulou imports (id)")],
    at: At = None,
    as_json: Json = False,
) -> None:
    """撤销一次导入,24 小时内有效 (take a whole import back)."""
    from bulou.sheets import undo as undoing

    with started(at):
        done = undoing.undo(undoing.id_of(run), by="command")
    kept = [kept.what for kept in done.kept]
    text = _("退回 {taken} 处,保留 {kept} 处。").format(taken=done.taken_back, kept=len(kept))
    answer({"taken_back": done.taken_back, "kept": kept}, as_json, "\n".join([text, *kept]))


@app.command()
def imports(
    limit: Annotated[int, typer.Option("--limit", min=1)] = 20,
    as_json: Json = False,
) -> None:
    """导入记录:编号、文件、行数 (which files were brought in)."""
    from bulou.sheets.models import ImportRun

    with started():
        rows = [_run(one) for one in ImportRun.objects.order_by("-started_at", "-id")[:limit]]
    answer({"imports": rows}, as_json, table(rows, RUN_COLUMNS, _("还没有导入过。")))


RUN_COLUMNS = ("id", "kind", "file", "at", "by", "rows", "new", "updated", "refused", "undone")


def _run(one: Any) -> dict[str, Any]:
    counts = {name: getattr(one, name) for name in ("rows", "new", "updated", "unchanged", "refused")}
    return {
        "id": str(one.pk),
        "kind": one.kind,
        "file": one.file_name,
        "at": clock.local(one.started_at).isoformat(timespec="seconds"),
        "by": one.by,
        **counts,
        "undone": one.undone_at is not None,
    }

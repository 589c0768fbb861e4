"""Commands that bring workbooks in and out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from rich.progress import Progress as Bar
from rich.progress import TaskID

from bulou.command.cli.frame import (
    INPUT_ERRORS,
    At,
    Json,
    PlaceCode,
    answer,
    app,
    existing,
    messages,
    place_or_county,
    started,
)
from bulou.command.cli.tables import table
from bulou.places import shapes
from bulou.sheets import importing
from bulou.sheets.reading import Progress

COUNTS = ("file", "kind", "rows", "new", "updated", "unchanged", "refused")
PROBLEM = ("sheet", "row", "column", "value", "action", "code", "message")
PROBLEMS_SHOWN = 40


@app.command()
def load(
    folder: Annotated[Path, typer.Argument(help="一个县的工作簿文件夹 (a county folder)")],
    at: At = None,
    as_json: Json = False,
) -> None:
    """按正确的顺序导入一个县的全部工作簿 (load a county folder)."""
    with started(at), Bar(console=messages, transient=True) as bar:
        reports = importing.load_folder(existing(folder), by="command", progress=_shown(bar))
        outlines = shapes.bring_in_folder(folder, by="command")
    files = [{name: getattr(report, name) for name in COUNTS} for report in (*reports, *outlines)]
    answer({"files": files}, as_json, table(files, COUNTS, _("文件夹里没有能识别的工作簿。")))
    if any(map(_has_errors, reports)) or any(brought.refused for brought in outlines):
        raise typer.Exit(INPUT_ERRORS)


@app.command("shapes")
def bring_shapes(
    file: Annotated[Path, typer.Argument(help="各地边界 (.geojson),要素要有 code (place outlines)")],
    datum: Annotated[str, typer.Option("--datum", help="文件没写时:WGS84 | GCJ-02 | CGCS2000")] = "",
    source: Annotated[str, typer.Option("--source", help="文件没写时:来源 (where they are from)")] = "",
    at: At = None,
    as_json: Json = False,
) -> None:
    """导入各地边界,看板地图用 (outlines of places, for the board's map)."""
    with started(at):
        brought = shapes.bring_in(existing(file), by="command", datum=datum, source=source)
    document = vars(brought)
    answer(document, as_json, "\n".join((table([document], COUNTS, ""), *brought.problems)))
    if brought.refused:
        raise typer.Exit(INPUT_ERRORS)


@app.command("import")
def import_(
    kind: Annotated[str, typer.Argument(help="种类 (kind),见 docs/sheets.md")],
    file: Annotated[Path, typer.Argument(help="工作簿 (.xlsx .xls .csv)")],
    check: Annotated[bool, typer.Option("--check", help="只检查,不写入 (write nothing)")] = False,
    errors: Annotated[Path | None, typer.Option("--errors", help="另存一份带“问题”列的工作簿")] = None,
    at: At = None,
    as_json: Json = False,
) -> None:
    """导入一个工作簿 (import one workbook)."""
    with started(at), Bar(console=messages, transient=True) as bar:
        report = importing.import_file(
            kind,
            existing(file),
            by="command",
            check=check,
            errors=errors,
            progress=partial(_shown(bar), file.name),
        )
    document = report.to_json()
    shown = document["problems"][:PROBLEMS_SHOWN]
    text = table([document], COUNTS, "") + table(shown, PROBLEM, _("没有问题。"))
    answer(document, as_json, text)
    if _has_errors(report):
        raise typer.Exit(INPUT_ERRORS)


@app.command()
def export(
    kind: Annotated[str, typer.Argument(help="种类 (kind)")],
    out: Annotated[Path, typer.Argument(help="写到哪个工作簿 (OUT.xlsx)")],
    place: PlaceCode = None,
    purpose: Annotated[str, typer.Option("--purpose", help="用途,记入审计 (recorded)")] = "command",
    at: At = None,
    as_json: Json = False,
) -> None:
    """导出一个工作簿,导入后不变 (a workbook that import takes back unchanged)."""
    with started(at):
        rows = importing.export(kind, out, place=place_or_county(place), by="command", purpose=purpose)
    answer({"file": str(out), "kind": kind, "rows": rows}, as_json, _("写出 {rows} 行。").format(rows=rows))


@app.command()
def template(
    kind: Annotated[str, typer.Argument(help="种类 (kind)")],
    out: Annotated[Path, typer.Argument(help="写到哪个工作簿 (OUT.xlsx)")],
) -> None:
    """写一份带下拉选项的空白模板 (an empty template with drop-downs)."""
    from bulou.sheets.columns import kind_named
    from bulou.sheets.writing import write_template

    write_template(kind_named(kind), out)


def _shown(bar: Bar) -> Callable[[str, Progress], None]:
    """A callback that moves one bar for each file on standard error."""
    tasks: dict[str, TaskID] = {}

    def show(file: str, progress: Progress) -> None:
        if file not in tasks:
            tasks[file] = bar.add_task(file, total=progress.total or None)
        bar.update(tasks[file], completed=progress.done, total=progress.total or None)

    return show


def _has_errors(report: importing.ImportReport) -> bool:
    """Whether something in the input was refused, a row or a whole file."""
    return bool(report.refused) or any(problem.fatal for problem in report.problems)

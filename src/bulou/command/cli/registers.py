"""Commands that bring workbooks in and out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from rich.progress import Progress

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
from bulou.sheets import importing

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
    with started(at), Progress(console=messages, transient=True) as bar:
        reports = importing.load_folder(existing(folder), by="command", progress=_shown(bar))
    files = [{name: getattr(report, name) for name in COUNTS} for report in reports]
    answer({"files": files}, as_json, table(files, COUNTS, _("文件夹里没有能识别的工作簿。")))
    if any(report.refused for report in reports):
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
    with started(at), Progress(console=messages, transient=True) as bar:
        report = importing.import_file(
            kind, existing(file), by="command", check=check, errors=errors, progress=_shown(bar)
        )
    document = report.as_json()
    shown = document["problems"][:PROBLEMS_SHOWN]
    text = table([document], COUNTS, "") + table(shown, PROBLEM, _("没有问题。"))
    answer(document, as_json, text)
    if report.refused:
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


def _shown(bar: Progress) -> importing.ShowProgress:
    """A callback that moves a bar on standard error: (what, done, of how many or None)."""
    tasks: dict[str, int] = {}

    def show(what: str, done: int, total: int | None) -> None:
        if what not in tasks:
            tasks[what] = bar.add_task(what, total=total)
        bar.update(tasks[what], completed=done, total=total)  # type: ignore[arg-type]

    return show

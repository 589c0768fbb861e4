"""Commands that keep and erase: purge, backup, restore, rehearse, verify."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from django.utils.translation import gettext as _

from bulou.command.cli.frame import INPUT_ERRORS, At, Json, answer, app, existing, say, started
from bulou.command.cli.tables import table

BY = "command"
DUE_COLUMNS = ("rule", "title", "days", "records", "oldest")
CHECK_COLUMNS = ("check", "well", "counted", "wrong")


@app.command()
def purge(
    check: Annotated[bool, typer.Option("--check", help="只看会删什么,不删 (preview)")] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="另把数据库文件重写一遍 (夜间)")] = False,
    pdf: Annotated[Path | None, typer.Option("--pdf", help="写出删除证明 (the proof on paper)")] = None,
    at: At = None,
    as_json: Json = False,
) -> None:
    """删除已过保存期的个人信息,并给出证明 (erase what is due, with proof)."""
    from bulou.command.keeping import papers
    from bulou.kernel import purging, retention

    with started(at) as now:
        order = retention.ordered(now)
        due = [line.as_json() for line in purging.preview(now)]
        if check:
            said = _("按指令 {number} 的保存天数。").format(number=order.number)
            answer(
                {"directive": order.as_json(), "due": due}, as_json, f"{said}\n{table(due, DUE_COLUMNS, '')}"
            )
            return
        proof = purging.purge(by=BY, now=now, rebuild=rebuild)
        if pdf:
            pdf.write_bytes(papers.proof(proof))
    says = table(proof["rules"], DUE_COLUMNS, _("没有到期的个人信息。"))
    keys = _("销毁到期密钥 {count} 把。校验值 {checksum}").format(
        count=len(proof["periods"]), checksum=proof["checksum"]
    )
    answer(proof, as_json, f"{says}\n{keys}")


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="备份文件 (one encrypted file)")],
    at: At = None,
    as_json: Json = False,
) -> None:
    """把全部数据备份成一个加密文件,服务不用停 (one encrypted file, while serving)."""
    from bulou.command.keeping import backups

    with started(at):
        made = backups.make(file, by=BY)
    document = {**vars(made), "file": str(made.file), "made_at": made.made_at.isoformat()}
    text = _("已备份 {rows} 行,{mib:.1f} MiB,用时 {seconds} 秒。没有密钥文件它打不开:请把密钥另外保管。")
    answer(document, as_json, text.format(rows=made.rows, mib=made.bytes / 2**20, seconds=made.seconds))


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="备份文件")],
    at: At = None,
    as_json: Json = False,
) -> None:
    """把备份恢复到空的数据文件夹,核对无误才生效 (into an empty home)."""
    from bulou.command.keeping import backups
    from bulou.kernel.backup import load

    check_key_file()
    load.header_of(existing(file))
    with started(at):
        done, checks = backups.restore(file, by=BY)
        digest = backups.whole_digest()
    rows = [one.as_json() for one in checks]
    document: dict[str, Any] = {
        "made_at": done.header["made_at"],
        "rows": done.rows,
        "cut": done.cut,
        "gone": done.gone,
        "erased_periods": done.periods,
        "digest": digest,
        "checks": rows,
    }
    told = _("已恢复 {at} 的备份,共 {rows} 行。").format(
        at=done.header["made_at"], rows=sum(done.rows.values())
    )
    answer(document, as_json, f"{told}\n{table(rows, CHECK_COLUMNS, '')}")
    if done.periods:
        say(
            _("其中已过保存期的个人信息不再恢复({count} 行)。").format(
                count=sum(done.cut.values()) + done.gone
            )
        )
    if not all(one.well for one in checks):
        raise typer.Exit(INPUT_ERRORS)


def check_key_file() -> None:
    """A restore needs the county's own keys; it never makes new ones. Raises `restore-needs-keys`."""
    from bulou.command.keeping.backups import NEEDS_KEYS
    from bulou.kernel import seal

    path = seal.key_path()
    if not path.exists():
        raise NEEDS_KEYS.error(path=path)


@app.command()
def rehearse(
    file: Annotated[Path | None, typer.Argument(help="备份文件,默认最近一份")] = None,
    at: At = None,
    as_json: Json = False,
) -> None:
    """演练:把备份恢复到临时的数据文件夹里,比对后删掉 (restore into a temporary home, compare)."""
    from bulou.command.keeping import backups

    with started(at):
        result = backups.rehearse(existing(file) if file else None, by=BY)
    rows = [{"database": name, **one} for name, one in result["databases"].items()]
    answer(result, as_json, table(rows, ("database", "well", "seconds", "says"), ""))
    if not result["same"]:
        raise typer.Exit(INPUT_ERRORS)


@app.command()
def verify(
    quick: Annotated[bool, typer.Option("--quick", help="不重算账目 (books are not recomputed)")] = False,
    digest: Annotated[bool, typer.Option("--digest", help="另给出全部内容的摘要 (for comparison)")] = False,
    as_json: Json = False,
) -> None:
    """核对文件、表结构、审计链、记录、封存内容、引用和账目 (is everything as it was put in)."""
    from bulou.command.keeping import backups
    from bulou.command.keeping.verify import verify as look

    with started():
        checks = look(books=not quick)
        digests = {"digest": backups.whole_digest()} if digest else {}
    rows = [one.as_json() for one in checks]
    broken = next((one.wrong for one in checks if one.name == "audit" and one.wrong), None)
    document = {"audit_broken_at": int(broken[0]) if broken else None, "checks": rows, **digests}
    answer(document, as_json, table(rows, CHECK_COLUMNS, ""))
    if not all(one.well for one in checks):
        raise typer.Exit(INPUT_ERRORS)

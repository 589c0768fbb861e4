"""Commands about the county's keys: a new seal key, two-person recovery, a copy elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from bulou.command.cli.frame import At, Json, answer, app, existing, say, started
from bulou.kernel import audit, clock, keyring, lookups, recovery, sealing
from bulou.kernel.files import put_file

BY = "command"
keys = typer.Typer(no_args_is_help=True, help="密钥 (the county's keys)")
app.add_typer(keys, name="keys")


@keys.command("show")
def show(as_json: Json = False) -> None:
    """有哪些密钥、各管什么,不显示密钥本身 (which keys there are, never the keys themselves)."""
    with started():
        ring = keyring.keys()
    document = {
        "ring": ring.name,
        "file": str(keyring.key_path()),
        "seal": {"current": ring.current, "retired": {str(k): day for k, day in ring.retired.items()}},
        "lookups": {"layers": len(ring.layers), "pending": bool(ring.pending)},
        "periods": sorted(ring.periods),
        "recovery": bool(ring.recovery),
    }
    text = _("密钥 {ring}:封存用第 {current} 版,另有旧版 {old} 把,分期密钥 {periods} 把。")
    counts = {"current": ring.current, "old": len(ring.retired), "periods": len(ring.periods)}
    answer(document, as_json, text.format(ring=ring.name, **counts))


@keys.command("rotate")
def rotate(
    resume: Annotated[bool, typer.Option("--resume", help="接着做完上次中断的 (no new key)")] = False,
    look_ups: Annotated[
        bool, typer.Option("--lookups", help="换查找密钥,不换封存密钥 (the key of look-ups instead)")
    ] = False,
    at: At = None,
    as_json: Json = False,
) -> None:
    """换一把新的封存密钥(或查找密钥),把已有内容全部换过;中断后用 --resume 接着做 (a new key)."""
    if look_ups:
        _rotate_look_ups(resume, at, as_json)
        return
    with started(at):
        if not resume:
            ring = keyring.rotate(clock.today().isoformat())
            audit.record("keys.rotated", by=BY, detail={"seal": ring.current})
        done = sealing.reseal(lambda count: say(_("已重新封存 {count} 行…").format(count=count)))
        audit.record("keys.resealed", by=BY, detail={"rows": done})
        current = keyring.keys().current
    text = _("现用第 {current} 版密钥,重新封存 {rows} 行。旧密钥在备份过期后由 bulou purge 销毁。")
    answer({"seal": current, "rows": done}, as_json, text.format(current=current, rows=done))


def _rotate_look_ups(resume: bool, at: At, as_json: Json) -> None:
    with started(at):
        done = lookups.finish(by=BY) if resume else lookups.rotate(by=BY)
        if resume:
            lookups.look_after()
        layers = lookups.layers_here()
    text = _("查找密钥已换 {layers} 次,换过 {rows} 行。请再存一次密钥文件:旧的那份查不到人。")
    answer({"layers": layers, "rows": done}, as_json, text.format(layers=layers, rows=done))


@keys.command("split")
def split(
    shares: Annotated[int, typer.Option("--shares", help="分成几份")] = 3,
    need: Annotated[int, typer.Option("--need", help="几份才能恢复")] = 2,
    pdf: Annotated[Path | None, typer.Option("--pdf", help="写出可打印的各份,一份一页")] = None,
    at: At = None,
) -> None:
    """把恢复密钥分给几个人保管,只显示这一次 (two-person recovery)."""
    from bulou.command.keeping import papers

    with started(at):
        made = recovery.split(shares, need)
        audit.record("keys.split", by=BY, detail={"shares": shares, "need": need})
        if pdf:
            put_file(pdf, papers.shares(made))
    if not pdf:
        answer({}, False, "\n\n".join(f"{number}. {words}" for number, words in enumerate(made.shares, 1)))
    paths = ", ".join(map(str, recovery.envelope_paths()))
    say(
        _("恢复文件:{paths}。它随密钥更新;请连同备份放到另一台机器。打印后请删掉各份的文件。").format(
            paths=paths
        )
    )


@keys.command("recover")
def recover(
    envelope: Annotated[Path, typer.Argument(help="恢复文件 (the envelope)")],
    share: Annotated[
        list[str] | None, typer.Option("--share", help="一份的文字;不给则逐份询问 (asked for)")
    ] = None,
) -> None:
    """用恢复文件和几个人的份额取回密钥文件 (the key file back, from shares)."""
    content = existing(envelope).read_bytes()
    shares = share or [
        typer.prompt(_("第 {number} 份的文字").format(number=number), hide_input=True) for number in (1, 2)
    ]
    ring = recovery.recover(content, shares)
    say(_("密钥文件已恢复:{path}(密钥 {ring})。").format(path=keyring.key_path(), ring=ring.name))


@keys.command("copy")
def copy(
    folder: Annotated[Path, typer.Argument(help="另存到的文件夹 (U 盘等)")],
    at: At = None,
) -> None:
    """把密钥文件另存一份,代替那里的旧文件 (a copy elsewhere, in place of the old one)."""
    with started(at):
        for file in keyring.key_files():
            put_file(folder / file.name, file.read_bytes())
        audit.record("keys.copied", by=BY, detail={"ring": keyring.keys().name})
    say(
        _("已另存到 {folder}。每次删除到期信息后请再存一次,旧的不要留:它能打开已销毁的内容。").format(
            folder=folder
        )
    )

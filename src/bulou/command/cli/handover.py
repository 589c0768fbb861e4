"""Handing a post over from the console."""

from __future__ import annotations

from typing import Annotated

import typer
from django.utils.translation import gettext as _

from bulou.command.cli.frame import INPUT_ERRORS, At, Json, answer, app, started
from bulou.command.registers.rosters import left_of
from bulou.kernel import clock
from bulou.kernel.clock import parse_instant
from bulou.places import handing, workers


@app.command("handover")
def hand_over(
    post: Annotated[int, typer.Argument(metavar="岗位", help="岗位的号 (post number)")],
    name: Annotated[str, typer.Argument(metavar="姓名", help="接岗人 (the taker's name)")],
    phone: Annotated[str, typer.Argument(metavar="电话", help="接岗人的电话 (the taker's phone)")],
    when: Annotated[str | None, typer.Option("--from", metavar="TIME", help="从何时起,默认现在")] = None,
    words: Annotated[str, typer.Option("--words", help="交代 (a word to the taker)")] = "",
    check: Annotated[bool, typer.Option("--check", help="只看冲突,不交接 (change nothing)")] = False,
    at: At = None,
    as_json: Json = False,
) -> None:
    """换班:把岗位交给另一个人,双方都会被告知 (hand a post over)."""
    with started(at):
        found, taker = handing.post_of(post), workers.find(name, phone)
        if taker is None:
            raise handing.NO_SUCH_WORKER.error()
        moment = parse_instant(when) if when else None
        conflicts = handing.conflicts(found, taker, moment)
        left = left_of([post], clock.now()).get(post, 0)
        if not check:
            handing.hand_over(post, taker.pk, moment, words=words, by="command")
    document = {
        "post": post,
        "done": not check,
        "left": left,
        "conflicts": [
            {"code": one.problem.code, "final": one.final, "message": one.sentence} for one in conflicts
        ],
    }
    said = [one.sentence for one in conflicts]
    said.append(_("一并转交的未完成责任:{n} 项。").format(n=left))
    answer(document, as_json, "\n".join(said))
    if check and any(one.final for one in conflicts):
        raise typer.Exit(INPUT_ERRORS)

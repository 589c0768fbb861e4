"""Commands about people under monitoring, duplicates and directives: what somebody decides, recorded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from bulou.command.cli.frame import (
    INPUT_ERRORS,
    At,
    Json,
    PlaceCode,
    answer,
    app,
    existing,
    place_or_county,
    started,
)
from bulou.command.cli.tables import table
from bulou.facts.monitoring import EndReason
from bulou.kernel import clock
from bulou.kernel.clock import parse_instant
from bulou.kernel.problems import BulouError
from bulou.monitoring import actions, release
from bulou.monitoring import queries as case_queries
from bulou.monitoring.models import Case
from bulou.obligations import directives as orders
from bulou.obligations.models import Directive
from bulou.people import duplicates as pairs
from bulou.people.queries import mask_name, names_of

Number = Annotated[str, typer.Argument(metavar="编号", help="监测编号 (case number)")]
Happened = Annotated[str | None, typer.Option("--happened", metavar="TIME", help="发生时间,默认现在")]


def _case(number: str) -> Case:
    return case_queries.case(number, scope=place_or_county(None), purpose="command")


@app.command("end")
def end_case(
    number: Number,
    reason: Annotated[EndReason, typer.Option("--reason", help="died | hospital | transferred")],
    happened: Happened = None,
    at: At = None,
    as_json: Json = False,
) -> None:
    """记录死亡、入院或转出:从那一刻起不再应做 (what is owed ends)."""
    with started(at):
        when = parse_instant(happened) if happened else None
        case = actions.end(case=_case(number), reason=reason, by="command", at=when)
        ended = clock.local(case.ended_at or clock.now())
    answer({"number": number, "ended_at": ended.isoformat(), "reason": reason}, as_json, f"{number} {ended}")


@app.command("release")
def release_case(
    number: Number,
    post: Annotated[int, typer.Option("--post", metavar="ID", help="有权解除的岗位编号")],
    out: Annotated[Path | None, typer.Option("--pdf", help="写出解除通知书")] = None,
    office: str = "",
    at: At = None,
    as_json: Json = False,
) -> None:
    """由有权的岗位办理解除,可写出通知书 (release, with its note)."""
    with started(at):
        case = actions.release(case=_case(number), by=f"post:{post}")
        if out:
            out.write_bytes(release.make_pdf(case, office=office or case.decided_by, by=f"post:{post}"))
        ended = clock.local(case.ended_at or clock.now())
    answer({"number": number, "released_at": ended.isoformat()}, as_json, f"{number} {ended}")


@app.command("verify-note")
def verify_note(
    file: Annotated[Path, typer.Argument(help="扫出的二维码文字 (text of the code)")],
    key: Annotated[str, typer.Option("--key", help="县公钥,十六进制;默认本机的")] = "",
    as_json: Json = False,
) -> None:
    """核对一张解除通知书,不需要联网 (verify a release note offline)."""
    text = existing(file).read_text(encoding="utf-8")
    with started():
        try:
            note = release.verify(text, bytes.fromhex(key) if key else release.public_key())
        except BulouError as error:
            answer({"genuine": False, "problem": error.code}, as_json, str(error))
            raise typer.Exit(INPUT_ERRORS) from error
    said = {name: str(value) for name, value in vars(note).items()}
    answer({"genuine": True, **said}, as_json, "\n".join(said.values()))


@app.command()
def duplicates(place: PlaceCode = None, at: At = None, as_json: Json = False) -> None:
    """疑似重复登记,等人核实 (pairs that wait for a decision)."""
    with started(at):
        found = list(pairs.open_pairs(place_or_county(place)))
        names = names_of({pair.first_id for pair in found} | {pair.second_id for pair in found})
        lines = [
            {
                "id": pair.pk,
                "ground": pair.ground,
                "first": pair.first_id,
                "first_place": pair.first.place,
                "second": pair.second_id,
                "second_place": pair.second.place,
                "name": mask_name(names.get(pair.first_id, "")),
            }
            for pair in found
        ]
    columns = ("id", "ground", "name", "first", "first_place", "second", "second_place")
    answer({"rows": lines}, as_json, table(lines, columns, _("没有疑似重复。")))


@app.command()
def decide(
    pair: Annotated[int, typer.Argument(help="疑似重复的编号")],
    keep: Annotated[int | None, typer.Option("--keep", help="是同一人,保留哪一条")] = None,
    different: Annotated[bool, typer.Option("--different", help="不是同一人")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="撤销结论")] = False,
    at: At = None,
) -> None:
    """对一对疑似重复作出结论,可以撤销 (decide about a pair; can be undone)."""
    if sum((keep is not None, different, undo)) != 1:
        raise typer.BadParameter(_("--keep、--different、--undo 中选一个。"))
    with started(at):
        if keep is not None:
            pairs.merge(pair, keep=keep, by="command")
        elif different:
            pairs.tell_apart(pair, by="command")
        else:
            pairs.reopen(pair, by="command")


@app.command()
def directives(at: At = None, as_json: Json = False) -> None:
    """正在生效的指令 (directives in force)."""
    with started(at) as now:
        found = [
            {
                "kind": one.kind.name,
                "place": one.place,
                "valid_from": clock.local(one.valid_from).isoformat(),
                "number": one.number,
                "params": one.params,
            }
            for one in Directive.objects.select_related("kind").order_by("kind__name", "place", "valid_from")
            if one.valid_until is None or one.valid_until > now
        ]
    columns = ("kind", "place", "valid_from", "number", "params")
    answer({"rows": found}, as_json, table(found, columns, _("没有生效的指令。")))


@app.command()
def sign(
    kind: Annotated[str, typer.Argument(help="责任种类 (kind),见 docs/kinds.md")],
    params: Annotated[str, typer.Argument(help='取值 (JSON),如 {"owner": "doctor", …}')],
    signed_from: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="生效时间,默认现在")
    ] = None,
    number: Annotated[str, typer.Option("--number", help="文号")] = "",
    place: PlaceCode = None,
    at: At = None,
    as_json: Json = False,
) -> None:
    """签发一道指令:从某时起,某地的这类责任按这些取值 (sign a directive)."""
    try:
        values = json.loads(params)
    except ValueError as error:
        raise typer.BadParameter(_("取值不是有效的 JSON。")) from error
    if not isinstance(values, dict):
        raise typer.BadParameter(_("取值应为 JSON 对象。"))
    with started(at) as now:
        made = orders.sign(
            kind,
            place=place_or_county(place),
            params=values,
            valid_from=parse_instant(signed_from) if signed_from else now,
            by="command",
            number=number,
        )
        since = clock.local(made.valid_from).isoformat()
    answer({"directive": made.pk, "valid_from": since}, as_json, since)

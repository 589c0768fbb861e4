"""Commands that run and read the books."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from bulou.command import rows
from bulou.command.cli.frame import (
    INPUT_ERRORS,
    At,
    Json,
    PlaceCode,
    answer,
    app,
    existing,
    place_or_county,
    say,
    started,
)
from bulou.command.cli.tables import table
from bulou.kernel import clock, job_worker
from bulou.kernel.clock import parse_instant
from bulou.obligations import balance as balances
from bulou.obligations import engine
from bulou.obligations import gaps as gap_lists
from bulou.obligations.reconcile import reconcile as differences
from bulou.rights.capabilities import Capability

KindName = Annotated[str | None, typer.Option("--kind", metavar="NAME", help="责任种类 (kind)")]
Instant = Annotated[str | None, typer.Option(metavar="TIME")]


@app.command()
def tick(at: At = None, as_json: Json = False) -> None:
    """开账、核对、逐级催办到这一时刻 (open, match, escalate)."""
    with started(at) as now:
        done = engine.tick(now)
        job_worker.run_due()
    text = _("新开 {opened} 项,落实 {met} 项,升级 {escalated} 次,用时 {seconds} 秒。").format(**vars(done))
    answer(vars(done), as_json, text)


@app.command()
def gaps(
    place: PlaceCode = None,
    kind: KindName = None,
    gap: Annotated[gap_lists.Gap | None, typer.Option("--gap", help="undone | unowned | unknown")] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1)] = None,
    at: At = None,
    as_json: Json = False,
) -> None:
    """缺口清单:未落实、无人负责、底数外 (undone, unowned, unknown)."""
    with started(at) as now:
        found = gap_lists.gaps(place_or_county(place), kind=kind, gap=gap, now=now, limit=limit)
    document = rows.of_gaps(found)
    answer(document, as_json, table(document["rows"], rows.GAP_COLUMNS, _("没有缺口。")))


@app.command()
def balance(
    place: PlaceCode = None,
    kind: KindName = None,
    opened_from: Annotated[str | None, typer.Option("--from", metavar="TIME", help="开账时间起")] = None,
    opened_to: Annotated[str | None, typer.Option("--to", metavar="TIME", help="开账时间止")] = None,
    at: At = None,
    as_json: Json = False,
) -> None:
    """账:应做 = 按时 + 迟到 + 待办 + 逾期 + 已免 (the balance)."""
    with started(at) as now:
        lines = balances.balance(
            place_or_county(place),
            kinds=[kind] if kind else None,
            opened_from=parse_instant(opened_from) if opened_from else None,
            opened_to=parse_instant(opened_to) if opened_to else None,
            now=now,
        )
    document = rows.of_balance(lines)
    answer(document, as_json, table(document["rows"], rows.BALANCE_COLUMNS, _("账上没有责任。")))


@app.command()
def reconcile(at: At = None, as_json: Json = False) -> None:
    """只凭记录重算全部账目,列出差异 (recompute the books from the events)."""
    with started(at):
        found = [difference.as_json() for difference in differences()]
    text = table(found, ("kind", "what", "subject", "at", "books", "events"), _("没有差异。"))
    answer({"differences": found}, as_json, text)
    if found:
        raise typer.Exit(INPUT_ERRORS)


@app.command()
def intake(
    file: Annotated[Path, typer.Argument(help='{"events": […]}, 与接口相同 (as the API takes it)')],
    at: At = None,
    as_json: Json = False,
) -> None:
    """把文件里的记录交进来,与 POST /api/v1/events 相同 (hand in events from a file)."""
    from bulou.sync.intake import receive

    with started(at) as now:
        items = json.loads(existing(file).read_text(encoding="utf-8"))["events"]
        results = []
        for start in range(0, len(items), 500):
            results += receive(
                items[start : start + 500], actor="command", scope=place_or_county(None), now=now
            )
    refused = [result for result in results if result["status"] == "refused"]
    text = _("收到 {count} 条,退回 {refused} 条。").format(count=len(results), refused=len(refused))
    answer({"results": results}, as_json, text)
    if refused:
        raise typer.Exit(INPUT_ERRORS)


@app.command()
def token(
    post: Annotated[int, typer.Option("--post", metavar="ID", help="岗位编号,见 bulou posts")],
    scope: Annotated[str, typer.Option("--scope", metavar="CODE", help="范围的地点编码")],
    days: Annotated[int, typer.Option("--days", metavar="N", help="有效天数")] = 30,
    purpose: Annotated[str, typer.Option("--purpose", help="用途,记入审计 (what it is for)")] = "",
    may: Annotated[list[str] | None, typer.Option("--may", help="权限,可重复;默认报送和查看缺口")] = None,
    at: At = None,
    as_json: Json = False,
) -> None:
    """为一个岗位发一个接口令牌,只显示这一次 (a bearer token)."""
    from bulou.sync import tokens

    with started(at):
        allowed = [_capability(name) for name in may] if may else None
        text, made = tokens.make(post, scope, days, by="command", purpose=purpose, capabilities=allowed)
    ends = clock.local(made.ends_at).isoformat()
    answer({"token": text, "post": post, "scope": scope, "ends_at": ends}, as_json, text)
    if not scope.startswith(made.post.place):
        say(
            _("注意:范围 {scope} 超出了岗位所在的 {place},已记入审计。").format(
                scope=scope, place=made.post.place
            )
        )
    say(_("有效期到 {ends}。请妥善保管,不要发到群里。").format(ends=ends))


def _capability(name: str) -> Capability:
    """The capability of a name. Raises typer's own error, which lists the names."""
    if name not in Capability:
        raise typer.BadParameter(", ".join(Capability.values), param_hint="--may")
    return Capability(name)

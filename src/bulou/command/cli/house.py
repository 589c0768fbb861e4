"""Commands that run the house: serve, demonstrate, check."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from bulou.command.cli.frame import COULD_NOT_RUN, INPUT_ERRORS, At, Json, answer, app, existing, say, started
from bulou.command.cli.tables import table

Port = Annotated[int, typer.Option("--port", min=1, max=65535)]
Scale = Annotated[str, typer.Option("--scale", help="tiny | community | county")]


@app.command()
def serve(port: Port = 8000, host: str = "127.0.0.1") -> None:
    """开启服务 (serve the whole system)."""
    from bulou.command.operation.serve import serve as run_server

    with started():
        run_server(port, host)


@app.command()
def demo(
    scale: Scale = "community",
    port: Port = 8000,
    county: Annotated[str, typer.Option("--county", help="用自己的工作簿文件夹 (your own folder)")] = "",
    server: Annotated[bool, typer.Option("--serve/--no-serve")] = True,
) -> None:
    """造一个演示县(或用自己的工作簿),导入,过一天,开启服务 (make run)."""
    from bulou.command.operation import demo as demonstration
    from bulou.command.operation.serve import serve as run_server

    with started() as now:
        made = demonstration.prepare(scale, now, existing(Path(county)) if county else None, say)
        demonstration.show_accounts(port, made, say)
        if server:
            run_server(port)


@app.command()
def drill(
    days: Annotated[int, typer.Option("--days", min=1)] = 1,
    seed: str = "bulou",
    scale: Scale = "community",
    address: Annotated[str | None, typer.Option("--server", help="已开启的服务的地址")] = None,
    as_json: Json = False,
) -> None:
    """用公开的命令和接口过几天,给出每天的账 (live N days)."""
    from bulou.command.operation.demo import drill_days

    with started():
        lived = drill_days(days, seed=seed, scale=scale, address=address, say=say)
    text = "\n".join(_drill_line(day) for day in lived)
    answer({"days": lived}, as_json, text)
    if any(day["differences"] for day in lived):
        raise typer.Exit(INPUT_ERRORS)


def _drill_line(day: dict[str, object]) -> str:
    wrong = day["differences"]
    said = "; ".join(map(str, wrong)) if isinstance(wrong, list) and wrong else _("与实际一致")
    return f"{day['day']}: {said}"


@app.command()
def posts(
    place: Annotated[str | None, typer.Option("--place", metavar="CODE")] = None,
    at: At = None,
    as_json: Json = False,
) -> None:
    """岗位、编号和现任 (posts, their numbers and whether they are held)."""
    from bulou.command.cli.frame import place_or_county
    from bulou.places.queries import posts_under

    with started(at) as now:
        found = posts_under(place_or_county(place), now)
    answer({"rows": found}, as_json, table(found, ("id", "role", "place", "label", "held"), _("没有岗位。")))


@app.command()
def doctor(as_json: Json = False) -> None:
    """逐项检查设置和部件,说明哪里不对、怎样修 (what is wrong and how to mend it)."""
    from bulou.command.operation.doctor import examine

    found = [vars(finding) for finding in examine()]
    answer({"findings": found}, as_json, table(found, ("part", "well", "says"), ""))
    if not all(finding["well"] for finding in found):
        raise typer.Exit(COULD_NOT_RUN)

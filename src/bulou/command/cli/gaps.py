"""Commands that follow up gaps: a lead about somebody on no register is settled."""

from __future__ import annotations

from typing import Annotated

import typer
from django.utils.translation import gettext as _

from bulou.command.cli.frame import At, Json, answer, app, place_or_county, started
from bulou.obligations import unknowns


@app.command()
def settle(
    lead: Annotated[int, typer.Argument(metavar="编号", help="底数外线索的编号,见 bulou leads")],
    finding: Annotated[unknowns.Finding, typer.Option("--finding", help="found | added | not_ours")],
    words: Annotated[str, typer.Option("--words", help="依据,记入审计 (on what ground)")],
    code: Annotated[str, typer.Option("--code", help="名册中的编号;不属本辖区的不填")] = "",
    at: At = None,
    as_json: Json = False,
) -> None:
    """核实一条底数外线索:名册上已有、新登记、不属本辖区 (settle a lead)."""
    with started(at):
        settled = unknowns.settle(
            lead, finding=finding, words=words, code=code, scope=place_or_county(None), by="command"
        )
    answer({"lead": lead, "settled": settled, "finding": finding}, as_json, _("已核实。"))


@app.command()
def leads(at: At = None, as_json: Json = False) -> None:
    """底数外线索:还没有核实的 (leads that wait to be settled)."""
    from bulou.command.cli.tables import table
    from bulou.obligations import gaps

    with started(at) as now:
        found = [
            {"id": line.id, "kind": line.kind, "place": line.place, "evidence": line.evidence}
            for line in gaps.lines(place_or_county(None), gap=gaps.Gap.UNKNOWN, now=now)
        ]
    answer(
        {"rows": found}, as_json, table(found, ("id", "kind", "place", "evidence"), _("没有底数外的线索。"))
    )

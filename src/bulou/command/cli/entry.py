"""Letting the first people in: an account by a link that is shown once."""

from __future__ import annotations

from typing import Annotated

import typer
from django.urls import reverse

from bulou.command.cli.frame import At, Json, PlaceCode, answer, app, place_or_county, started


@app.command()
def invite(
    username: str,
    role: Annotated[str, typer.Option("--role", help="角色,如 system_admin (its role)")],
    title: Annotated[str, typer.Option("--title", help="在页面上的称呼,不写人名 (its title)")],
    place: PlaceCode = None,
    at: At = None,
    as_json: Json = False,
) -> None:
    """开一个账号,给出只显示一次的邀请链接 (an account by a link that is shown once)."""
    from bulou.kernel.database import atomic
    from bulou.rights import invitations, mandates

    with started(at), atomic():
        scope = place_or_county(place)
        account, secret = invitations.invite(username, title=title, by="command")
        mandates.grant(account, role, scope, by="command")
    path = reverse("invitation", args=[secret])
    answer({"username": username, "role": role, "scope": scope, "path": path}, as_json, path)

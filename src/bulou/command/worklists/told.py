"""What was done about a line of the books, as its timeline tells it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bulou.command import words
from bulou.command.actors import actor_titles
from bulou.kernel import clock
from bulou.kernel.events import kind_id
from bulou.kernel.models import Event
from bulou.obligations import evidence, followup
from bulou.obligations.followup_model import Outcome, Why
from bulou.places.posts import labels

TITLES: dict[str, Any] = {
    followup.CALLED: gettext_lazy("打电话催办"),
    followup.POSTPONED: gettext_lazy("推迟"),
    followup.HANDED: gettext_lazy("转交"),
    followup.TAKEN_BACK: gettext_lazy("收回"),
    evidence.EVIDENCED: gettext_lazy("补录办理凭证"),
}
MOST = 200


@dataclass(frozen=True)
class Entry:
    """One line of the timeline."""

    title: str
    text: str
    happened_at: dt.datetime
    received_at: dt.datetime
    actor: str
    grave: bool = False
    corrects: bool = False
    corrected: bool = False
    entered_late: bool = False


def about(obligation_ids: Iterable[int], seats: Mapping[int, str] | None = None) -> list[Entry]:
    """What was done about these lines, the latest first. `seats`: what some posts are called already."""
    found = list(
        Event.objects.filter(kind_id__in=[kind_id(name) for name in TITLES], subject__in=list(obligation_ids))
        .select_related("kind")
        .order_by("-seq")[:MOST]
    )
    posts = dict(seats or {})
    unnamed = {event.data["post"] for event in found if "post" in event.data} - posts.keys()
    posts |= labels(unnamed) if unnamed else {}
    actors = actor_titles({event.actor for event in found})
    return [
        Entry(
            title=str(TITLES[event.kind.name]),
            text=text(event, posts),
            happened_at=event.happened_at,
            received_at=event.received_at,
            actor=actors[event.actor],
        )
        for event in found
    ]


def text(event: Event, posts: Mapping[int, str]) -> str:
    """What an event about a line says. `posts`: what the posts in it are called."""
    data = event.data
    if event.kind.name == followup.CALLED:
        return _titled(Outcome, data.get("outcome", ""))
    if event.kind.name == followup.POSTPONED:
        until = clock.local(clock.parse_instant(data["until"]))
        return _("到 {until}:{why}").format(
            until=f"{until:%m-%d %H:%M}", why=_titled(Why, data.get("why", ""))
        )
    if event.kind.name == followup.HANDED:
        return _("给 {post}").format(post=posts.get(data.get("post", 0), "?"))
    if event.kind.name == evidence.EVIDENCED:
        source = _titled(evidence.Source, data.get("source", ""))
        return f"{words.event_title(data.get('proof', ''))} · {source}"
    return ""


def _titled(choices: Any, code: str) -> str:
    return str(choices(code).label) if code in choices else code

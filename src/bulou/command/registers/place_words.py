"""The words for what happened to places, and what takes it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from bulou.command.registers.tree import Chapter
from bulou.kernel.models import Event
from bulou.places import actions, retiring
from bulou.places.models import Place


def chapters(
    events: list[Event], titles: Mapping[str, str], place: Place, before: list[Place]
) -> list[Chapter]:
    """Events of a place in words; the latest of each kind that can be taken back says how."""
    parents = {one.code: str(one.parent_id or "") for one in before}
    seen: set[str] = set()
    found = []
    for event in events:
        undo, value = ("", "") if event.kind.name in seen else _undo(event, place, parents)
        seen.add(event.kind.name)
        found.append(
            Chapter(event.kind.name, _words(event), event.happened_at, titles[event.actor], undo, value)
        )
    return found


def _words(event: Event) -> str:
    text = _SENTENCES.get(event.kind.name)
    if text is None:
        return event.kind.name
    data: dict[str, Any] = event.data
    values = {name: data.get(name, "") for name in ("from", "to", "name", "count")}
    return str(text).format(**values, code=event.place, into="、".join(map(str, _parts(data))))


def _parts(data: dict[str, Any]) -> list[str]:
    into = data.get("into", ())
    return [into] if isinstance(into, str) else list(into)


_SENTENCES: dict[str, Any] = {
    actions.RENAMED: _("改名:原名“{from}”,现名“{to}”"),
    actions.MERGED: _("并入(原编码 {code})"),
    actions.MOVED: _("移到别的上级(原编码 {code})"),
    actions.SPLIT: _("分出:{into}"),
    retiring.ALSO_CALLED: _("又名“{name}”"),
    retiring.GATES_SET: _("大门 {count} 个"),
    retiring.RETIRED_PLACE: _("撤销"),
    retiring.BROUGHT_BACK: _("恢复"),
    retiring.NAME_TAKEN_BACK: _("去掉一个又名"),
}


def _undo(event: Event, place: Place, parents: Mapping[str, str]) -> tuple[str, str]:
    """The inverse verb and what it is about."""
    kind, data = event.kind.name, event.data
    if kind == actions.RENAMED and data.get("to") == place.name:
        return "rename", str(data.get("from", ""))
    if kind == actions.MOVED and data.get("to") == place.code:
        return "move", parents.get(event.place, "")
    if kind == retiring.RETIRED_PLACE and place.retired_at is not None and place.successor_id is None:
        return "bring_back", ""
    return "", ""

"""An order as the office's tests draft it."""

from __future__ import annotations

from typing import Any

from bulou.kernel import clock
from bulou.obligations import drafts
from bulou.obligations.models import DirectiveDraft

GROUND = "《中华人民共和国传染病防治法》第三十九条"
THREE = {
    "owner": "doctor",
    "windows": [["am", "06:00", "10:00"], ["noon", "11:00", "13:00"], ["pm", "16:00", "20:00"]],
}


def draft(place: str, *, by: str = "user:0", **more: Any) -> DirectiveDraft:
    """Health is reported three times a day, from tomorrow."""
    given = {
        "kind": "monitoring.health_report",
        "params": THREE,
        "valid_from": clock.start_of(clock.today() + clock.DAY),
        "number": "翼防指令〔2022〕3号",
        "title": "健康报告改为一日三次",
        "ground": GROUND,
    }
    return drafts.draft(place=place, by=by, **(given | more))

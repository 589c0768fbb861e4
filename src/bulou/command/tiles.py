"""The headline of the three gaps, on the board and above the list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from bulou.obligations.gaps import Gap


@dataclass(frozen=True)
class Tile:
    """One figure of the headline."""

    gap: str
    count: int
    title: Any
    meaning: Any
    look: Any
    icon: Any


GAPS = (
    (Gap.UNDONE, _("未落实"), _("到时限没有完成"), "overdue", "triangle-alert"),
    (Gap.UNOWNED, _("无人负责"), _("没做完,也没有人在岗"), "unowned", "user-x"),
    (
        Gap.UNKNOWN,
        _("底数外"),
        _("有线索,不在任何名册"),
        "unknown",
        "circle-question-mark",
    ),
)


def tiles(counted: dict[Gap, int]) -> list[Tile]:
    """The tiles of the counts, in the order of the lists."""
    return [Tile(gap.value, counted[gap], *rest) for gap, *rest in GAPS]

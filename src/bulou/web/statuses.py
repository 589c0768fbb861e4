"""How each status looks: its words, its icon and its pattern. Colour never stands alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Look:
    """One status as the pages show it. `dark`: text on its bar is white."""

    key: str
    title: Any
    icon: str
    dark: bool = False


LOOKS = {
    look.key: look
    for look in (
        Look("met", _("按时完成"), "circle-check", dark=True),
        Look("late", _("迟到完成"), "clock-alert"),
        Look("open", _("待办"), "circle"),
        Look("overdue", _("逾期"), "triangle-alert", dark=True),
        Look("excused", _("已免"), "circle-minus"),
        Look("unowned", _("无人负责"), "user-x"),
        Look("unknown", _("底数外"), "circle-question-mark"),
    )
}
EQUATION = ("met", "late", "open", "overdue", "excused")
"""The columns that add up to the universe, in the order in which they are written."""

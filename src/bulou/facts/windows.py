"""How a proof names the window that it is for."""

from __future__ import annotations

from datetime import date


def window_label(day: date, name: str) -> str:
    """The label of a county day's window: "20220416am"."""
    # Not strftime: it writes years before 1000 with fewer than four digits.
    return f"{day.year:04d}{day.month:02d}{day.day:02d}{name}"

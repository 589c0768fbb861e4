"""The balance drawn as one stacked bar; each part has its pattern, so that it survives black and white."""

from __future__ import annotations

from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from bulou.web.formats import number
from bulou.web.statuses import EQUATION, LOOKS, Look

LABELLED = 7.0
"""Per cent of the width; a part at least this wide has its number written in it."""

MIN_WIDTH = 0.6
"""Per cent of the width; a part that has anything in it stays visible."""

TALL, LOW = 'y="0" height="22"', 'y="3" height="16"'
"""What is overdue is taller than the rest: its shape tells it where its colour does not."""


def of(counts: Any, key: str) -> Any:
    """One column of a balance by its name."""
    return counts[key] if isinstance(counts, dict) else getattr(counts, key)


def bar(counts: Any) -> SafeString:
    """The balance as a bar; the table beside it has the same numbers. Written here and not in a template,
    because a board draws fifty of them."""
    filled = [(LOOKS[key], n) for key in EQUATION if (n := of(counts, key))]
    words = ", ".join(f"{escape(look.title)} {number(n)}" for look, n in filled)
    drawn = "".join(_parts(filled)) or '<rect class="none" x="0" y="10" width="100%" height="2"/>'
    said = words or escape(_("没有应落实的事项"))
    return SafeString(f'<svg class="bar" role="img" aria-label="{said}">{drawn}</svg>')


def _parts(filled: list[tuple[Look, int]]) -> list[SafeString]:
    total = sum(n for _look, n in filled)
    floor = [max(n / total * 100, MIN_WIDTH) for _look, n in filled]
    scale, x, drawn = 100 / sum(floor) if floor else 1, 0.0, []
    for (look, n), width in zip(filled, floor, strict=True):
        drawn.append(_part(look, n, x, width * scale))
        x += width * scale
    return drawn


def _part(look: Look, n: int, x: float, width: float) -> SafeString:
    # Only numbers and names of our own are written here.
    shape = TALL if look.key == "overdue" else LOW
    rect = f'<rect x="{x:.2f}%" width="{width:.2f}%" {shape} fill="url(#p-{look.key})"/>'
    css = f' class="on-solid {look.key}"' if look.dark else ""
    text = f'<text x="{x + width / 2:.2f}%" y="11"{css}>{number(n)}</text>' if width >= LABELLED else ""
    return SafeString(rect + text)

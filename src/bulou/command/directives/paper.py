"""A signed order in PDF: its words and values, who signed, and the code that verifies it."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import segno

from bulou.command.actors import actor_titles
from bulou.command.directives.form import shown
from bulou.kernel import clock, pdf
from bulou.obligations import order_paper
from bulou.obligations.kinds import ordered_kind
from bulou.obligations.models import DirectiveDraft
from bulou.obligations.values import said
from bulou.places.queries import name_path

TEMPLATE = Path(__file__).with_name("documents") / "order.typ"


def make_pdf(order: DirectiveDraft) -> bytes:
    """The order on paper. Raises `no-chinese-font`."""
    lines = order_paper.lines_of(order)
    titles = actor_titles({order.drafted_by, order.decided_by})
    data = {
        "order": {field.name: getattr(lines, field.name) for field in fields(lines)},
        "kind": str(ordered_kind(order.kind.name).title),
        "place": name_path(order.place, separator=" "),
        "values": _values(order),
        "drafter": titles[order.drafted_by],
        "signer": titles[order.decided_by],
        "valid_from": _said(lines.valid_from),
        "valid_until": _said(lines.valid_until),
        "signed_at": _said(lines.signed_at),
        "code": segno.make(order_paper.code_text(order), error="l", micro=False).svg_inline(border=2),
    }
    return pdf.typeset(TEMPLATE, data)


def _values(order: DirectiveDraft) -> list[dict[str, str]]:
    if order.repeals:
        return []
    kind = ordered_kind(order.kind.name)
    full = vars(kind.Params.read(kind.name, order.params))
    return [
        {
            "title": str(said(field).title),
            "unit": str(said(field).unit),
            "value": shown(kind, field, full[field.name]),
            "meaning": str(said(field).meaning),
        }
        for field in fields(kind.Params)
    ]


def _said(time: str) -> str:
    """A time of the lines as paper says it; "" where there is none."""
    return "" if time == order_paper.NONE else f"{clock.parse_instant(time):%Y-%m-%d %H:%M}"

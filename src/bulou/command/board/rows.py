"""The rows of the board's two tables, written in Python: a township's board has 400 cells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from bulou.command.board import differences
from bulou.command.board.asked import Asked, address
from bulou.command.board.figures import Line
from bulou.web.bars import bar
from bulou.web.formats import share
from bulou.web.parts import figure
from bulou.web.statuses import EQUATION, LOOKS

LOUD = frozenset(("overdue", "unowned", "unknown"))
"""What is missing: its numbers stand as badges, so that they are found before all others."""


@dataclass(frozen=True)
class Row:
    """A line of the board, where its name leads, and what its numbers count: a kind (or all) at a place.

    `there` is where the difference to yesterday leads; `plain` numbers lead nowhere.
    """

    line: Line
    kind: str
    at: str
    href: str = ""
    there: str = ""
    plain: bool = False
    total: bool = False


@dataclass(frozen=True)
class _Column:
    """A column: its field of the counts, its title on a phone, and the sign of the equation before it."""

    name: str
    label: str
    sign: str
    loud: str
    fades: bool


def drawn(rows: Iterable[Row], asked: Asked, *, linked: bool, versus: bool) -> SafeString:
    """The rows of a table. `linked`: numbers lead to their lists; `versus`: beside an hour of yesterday."""
    columns, done, than = _columns(), escape(_("已完成")), escape(_("逾期比昨日此时"))
    parts = []
    for row in rows:
        line = row.line
        parts += ['<tr class="total">' if row.total else "<tr>", _head(row)]
        lists = "" if row.plain or not linked else _lists(row, asked)
        parts += [_cell(line.counts, column, lists) for column in columns]
        parts.append(
            f'<td class="num wide" data-label="{done}">{escape(share(line.done, line.counts.universe))}</td>'
        )
        if versus:
            difference = differences.drawn(line.overdue_more, row.there)
            parts.append(f'<td class="num wide" data-label="{than}">{difference}</td>')
        parts.append("</tr>")
    return SafeString("".join(parts))


def _columns() -> list[_Column]:
    equal = [("universe", _("应落实"), "")]
    equal += [(key, str(LOOKS[key].title), "+" if at else "=") for at, key in enumerate(EQUATION)]
    equal += [("owned", _("有人负责"), ""), ("unowned", str(LOOKS["unowned"].title), "+")]
    equal += [("unknown", str(LOOKS["unknown"].title), "")]
    return [
        _Column(
            name,
            escape(label),
            f'<span class="eq" aria-hidden="true">{sign}</span>' if sign else "",
            name if name in LOUD else "",
            fades=name not in ("universe", "owned"),
        )
        for name, label, sign in equal
    ]


def _head(row: Row) -> str:
    title: str = escape(row.line.title)
    if row.href:
        title = f'<a href="{escape(row.href)}">{title}</a>'
    return f'<th scope="row">{title}{bar(row.line.counts) if row.line.counts.universe else ""}</th>'


def _lists(row: Row, asked: Asked) -> str:
    """The address of the lists that the numbers of a row count, up to the column."""
    return f"{address('duties')}?{asked.of_row(row.at, row.kind)}status="


def _cell(counts: Any, column: _Column, lists: str) -> str:
    value = getattr(counts, column.name)
    css = "num nil" if column.fades and not value else "num"
    href = lists + column.name if lists and value else ""
    drawn_value = figure(value, column.loud, href)
    return f'<td class="{css}" data-label="{column.label}">{column.sign}{drawn_value}</td>'

"""Tables for a console, with Chinese characters two cells wide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table


def table(lines: Iterable[dict[str, Any]], columns: Sequence[str], nothing: str) -> str:
    """The lines as a table; `nothing` where there are none."""
    lines = list(lines)
    if not lines:
        return nothing
    grid = Table(box=SIMPLE, pad_edge=False)
    for column in columns:
        numbers = all(isinstance(line.get(column), int) for line in lines)
        grid.add_column(column, justify="right" if numbers else "left", no_wrap=True)
    for line in lines:
        grid.add_row(*(_cell(line.get(column)) for column in columns))
    out = StringIO()
    Console(file=out, width=220, no_color=True).print(grid)
    return out.getvalue()


def _cell(value: Any) -> str:
    return "—" if value is None else str(value)

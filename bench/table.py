"""One table a benchmark: what was measured, its baseline of the same run, the ratio and the goal."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass
class Line:
    """One measurement. `ratio` is measured / baseline; `goal` its upper bound."""

    what: str
    seconds: float
    baseline: str = ""
    baseline_seconds: float | None = None
    goal: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return self.seconds / self.baseline_seconds if self.baseline_seconds else None

    @property
    def held(self) -> bool | None:
        return None if self.goal is None or self.ratio is None else self.ratio <= self.goal


@dataclass
class Bench:
    """A named group of lines on one database."""

    name: str
    database: str
    lines: list[Line] = field(default_factory=list)

    def add(self, line: Line) -> None:
        self.lines.append(line)

    def show(self) -> None:
        table = Table(title=f"{self.name} · {self.database}", title_justify="left")
        for column in ("what", "seconds", "baseline", "its seconds", "ratio", "goal", "held", "note"):
            table.add_column(column, justify="left" if column in {"what", "baseline", "note"} else "right")
        for line in self.lines:
            table.add_row(
                line.what,
                f"{line.seconds:.4f}",
                line.baseline,
                "" if line.baseline_seconds is None else f"{line.baseline_seconds:.4f}",
                "" if line.ratio is None else f"{line.ratio:.4f}",
                "" if line.goal is None else f"≤ {line.goal:.4f}",
                "" if line.held is None else ("yes" if line.held else "NO"),
                line.note,
            )
        Console(width=170).print(table)

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "database": self.database,
            "lines": [{**vars(line), "ratio": line.ratio, "held": line.held} for line in self.lines],
        }


def timed(work: Callable[[], Any]) -> float:
    """Seconds that the work takes, without the garbage collector's interruptions."""
    gc.collect()
    gc.disable()
    try:
        started = perf_counter()
        work()
        return perf_counter() - started
    finally:
        gc.enable()

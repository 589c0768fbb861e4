"""One workbook in an office's manner, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from bulou.drill.columns import COLUMNS, GROUPS, TITLES, TOWNSHIP
from bulou.drill.mess import Row
from bulou.drill.sinks import Sink, open_sink
from bulou.drill.styles import DATES, PLAIN, Style

Touch = Callable[[Row, str, int, bool], None]
"""Called with each row before it is written: its sheet and number, whether it is the first there."""


class Book:
    """A workbook being written: title, header in one or two rows, rows, and the lines below."""

    def __init__(self, kind: str, sink: Sink, style: Style, office: str, day: date) -> None:
        self._kind, self._sink, self._style = kind, sink, style
        self._office, self._day = office, day
        self._columns = list(style.order or COLUMNS[kind])
        self._lead = ["序号"] if style.serial else []
        self._tail = ["性别"] if style.extra_sex else []
        self._width = len(self._lead) + len(self._columns) + len(self._tail)
        self._date = DATES[style.dates]
        self.rows = 0

    def sheet(self, name: str, rows: Iterable[Row], touch: Touch | None = None) -> None:
        """Write one sheet with all that stands above and below its rows."""
        self._sink.sheet(name)
        at = self._head(name)
        count = 0
        for row in rows:
            at, count = at + 1, count + 1
            if touch:
                touch(row, name, at, count == 1)
            self._sink.row(self._values(row, count), tuple(self._place_merges(row)))
        self._foot(count)
        self.rows += count

    def _head(self, name: str) -> int:
        """Title, line of the office, header; says the number of the last row of it."""
        across = ((0, self._width - 1, 1),)
        if self._style.title:
            self._sink.row(self._wide(f"{self._office}{TITLES[self._kind]}"), across)
        if self._style.office_line:
            when = f"{self._day.year}年{self._day.month}月{self._day.day}日"
            self._sink.row(self._wide(f"填报单位:{self._office}      日期:{when}"), across)
        names = [*self._lead, *(self._style.header(c) for c in self._columns), *self._tail]
        if not self._style.two_rows:
            return self._sink.row(names)
        return self._two_rows(names)

    def _two_rows(self, names: list[str]) -> int:
        """A header whose group stands merged over its columns; all others are merged over both rows."""
        title, grouped = GROUPS[self._kind]
        inside = [len(self._lead) + i for i, c in enumerate(self._columns) if c in grouped]
        upper = [title if i == inside[0] else "" if i in inside else n for i, n in enumerate(names)]
        lower = [n if i in inside else "" for i, n in enumerate(names)]
        alone = tuple((i, i, 2) for i in range(self._width) if i not in inside)
        self._sink.row(upper, ((inside[0], inside[-1], 1), *alone))
        return self._sink.row(lower)

    def _values(self, row: Row, count: int) -> list[Any]:
        cells = [self._cell(row.get(c)) for c in self._columns]
        if self._style.number_doors and (door := row.get("户号")) and door.isdecimal():
            cells[self._columns.index("户号")] = int(door)
        return [*([count] if self._lead else []), *cells, *([row.get("性别")] if self._tail else [])]

    def _cell(self, value: Any) -> Any:
        return self._date(value) if type(value) is date else value

    def _place_merges(self, row: Row) -> Iterator[tuple[int, int, int]]:
        """Merge the township over the rows below that it stands for, as `_down` of the row says."""
        down = row.get("_down", 1)
        if self._style.merge_places and down > 1:
            at = len(self._lead) + self._columns.index(TOWNSHIP)
            yield at, at, down

    def _foot(self, count: int) -> None:
        if self._style.footer:
            self._sink.row(self._wide("合计", str(count)))
            self._sink.row(self._wide("填表人:张某      审核人:李某      (盖章)"))

    def _wide(self, *texts: str) -> list[str]:
        return [*texts, *[""] * (self._width - len(texts))]


@contextmanager
def book(path: Path, kind: str, *, style: Style = PLAIN, office: str, day: date) -> Iterator[Book]:
    """A workbook to write into; the file is finished at the end of the block."""
    with open_sink(path, merging=style.merge_places) as sink:
        yield Book(kind, sink, style, office, day)


def write(
    path: Path,
    kind: str,
    rows: Iterable[Row],
    *,
    style: Style = PLAIN,
    office: str,
    day: date,
    touch: Touch | None = None,
) -> int:
    """Write a workbook of one sheet; says how many rows stand in it."""
    with book(path, kind, style=style, office=office, day=day) as made:
        made.sheet(office, rows, touch)
    return made.rows

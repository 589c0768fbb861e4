"""A list as a file: workbook, CSV, page to print, text for a chat. Each says as of when, by whom."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from bulou.command.exports.models import Export, Format, Purpose
from bulou.command.exports.tables import Table, Value, shown
from bulou.kernel import clock
from bulou.places.queries import names
from bulou.sheets.ledger import Head, write_ledger

TEXT_ROWS = 200
"""A message for a chat holds no more; the rest is counted."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
Cells = Iterable[list[Value]]


@dataclass(frozen=True)
class Said:
    """What a file says about itself."""

    title: str
    place: str
    as_of: str
    maker: str
    purpose: str
    conditions: str
    number: str
    masked: str

    @classmethod
    def of(cls, export: Export, table: Table) -> Said:
        """From the record of the export."""
        words = f"{Purpose(export.purpose).label}({export.words})"
        return cls(
            title=str(table.title),
            place=names([export.place]).get(export.place, export.place),
            as_of=f"{clock.local(export.as_of):%Y-%m-%d %H:%M}",
            maker=export.maker,
            purpose=words,
            conditions=";".join(export.conditions) or _("全部"),
            number=str(export.pk)[-12:],
            masked=_("含完整信息") if export.full else _("已脱敏"),
        )

    @property
    def about(self) -> str:
        """The line under the title."""
        return _("单位:{place}    截至:{at}    制表人:{maker}    用途:{purpose}").format(
            place=self.place, at=self.as_of, maker=self.maker, purpose=self.purpose
        )

    @property
    def watermark(self) -> str:
        """Whose copy it is: stands on every page."""
        return _("{maker} · {at} · 编号 {number} · {masked} · 仅限所写用途,用后销毁").format(
            maker=self.maker, at=self.as_of, number=self.number, masked=self.masked
        )

    def facts(self) -> tuple[tuple[str, str], ...]:
        """What the second sheet lists."""
        return (
            (_("清单"), self.title),
            (_("范围"), self.place),
            (_("筛选条件"), self.conditions),
            (_("截至"), self.as_of),
            (_("制表人"), self.maker),
            (_("用途"), self.purpose),
            (_("脱敏"), self.masked),
            (_("编号"), self.number),
            (_("水印"), self.watermark),
        )


def write(format: str, table: Table, said: Said, rows: Cells, out: Path) -> int:
    """Write the file; says how many rows."""
    return _WRITERS[Format(format)](table, said, rows, out)


def _xlsx(table: Table, said: Said, rows: Cells, out: Path) -> int:
    columns = tuple((str(column.title), column.width) for column in table.columns)
    title = f"{said.place}{said.title}"
    head = Head(title, said.about, said.watermark, said.facts(), columns)
    return write_ledger(head, ([_naive(value) for value in row] for row in rows), out)


def _naive(value: Value) -> Value:
    """Excel knows no time zones."""
    return clock.local(value).replace(tzinfo=None) if isinstance(value, datetime) else value


def _csv(table: Table, said: Said, rows: Cells, out: Path) -> int:
    """With a byte order mark, so that Excel reads it as UTF-8; what the file says about itself comes last."""
    number = 0
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([_("序号"), *(str(column.title) for column in table.columns)])
        for number, row in enumerate(rows, 1):
            writer.writerow([number, *(harmless(shown(value)) for value in row)])
        writer.writerow([])
        writer.writerows([title, harmless(value)] for title, value in said.facts())
    return number


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _text(table: Table, said: Said, rows: Cells, out: Path) -> int:
    number, reader = 0, iter(rows)
    with out.open("w", encoding="utf-8") as file:
        file.write(f"{said.place}{said.title}\n{said.about}\n")
        for number, row in enumerate(islice(reader, TEXT_ROWS), 1):
            file.write(f"{number}. " + " ".join(filter(None, map(shown, row))) + "\n")
        rest = sum(1 for _row in reader)
        if rest:
            file.write(_("……还有 {n} 条没有列出:请导出表格。").format(n=rest) + "\n")
        file.write(f"{said.watermark}\n")
    return number + rest


def _print(table: Table, said: Said, rows: Cells, out: Path) -> int:
    """What the page to print is drawn from: one line of JSON for each row."""
    written = 0
    with out.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps([shown(value) for value in row], ensure_ascii=False) + "\n")
            written += 1
    return written


def printed_rows(parts: Iterable[bytes]) -> Iterator[list[str]]:
    """The rows of a page to print."""
    for line in b"".join(parts).decode().splitlines():
        yield json.loads(line)


_WRITERS: dict[Format, Any] = {
    Format.XLSX: _xlsx,
    Format.CSV: _csv,
    Format.TEXT: _text,
    Format.PRINT: _print,
}

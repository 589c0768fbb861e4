"""Who is in the county, read from its workbooks: what a thief knows and looks for."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

NAMES = ("姓名", "负责人")
NUMBERS = ("身份证号", "身份证号码", "公民身份号码", "证件号码")
PHONES = ("手机号", "联系电话", "手机号码", "电话")
ADDRESSES = ("详细地址", "外出地址", "地址", "备注")
ORIGINS = ("来自何地", "何地返回", "来自地区", "来源地", "返回地", "从何地返回", "旅居地", "返乡地", "来自")
LOCAL = re.compile("[0-9号路街巷楼室户组]")
"""What an address has that leads to a door."""


@dataclass
class Known:
    """The words to look for, by sort."""

    names: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    origins: set[str] = field(default_factory=set)

    def sorts(self) -> dict[str, set[str]]:
        return vars(self)


def read(folder: Path) -> Known:
    """Everybody in a folder of workbooks. Cells too short to mean somebody (王, 12) are left out."""
    known = Known()
    for path in sorted(folder.rglob("*")):
        for row in _sheets(path):
            _take(known, row)
    return known


def _sheets(path: Path) -> Iterator[dict[str, str]]:
    for rows in _tables(path):
        head: list[str] = []
        for row in rows:
            cells = ["".join(cell.split()) for cell in row]
            if not head and any(cell in NAMES for cell in cells):
                head = cells
            elif head:
                yield dict(zip(head, cells, strict=False))


def _tables(path: Path) -> Iterator[list[list[str]]]:
    if path.suffix == ".csv":
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig") if _is_utf8(raw) else raw.decode("gb18030", errors="replace")
        yield list(csv.reader(io.StringIO(text)))
    elif path.suffix in {".xlsx", ".xls"}:
        try:
            book = CalamineWorkbook.from_path(str(path))
        except CalamineError:
            return
        for name in book.sheet_names:
            yield [[str(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python()]


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return True


def _take(known: Known, row: dict[str, str]) -> None:
    for column, value in row.items():
        if column in NAMES and len(value) >= 3:
            known.names.add(value)
        elif column in NUMBERS and len(value) in (15, 18):
            known.numbers.add(value.upper())
        elif column in PHONES and value.isdigit() and len(value) == 11:
            known.phones.add(value)
        elif column in ADDRESSES and len(value) >= 6 and LOCAL.search(value):
            known.addresses.add(value)
        elif column in ORIGINS and len(value) >= 4:
            known.origins.add(value)

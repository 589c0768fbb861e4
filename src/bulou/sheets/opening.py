"""Opening a workbook: what kind of file it really is, and its sheets as rows of cells."""

from __future__ import annotations

import codecs
import csv
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import BinaryIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from bulou.sheets.cells import Cell

Row = Sequence[Cell]
Merge = tuple[int, int, int, int]
"""First row, first column, last row, last column, all from 0."""

FIELD_LIMIT = 32_767
"""Characters in one cell, as Excel has it; more is no cell."""
SCANNED_FOR_HIDDEN = 16 << 20
"""Bytes of a sheet's text up to which its hidden rows are looked for."""
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = re.compile(
    rb"^\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|table|\?xml|meta|head|body|div|style)", re.IGNORECASE
)
_HIDDEN_ROW = re.compile(rb'<row\b(?=[^>]*\bhidden="(?:1|true)")[^>]*?\br="(\d+)"')


class Unreadable(Exception):
    """The file cannot be read; `code` is its problem."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code, self.params = code, params


@dataclass
class Sheet:
    """One sheet. Rows are counted from 0, cells from the first column that has anything in it."""

    name: str
    height: int
    rows: Iterator[Row]
    hidden: bool = False
    offset: int = 0
    """Empty columns left of the first cell."""
    merges: list[Merge] = field(default_factory=list)
    hidden_rows: frozenset[int] = frozenset()


def open_sheets(path: Path) -> Iterator[Sheet]:
    """The sheets of a workbook, one after the other. Raises `Unreadable`."""
    if not path.stat().st_size:
        raise Unreadable("file-empty")
    with path.open("rb") as file:
        start = file.read(512)
    if start.startswith((_ZIP, _OLE)):
        yield from _workbook(path)
    elif _MARKUP.match(start):
        raise Unreadable("file-is-web-page")
    elif path.suffix.lower() in {".csv", ".txt", ".tsv"}:
        yield _text(path)
    else:
        raise Unreadable("file-not-a-workbook", ending=path.suffix or path.name)


def _workbook(path: Path) -> Iterator[Sheet]:
    try:
        with _opened(path) as book:
            for index, about in enumerate(book.sheets_metadata):
                if about.typ is SheetTypeEnum.WorkSheet:
                    sheet = book.get_sheet_by_index(index)
                    yield _calamine(sheet, about.visible is not SheetVisibleEnum.Visible, path)
    except PasswordError as error:
        raise Unreadable("file-has-password") from error
    except (CalamineError, OSError) as error:
        raise Unreadable("file-broken") from error


def _opened(path: Path) -> CalamineWorkbook:
    """By the ending of its name, or, where that misleads, by what is in it."""
    try:
        return CalamineWorkbook.from_path(path)
    except PasswordError:
        raise
    except CalamineError:
        with path.open("rb") as file:
            return CalamineWorkbook.from_filelike(file)


def _calamine(sheet: CalamineSheet, hidden: bool, path: Path) -> Sheet:
    offset = sheet.start[1] if sheet.start else 0
    merges = [(top, left - offset, bottom, right - offset) for (top, left), (bottom, right) in _merges(sheet)]
    return Sheet(
        name=sheet.name,
        height=sheet.end[0] + 1 if sheet.end else 0,
        rows=sheet.iter_rows(),
        hidden=hidden,
        offset=offset,
        merges=sorted(merges),
        hidden_rows=_hidden_rows(path, sheet.name),
    )


def _merges(sheet: CalamineSheet) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    return sheet.merged_cell_ranges or []


def _hidden_rows(path: Path, name: str) -> frozenset[int]:
    """The hidden rows of a sheet of an .xlsx, where its text is short enough to be looked through."""
    if not zipfile.is_zipfile(path):
        return frozenset()
    try:
        with zipfile.ZipFile(path) as archive:
            member = _member(archive, name)
            if member is None or archive.getinfo(member).file_size > SCANNED_FOR_HIDDEN:
                return frozenset()
            text = _start(archive, member)
    except _BROKEN_ARCHIVE:
        return frozenset()
    return frozenset(int(number) - 1 for number in _HIDDEN_ROW.findall(text))


_BROKEN_ARCHIVE = (
    *(zipfile.BadZipFile, zlib.error, KeyError, OSError, NotImplementedError, EOFError, ValueError),
    *(RuntimeError, struct.error),
)
_SHEET_NAME = re.compile(rb'<sheet\b[^>]*?\bname="([^"]*)"[^>]*?\br:id="([^"]*)"')
_RELATION = re.compile(rb"<Relationship\b[^>]*>")


def _member(archive: zipfile.ZipFile, name: str) -> str | None:
    """The part of the archive that holds a sheet, by the workbook's own list."""
    sheets = dict(_SHEET_NAME.findall(_start(archive, "xl/workbook.xml")))
    wanted = next((id for found, id in sheets.items() if unescape(found.decode()) == name), None)
    for relation in _RELATION.findall(_start(archive, "xl/_rels/workbook.xml.rels")):
        id, target = (re.search(rb'\b%s="([^"]*)"' % key, relation) for key in (b"Id", b"Target"))
        if id and target and id.group(1) == wanted:
            return "xl/" + target.group(1).decode().removeprefix("/xl/").removeprefix("./")
    return None


def _start(archive: zipfile.ZipFile, member: str) -> bytes:
    """The start of a part, however long it unpacks to."""
    with archive.open(member) as file:
        return file.read(SCANNED_FOR_HIDDEN)


def _text(path: Path) -> Sheet:
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="", errors="strict") as file:
        start = file.read(4096)
    mark = max(",\t;", key=start.count)
    return Sheet(name=path.stem, height=0, rows=_records(path, encoding, mark))


def _records(path: Path, encoding: str, mark: str) -> Iterator[Row]:
    csv.field_size_limit(FIELD_LIMIT)
    with path.open(encoding=encoding, newline="") as file:
        try:
            yield from csv.reader(file, delimiter=mark)
        except csv.Error as error:
            raise Unreadable("file-broken") from error


def _encoding(path: Path) -> str:
    """UTF-8, UTF-16 by its mark, or else GB 18030; the whole file must be valid in it."""
    with path.open("rb") as file:
        start = file.read(3)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return _valid(file, ("utf-16",))
        return _valid(file, ("utf-8-sig", "gb18030"))


def _valid(file: BinaryIO, encodings: tuple[str, ...]) -> str:
    for encoding in encodings:
        file.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        try:
            while part := file.read(1 << 20):
                if "\0" in decoder.decode(part):
                    raise Unreadable("file-not-a-workbook", ending=".csv")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise Unreadable("file-encoding")

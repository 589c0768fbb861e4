"""The shapes of what is said about workbooks and imports."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from bulou.command.api.frame import (
    Words,
)
from bulou.command.imports import mending

States = Literal["done", "checking", "importing", "failed", "unknown", "checked"]


class UploadLine(Schema):
    """A workbook on its way, at most a day. `unknown`: say of which kind it is. `job`: the last on it."""

    id: UUID
    name: str
    kind: str
    whole: bool
    at: str
    state: States
    job: UUID | None


class Uploads(Schema):
    rows: list[UploadLine]
    next: str | None


class UploadOne(UploadLine):
    """What the check found; null before it. `alarms` must be looked at before the file is brought in.

    `to_mend`: cells that keep their rows out. `stale`: cells were mended since. `gone`: whom a whole list
    does not have.
    """

    counts: dict[str, int] | None
    gone: int
    to_mend: int
    stale: bool
    fatal: bool
    alarms: list[str]
    area: str


class FindingLine(Schema):
    """What was not taken literally: refused, repaired or ignored. `row` as Excel counts, `at` from 0."""

    sheet: str
    row: int
    at: int
    column: str
    value: str
    action: str
    code: str
    sentence: str


class Findings(Schema):
    rows: list[FindingLine]
    next: str | None


class FieldChange(Schema):
    """A value before and after, masked."""

    column: str
    old: str
    new: str


class ImportChangeLine(Schema):
    """What one row would register or change; the first 300 of each sort are kept."""

    sheet: str
    row: int
    who: str
    place: str
    fields: list[FieldChange]


class RowChanges(Schema):
    rows: list[ImportChangeLine]
    next: str | None


class Choose(Schema):
    """Of which kind it is; `whole`: it is the whole list of the area that its rows are in."""

    kind: Words = Field(max_length=30)
    whole: bool = False


class CellText(Schema):
    """A cell and what it is to say."""

    sheet: Words = Field(max_length=100)
    row: int = Field(ge=1, lt=2**31)
    at: int = Field(ge=0, lt=2**31)
    text: Words = Field(max_length=mending.LONGEST)


class Mend(Schema):
    """Cells to put right."""

    cells: list[CellText] = Field(min_length=1, max_length=500)


class Mended(Schema):
    """A cell after mending: whether it keeps its row out still, and why."""

    sheet: str
    row: int
    at: int
    text: str
    good: bool
    says: str


class MendResult(Schema):
    """`left`: bad cells that remain. When none does, the file is checked anew by `job`."""

    cells: list[Mended]
    left: int
    job: UUID | None


class Confirm(Schema):
    """`looked`: the alarms were looked at. `end_gone`: whom a whole list does not have is ended."""

    looked: bool = False
    end_gone: bool = False


class Asked(Schema):
    """The job that was asked for."""

    job: UUID


class Discarded(Schema):
    """The workbook and all that was found in it are deleted."""

    id: UUID


class RunLine(Schema):
    """An import: who brought which file, what became of its rows, and whether it was taken back."""

    id: UUID
    kind: str
    file_name: str
    by: str
    place: str
    started_at: str
    ended_at: str | None
    rows: int
    new: int
    updated: int
    unchanged: int
    refused: int
    gone: int
    undone_at: str | None
    taken_back: int
    kept: int
    may_undo: bool


class Runs(Schema):
    rows: list[RunLine]
    next: str | None

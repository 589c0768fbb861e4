"""Mending cells on the page: each is checked at once by the code that checks files, and kept sealed."""

from __future__ import annotations

import fcntl
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from bulou.command.imports.findings import Checked, is_bad_cell
from bulou.command.imports.grid import cells_of
from bulou.command.imports.uploads import Upload
from bulou.command.powers import Power, title_of
from bulou.kernel import clock
from bulou.sheets.columns import SheetKind, kind_named
from bulou.sheets.importing import check_batch
from bulou.sheets.mends import Mend, Mends
from bulou.sheets.problems import sentence
from bulou.sheets.raw import RawRow, check_row
from bulou.sheets.reading import Problem

LONGEST = 2_000


class Asked(NamedTuple):
    """A cell and what it is to say."""

    sheet: str
    row: int
    at: int
    text: str


class Told(NamedTuple):
    """A cell after mending: whether it keeps its row out still, and why."""

    sheet: str
    row: int
    at: int
    text: str
    good: bool
    says: str


def mend(upload: Upload, asked: Iterable[Asked], *, power: Power, by: str) -> tuple[list[Told], Checked]:
    """Put cells right; what became of each bad cell of their rows, and the findings as they are now."""
    with _alone(upload):
        return _mend(upload, asked, power, by)


@contextmanager
def _alone(upload: Upload) -> Iterator[None]:
    """Two that mend at once mend one after the other: what is kept is written whole each time."""
    with (upload.folder / "mending.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _mend(upload: Upload, asked: Iterable[Asked], power: Power, by: str) -> tuple[list[Told], Checked]:
    checked, mends = upload.checked, upload.mends
    if checked is None:
        return [], Checked(Counter(), [], False)
    kind, touched = kind_named(upload.kind), dict[tuple[str, int], RawRow]()
    for one in asked:
        raw = checked.rows.get((one.sheet, one.row))
        if raw is None or not 0 <= one.at - raw.offset < max(len(raw.cells), len(raw.texts)):
            continue
        if one.text.strip() == cells_of(raw, mends.of_row(one.sheet, one.row)).get(one.at, ""):
            continue
        mends.put(one.sheet, one.row, one.at, Mend(one.text[:LONGEST].strip(), title_of(power)))
        touched[one.sheet, one.row] = raw
    told = [cell for raw in touched.values() for cell in _recheck(kind, raw, checked, mends, power, by)]
    checked.stale = checked.stale or bool(touched)
    upload.keep_sealed("mends", {"cells": mends.plain()})
    upload.keep_sealed("found", checked.plain())
    return told, checked


def _recheck(
    kind: SheetKind, raw: RawRow, checked: Checked, mends: Mends, power: Power, by: str
) -> list[Told]:
    """Check a row with its mends; its findings take the place of those that stood."""
    ref = (raw.sheet, raw.number)
    before = [found for found in checked.problems if (found.sheet, found.row) == ref]
    batch, problems = check_row(kind, raw, clock.today(), mends)
    if batch.rows:
        problems += check_batch(kind, batch, by=by, scope="" if power.is_of_county else power.scope)
    checked.problems = [found for found in checked.problems if (found.sheet, found.row) != ref] + problems
    texts = cells_of(raw, mends.of_row(*ref))
    places = {found.at for found in (*before, *problems) if is_bad_cell(found)} | mends.of_row(*ref).keys()
    return [_told(ref, at, texts.get(at, ""), problems) for at in sorted(places)]


def _told(ref: tuple[str, int], at: int, text: str, problems: list[Problem]) -> Told:
    bad = next((found for found in problems if found.at == at and is_bad_cell(found)), None)
    return Told(*ref, at, text, bad is None, sentence(bad) if bad else "")


def alike(checked: Checked, mends: Mends, sheet: str, row: int, at: int) -> list[tuple[str, int, int]]:
    """The other bad cells of the column that say the same and were not mended."""
    raw = checked.rows.get((sheet, row))
    if raw is None:
        return []
    text = cells_of(raw, {}).get(at)
    found = []
    for one in checked.problems:
        other = checked.rows.get((one.sheet, one.row))
        if (
            is_bad_cell(one)
            and (one.sheet, one.row) != (sheet, row)
            and one.at == at
            and other is not None
            and at not in mends.of_row(one.sheet, one.row)
            and cells_of(other, {}).get(at) == text
        ):
            found.append((one.sheet, one.row, one.at))
    return found

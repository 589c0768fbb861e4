"""Writing an export: its rows into a sealed file, its digest, and the line in the audit chain."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.utils import translation

from bulou.command.exports import vault
from bulou.command.exports.files import file_of, folder, key_of
from bulou.command.exports.models import Export, Purpose, State
from bulou.command.exports.tables import Query, Table, Value, table_named
from bulou.command.exports.writers import Said, write
from bulou.kernel import audit, jobs, seal
from bulou.kernel.database import atomic
from bulou.kernel.problems import BulouError
from bulou.people.lookups import UNMASKED

EXPORTED = "list.exported"


@jobs.job("exports.write")
def write_export(args: dict[str, Any], progress: jobs.Tell) -> dict[str, Any] | None:
    """Write a large list. Doing it again replaces the file; it is recorded once."""
    export = Export.objects.filter(pk=args["export"]).first()
    if export is not None and export.state == State.WAITING:
        write_file(export, progress)
    return None


def write_file(export: Export, progress: jobs.Tell | None = None) -> None:
    """The file, its digest and the audit line. What goes wrong by name is kept for the maker to read."""
    try:
        with translation.override(export.language), _work() as work:
            plain = work / "plain"
            people: list[tuple[int, str]] = []
            rows = _file(export, plain, people, progress)
            digest, size = _shut(export, plain)
            _done(export, rows, size, digest, people)
    except BulouError as error:
        Export.objects.filter(pk=export.pk).update(state=State.FAILED, problem=str(error)[:300])
        if progress is None:
            raise
    export.refresh_from_db()


@contextmanager
def _work() -> Iterator[Path]:
    """A folder for what is being written, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=".work-", dir=folder()) as path:
        yield Path(path)


def _file(export: Export, out: Path, people: list[tuple[int, str]], progress: jobs.Tell | None) -> int:
    table = table_named(export.name)
    filters = seal.unseal(export.sealed)["filters"]
    query = Query(export.place, export.scope, filters, export.as_of, export.full)
    rows = _told(table, query, people, progress)
    return write(export.format, table, Said.of(export, table), rows, out)


def _told(
    table: Table, query: Query, people: list[tuple[int, str]], progress: jobs.Tell | None
) -> Iterator[list[Value]]:
    """The cells of the rows; whom a full row is about is noted, and how far the work is told."""
    total = table.count(query) if progress else 0
    for number, row in enumerate(table.rows(query), 1):
        if query.full and table.person and (person := table.person(row)):
            people.append((person, query.place))
        if progress and number % 500 == 0:
            progress(number, total)
        yield table.cells(row, full=query.full)


def _shut(export: Export, plain: Path) -> tuple[str, int]:
    with plain.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        vault.shut(file, file_of(export), key_of(export))
    return digest, plain.stat().st_size


def _done(export: Export, rows: int, size: int, digest: str, people: list[tuple[int, str]]) -> None:
    """Recorded once, however often the file was written."""
    by = export.by
    with atomic():
        fresh = Export.objects.filter(pk=export.pk, state=State.WAITING).update(
            state=State.DONE, rows=rows, size=size, digest=digest
        )
        if fresh:
            audit.record(
                EXPORTED,
                by=by,
                subject=f"export:{export.pk}",
                place=export.place,
                reason=f"{Purpose(export.purpose).label}:{export.words}",
                detail=_detail(export, rows, digest),
            )
            for person, place in people:
                audit.record(
                    UNMASKED,
                    by=by,
                    subject=f"person:{person}",
                    place=place,
                    reason=f"{Purpose(export.purpose).label}:{export.words}",
                    detail={"field": "export", "export": str(export.pk)},
                )
        jobs.hold_lease()


def _detail(export: Export, rows: int, digest: str) -> dict[str, Any]:
    return {
        "list": export.name,
        "format": export.format,
        "filters": export.conditions,
        "rows": rows,
        "purpose": export.purpose,
        "full": export.full,
        "sha256": digest,
    }

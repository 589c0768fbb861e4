"""Asking for an export, writing it (at once, or by a job when large), fetching it, and sweeping it away."""

from __future__ import annotations

import base64
import hashlib
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from bulou.command.exports import vault
from bulou.command.exports.models import Export, Format, Purpose, State
from bulou.command.exports.tables import Query, Table, Value, table_named
from bulou.command.exports.writers import Said, write
from bulou.command.powers import Power, title_of
from bulou.kernel import audit, clock, jobs, seal
from bulou.kernel.database import atomic
from bulou.kernel.problems import BulouError, problem
from bulou.people.lookups import UNMASKED
from bulou.rights.capabilities import Capability
from bulou.sheets.ledger import MOST_ROWS
from bulou.sync.models import Token

EXPORTED = "list.exported"
FETCHED = "list.fetched"
KEPT = timedelta(hours=24)
AT_ONCE = 2_000
"""Rows that a request writes itself (about a second); more are a job's."""
MOST_FULL = 2_000
"""Residents whom one export may show in full: each is told so on the own page."""
MOST_PRINTED = 5_000
STALE_SECONDS = 3600

WORDS_MISSING = problem(
    "export-purpose-missing", _("导出必须写明用途:请选一项,再用至少 4 个字说明给谁、做什么。")
)
NO_SUCH_FORMAT = problem("export-format-unknown", _("请选择导出成哪一种:表格、CSV、打印页或文字。"))
FULL_NOT_YOURS = problem(
    "export-full-not-allowed",
    _("您现在的身份不能导出完整信息:请改为脱敏导出,或请有权限的人导出。"),
    status=403,
)
LIST_NOT_YOURS = problem(
    "export-list-not-allowed", _("您现在的身份看不到这份清单,也就不能导出:请向县系统管理员申请。"), status=403
)
TOO_MANY_FULL = problem(
    "export-too-many-full",
    _("完整信息一次最多导出 {most} 人,这份有 {n} 人:请按村、小区分开,或改为脱敏导出。"),
)
TOO_MANY_ROWS = problem("export-too-long", _("这份清单有 {n} 行,超过 {most} 行:请按乡镇或村分开导出。"))
EXPORT_GONE = problem(
    "export-gone", _("这份导出已过保存时间(24 小时),文件已经清除:需要时请重新导出。"), status=410
)
NOT_READY = problem("export-not-ready", _("这份导出还没有写好:请稍等,写好后再下载。"), status=409)


@dataclass(frozen=True)
class Asked:
    """What somebody asks for."""

    table: Table
    place: str
    filters: Mapping[str, str]
    format: str
    purpose: str
    words: str
    full: bool = False


def folder() -> Path:
    """Where sealed files lie until they are swept."""
    path = Path(settings.BULOU_HOME) / "exports"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def file_of(export: Export) -> Path:
    """The sealed file of an export."""
    return folder() / f"{export.pk}.sealed"


def check_may_export(table: Table, power: Power) -> None:
    """Raises `export-list-not-allowed` when the reader may not see the list, or not take it out."""
    if not all(power.may(one) for one in (Capability.EXPORT, *table.needs)):
        raise LIST_NOT_YOURS.error()


def ask(asked: Asked, power: Power, *, by: str) -> Export:
    """Check and note an export; a small one is written before this returns, a large one by a job.

    Raises `export-list-not-allowed`, `export-purpose-missing`, `export-format-unknown`,
    `export-full-not-allowed`, `export-too-many-full`, `export-too-long`.
    """
    query = _checked(asked, power)
    count = asked.table.count(query)
    _check_length(asked, count)
    with atomic():
        export = _noted(asked, power, query)
        if count > AT_ONCE:
            export.job = jobs.enqueue(
                "exports.write", {"export": str(export.pk)}, by=by, key=str(export.pk)
            ).pk
            export.save(update_fields=["job"])
    if count <= AT_ONCE:
        _write(export)
    return export


def _checked(asked: Asked, power: Power) -> Query:
    check_may_export(asked.table, power)
    if asked.purpose not in Purpose or len(asked.words.strip()) < 4:
        raise WORDS_MISSING.error()
    if asked.format not in Format:
        raise NO_SUCH_FORMAT.error()
    if asked.full and not power.may(Capability.UNMASK):
        raise FULL_NOT_YOURS.error()
    return Query(asked.place, power.scope, asked.filters, clock.now(), asked.full and asked.table.has_masked)


def _check_length(asked: Asked, count: int) -> None:
    if asked.full and asked.table.person and count > MOST_FULL:
        raise TOO_MANY_FULL.error(most=f"{MOST_FULL:,}", n=f"{count:,}")
    most = MOST_PRINTED if asked.format == Format.PRINT else MOST_ROWS
    if count > most:
        raise TOO_MANY_ROWS.error(most=f"{most:,}", n=f"{count:,}")


def _noted(asked: Asked, power: Power, query: Query) -> Export:
    hidden = {"key": base64.b64encode(vault.new_key()).decode(), "filters": dict(asked.filters)}
    return Export.objects.create(
        name=asked.table.name,
        format=asked.format,
        place=asked.place,
        scope=power.scope,
        purpose=asked.purpose,
        words=asked.words.strip()[:200],
        conditions=asked.table.conditions(asked.filters, hide_personal=True),
        full=query.full,
        sealed=seal.seal(hidden),
        user_id=None if isinstance(power, Token) else power.account.user_id,
        token=power if isinstance(power, Token) else None,
        maker=title_of(power)[:50],
        language=translation.get_language() or "zh-hans",
        as_of=query.now,
        expires_at=clock.now() + KEPT,
    )


@jobs.job("exports.write")
def write_export(args: dict[str, Any], progress: jobs.Tell) -> dict[str, Any] | None:
    """Write a large list. Doing it again replaces the file; it is recorded once."""
    export = Export.objects.filter(pk=args["export"]).first()
    if export is not None and export.state == State.WAITING:
        _write(export, progress)
    return None


def _write(export: Export, progress: jobs.Tell | None = None) -> None:
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


def key_of(export: Export) -> bytes:
    """The key of an export's file. Raises `export-gone`."""
    if not export.sealed:
        raise EXPORT_GONE.error()
    return base64.b64decode(seal.unseal(export.sealed)["key"])


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


def fetch(export: Export, *, by: str) -> Iterator[bytes]:
    """The file's content for its maker, recorded.

    Raises `export-gone`, `export-not-ready`, `export-damaged`.
    """
    if export.state != State.DONE:
        raise NOT_READY.error()
    if export.removed_at or export.expires_at <= clock.now():
        raise EXPORT_GONE.error()
    parts = vault.open_parts(file_of(export), key_of(export))
    first = next(parts)
    with atomic():
        Export.objects.filter(pk=export.pk).update(fetched=F("fetched") + 1)
        audit.record(
            FETCHED, by=by, subject=f"export:{export.pk}", place=export.place, detail={"list": export.name}
        )
    return _with(first, parts)


def _with(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


@jobs.job("exports.sweep", every=timedelta(minutes=30))
def sweep(_args: dict[str, Any], _progress: jobs.Tell) -> dict[str, Any]:
    """Take away files whose day is over, with their keys, and what a killed writer left."""
    due = Export.objects.filter(removed_at__isnull=True, expires_at__lte=clock.now())
    swept = 0
    for export in list(due[:1_000]):
        file_of(export).unlink(missing_ok=True)
        Export.objects.filter(pk=export.pk).update(sealed=b"", removed_at=clock.now())
        swept += 1
    for left in folder().glob(".work-*"):
        if left.stat().st_mtime < time.time() - STALE_SECONDS:
            for file in left.iterdir():
                file.unlink()
            left.rmdir()
    return {"swept": swept}

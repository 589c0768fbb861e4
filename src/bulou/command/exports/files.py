"""The sealed files of exports: where they lie, fetched by their makers, swept away after a day."""

from __future__ import annotations

import base64
import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from bulou.command.exports import vault
from bulou.command.exports.models import Export, State
from bulou.kernel import audit, clock, jobs, seal
from bulou.kernel.database import atomic
from bulou.kernel.problems import problem

FETCHED = "list.fetched"
STALE_SECONDS = 3600
SEALED = "sealed"
EXPORT_GONE = problem(
    "export-gone", _("这份导出已过保存时间(24 小时),文件已经清除:需要时请重新导出。"), status=410
)
NOT_READY = problem("export-not-ready", _("这份导出还没有写好:请稍等,写好后再下载。"), status=409)


def folder() -> Path:
    """Where sealed files lie until they are swept."""
    path = Path(settings.BULOU_HOME) / "exports"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def file_of(export: Export) -> Path:
    """The sealed file of an export."""
    return folder() / f"{export.pk}.{SEALED}"


def key_of(export: Export) -> bytes:
    """The key of an export's file. Raises `export-gone`."""
    if not export.sealed:
        raise EXPORT_GONE.error()
    return base64.b64decode(seal.unseal(export.sealed)["key"])


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
    return {"swept": sweep_over() + sweep_left()}


def sweep_over() -> int:
    """Files whose day is over, with their keys."""
    due = Export.objects.filter(removed_at__isnull=True, expires_at__lte=clock.now())
    over = list(due[:1_000])
    for export in over:
        file_of(export).unlink(missing_ok=True)
        Export.objects.filter(pk=export.pk).update(sealed=b"", removed_at=clock.now())
    return len(over)


def sweep_left() -> int:
    """What a killed writer left, and files whose record, and with it their key, was erased."""
    return sum(_drop(left) for left in folder().iterdir() if _is_stale(left) and not _is_wanted(left))


def _is_stale(path: Path) -> bool:
    return path.stat().st_mtime < time.time() - STALE_SECONDS


def _is_wanted(path: Path) -> bool:
    name, _dot, ending = path.name.partition(".")
    return ending == SEALED and Export.objects.filter(pk=name, removed_at__isnull=True).exists()


def _drop(path: Path) -> int:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    return 1

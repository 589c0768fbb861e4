"""Backups as the county keeps them: made on a schedule, recorded, rotated, restored and rehearsed."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from bulou.command.keeping.verify import Check, digests, verify
from bulou.kernel import audit, clock, lookups
from bulou.kernel.backup import dump, load
from bulou.kernel.backup.dump import Made
from bulou.kernel.backup.load import Restored
from bulou.kernel.jobs import Tell, job
from bulou.kernel.models import AuditLine
from bulou.kernel.problems import problem
from bulou.obligations import directives

MADE, RESTORED, REHEARSED = "backup.made", "backup.restored", "backup.rehearsed"
ENDING = ".bulou"
REHEARSALS = "rehearsal-"
BULOU = "from bulou.command.cli import main; main()"

NO_BACKUP = problem(
    "no-backup", _("还没有备份:请设置 BULOU_BACKUP_FOLDER,或先运行 bulou backup 文件。"), status=404
)
NEEDS_KEYS = problem(
    "restore-needs-keys",
    _("这里没有密钥文件 {path}:请先把县里的密钥文件放到这里,或用 bulou keys recover 取回。"),
    status=503,
)
NO_FOLDER = problem("no-backup-folder", _("没有设置 BULOU_BACKUP_FOLDER,不知道备份放在哪里。"), status=404)
BROKEN_RESTORE = problem(
    "restore-not-whole",
    _("恢复出来的内容没有通过核对({what}),什么也没有恢复:请换另一份备份。"),
    status=500,
)


def make(target: Path, *, by: str) -> Made:
    """Back up into a file, and record it."""
    started = time.perf_counter()
    made = dump.backup(target)
    made = replace(made, seconds=round(time.perf_counter() - started, 2))
    audit.record(MADE, by=by, detail={"bytes": made.bytes, "rows": made.rows, "file": target.name})
    return made


def restore(file: Path, *, by: str) -> tuple[Restored, list[Check]]:
    """Restore into the empty home, checked before anything becomes visible.

    Differences of the books are told and taken over: they were in the county that was backed up. Raises
    `restore-not-whole`, and as `kernel.backup.load.restore` does.
    """
    found: list[Check] = []

    def check(done: Restored) -> None:
        directives.number_kinds()
        lookups.catch_up(by=by)
        found.extend(verify())
        wrong = [one for one in found if not one.well and one.name != "books"]
        if wrong:
            raise BROKEN_RESTORE.error(what="; ".join(f"{one.name}: {one.says}" for one in wrong))
        detail = {"made_at": done.header["made_at"], "cut": done.cut, "gone": done.gone}
        audit.record(RESTORED, by=by, detail=detail)

    return load.restore(file, check=check), found


def folder() -> Path:
    """Where scheduled backups lie. Raises `no-backup-folder`."""
    if not settings.BULOU_BACKUP_FOLDER:
        raise NO_FOLDER.error()
    return Path(settings.BULOU_BACKUP_FOLDER)


def kept() -> list[Path]:
    """The scheduled backups, the newest first (their names say when they were made)."""
    return sorted(folder().glob(f"bulou-*{ENDING}"), reverse=True)


def last_made() -> datetime | None:
    """When the last backup was made, scheduled or not."""
    return AuditLine.objects.filter(action=MADE).order_by("-seq").values_list("at", flat=True).first()


def due_backup(now: datetime | None = None) -> Made | None:
    """Make the scheduled backup when it is due, and remove what is too old; None when none is due."""
    if not settings.BULOU_BACKUP_FOLDER:
        return None
    now = now or clock.now()
    newest = next((_made_at(path) for path in kept()), None)
    if newest is not None and now - newest < timedelta(hours=settings.BULOU_BACKUP_HOURS):
        return None
    name = f"bulou-{clock.local(now):%Y%m%dT%H%M%S%z}{ENDING}"
    made = make(folder() / name, by="job")
    _rotate(now)
    return made


def _made_at(path: Path) -> datetime:
    return datetime.strptime(path.stem.removeprefix("bulou-"), "%Y%m%dT%H%M%S%z")


def _rotate(now: datetime) -> None:
    """Keep the newest `BULOU_BACKUP_KEEP`, and none whose key is destroyed anyway."""
    limit = now - timedelta(days=settings.BULOU_BACKUP_DAYS)
    for place, path in enumerate(kept()):
        if place >= settings.BULOU_BACKUP_KEEP or (place and _made_at(path) < limit):
            path.unlink()


@job("keeping.backup", every=timedelta(minutes=10))
def scheduled(_args: dict[str, Any], _tell: Tell) -> dict[str, Any]:
    """Look whether a backup is due; twice does nothing."""
    made = due_backup()
    return {"bytes": made.bytes, "rows": made.rows} if made else {}


def rehearse(file: Path | None = None, *, by: str) -> dict[str, Any]:
    """Restore a backup (the newest) into a temporary home on each database that is there, and compare.

    The result is recorded. Raises `no-backup`.
    """
    file = file or next(iter(kept()), None)
    if file is None:
        raise NO_BACKUP.error()
    said = load.header_of(file)
    tried = {}
    other = settings.BULOU_REHEARSAL_URL or settings.BULOU_DATABASE_URL
    for name, url in {"sqlite": "", "postgresql": other}.items():
        if name == "sqlite" or url:
            tried[name] = _tried(file, url)
    result = {"made_at": said["made_at"], "file": file.name, "databases": tried, "same": _same(tried)}
    audit.record(REHEARSED, by=by, detail=result)
    return result


def _same(tried: dict[str, dict[str, Any]]) -> bool:
    """Whether every restore went well, and all gave the same tables."""
    return (
        all(one["well"] for one in tried.values()) and len({one.get("digest") for one in tried.values()}) == 1
    )


def _tried(file: Path, url: str) -> dict[str, Any]:
    """One restore in a home of its own, by a process of its own; the home is gone afterwards."""
    try:
        return _restored(file, url)
    except psycopg.Error as error:
        return {"well": False, "seconds": 0.0, "says": str(error).strip()}


def _restored(file: Path, url: str) -> dict[str, Any]:
    with _home() as home, _database(url, home.name) as database:
        environment = {
            **os.environ,
            "BULOU_HOME": str(home),
            "BULOU_KEY_FILE": str(settings.BULOU_KEY_FILE),
            "BULOU_DATABASE_URL": database,
            "BULOU_BACKUP_FOLDER": "",
            "DJANGO_SETTINGS_MODULE": "bulou.config.settings",
        }
        started = time.perf_counter()
        done = subprocess.run(  # noqa: S603  our own program, a path of ours
            [sys.executable, "-c", BULOU, "restore", str(file), "--json"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = round(time.perf_counter() - started, 1)
    if done.returncode > 1:
        return {"well": False, "seconds": seconds, "says": done.stderr.strip()[-500:]}
    answer = json.loads(done.stdout)
    return {"well": True, "seconds": seconds, "digest": answer["digest"], "checks": answer["checks"]}


@contextmanager
def _home() -> Iterator[Path]:
    with TemporaryDirectory(prefix=REHEARSALS, dir=settings.BULOU_HOME) as path:
        yield Path(path)


@contextmanager
def _database(url: str, name: str) -> Iterator[str]:
    """An empty PostgreSQL database beside the one at an address, dropped afterwards; SQLite needs none."""
    if not url:
        yield ""
        return
    name = name.replace("-", "_").lower()
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield _sibling(url, name)
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _sibling(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def whole_digest() -> str:
    """One digest over every table, without the lines that a restore itself adds."""
    found = {table: digest for table, digest in digests().items() if table != AuditLine._meta.db_table}
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()

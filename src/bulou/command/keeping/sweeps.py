"""What a purge deletes besides rows of the registers: workbooks on their way, log-in traces, leftovers."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _

from bulou.command.exports import files
from bulou.command.imports import uploads
from bulou.command.keeping.backups import REHEARSALS
from bulou.kernel import clock
from bulou.kernel.backup.dump import PART
from bulou.kernel.jobs import Tell, job
from bulou.kernel.purging import SWEEPS, purge

LOG_INS_KEPT = timedelta(days=90)
LEFT_AFTER = timedelta(hours=6)
"""A leftover of a killed process is older than anything that may still be at work."""


def sessions(now: datetime) -> int:
    """Sessions that have run out."""
    return Session.objects.filter(expire_date__lt=now).delete()[0]


def log_ins(now: datetime) -> int:
    """Addresses and names of those who tried to log in."""
    old = now - LOG_INS_KEPT
    traces = (AccessAttempt, AccessFailureLog, AccessLog)
    return sum(model.objects.filter(attempt_time__lt=old).delete()[0] for model in traces)


def workbooks(now: datetime) -> int:
    """Folders of workbooks that lie here longer than a day, by either clock."""
    uploads.sweep()
    return sum(
        _remove(folder) for folder in _inside(uploads.root()) if _older(folder, now, timedelta(days=1))
    )


def exports(_now: datetime) -> int:
    """Files of lists that were taken out, a day on, and those of records that were just erased."""
    return files.sweep_over() + files.sweep_left()


def leftovers(now: datetime) -> int:
    """Homes of rehearsals and halves of backups whose process was killed."""
    home = Path(settings.BULOU_HOME)
    found = [path for path in _inside(home) if path.name.startswith(REHEARSALS)]
    if settings.BULOU_BACKUP_FOLDER:
        found += [path for path in _inside(Path(settings.BULOU_BACKUP_FOLDER)) if path.name.endswith(PART)]
    return sum(_remove(path) for path in found if _older(path, now, LEFT_AFTER))


def _inside(folder: Path) -> Iterable[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _older(path: Path, now: datetime, span: timedelta) -> bool:
    return now - datetime.fromtimestamp(path.stat().st_mtime, now.tzinfo) > span


def _remove(path: Path) -> int:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    return 1


SWEEPS.update(
    {
        "sessions": sessions,
        "log_ins": log_ins,
        "workbooks": workbooks,
        "exports": exports,
        "leftovers": leftovers,
    }
)
TITLES = {
    "sessions": _("过期的登录会话"),
    "log_ins": _("登录尝试记录(90 天前)"),
    "workbooks": _("上传后未处理的工作簿(1 天前)"),
    "exports": _("导出的文件(1 天前)"),
    "leftovers": _("演练和备份的残留文件"),
}


@job("keeping.purge", every=timedelta(hours=6))
def nightly(_args: dict[str, Any], _tell: Tell) -> dict[str, Any]:
    """Erase what is due, where the county has switched that on (`BULOU_PURGE=1`)."""
    if not settings.BULOU_PURGE:
        return {}
    proof = purge(by="job", now=clock.now())
    return {"purge": proof["purge"], "rules": len(proof["rules"])}

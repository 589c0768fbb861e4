"""When the ground gives way: a full disk, a database that is away. Told apart from faults of our own."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext_lazy as _

from bulou.kernel.problems import BulouError, ProblemKind, problem

DISK_FULL = problem(
    "disk-full",
    _(
        "磁盘已满,刚才的内容没有保存,以前的都在:请系统管理员腾出空间(见 docs/operation.md),"
        "腾出后会自动恢复,再原样重新提交。"
    ),
    status=503,
)
DATABASE_AWAY = problem(
    "database-unavailable", _("数据库暂时不能写入或读取:请稍后原样重新提交。"), status=503
)

RETRY_SECONDS = 30
"""When a program that met an outage should try again."""
LEAST_ROOM = 16 * 2**20
"""Bytes below which a disk is as good as full: the next writes will not fit."""
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
_SQLITE_FULL = 13
_POSTGRES_FULL = "53100"
"""`disk_full` of PostgreSQL's Appendix A."""


def has_room() -> bool:
    """Whether the data folder's disk takes more. Asks the file system only."""
    try:
        return shutil.disk_usage(Path(settings.BULOU_HOME)).free >= LEAST_ROOM
    except FileNotFoundError:
        return True


def kind_of(error: BaseException | None) -> ProblemKind | None:
    """Which outage an exception tells of, or None when it is something else: a fault, a refusal."""
    if isinstance(error, OSError):
        return DISK_FULL if error.errno in _NO_ROOM else None
    if isinstance(error, (OperationalError, InterfaceError)):
        return DISK_FULL if _tells_of_a_full_disk(error) else DATABASE_AWAY
    return None


def problem_of(error: BaseException | None) -> BulouError | None:
    """The problem to answer with, or None when the exception is no outage."""
    kind = kind_of(error)
    return kind.error() if kind else None


def _tells_of_a_full_disk(error: Exception) -> bool:
    """By the driver's own code. Without room SQLite may also fail to open its shared memory."""
    told = error.__cause__
    if getattr(told, "sqlite_errorcode", None) == _SQLITE_FULL:
        return True
    if getattr(told, "sqlstate", None) == _POSTGRES_FULL:
        return True
    return hasattr(told, "sqlite_errorcode") and not has_room()

"""The doctor: every setting and part, with what is wrong and how to mend it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from bulou.command.keeping import doctor as keeping
from bulou.command.operation import health
from bulou.kernel import audit, jobs, seal
from bulou.kernel.database import check_build
from bulou.kernel.models import Job, JobState
from bulou.kernel.problems import BulouError

LEAST_FREE_BYTES = 2 * 2**30
WAITING = timedelta(minutes=5)
"""A job that has been due longer than this waits for a worker that is not there."""


@dataclass(frozen=True)
class Finding:
    """One part: whether it is well, and a sentence that says what to do when it is not."""

    part: str
    well: bool
    says: str


def examine() -> list[Finding]:
    """Look at every part."""
    return [finding for part in PARTS for finding in part()]


def _database() -> Iterator[Finding]:
    try:
        check_build()
    except BulouError as error:
        yield Finding("database", False, str(error))
    else:
        yield Finding("database", True, f"{connection.vendor} {connection.settings_dict['NAME']}")


def _keys() -> Iterator[Finding]:
    path = seal.key_path()
    readable_by_others = bool(path.stat().st_mode & 0o077) if path.exists() else False
    inside = settings.BULOU_HOME in path.parents
    if readable_by_others:
        yield Finding("keys", False, _("密钥文件 {path} 别人也能读:请运行 chmod 600。").format(path=path))
    elif inside:
        yield Finding("keys", True, _("密钥在数据文件夹里,请另存一份到别处:{path}").format(path=path))
    else:
        yield Finding("keys", True, str(path))


def _disk() -> Iterator[Finding]:
    free = shutil.disk_usage(settings.BULOU_HOME).free
    well = free >= LEAST_FREE_BYTES
    yield Finding("disk", well, _("剩余 {gib:.1f} GiB,至少需要 2 GiB。").format(gib=free / 2**30))


def _engine() -> Iterator[Finding]:
    part = health.ailing()
    says = _("最近一次核账正常。") if part is None else _("核账没有在运行:请用 bulou serve 开启服务。")
    yield Finding("engine", part is None, says)


def _jobs() -> Iterator[Finding]:
    late = Job.objects.filter(state=JobState.QUEUED, due_at__lt=jobs.machine_now() - WAITING).count()
    says = _("后台工作没有积压。")
    if late:
        says = _("有 {count} 项后台工作等了 5 分钟以上:请用 bulou serve 开启服务,或运行 bulou jobs run。")
    yield Finding("jobs", not late, says.format(count=late))


def _audit() -> Iterator[Finding]:
    broken = audit.broken_at()
    well = broken is None
    yield Finding(
        "audit", well, _("审计链完好。") if well else _("审计链在第 {line} 行断开。").format(line=broken)
    )


def _fonts() -> Iterator[Finding]:
    found = next(
        (
            path
            for folder in ("/usr/share/fonts", str(Path.home() / ".fonts"))
            for path in Path(folder).rglob("NotoSansCJK*")
        ),
        None,
    )
    says = str(found) if found else _("没有中文字体,不能生成解除通知书:请安装 fonts-noto-cjk。")
    yield Finding("fonts", found is not None, says)


def _keeping() -> Iterator[Finding]:
    for part in keeping.PARTS:
        yield from (Finding(*said) for said in part())


PARTS: tuple[Callable[[], Iterator[Finding]], ...] = (
    _database,
    _keys,
    _disk,
    _engine,
    _jobs,
    _audit,
    _keeping,
    _fonts,
)

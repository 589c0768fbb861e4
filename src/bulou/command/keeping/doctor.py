"""What the doctor asks about keeping: backups, their rehearsal, the copy of the keys, what is overdue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from bulou.command.keeping import backups
from bulou.kernel import clock, keyring, purging, retention
from bulou.kernel.models import AuditLine

COPIED, SPLIT = "keys.copied", "keys.split"
REHEARSED_EVERY = timedelta(days=31)

Said = Iterator[tuple[str, bool, str]]


def backup_age() -> Said:
    """Whether there is a backup, young enough."""
    made, allowed = backups.last_made(), timedelta(hours=2 * settings.BULOU_BACKUP_HOURS)
    if made is None:
        yield "backup", False, _("还没有做过备份:请设置 BULOU_BACKUP_FOLDER,或运行 bulou backup 文件。")
    else:
        well = clock.now() - made <= allowed
        yield "backup", well, _("最近一次备份:{at}。").format(at=_said(made))


def rehearsal_age() -> Said:
    """Whether a backup was restored lately, and well."""
    line = AuditLine.objects.filter(action=backups.REHEARSED).order_by("-seq").first()
    if line is None:
        yield "rehearsal", False, _("备份还没有演练过恢复:请运行 bulou rehearse。")
    else:
        well = bool(line.detail.get("same")) and clock.now() - line.at <= REHEARSED_EVERY
        said = _("最近一次恢复演练:{at},结果一致。") if well else _("恢复演练({at})不一致或过久:请再演练。")
        yield "rehearsal", well, said.format(at=_said(line.at))


def key_copy() -> Said:
    """Whether the keys can be had back when this machine burns."""
    ring = keyring.keys()
    last = AuditLine.objects.filter(action__in=[COPIED, SPLIT]).order_by("-seq").first()
    if last is None:
        yield (
            "key_copy",
            False,
            _("密钥没有另存,也没有分给两个人保管:请运行 bulou keys split 或 bulou keys copy。"),
        )
    else:
        says = _("密钥已分份保管({at})。") if ring.recovery else _("密钥已另存({at})。")
        yield "key_copy", True, says.format(at=_said(last.at))


def overdue() -> Said:
    """Whether something should have been erased before today, and whether the terms fit the backups."""
    now = clock.now()
    yesterday = now - clock.DAY
    rules = retention.in_force(now)
    late = sum(one.due(yesterday).count() for one in rules)
    says = _("没有到期未删的个人信息。")
    if late:
        says = _("有 {count} 条个人信息已过保存期未删:请运行 bulou purge。").format(count=late)
    yield "retention", not late, says
    short = [one.name for one in rules if too_short(one)]
    if short:
        text = _("备份的保存期({days} 天)长于 {rules} 的保存期:请调小 BULOU_BACKUP_DAYS。")
        yield "retention", False, text.format(days=settings.BULOU_BACKUP_DAYS, rules=", ".join(short))
    over = [period for period in keyring.keys().periods if purging.is_over(period, clock.today() - clock.DAY)]
    if over:
        yield (
            "retention",
            False,
            _("有 {count} 把到期密钥未销毁:请运行 bulou purge。").format(count=len(over)),
        )


def too_short(one: retention.Rule) -> bool:
    """Whether backups of before a record's end was known outlive the record: their key must go first."""
    open_ended = one.rows().filter(ends__isnull=True)
    return one.days < settings.BULOU_BACKUP_DAYS and open_ended.exists()


def _said(moment: datetime) -> str:
    return f"{clock.local(moment):%Y-%m-%d %H:%M}"


PARTS: tuple[Callable[[], Said], ...] = (backup_age, rehearsal_age, key_copy, overdue)

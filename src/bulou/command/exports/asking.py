"""Asking for an export: what may be taken out, and noting it before it is written."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from bulou.command.exports import vault
from bulou.command.exports.job import write_file
from bulou.command.exports.models import Export, Format, Purpose
from bulou.command.exports.tables import Query, Table
from bulou.command.powers import Power, title_of
from bulou.kernel import clock, jobs, seal
from bulou.kernel.database import atomic
from bulou.kernel.problems import problem
from bulou.rights.capabilities import Capability
from bulou.sheets.ledger import MOST_ROWS
from bulou.sync.models import Token

KEPT = timedelta(hours=24)
AT_ONCE = 2_000
"""Rows that a request writes itself (about a second); more are a job's."""
MOST_FULL = 2_000
"""Residents whom one export may show in full: each is told so on the own page."""
MOST_PRINTED = 5_000

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
        write_file(export)
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

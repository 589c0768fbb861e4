"""How long it stands what was taken out for what: what somebody wrote may name a person."""

from __future__ import annotations

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from bulou.command.exports.models import Export
from bulou.kernel.retention import Rule, rule


def _over() -> QuerySet[Export, Export]:
    return Export.objects.annotate(ends=F("expires_at"))


EXPORTS = rule(
    Rule(
        "command.export",
        _("导出的记录和用途说明"),
        Export,
        30,
        _("与导入的文件名同样久;谁导出了什么、文件的摘要长期记在审计链里"),
        _over,
    )
)

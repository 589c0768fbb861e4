"""How long an import keeps the names of its file and its sheets: somebody's name may be in them."""

from __future__ import annotations

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from bulou.kernel.retention import Rule, rule
from bulou.sheets.models import ImportRun, PersonBefore, Trace


def _named() -> QuerySet[ImportRun, ImportRun]:
    return ImportRun.objects.exclude(file_name="").annotate(ends=F("started_at"))


FILE_NAMES = rule(
    Rule(
        "sheets.file_name",
        _("导入文件的文件名和表名"),
        ImportRun,
        30,
        _("不比文件带来的内容留得更久;表格变短也在这段时间里发现"),
        _named,
        {"file_name": "", "sheet_rows": {}, "problems": None},
    )
)


def _traces() -> QuerySet[Trace, Trace]:
    return Trace.objects.annotate(ends=F("run__started_at"))


def _persons_before() -> QuerySet[PersonBefore, PersonBefore]:
    return PersonBefore.objects.annotate(ends=F("run__started_at"))


for name, model, found in (
    ("sheets.trace", Trace, _traces),
    ("sheets.person_before", PersonBefore, _persons_before),
):
    rule(
        Rule(
            name,
            _("导入前的旧值(供撤销)"),
            model,
            1,
            _("导入后 24 小时内可以撤销"),
            found,
            least=1,
        )
    )

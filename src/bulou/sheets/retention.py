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
        "domain: no longer than what the file brought; a shrunken workbook is noticed within that time",
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
            "an import can be taken back within 24 hours",
            found,
        )
    )

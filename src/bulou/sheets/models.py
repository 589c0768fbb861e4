"""What was brought in, by whom, and what became of each row."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bulou.kernel.fields import InstantField
from bulou.kernel.ids import uuid7
from bulou.kernel.privacy import Privacy


class ImportRun(models.Model):
    """One workbook brought in. The file is kept sealed by nobody: only its digest and its counts are kept."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    kind = models.CharField(max_length=30)
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64)
    by = models.CharField(max_length=64)
    started_at = InstantField()
    ended_at = InstantField(null=True, blank=True)
    rows = models.IntegerField(default=0)
    new = models.IntegerField(default=0)
    updated = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    sheet_rows = models.JSONField(default=dict)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "kind": Privacy.PUBLIC,
        "file_name": Privacy.DUTY,
        "file_digest": Privacy.PUBLIC,
        "by": Privacy.DUTY,
        "started_at": Privacy.DUTY,
        "ended_at": Privacy.DUTY,
        "rows": Privacy.PUBLIC,
        "new": Privacy.PUBLIC,
        "updated": Privacy.PUBLIC,
        "unchanged": Privacy.PUBLIC,
        "refused": Privacy.PUBLIC,
        "sheet_rows": Privacy.PUBLIC,
    }

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "started_at"], name="import_by_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"

"""What was taken out of the house: by whom, for what, how much, and until when the file is there."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bulou.kernel.fields import InstantField, SealedField
from bulou.kernel.ids import uuid7
from bulou.kernel.privacy import Privacy


class Format(models.TextChoices):
    """What a list becomes."""

    XLSX = "xlsx", _("Excel 表格")
    CSV = "csv", _("CSV 文件")
    PRINT = "print", _("打印页")
    TEXT = "text", _("文字(复制到工作群)")


class Purpose(models.TextChoices):
    """For what a list is taken out."""

    WORK = "work", _("日常跟进")
    REPORT = "report", _("上报上级")
    CHECK = "check", _("核对底数")
    HANDOVER = "handover", _("岗位交接")
    INSPECTION = "inspection", _("督查检查")
    RESIDENT = "resident", _("答复居民")
    OTHER = "other", _("其他")


class State(models.TextChoices):
    """Where it stands."""

    WAITING = "waiting", _("排队中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("没有完成")


class Export(models.Model):
    """One list taken out, by a log-in or by a program's token.

    `sealed` holds the filters and the key of its file, which is noise without it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    name = models.CharField(max_length=40)
    format = models.CharField(max_length=5, choices=Format)
    place = models.CharField(max_length=26)
    scope = models.CharField(max_length=26)
    purpose = models.CharField(max_length=12, choices=Purpose)
    words = models.CharField(max_length=200)
    conditions = models.JSONField(default=list)
    full = models.BooleanField(default=False)
    sealed = SealedField(default=b"", blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    token = models.ForeignKey("sync.Token", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    maker = models.CharField(max_length=50)
    language = models.CharField(max_length=10, default="zh-hans")
    as_of = InstantField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    job = models.UUIDField(null=True, blank=True)
    problem = models.CharField(max_length=300, default="", blank=True)
    rows = models.PositiveIntegerField(null=True, blank=True)
    size = models.PositiveBigIntegerField(null=True, blank=True)
    digest = models.CharField(max_length=64, default="", blank=True)
    expires_at = InstantField()
    removed_at = InstantField(null=True, blank=True)
    fetched = models.PositiveIntegerField(default=0)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "name": Privacy.PUBLIC,
        "format": Privacy.PUBLIC,
        "place": Privacy.PUBLIC,
        "scope": Privacy.DUTY,
        "purpose": Privacy.DUTY,
        "words": Privacy.DUTY,
        "conditions": Privacy.DUTY,
        "full": Privacy.DUTY,
        "sealed": Privacy.DUTY,
        "user": Privacy.DUTY,
        "token": Privacy.DUTY,
        "maker": Privacy.DUTY,
        "language": Privacy.PUBLIC,
        "as_of": Privacy.DUTY,
        "state": Privacy.PUBLIC,
        "job": Privacy.PUBLIC,
        "problem": Privacy.PUBLIC,
        "rows": Privacy.PUBLIC,
        "size": Privacy.PUBLIC,
        "digest": Privacy.PUBLIC,
        "expires_at": Privacy.PUBLIC,
        "removed_at": Privacy.PUBLIC,
        "fetched": Privacy.PUBLIC,
    }

    class Meta:
        app_label = "command"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(words=""), name="export_says_what_for"),
            models.CheckConstraint(
                condition=~models.Q(state="done") | models.Q(rows__isnull=False, size__isnull=False),
                name="export_done_says_how_much",
            ),
            models.CheckConstraint(
                condition=models.Q(user__isnull=True, token__isnull=False)
                | models.Q(user__isnull=False, token__isnull=True),
                name="export_is_somebodys",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["removed_at", "expires_at"], name="export_to_sweep")]

    def __str__(self) -> str:
        return f"export {self.name} {self.pk}"

    @property
    def by(self) -> str:
        """Who took it out, as the audit chain writes it."""
        return f"post:{self.token.post_id}" if self.token else f"user:{self.user_id}"

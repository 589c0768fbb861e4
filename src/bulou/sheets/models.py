"""What was brought in, by whom, what became of each row, and what stood before (for a day)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bulou.kernel.fields import InstantField, SealedField
from bulou.kernel.ids import uuid7
from bulou.kernel.privacy import Privacy
from bulou.people.models import Person


class ImportRun(models.Model):
    """One workbook brought in. The file itself is kept by nobody: only its digest, counts and problems.

    `scope` is the area within which its sender may change anything, `place` the smallest area that holds all
    its rows ("" where rows have no place). Its events have sequence numbers above `first_seq` and up to
    `last_seq`. `problems` are sealed. `kept` counts what an undo left as it is, because others built on it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    kind = models.CharField(max_length=30)
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64)
    by = models.CharField(max_length=64)
    scope = models.CharField(max_length=26, default="", blank=True)
    place = models.CharField(max_length=26, default="", blank=True)
    started_at = InstantField()
    ended_at = InstantField(null=True, blank=True)
    rows = models.IntegerField(default=0)
    new = models.IntegerField(default=0)
    updated = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    gone = models.IntegerField(default=0)
    mended = models.IntegerField(default=0)
    sheet_rows = models.JSONField(default=dict)
    first_seq = models.BigIntegerField(null=True, blank=True)
    last_seq = models.BigIntegerField(null=True, blank=True)
    problems = SealedField(null=True, blank=True)
    undone_at = InstantField(null=True, blank=True)
    undone_by = models.CharField(max_length=64, default="", blank=True)
    taken_back = models.IntegerField(default=0)
    kept = models.IntegerField(default=0)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "kind": Privacy.PUBLIC,
        "file_name": Privacy.DUTY,
        "file_digest": Privacy.PUBLIC,
        "by": Privacy.DUTY,
        "scope": Privacy.PLACE,
        "place": Privacy.PLACE,
        "started_at": Privacy.DUTY,
        "ended_at": Privacy.DUTY,
        "rows": Privacy.PUBLIC,
        "new": Privacy.PUBLIC,
        "updated": Privacy.PUBLIC,
        "unchanged": Privacy.PUBLIC,
        "refused": Privacy.PUBLIC,
        "gone": Privacy.PUBLIC,
        "mended": Privacy.PUBLIC,
        "sheet_rows": Privacy.PUBLIC,
        "first_seq": Privacy.PUBLIC,
        "last_seq": Privacy.PUBLIC,
        "problems": Privacy.IDENTITY,
        "undone_at": Privacy.DUTY,
        "undone_by": Privacy.DUTY,
        "taken_back": Privacy.PUBLIC,
        "kept": Privacy.PUBLIC,
    }

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["kind", "started_at"], name="import_by_kind"),
            models.Index(fields=["by", "started_at"], name="import_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"

    @property
    def actor(self) -> str:
        """What stands on the events of its rows."""
        return f"import:{self.pk}"


class Trace(models.Model):
    """What an import did to the nouns of one model, so that it can be taken back within a day.

    `made` are the keys of what it made; `before` (sealed) maps keys to the values that it replaced.
    """

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="traces")
    model = models.CharField(max_length=40)
    made = models.JSONField(default=list)
    before = SealedField(null=True, blank=True)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "run": Privacy.PUBLIC,
        "model": Privacy.PUBLIC,
        "made": Privacy.DUTY,
        "before": Privacy.IDENTITY,
    }

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "model"], name="trace_once")]

    def __str__(self) -> str:
        return f"{self.model} of {self.run_id}"


class PersonBefore(models.Model):
    """A person of the register as it stood before an import changed it; kept for the day of undoing."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="persons_before")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    sealed = SealedField()
    id_key = models.BinaryField(max_length=16, null=True, blank=True)
    name_key = models.BinaryField(max_length=16)
    phone_key = models.BinaryField(max_length=16, null=True, blank=True)
    twin_key = models.BinaryField(max_length=16, null=True, blank=True)
    row_key = models.BinaryField(max_length=16, null=True, blank=True)
    relation = models.CharField(max_length=20, default="", blank=True)
    sex = models.CharField(max_length=1, default="", blank=True)
    birth_month = models.PositiveIntegerField(null=True, blank=True)
    presence = models.CharField(max_length=6)
    doses = models.PositiveSmallIntegerField(null=True, blank=True)
    last_dose = models.DateField(null=True, blank=True)
    needs = models.CharField(max_length=80, default="", blank=True)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "run": Privacy.PUBLIC,
        "person": Privacy.PUBLIC,
        "sealed": Privacy.IDENTITY,
        "id_key": Privacy.IDENTITY,
        "name_key": Privacy.IDENTITY,
        "phone_key": Privacy.CONTACT,
        "twin_key": Privacy.IDENTITY,
        "row_key": Privacy.IDENTITY,
        "relation": Privacy.IDENTITY,
        "sex": Privacy.IDENTITY,
        "birth_month": Privacy.IDENTITY,
        "presence": Privacy.PLACE,
        "doses": Privacy.HEALTH,
        "last_dose": Privacy.HEALTH,
        "needs": Privacy.HEALTH,
    }

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "person"], name="person_before_once")]

    def __str__(self) -> str:
        return f"person {self.person_id} before {self.run_id}"

"""The ledger (events that are only ever added), the audit chain, and the jobs."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from bulou.kernel import seal
from bulou.kernel.fields import InstantField, SealedField
from bulou.kernel.ids import uuid7
from bulou.kernel.privacy import Privacy


class EventKind(models.Model):
    """The name of a kind of event, so that events and their indexes carry a small number."""

    id = models.SmallAutoField(primary_key=True)
    name = models.CharField(max_length=64, unique=True)

    privacy: ClassVar = {"id": Privacy.PUBLIC, "name": Privacy.PUBLIC}

    def __str__(self) -> str:
        return self.name


class Event(models.Model):
    """Something that happened, once, for ever. `data` carries no names, numbers or addresses.

    `seq` is the order in which events were received; `window` the label of the window that a proof
    names ("20220416am"), or empty; `corrects` the event that this one takes the place of.
    """

    seq = models.BigAutoField(primary_key=True)
    id = models.UUIDField(unique=True)
    kind = models.ForeignKey(EventKind, on_delete=models.PROTECT, db_index=False)
    subject = models.BigIntegerField()
    place = models.CharField(max_length=26)
    actor = models.CharField(max_length=64)
    happened_at = InstantField()
    received_at = InstantField()
    window = models.CharField(max_length=24, default="", blank=True, db_column="win")
    corrects = models.UUIDField(null=True, blank=True)
    data = models.JSONField(default=dict)
    digest = models.BinaryField(max_length=16)

    privacy: ClassVar = {
        "seq": Privacy.PUBLIC,
        "id": Privacy.PUBLIC,
        "kind": Privacy.PUBLIC,
        "subject": Privacy.DUTY,
        "place": Privacy.PLACE,
        "actor": Privacy.DUTY,
        "happened_at": Privacy.DUTY,
        "received_at": Privacy.DUTY,
        "window": Privacy.DUTY,
        "corrects": Privacy.PUBLIC,
        "data": Privacy.HEALTH,
        "digest": Privacy.PUBLIC,
    }

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["kind", "subject", "happened_at", "window"],
                name="event_of_subject",
            ),
            models.Index(
                fields=["corrects"],
                name="event_corrects",
                condition=models.Q(corrects__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class AuditLine(models.Model):
    """One act that must be answered for. Each line's hash covers the line before it.

    `commitment` binds the hash to somebody's own words, which are `sealed` beside and go when their time is
    over (`kernel.reasons`).
    """

    seq = models.BigAutoField(primary_key=True)
    at = InstantField()
    actor = models.CharField(max_length=64)
    action = models.CharField(max_length=64)
    subject = models.CharField(max_length=64, default="", blank=True)
    place = models.CharField(max_length=26, default="", blank=True)
    commitment = models.CharField(max_length=64, default="", blank=True)
    sealed = SealedField(null=True, blank=True)
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    privacy: ClassVar = {
        "seq": Privacy.PUBLIC,
        "at": Privacy.DUTY,
        "actor": Privacy.DUTY,
        "action": Privacy.DUTY,
        "subject": Privacy.DUTY,
        "place": Privacy.PLACE,
        "commitment": Privacy.PUBLIC,
        "sealed": Privacy.IDENTITY,
        "detail": Privacy.DUTY,
        "previous": Privacy.PUBLIC,
        "hash": Privacy.PUBLIC,
    }

    class Meta:
        indexes: ClassVar = [models.Index(fields=["subject", "seq"], name="audit_of_subject")]

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"

    @property
    def reason(self) -> str:
        """Why, in somebody's own words; "" when none were given or they were erased. Raises `seal-broken`."""
        return str(seal.unseal(self.sealed).get("words", ""))

    @property
    def is_reason_erased(self) -> bool:
        """Whether words were given whose time is over."""
        return bool(self.commitment) and not self.sealed


class JobState(models.TextChoices):
    """Where a job stands. A running one whose lease has run out is due again."""

    QUEUED = "queued", _("等待中")
    RUNNING = "running", _("进行中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("没有做成")


class Job(models.Model):
    """Work that outlives a request: who asked for it, who is at it until when, and how it ended.

    `args` and `result` are plain values without personal data. `key` names work of which only one may wait
    or run at a time. `lease` is the claim of the worker that has it now. Times are the machine's: a stopped
    clock would keep the lease of a dead worker for ever.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    kind = models.CharField(max_length=64)
    key = models.CharField(max_length=80, default="", blank=True)
    args = models.JSONField(default=dict)
    by = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=JobState.choices, default=JobState.QUEUED)
    due_at = InstantField()
    attempts = models.SmallIntegerField(default=0)
    lease = models.UUIDField(null=True, blank=True)
    leased_until = InstantField(null=True, blank=True)
    progress = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    result = models.JSONField(default=dict)
    problem = models.CharField(max_length=64, default="", blank=True)
    created_at = InstantField()
    started_at = InstantField(null=True, blank=True)
    ended_at = InstantField(null=True, blank=True)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "kind": Privacy.PUBLIC,
        "key": Privacy.DUTY,
        "args": Privacy.DUTY,
        "by": Privacy.DUTY,
        "state": Privacy.PUBLIC,
        "due_at": Privacy.PUBLIC,
        "attempts": Privacy.PUBLIC,
        "lease": Privacy.PUBLIC,
        "leased_until": Privacy.PUBLIC,
        "progress": Privacy.PUBLIC,
        "total": Privacy.PUBLIC,
        "result": Privacy.DUTY,
        "problem": Privacy.PUBLIC,
        "created_at": Privacy.PUBLIC,
        "started_at": Privacy.PUBLIC,
        "ended_at": Privacy.PUBLIC,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                name="job_key_once",
                condition=models.Q(state__in=["queued", "running"]) & ~models.Q(key=""),
            ),
            models.CheckConstraint(
                name="job_lease_while_running",
                condition=models.Q(state="running", lease__isnull=False, leased_until__isnull=False)
                | (~models.Q(state="running") & models.Q(lease__isnull=True, leased_until__isnull=True)),
            ),
            models.CheckConstraint(
                name="job_has_ended",
                condition=models.Q(state__in=["queued", "running"], ended_at__isnull=True)
                | models.Q(state__in=["done", "failed"], ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="job_failed_says_why",
                condition=~models.Q(state="failed") | ~models.Q(problem=""),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "due_at"], name="job_waiting"),
            models.Index(fields=["kind", "ended_at"], name="job_of_kind"),
            models.Index(fields=["by", "created_at"], name="job_of_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

"""The ledger: events that are only ever added, and the audit chain."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bulou.kernel.fields import InstantField
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
    """One act that must be answered for. Each line's hash covers the line before it."""

    seq = models.BigAutoField(primary_key=True)
    at = InstantField()
    actor = models.CharField(max_length=64)
    action = models.CharField(max_length=64)
    subject = models.CharField(max_length=64, default="", blank=True)
    place = models.CharField(max_length=26, default="", blank=True)
    reason = models.CharField(max_length=300, default="", blank=True)
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
        "reason": Privacy.DUTY,
        "detail": Privacy.DUTY,
        "previous": Privacy.PUBLIC,
        "hash": Privacy.PUBLIC,
    }

    class Meta:
        indexes: ClassVar = [models.Index(fields=["subject", "seq"], name="audit_of_subject")]

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"

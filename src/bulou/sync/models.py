"""Tokens of those who send events, and what was refused."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bulou.kernel.fields import InstantField
from bulou.kernel.privacy import Privacy
from bulou.places.models import Post


class Token(models.Model):
    """A bearer token for a post and a scope. Only its digest is kept."""

    digest = models.CharField(max_length=64, unique=True)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="tokens")
    scope = models.CharField(max_length=26)
    made_at = InstantField()
    ends_at = InstantField()
    withdrawn_at = InstantField(null=True, blank=True)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "digest": Privacy.DUTY,
        "post": Privacy.DUTY,
        "scope": Privacy.DUTY,
        "made_at": Privacy.DUTY,
        "ends_at": Privacy.DUTY,
        "withdrawn_at": Privacy.DUTY,
    }

    def __str__(self) -> str:
        return f"token {self.pk}"


class Refusal(models.Model):
    """An item that was refused, kept sealed for a person to look at; nothing that came in is lost."""

    event_id = models.CharField(max_length=64)
    code = models.CharField(max_length=40)
    actor = models.CharField(max_length=64)
    received_at = InstantField()
    sealed = models.BinaryField()

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "event_id": Privacy.PUBLIC,
        "code": Privacy.PUBLIC,
        "actor": Privacy.DUTY,
        "received_at": Privacy.DUTY,
        "sealed": Privacy.HEALTH,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event_id", "code", "actor"], name="one_line_per_refusal")
        ]

    def __str__(self) -> str:
        return f"refusal {self.event_id}"

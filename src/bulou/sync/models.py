"""Tokens of programs, what was refused, answers that are given again, and webhooks."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bulou.kernel.fields import InstantField, SealedField
from bulou.kernel.privacy import Privacy
from bulou.places import codes
from bulou.places.models import Level, Post
from bulou.rights.capabilities import Capability


def may_by_default() -> list[str]:
    """What a token may do unless told otherwise: send events, and see what is still missing."""
    return [one.value for one in (Capability.SEND_EVENTS, Capability.SEE_NUMBERS, Capability.SEE_PERSONS)]


class Token(models.Model):
    """A bearer token for a post, a scope and a purpose, with what it may do. Only its digest is kept."""

    digest = models.CharField(max_length=64, unique=True)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="tokens")
    scope = models.CharField(max_length=26)
    purpose = models.CharField(max_length=200, default="", blank=True)
    capabilities = models.JSONField(default=may_by_default)
    made_at = InstantField()
    ends_at = InstantField()
    withdrawn_at = InstantField(null=True, blank=True)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "digest": Privacy.DUTY,
        "post": Privacy.DUTY,
        "scope": Privacy.DUTY,
        "purpose": Privacy.DUTY,
        "capabilities": Privacy.DUTY,
        "made_at": Privacy.DUTY,
        "ends_at": Privacy.DUTY,
        "withdrawn_at": Privacy.DUTY,
    }

    def __str__(self) -> str:
        return f"token {self.pk}"

    def may(self, capability: Capability) -> bool:
        """Whether this token has a capability."""
        return capability.value in self.capabilities

    def covers(self, code: str) -> bool:
        """Whether a place lies in this token's scope."""
        low, high = codes.scope(self.scope)
        return low <= code < high

    @property
    def is_of_county(self) -> bool:
        """Whether the scope is the whole county."""
        return len(self.scope) == codes.WIDTHS[Level.COUNTY]


class Refusal(models.Model):
    """An item that was refused, kept sealed for a person to look at; nothing that came in is lost."""

    event_id = models.CharField(max_length=64)
    code = models.CharField(max_length=40)
    actor = models.CharField(max_length=64)
    received_at = InstantField()
    sealed = SealedField()

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


class KeptAnswer(models.Model):
    """The answer to a request with an `Idempotency-Key`, given again when the request is repeated.

    `status` is 0 while the first one still runs.
    """

    token = models.ForeignKey(Token, on_delete=models.CASCADE, related_name="answers")
    key = models.CharField(max_length=100)
    digest = models.BinaryField(max_length=32)
    at = InstantField(db_index=True)
    status = models.PositiveSmallIntegerField(default=0)
    sealed = SealedField(null=True, blank=True)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "token": Privacy.DUTY,
        "key": Privacy.PUBLIC,
        "digest": Privacy.PUBLIC,
        "at": Privacy.DUTY,
        "status": Privacy.PUBLIC,
        "sealed": Privacy.HEALTH,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["token", "key"], name="one_answer_per_token_and_key")
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"


class Webhook(models.Model):
    """Where changes of a scope are sent, signed. `sealed` holds the secret; `seq` is how far it has come."""

    token = models.ForeignKey(Token, on_delete=models.PROTECT, related_name="webhooks")
    url = models.CharField(max_length=300)
    kinds = models.JSONField(default=list)
    sealed = SealedField()
    seq = models.BigIntegerField(default=0)
    made_at = InstantField()
    ended_at = InstantField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    next_at = InstantField()
    last_status = models.PositiveSmallIntegerField(null=True, blank=True)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "token": Privacy.DUTY,
        "url": Privacy.DUTY,
        "kinds": Privacy.PUBLIC,
        "sealed": Privacy.IDENTITY,
        "seq": Privacy.PUBLIC,
        "made_at": Privacy.DUTY,
        "ended_at": Privacy.DUTY,
        "failures": Privacy.PUBLIC,
        "next_at": Privacy.PUBLIC,
        "last_status": Privacy.PUBLIC,
    }

    def __str__(self) -> str:
        return f"webhook {self.pk}"

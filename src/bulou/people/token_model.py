"""The blind index: by which keyed hashes somebody is found. Filled after the register, never in its way."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bulou.kernel.privacy import Privacy


class Token(models.Model):
    """A keyed hash of something that a person may be found by (`people.tokens`)."""

    pk = models.CompositePrimaryKey("token", "person")
    token = models.BigIntegerField()
    # No check against the register: a token is written from the person that it is about, a million at a time.
    person = models.ForeignKey(
        "people.Person", on_delete=models.CASCADE, db_constraint=False, related_name="tokens"
    )

    privacy: ClassVar = {"token": Privacy.IDENTITY, "person": Privacy.PUBLIC}

    class Meta:
        app_label = "people"


class IndexCursor(models.Model):
    """Up to which event the blind index follows the register."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)

    privacy: ClassVar = {"id": Privacy.PUBLIC, "seq": Privacy.PUBLIC}

    class Meta:
        app_label = "people"

    def __str__(self) -> str:
        return f"index up to {self.seq}"

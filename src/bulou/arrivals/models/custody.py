"""Whose hands a person is in: sides of hand-overs as they were told, and what they amount to."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from bulou.arrivals.models.journeys import Journey
from bulou.kernel.fields import InstantField, SealedField
from bulou.kernel.ids import uuid7
from bulou.kernel.privacy import Privacy
from bulou.places.models import Post


class Side(models.Model):
    """One side of a hand-over as it was told. Rows are only added: all else of custody is made from them.

    `at` is the moment by which it counts, `happened_at` what the phone's clock said, `received_at` ours.
    `corrects` is the side in whose place it stands; `known` the event that told the books of it.
    """

    class Which(models.TextChoices):
        GAVE = "gave", _("交出")
        TOOK = "took", _("接收")
        VOID = "void", _("更正:没有发生")

    event = models.UUIDField(primary_key=True)
    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="sides")
    handover = models.UUIDField()
    which = models.CharField(max_length=4, choices=Which)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = InstantField()
    happened_at = InstantField()
    received_at = InstantField()
    corrects = models.UUIDField(null=True, blank=True, db_index=True)
    known = models.UUIDField(default=uuid7)

    privacy: ClassVar = {
        "event": Privacy.PUBLIC,
        "journey": Privacy.PUBLIC,
        "handover": Privacy.PUBLIC,
        "which": Privacy.DUTY,
        "post": Privacy.DUTY,
        "other": Privacy.DUTY,
        "at": Privacy.DUTY,
        "happened_at": Privacy.DUTY,
        "received_at": Privacy.DUTY,
        "corrects": Privacy.PUBLIC,
        "known": Privacy.PUBLIC,
    }

    def __str__(self) -> str:
        return f"{self.which} {self.handover}"


class Handover(models.Model):
    """What the sides of one hand-over amount to: who gave, who took, when each says that it was.

    `giver` without `gave_at` is whom the receiver named, `receiver` without `took_at` whom the giver named.
    Without either it never was: what was told of it has been corrected.
    """

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="handovers")
    uid = models.UUIDField()
    giver = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="given")
    receiver = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="taken")
    gave_at = InstantField(null=True, blank=True)
    took_at = InstantField(null=True, blank=True)
    changed_seq = models.BigIntegerField(default=0)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "journey": Privacy.PUBLIC,
        "uid": Privacy.PUBLIC,
        "giver": Privacy.DUTY,
        "receiver": Privacy.DUTY,
        "gave_at": Privacy.DUTY,
        "took_at": Privacy.DUTY,
        "changed_seq": Privacy.PUBLIC,
    }

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["changed_seq"], name="handover_by_change"),
            models.Index(fields=["gave_at"], name="handover_by_giving"),
            models.Index(fields=["took_at"], name="handover_by_taking"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["journey", "uid"], name="one_handover_per_journey_and_uid")
        ]

    def __str__(self) -> str:
        return f"handover {self.uid}"


class State(models.TextChoices):
    """What can be said of a journey at any moment; exactly one holds."""

    EXPECTED = "expected", _("在途")
    HELD = "held", _("已接")
    BETWEEN = "between", _("交接中")
    ENDED = "ended", _("已结束")


class Stretch(models.Model):
    """A journey's state from one instant until another, and the post that has, or owes, the person."""

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="stretches")
    state = models.CharField(max_length=8, choices=State)
    post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="stretches")
    starts_at = InstantField()
    ends_at = InstantField(null=True, blank=True)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "journey": Privacy.PUBLIC,
        "state": Privacy.DUTY,
        "post": Privacy.DUTY,
        "starts_at": Privacy.DUTY,
        "ends_at": Privacy.DUTY,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["journey", "starts_at"], name="one_stretch_per_start"),
            models.UniqueConstraint(
                fields=["journey"], condition=models.Q(ends_at__isnull=True), name="one_state_now"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=models.F("starts_at")),
                name="stretch_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} of {self.journey_id}"


class Break(models.Model):
    """Custody was broken at a hand-over. `owner` explains it, or a side that comes in later mends it."""

    class Ground(models.TextChoices):
        OUT_OF_TURN = "turn", _("交出人并未接到此人")
        OWN_PICKUP = "own", _("未经乡镇,自行接返")

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="breaks")
    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="breaks")
    ground = models.CharField(max_length=4, choices=Ground)
    owner = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="breaks")
    opens_at = InstantField()
    mended_at = InstantField(null=True, blank=True)
    explained_at = InstantField(null=True, blank=True)
    sealed = SealedField(null=True, blank=True)
    changed_seq = models.BigIntegerField(default=0)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "journey": Privacy.PUBLIC,
        "handover": Privacy.PUBLIC,
        "ground": Privacy.DUTY,
        "owner": Privacy.DUTY,
        "opens_at": Privacy.DUTY,
        "mended_at": Privacy.DUTY,
        "explained_at": Privacy.DUTY,
        "sealed": Privacy.HEALTH,
        "changed_seq": Privacy.PUBLIC,
    }

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["changed_seq"], name="break_by_change"),
            models.Index(fields=["opens_at"], name="break_by_opening"),
        ]
        constraints: ClassVar = [
            # Sides that come in later may show another owner: then one break is mended and another found.
            models.UniqueConstraint(
                fields=["handover", "ground", "owner"], name="one_break_per_handover_and_owner"
            ),
            models.UniqueConstraint(
                fields=["handover", "ground"],
                condition=models.Q(owner__isnull=True),
                name="one_break_per_handover_of_nobody",
            ),
        ]

    def __str__(self) -> str:
        return f"break {self.pk}"

"""What was decided for the person of a journey, part by part, and what became of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from bulou.arrivals.models.journeys import Journey
from bulou.arrivals.models.risk import Proposal
from bulou.kernel.fields import InstantField
from bulou.kernel.ids import uuid7
from bulou.kernel.privacy import Privacy


class Where(models.TextChoices):
    """Where somebody is while a part of a measure runs."""

    CENTRAL = "central", _("集中隔离")
    HOME = "home", _("居家隔离")
    WATCH = "watch", _("居家健康监测")
    FREE = "free", _("不限制,只检测")


class DayOne(models.TextChoices):
    """The first day of a measure. What counts from the arrival follows an arrival that comes later."""

    ARRIVAL = "arrival", _("到达当天")
    NEXT = "next", _("到达次日")
    FIXED = "fixed", _("决定里写明的日期")


class Part(models.Model):
    """One part of a decision: from 00:00 of its first day until 24:00 of its last. One follows another."""

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="parts")
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="parts")
    ordinal = models.PositiveSmallIntegerField()
    where = models.CharField(max_length=7, choices=Where)
    day_one = models.CharField(max_length=7, choices=DayOne)
    starts_at = InstantField()
    ends_at = InstantField()

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "journey": Privacy.PUBLIC,
        "proposal": Privacy.PUBLIC,
        "ordinal": Privacy.PUBLIC,
        "where": Privacy.HEALTH,
        "day_one": Privacy.PUBLIC,
        "starts_at": Privacy.HEALTH,
        "ends_at": Privacy.HEALTH,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["proposal", "ordinal"], name="one_part_per_decision_and_ordinal"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="part_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.where} of {self.proposal_id}"


class PartTest(models.Model):
    """A day of a part on which a sample is taken; `day` is its 00:00."""

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="+")
    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="tests")
    day = InstantField()

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "journey": Privacy.PUBLIC,
        "part": Privacy.PUBLIC,
        "day": Privacy.HEALTH,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "part"], name="one_test_per_part_and_day")
        ]

    def __str__(self) -> str:
        return f"{self.day} of {self.part_id}"


class StayOver(models.TextChoices):
    """Why a stay is over."""

    SERVED = "served", _("期满")
    RELEASED = "released", _("已解除")
    LAPSED = "lapsed", _("未落实,期限已过")
    LEFT = "left", _("离开了应在的地方")
    HOSPITAL = "hospital", _("送医")
    REPLACED = "replaced", _("已重新定级")
    ENDED = "ended", _("行程已结束")


class Stay(models.Model):
    """A part being carried out: once, or again after it was broken off (`run` counts).

    A function of decisions and stretches (`arrivals.stays.folding`). `due_from` is when it has to begin (None
    while nobody can say: in hospital), `begun_at` when the person came into hands that keep them where the
    part says, `left_at` when they came into others after it was over. `uid` names it to other rooms;
    `released_at` is what one of them told. `told` is the event that told the books of its beginning.
    """

    uid = models.UUIDField(unique=True, default=uuid7)
    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="stays")
    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="stays")
    run = models.PositiveSmallIntegerField()
    due_from = InstantField(null=True, blank=True)
    begun_at = InstantField(null=True, blank=True)
    over_at = InstantField(null=True, blank=True)
    over_reason = models.CharField(max_length=8, choices=StayOver, default="", blank=True)
    left_at = InstantField(null=True, blank=True)
    released_at = InstantField(null=True, blank=True)
    told = models.UUIDField(null=True, blank=True)
    changed_seq = models.BigIntegerField(default=0)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "uid": Privacy.PUBLIC,
        "journey": Privacy.PUBLIC,
        "part": Privacy.PUBLIC,
        "run": Privacy.PUBLIC,
        "due_from": Privacy.HEALTH,
        "begun_at": Privacy.HEALTH,
        "over_at": Privacy.HEALTH,
        "over_reason": Privacy.HEALTH,
        "left_at": Privacy.HEALTH,
        "released_at": Privacy.HEALTH,
        "told": Privacy.PUBLIC,
        "changed_seq": Privacy.PUBLIC,
    }

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["changed_seq"], name="stay_by_change"),
            models.Index(fields=["due_from"], name="stay_by_due"),
            models.Index(fields=["begun_at"], name="stay_by_beginning"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["part", "run"], name="one_stay_per_part_and_run"),
            models.UniqueConstraint(
                fields=["journey"],
                condition=models.Q(begun_at__isnull=False, over_at__isnull=True),
                name="one_stay_runs_per_journey",
            ),
            models.CheckConstraint(
                condition=models.Q(over_at__isnull=True, over_reason="")
                | (models.Q(over_at__isnull=False) & ~models.Q(over_reason="")),
                name="stay_over_has_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"stay {self.uid}"

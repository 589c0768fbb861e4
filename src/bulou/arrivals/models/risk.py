"""Risk areas, what they mean for a journey, and what somebody decided."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from bulou.arrivals.models.journeys import Journey, Visit
from bulou.kernel.fields import InstantField, SealedField
from bulou.kernel.privacy import Privacy


class AreaLevel(models.TextChoices):
    """What an authority says of an area."""

    HIGH = "high", _("高风险")
    MEDIUM = "medium", _("中风险")
    CASES = "cases", _("有病例报告(未调整等级)")


class Exposure(models.IntegerChoices):
    """How near to an area somebody was; the greater goes before the smaller."""

    NONE = 0, _("无风险地区旅居史")
    SAME_PREFECTURE = 10, _("风险地区所在市的其他县区")
    CASES = 20, _("有病例报告的县区")
    SAME_COUNTY = 30, _("风险地区所在县区")
    MEDIUM = 40, _("中风险地区")
    HIGH = 50, _("高风险地区")


class RiskArea(models.Model):
    """An area of a level, from one day to another (both included; open while `until` is unknown).

    `code` is a division code of 6, 9 or 12 digits. `reaches_back_to` is the first day on which a stay there
    counts: the level's first day less the days of the directive in force when it was recorded.
    """

    code = models.CharField(max_length=12)
    name = models.CharField(max_length=100)
    level = models.CharField(max_length=6, choices=AreaLevel)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    reaches_back_to = models.DateField()
    source = models.CharField(max_length=200)
    recorded_at = InstantField()
    recorded_by = models.CharField(max_length=64)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "code": Privacy.PUBLIC,
        "name": Privacy.PUBLIC,
        "level": Privacy.PUBLIC,
        "since": Privacy.PUBLIC,
        "until": Privacy.PUBLIC,
        "reaches_back_to": Privacy.PUBLIC,
        "source": Privacy.PUBLIC,
        "recorded_at": Privacy.DUTY,
        "recorded_by": Privacy.DUTY,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "level", "since"], name="one_area_per_level_and_start"),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="area_ends_after_it_starts",
            ),
            models.CheckConstraint(condition=~models.Q(source=""), name="area_has_its_source"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.level}"


class AreaKey(models.Model):
    """The keyed hash of an area, or of its county or prefecture, and what a stay there amounts to."""

    area = models.ForeignKey(RiskArea, on_delete=models.CASCADE, related_name="keys")
    key = models.BinaryField(max_length=16)
    exposure = models.PositiveSmallIntegerField(choices=Exposure)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "area": Privacy.PUBLIC,
        "key": Privacy.PUBLIC,
        "exposure": Privacy.PUBLIC,
    }

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["key", "area"], name="one_key_per_area")]

    def __str__(self) -> str:
        return f"key of area {self.area_id}"


class Proposal(models.Model):
    """What the areas known at a moment mean for a journey: a question that somebody entitled decides.

    The newest of a journey stands; the one before it is superseded. `area` and `visit` are the evidence,
    `sealed` what was decided on it: rule, measure, days, ground, who decided, how to appeal.
    """

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="proposals")
    exposure = models.PositiveSmallIntegerField(choices=Exposure)
    before = models.PositiveSmallIntegerField(choices=Exposure, null=True, blank=True)
    area = models.ForeignKey(RiskArea, null=True, blank=True, on_delete=models.PROTECT)
    visit = models.ForeignKey(Visit, null=True, blank=True, on_delete=models.SET_NULL)
    made_at = InstantField()
    superseded_at = InstantField(null=True, blank=True)
    decided_at = InstantField(null=True, blank=True)
    decided_by = models.CharField(max_length=64, default="", blank=True)
    sealed = SealedField(null=True, blank=True)
    changed_seq = models.BigIntegerField(default=0)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "journey": Privacy.PUBLIC,
        "exposure": Privacy.HEALTH,
        "before": Privacy.HEALTH,
        "area": Privacy.HEALTH,
        "visit": Privacy.HEALTH,
        "made_at": Privacy.DUTY,
        "superseded_at": Privacy.DUTY,
        "decided_at": Privacy.DUTY,
        "decided_by": Privacy.DUTY,
        "sealed": Privacy.HEALTH,
        "changed_seq": Privacy.PUBLIC,
    }

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["changed_seq"], name="proposal_by_change"),
            models.Index(fields=["made_at"], name="proposal_by_time"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["journey"],
                condition=models.Q(superseded_at__isnull=True),
                name="one_proposal_stands_per_journey",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_at__isnull=True, decided_by="")
                | (models.Q(decided_at__isnull=False) & ~models.Q(decided_by="")),
                name="proposal_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"proposal {self.pk}"

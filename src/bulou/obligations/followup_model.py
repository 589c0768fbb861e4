"""What has been done about a gap since it showed: the read model beside the ledger's events."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from bulou.kernel.fields import InstantField, SealedField
from bulou.kernel.privacy import Privacy
from bulou.places.models import Post


class Outcome(models.TextChoices):
    """What came of a call; a code in the ledger, never free words."""

    DOING = "doing", _("马上补办")
    DONE = "done_not_entered", _("已办,还没录入")
    NOBODY = "no_answer", _("无人接听")
    WRONG = "wrong_number", _("号码不对")
    AWAY = "owner_away", _("责任人不在岗")
    MOVED = "person_elsewhere", _("对象不在此处")
    REFUSED = "person_refused", _("对象不配合,需上门")
    OTHER = "other", _("其他(见说明)")


class Why(models.TextChoices):
    """Why something is postponed."""

    AGREED = "agreed_time", _("已约好时间")
    TREATMENT = "in_treatment", _("对象正在就医")
    ASLEEP = "not_now", _("对象休息,稍后再办")
    WAITING = "waiting_supplies", _("等物资或人手")
    WEATHER = "weather", _("天气或道路原因")
    OTHER = "other", _("其他(见说明)")


class FollowUp(models.Model):
    """One line of the books that somebody follows up. The books themselves do not change by it.

    `outcome` is that of the last call; a line is postponed until `postponed_until`, for the reason `why`;
    `handed_to` is the post that follows up from now on (the owner's post stays the owner). `sealed` holds the
    words that were written with the postponement. `subject` is the obligation's.
    """

    obligation = models.OneToOneField(
        "obligations.Obligation", primary_key=True, on_delete=models.CASCADE, related_name="follow_up"
    )
    subject = models.BigIntegerField(db_index=True)
    calls = models.PositiveSmallIntegerField(default=0)
    called_at = InstantField(null=True, blank=True)
    outcome = models.CharField(max_length=24, default="", blank=True)
    postponed_until = InstantField(null=True, blank=True)
    why = models.CharField(max_length=24, default="", blank=True)
    sealed = SealedField(null=True, blank=True)
    handed_to = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    handed_by = models.CharField(max_length=64, default="", blank=True)
    changed_at = InstantField()

    privacy: ClassVar = {
        "obligation": Privacy.PUBLIC,
        "subject": Privacy.DUTY,
        "calls": Privacy.DUTY,
        "called_at": Privacy.DUTY,
        "outcome": Privacy.DUTY,
        "postponed_until": Privacy.DUTY,
        "why": Privacy.HEALTH,
        "sealed": Privacy.HEALTH,
        "handed_to": Privacy.DUTY,
        "handed_by": Privacy.DUTY,
        "changed_at": Privacy.DUTY,
    }

    class Meta:
        app_label = "obligations"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(postponed_until__isnull=True, why="")
                | (models.Q(postponed_until__isnull=False) & ~models.Q(why="")),
                name="postponed_has_its_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(handed_to__isnull=True, handed_by="")
                | (models.Q(handed_to__isnull=False) & ~models.Q(handed_by="")),
                name="handed_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(calls=0, called_at__isnull=True)
                | models.Q(calls__gt=0, called_at__isnull=False),
                name="called_at_some_time",
            ),
        ]

    def __str__(self) -> str:
        return f"follow-up of {self.pk}"

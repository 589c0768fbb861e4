"""A resident's own link, and what residents ask of the county about themselves."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from bulou.facts.residents import About as AboutCode
from bulou.facts.residents import Outcome as OutcomeCode
from bulou.kernel.fields import InstantField, SealedField
from bulou.kernel.privacy import Privacy
from bulou.people.models import Person
from bulou.places.models import Post


class About(models.TextChoices):
    """What a request is about, in words."""

    CORRECTION = AboutCode.CORRECTION.value, _("更正登记内容")
    OBJECTION = AboutCode.OBJECTION.value, _("对措施或信息处理提出异议")
    UNVISITED = AboutCode.UNVISITED.value, _("反映没有人联系或上门")


class Outcome(models.TextChoices):
    """How a request was answered, in words."""

    ACCEPTED = OutcomeCode.ACCEPTED.value, _("已采纳")
    PARTLY = OutcomeCode.PARTLY.value, _("部分采纳")
    REFUSED = OutcomeCode.REFUSED.value, _("未采纳")


class PersonalLink(models.Model):
    """A way to one's own page. Only the SHA-256 of its 256 random bits is kept: it is shown once.

    `tries` counts wrong answers to what only the resident knows; at the last one it is locked until the
    office frees it. It ends by itself, or when the resident or the office withdraws it.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="links")
    digest = models.BinaryField(max_length=32, unique=True)
    made_at = InstantField()
    made_by = models.CharField(max_length=64)
    ends_at = InstantField()
    withdrawn_at = InstantField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=64, default="", blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    opened_at = InstantField(null=True, blank=True)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "person": Privacy.IDENTITY,
        "digest": Privacy.PUBLIC,
        "made_at": Privacy.DUTY,
        "made_by": Privacy.DUTY,
        "ends_at": Privacy.DUTY,
        "withdrawn_at": Privacy.DUTY,
        "withdrawn_by": Privacy.DUTY,
        "tries": Privacy.DUTY,
        "opened_at": Privacy.DUTY,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="one_link_per_person",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("made_at")), name="link_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_by="")
                | (models.Q(withdrawn_at__isnull=False) & ~models.Q(withdrawn_by="")),
                name="link_withdrawn_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"link {self.pk}"


class Request(models.Model):
    """What a resident asked for. `sealed` holds the words, the value wanted and the answer.

    `field`: what of the register is to be put right. `post` answers for it, by the directive of its day.
    `changed_seq` is the last event that made, answered or took it back.
    """

    number = models.CharField(max_length=16, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="requests")
    about = models.CharField(max_length=10, choices=About)
    field = models.CharField(max_length=20, default="", blank=True)
    place = models.CharField(max_length=26, db_index=True)
    post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT)
    sealed = SealedField(null=True, blank=True)
    made_at = InstantField()
    made_by = models.CharField(max_length=64)
    answered_at = InstantField(null=True, blank=True)
    answered_by = models.CharField(max_length=64, default="", blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome, default="", blank=True)
    taken_back_at = InstantField(null=True, blank=True)
    changed_seq = models.BigIntegerField(default=0)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "number": Privacy.PUBLIC,
        "person": Privacy.IDENTITY,
        "about": Privacy.DUTY,
        "field": Privacy.DUTY,
        "place": Privacy.PLACE,
        "post": Privacy.DUTY,
        "sealed": Privacy.IDENTITY,
        "made_at": Privacy.DUTY,
        "made_by": Privacy.DUTY,
        "answered_at": Privacy.DUTY,
        "answered_by": Privacy.DUTY,
        "outcome": Privacy.DUTY,
        "taken_back_at": Privacy.DUTY,
        "changed_seq": Privacy.PUBLIC,
    }

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["made_at"], name="request_by_time"),
            models.Index(fields=["changed_seq"], name="request_by_change"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True, answered_by="", outcome="")
                | models.Q(answered_at__isnull=False) & ~models.Q(answered_by="") & ~models.Q(outcome=""),
                name="request_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True) | models.Q(taken_back_at__isnull=True),
                name="request_answered_or_taken_back",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Whether it still waits for an answer."""
        return self.answered_at is None and self.taken_back_at is None

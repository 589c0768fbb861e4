"""A lead: somebody whom a list from above names, who is to be found and answered for."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from bulou.arrivals.models.journeys import Journey
from bulou.facts.leads import LeadOutcome
from bulou.kernel.fields import InstantField, SealedField
from bulou.kernel.privacy import Privacy
from bulou.places.models import Post


class Outcome(models.TextChoices):
    """What came of the search."""

    FOUND = LeadOutcome.FOUND.value, _("已找到")
    ELSEWHERE = LeadOutcome.ELSEWHERE.value, _("人在外地")
    NOT_OURS = LeadOutcome.NOT_OURS.value, _("不属本地")
    NOT_FOUND = LeadOutcome.NOT_FOUND.value, _("尚未找到")


class Lead(models.Model):
    """Somebody to be found within the hours of the list that names them.

    `place` and `desk`: who has to find. `deadline` as the list gives it, null where the directive's minutes
    count. `answered_at` is the first answer, `missing_since` when it was first answered that nobody was
    found, `settled_at` when another outcome ended the search. The keys find again whom it names when another
    list does; `words_key` tells the same row of the same issuer.
    """

    number = models.CharField(max_length=16, unique=True)
    place = models.CharField(max_length=26, db_index=True)
    desk = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="leads")
    journey = models.ForeignKey(
        Journey, null=True, blank=True, on_delete=models.SET_NULL, related_name="leads"
    )
    issued_by = models.CharField(max_length=100)
    received_at = InstantField()
    deadline = InstantField(null=True, blank=True)
    outcome = models.CharField(max_length=9, choices=Outcome, default="", blank=True)
    answered_at = InstantField(null=True, blank=True)
    missing_since = InstantField(null=True, blank=True)
    settled_at = InstantField(null=True, blank=True)
    withdrawn_at = InstantField(null=True, blank=True)
    id_key = models.BinaryField(max_length=16, null=True, blank=True, db_index=True)
    name_key = models.BinaryField(max_length=16, null=True, blank=True)
    phone_key = models.BinaryField(max_length=16, null=True, blank=True, db_index=True)
    words_key = models.BinaryField(max_length=16, unique=True)
    sealed = SealedField()
    told_by = models.CharField(max_length=64)
    changed_seq = models.BigIntegerField(default=0)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "number": Privacy.PUBLIC,
        "place": Privacy.PLACE,
        "desk": Privacy.DUTY,
        "journey": Privacy.HEALTH,
        "issued_by": Privacy.DUTY,
        "received_at": Privacy.DUTY,
        "deadline": Privacy.DUTY,
        "outcome": Privacy.HEALTH,
        "answered_at": Privacy.DUTY,
        "missing_since": Privacy.HEALTH,
        "settled_at": Privacy.DUTY,
        "withdrawn_at": Privacy.DUTY,
        "id_key": Privacy.IDENTITY,
        "name_key": Privacy.IDENTITY,
        "phone_key": Privacy.CONTACT,
        "words_key": Privacy.CONTACT,
        "sealed": Privacy.HEALTH,
        "told_by": Privacy.DUTY,
        "changed_seq": Privacy.PUBLIC,
    }

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["received_at"], name="lead_by_receipt"),
            models.Index(fields=["missing_since"], name="lead_by_missing"),
            models.Index(fields=["changed_seq"], name="lead_by_change"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(outcome="", answered_at__isnull=True)
                | (models.Q(answered_at__isnull=False) & ~models.Q(outcome="")),
                name="lead_answered_with_its_outcome",
            ),
            models.CheckConstraint(
                condition=models.Q(settled_at__isnull=True)
                | (models.Q(answered_at__isnull=False) & ~models.Q(outcome=LeadOutcome.NOT_FOUND.value)),
                name="lead_settled_by_an_outcome",
            ),
            models.CheckConstraint(condition=~models.Q(issued_by=""), name="lead_has_its_issuer"),
        ]

    def __str__(self) -> str:
        return self.number

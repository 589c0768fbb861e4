"""The paper on which a directive is drafted and signed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from bulou.kernel.fields import InstantField
from bulou.kernel.privacy import Privacy


class DirectiveDraft(models.Model):
    """An order on paper: who drafted it, what it would put in force, and what became of it.

    It changes nothing in the books until somebody else signs it. `valid_from` empty: from the signature on;
    `valid_until` empty: until another. `repeals`: the place's own directive ends, a wider one holds again.
    Unsigned after `expires_at` it is void; that is read off the clock. `signature` is the county's, over the
    order's lines (`order_paper`).
    """

    class Decision(models.TextChoices):
        OPEN = "", _("待签发")
        SIGNED = "signed", _("已签发")
        REJECTED = "rejected", _("已退回")
        WITHDRAWN = "withdrawn", _("已撤回")

    kind = models.ForeignKey("obligations.KindName", on_delete=models.PROTECT)
    place = models.CharField(max_length=26, db_index=True)
    valid_from = InstantField(null=True, blank=True)
    valid_until = InstantField(null=True, blank=True)
    params = models.JSONField(default=dict)
    repeals = models.BooleanField(default=False)
    number = models.CharField(max_length=60)
    title = models.CharField(max_length=120)
    ground = models.CharField(max_length=300, default="", blank=True)
    drafted_by = models.CharField(max_length=64)
    drafted_at = InstantField()
    expires_at = InstantField()
    decision = models.CharField(max_length=9, choices=Decision, default=Decision.OPEN, blank=True)
    decided_by = models.CharField(max_length=64, default="", blank=True)
    decided_at = InstantField(null=True, blank=True)
    words = models.CharField(max_length=300, default="", blank=True)
    signature = models.CharField(max_length=100, default="", blank=True)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "kind": Privacy.PUBLIC,
        "place": Privacy.PUBLIC,
        "valid_from": Privacy.PUBLIC,
        "valid_until": Privacy.PUBLIC,
        "params": Privacy.PUBLIC,
        "repeals": Privacy.PUBLIC,
        "number": Privacy.PUBLIC,
        "title": Privacy.PUBLIC,
        "ground": Privacy.PUBLIC,
        "drafted_by": Privacy.DUTY,
        "drafted_at": Privacy.PUBLIC,
        "expires_at": Privacy.PUBLIC,
        "decision": Privacy.PUBLIC,
        "decided_by": Privacy.DUTY,
        "decided_at": Privacy.PUBLIC,
        "words": Privacy.DUTY,
        "signature": Privacy.PUBLIC,
    }

    class Meta:
        indexes: ClassVar = [models.Index(fields=["decision", "drafted_at"], name="draft_by_decision")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True)
                | models.Q(valid_from__isnull=True)
                | models.Q(valid_until__gt=models.F("valid_from")),
                name="draft_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=models.Q(decision="", decided_by="", decided_at__isnull=True)
                | ~models.Q(decision="") & ~models.Q(decided_by="") & models.Q(decided_at__isnull=False),
                name="draft_decided_says_by_whom",
            ),
            models.CheckConstraint(
                condition=~models.Q(decision="signed")
                | ~models.Q(decided_by=models.F("drafted_by"))
                & ~models.Q(signature="")
                & models.Q(valid_from__isnull=False),
                name="draft_signed_by_somebody_else",
            ),
            models.CheckConstraint(
                condition=~models.Q(decision="rejected") | ~models.Q(words=""),
                name="draft_rejected_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"draft {self.pk} {self.kind}"

"""Accounts, roles and mandates: who may do what, where, and until when; and what was done about them."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import get_language

from bulou.kernel.fields import InstantField
from bulou.kernel.privacy import Privacy
from bulou.places import codes
from bulou.places.models import Level, Post, Worker
from bulou.rights.capabilities import Capability


class Role(models.Model):
    """A named set of capabilities. The county may change the sets; what they can hold is in the code."""

    code = models.CharField(max_length=30, primary_key=True)
    title = models.CharField(max_length=50)
    title_en = models.CharField(max_length=50)
    capabilities = models.JSONField(default=list)

    privacy: ClassVar = {
        "code": Privacy.PUBLIC,
        "title": Privacy.PUBLIC,
        "title_en": Privacy.PUBLIC,
        "capabilities": Privacy.PUBLIC,
    }

    def __str__(self) -> str:
        return self.title_en if get_language() == "en" else self.title


class Account(models.Model):
    """A log-in of the office. `worker` ties it to the person whose posts it may act for."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="account")
    title = models.CharField(max_length=50)
    worker = models.ForeignKey(Worker, null=True, blank=True, on_delete=models.PROTECT)
    made_at = InstantField()

    privacy: ClassVar = {
        "id": Privacy.DUTY,
        "user": Privacy.DUTY,
        "title": Privacy.DUTY,
        "worker": Privacy.DUTY,
        "made_at": Privacy.DUTY,
    }

    def __str__(self) -> str:
        return self.title


class Mandate(models.Model):
    """A role in a place from one instant until another (not included): a hat that an account may put on.

    With a `post` it runs only while the account's worker holds that post. `delegated_from` is the mandate of
    whoever passed it on; it ends with it, and always has an end. One that `awaits` a second person does not
    run until somebody other than whoever gave it confirms it. `adds` are capabilities beyond the role's, of
    an emergency.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="mandates")
    role = models.ForeignKey(Role, on_delete=models.PROTECT)
    scope = models.CharField(max_length=26)
    post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT)
    starts_at = InstantField()
    ends_at = InstantField(null=True, blank=True)
    granted_by = models.CharField(max_length=64)
    reason = models.CharField(max_length=200, default="", blank=True)
    delegated_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="delegations"
    )
    awaits = models.BooleanField(default=False)
    confirmed_by = models.CharField(max_length=64, default="", blank=True)
    adds = models.JSONField(default=list)

    privacy: ClassVar = {
        "id": Privacy.DUTY,
        "account": Privacy.DUTY,
        "role": Privacy.DUTY,
        "scope": Privacy.DUTY,
        "post": Privacy.DUTY,
        "starts_at": Privacy.DUTY,
        "ends_at": Privacy.DUTY,
        "granted_by": Privacy.DUTY,
        "reason": Privacy.DUTY,
        "delegated_from": Privacy.DUTY,
        "awaits": Privacy.DUTY,
        "confirmed_by": Privacy.DUTY,
        "adds": Privacy.DUTY,
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gte=models.F("starts_at")),
                name="mandate_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=models.Q(delegated_from__isnull=True) | models.Q(ends_at__isnull=False),
                name="delegation_has_an_end",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by="") | ~models.Q(confirmed_by=models.F("granted_by")),
                name="mandate_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(adds=[]) | models.Q(ends_at__isnull=False),
                name="mandate_emergency_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return f"mandate {self.pk}"

    @property
    def title(self) -> str:
        """What the log-in is called on pages; no person's name."""
        return self.account.title

    @property
    def actor(self) -> str:
        """Who acts under this mandate, as the ledger and the audit chain write it."""
        return f"user:{self.account.user_id}"

    @cached_property
    def capabilities(self) -> frozenset[str]:
        """What this mandate's role may do, and what an emergency adds."""
        return frozenset((*self.role.capabilities, *self.adds))

    def may(self, capability: Capability) -> bool:
        """Whether this mandate has a capability."""
        return capability.value in self.capabilities

    def covers(self, code: str) -> bool:
        """Whether a place lies in this mandate's scope."""
        low, high = codes.scope(self.scope)
        return low <= code < high

    @property
    def is_wide(self) -> bool:
        """Whether the scope is a township or more: whoever has it shows a second factor."""
        return len(self.scope) <= codes.WIDTHS[Level.TOWNSHIP]

    @property
    def is_emergency(self) -> bool:
        """Whether its holder took it: nobody else passes a mandate on to oneself."""
        return self.delegated_from_id is not None and self.granted_by == f"user:{self.account.user_id}"

    @property
    def is_of_county(self) -> bool:
        """Whether the scope is the whole county."""
        return len(self.scope) == codes.WIDTHS[Level.COUNTY]


class RoleChange(models.Model):
    """Somebody asks that a role's capabilities become others; a second person decides."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="changes")
    capabilities = models.JSONField()
    reason = models.CharField(max_length=200)
    asked_by = models.CharField(max_length=64)
    asked_at = InstantField()
    decided_by = models.CharField(max_length=64, default="", blank=True)
    decided_at = InstantField(null=True, blank=True)
    accepted = models.BooleanField(default=False)

    privacy: ClassVar = {
        "id": Privacy.DUTY,
        "role": Privacy.PUBLIC,
        "capabilities": Privacy.PUBLIC,
        "reason": Privacy.DUTY,
        "asked_by": Privacy.DUTY,
        "asked_at": Privacy.DUTY,
        "decided_by": Privacy.DUTY,
        "decided_at": Privacy.DUTY,
        "accepted": Privacy.DUTY,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["role"], condition=models.Q(decided_at__isnull=True), name="role_change_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by="") | ~models.Q(decided_by=models.F("asked_by")),
                name="role_change_decided_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"change of {self.role_id}"


class Emergency(models.Model):
    """A glass that was broken: more power for at most an hour, and its review by the privacy officer."""

    mandate = models.OneToOneField(Mandate, on_delete=models.PROTECT, related_name="emergency")
    began_at = InstantField()
    review_due_at = InstantField()
    reviewed_by = models.CharField(max_length=64, default="", blank=True)
    reviewed_at = InstantField(null=True, blank=True)
    justified = models.BooleanField(null=True, blank=True)
    finding = models.CharField(max_length=300, default="", blank=True)

    privacy: ClassVar = {
        "id": Privacy.DUTY,
        "mandate": Privacy.DUTY,
        "began_at": Privacy.DUTY,
        "review_due_at": Privacy.DUTY,
        "reviewed_by": Privacy.DUTY,
        "reviewed_at": Privacy.DUTY,
        "justified": Privacy.DUTY,
        "finding": Privacy.DUTY,
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(reviewed_at__isnull=True)
                | (models.Q(justified__isnull=False) & ~models.Q(finding="") & ~models.Q(reviewed_by="")),
                name="emergency_review_says_what",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["reviewed_at", "review_due_at"], name="emergency_to_review")
        ]

    def __str__(self) -> str:
        return f"emergency {self.pk}"

"""How one gets in: invitations, second factors, and the log-ins that stand."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bulou.kernel.fields import InstantField, SealedField
from bulou.kernel.privacy import Privacy
from bulou.rights.models.mandates import Account


class Invitation(models.Model):
    """A link with which an account's owner sets the password, once, until it ends. Only a digest is kept."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.CharField(max_length=64)
    made_at = InstantField()
    ends_at = InstantField()
    used_at = InstantField(null=True, blank=True)

    privacy: ClassVar = {
        "id": Privacy.DUTY,
        "account": Privacy.DUTY,
        "digest": Privacy.PUBLIC,
        "made_by": Privacy.DUTY,
        "made_at": Privacy.DUTY,
        "ends_at": Privacy.DUTY,
        "used_at": Privacy.DUTY,
    }

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class FactorKind(models.TextChoices):
    """What one shows beside the password."""

    CODE = "code", _("验证码应用")
    PASSKEY = "passkey", _("通行密钥")


class SecondFactor(models.Model):
    """A second factor of a log-in. Its secret or public key is sealed.

    `last_step` is the time step of the last code that was taken, so that none is taken twice. One that was
    never used (`used_at` is empty) is not in force.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="factors")
    kind = models.CharField(max_length=8, choices=FactorKind.choices)
    title = models.CharField(max_length=40, default="", blank=True)
    sealed = SealedField()
    made_at = InstantField()
    used_at = InstantField(null=True, blank=True)
    last_step = models.BigIntegerField(default=0)

    privacy: ClassVar = {
        "id": Privacy.DUTY,
        "user": Privacy.DUTY,
        "kind": Privacy.DUTY,
        "title": Privacy.DUTY,
        "sealed": Privacy.DUTY,
        "made_at": Privacy.DUTY,
        "used_at": Privacy.DUTY,
        "last_step": Privacy.PUBLIC,
    }

    def __str__(self) -> str:
        return f"factor {self.pk}"


class RecoveryCode(models.Model):
    """A code that lets one in once without the second factor. Only its keyed hash is kept."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_codes"
    )
    key = models.BinaryField(max_length=32)
    used_at = InstantField(null=True, blank=True)

    privacy: ClassVar = {
        "id": Privacy.DUTY,
        "user": Privacy.DUTY,
        "key": Privacy.PUBLIC,
        "used_at": Privacy.DUTY,
    }

    def __str__(self) -> str:
        return f"recovery code {self.pk}"


class LogIn(models.Model):
    """One log-in: on what kind of device, since when, last seen when. Where from is not kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="log_ins")
    session = models.CharField(max_length=40, db_index=True)
    device = models.CharField(max_length=40)
    is_shared = models.BooleanField(default=False)
    since = InstantField()
    seen_at = InstantField()
    ended_at = InstantField(null=True, blank=True)

    privacy: ClassVar = {
        "id": Privacy.DUTY,
        "user": Privacy.DUTY,
        "session": Privacy.PUBLIC,
        "device": Privacy.DUTY,
        "is_shared": Privacy.DUTY,
        "since": Privacy.DUTY,
        "seen_at": Privacy.DUTY,
        "ended_at": Privacy.DUTY,
    }

    def __str__(self) -> str:
        return f"log-in {self.pk}"

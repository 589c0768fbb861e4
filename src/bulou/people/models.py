"""Households and persons; identity sealed, found again by keyed hashes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from bulou.kernel.fields import InstantField, SealedField
from bulou.kernel.ids import uuid7
from bulou.kernel.privacy import Privacy
from bulou.people.token_model import IndexCursor, Token  # noqa: F401  Django finds them here
from bulou.places.models import Place


class Presence(models.TextChoices):
    """Where somebody of the register is now."""

    HOME = "home", _("在家")
    AWAY = "away", _("外出")
    TENANT = "tenant", _("租住")


class Need(models.TextChoices):
    """What somebody needs that cannot wait. Stands first in every list."""

    DIALYSIS = "dialysis", _("透析")
    PREGNANCY = "pregnancy", _("孕产妇")
    INFANT = "infant", _("婴幼儿")
    ALONE = "alone", _("独居")
    DISABLED = "disabled", _("残疾")
    CHRONIC = "chronic", _("慢性病用药")


class Household(models.Model):
    """The people behind one door."""

    place = models.OneToOneField(Place, primary_key=True, on_delete=models.PROTECT, related_name="household")
    registered_at = InstantField()

    privacy: ClassVar = {"place": Privacy.PLACE, "registered_at": Privacy.PUBLIC}

    def __str__(self) -> str:
        return f"household {self.place_id}"


class Person(models.Model):
    """Somebody of the registers. `place` is the door of the household, or as near as is known.

    `sealed` holds name, identity number, phone, address away and remark. `id_key`, `phone_key` and
    `name_key` find equal ones; `twin_key` (name, phone and birth date) finds the same person with a slip in
    the number. `row_key` tells an unchanged workbook row. `needs` are codes of `Need` joined by commas.
    """

    uid = models.UUIDField(unique=True, default=uuid7)
    place = models.CharField(max_length=26, db_index=True)
    sealed = SealedField()
    id_key = models.BinaryField(max_length=16, null=True, blank=True)
    name_key = models.BinaryField(max_length=16)
    phone_key = models.BinaryField(max_length=16, null=True, blank=True)
    twin_key = models.BinaryField(max_length=16, null=True, blank=True)
    row_key = models.BinaryField(max_length=16, null=True, blank=True)
    relation = models.CharField(max_length=20, default="", blank=True)
    sex = models.CharField(max_length=1, default="", blank=True)
    birth_month = models.PositiveIntegerField(null=True, blank=True)
    presence = models.CharField(max_length=6, choices=Presence, default=Presence.HOME)
    doses = models.PositiveSmallIntegerField(null=True, blank=True)
    last_dose = models.DateField(null=True, blank=True)
    needs = models.CharField(max_length=80, default="", blank=True)
    registered_at = InstantField()
    left_at = InstantField(null=True, blank=True)
    died_at = InstantField(null=True, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "uid": Privacy.PUBLIC,
        "place": Privacy.PLACE,
        "sealed": Privacy.IDENTITY,
        "id_key": Privacy.IDENTITY,
        "name_key": Privacy.IDENTITY,
        "phone_key": Privacy.CONTACT,
        "twin_key": Privacy.IDENTITY,
        "row_key": Privacy.IDENTITY,
        "relation": Privacy.IDENTITY,
        "sex": Privacy.IDENTITY,
        "birth_month": Privacy.IDENTITY,
        "presence": Privacy.PLACE,
        "doses": Privacy.HEALTH,
        "last_dose": Privacy.HEALTH,
        "needs": Privacy.HEALTH,
        "registered_at": Privacy.PUBLIC,
        "left_at": Privacy.PLACE,
        "died_at": Privacy.HEALTH,
        "merged_into": Privacy.IDENTITY,
    }

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id_key"], name="person_by_identity"),
            models.Index(fields=["twin_key"], name="person_by_twin"),
            # Counts of the living under a place are read from it alone.
            models.Index(
                fields=["place"],
                name="person_living",
                condition=models.Q(left_at__isnull=True, died_at__isnull=True, merged_into__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"person {self.pk}"


class Duplicate(models.Model):
    """Two persons of the registers who may be one. A person decides; nothing is merged silently.

    `put_off_until` puts a pair behind the others; `reason` is why it was decided so, or put off.
    """

    class Ground(models.TextChoices):
        IDENTITY = "identity", _("身份证号相同")
        TWIN = "twin", _("姓名、电话、出生日期相同,身份证号不同")

    class Decision(models.TextChoices):
        OPEN = "open", _("待核实")
        SAME = "same", _("是同一人")
        DIFFERENT = "different", _("不是同一人")

    first = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="duplicates_as_first")
    second = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="duplicates_as_second")
    ground = models.CharField(max_length=10, choices=Ground)
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.OPEN)
    found_at = InstantField()
    decided_at = InstantField(null=True, blank=True)
    decided_by = models.CharField(max_length=64, default="", blank=True)
    put_off_until = InstantField(null=True, blank=True)
    # The staging's own statement adds pairs without a reason.
    reason = models.CharField(max_length=200, default="", db_default="", blank=True)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "first": Privacy.IDENTITY,
        "second": Privacy.IDENTITY,
        "ground": Privacy.IDENTITY,
        "decision": Privacy.DUTY,
        "found_at": Privacy.PUBLIC,
        "decided_at": Privacy.DUTY,
        "decided_by": Privacy.DUTY,
        "put_off_until": Privacy.DUTY,
        "reason": Privacy.DUTY,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["first", "second"], name="one_line_per_pair"),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")),
                name="pair_in_order_of_registration",
            ),
        ]

    def __str__(self) -> str:
        return f"duplicate {self.pk}"

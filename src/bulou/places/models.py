"""The place tree, organisations, workers, and the posts that answer for places."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from bulou.kernel.fields import InstantField, SealedField
from bulou.kernel.privacy import Privacy
from bulou.places.shape_model import Datum, Shape  # noqa: F401  Django finds them here


class Level(models.TextChoices):
    """The levels of the tree; the number of digits of each is in `places.codes`."""

    COUNTY = "county", _("县")
    TOWNSHIP = "township", _("乡镇")
    VILLAGE = "village", _("村(社区)")
    COMPOUND = "compound", _("小区(自然村)")
    GRID = "grid", _("网格")
    BUILDING = "building", _("楼栋")
    UNIT = "unit", _("单元")
    DOOR = "door", _("户")


class Place(models.Model):
    """A place of the tree. Its code is fixed-width digits that begin with its parent's code."""

    code = models.CharField(max_length=26, primary_key=True)
    level = models.CharField(max_length=10, choices=Level)
    name = models.CharField(max_length=100)
    plain = models.CharField(max_length=100)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    kind = models.CharField(max_length=30, default="", blank=True)
    property_company = models.ForeignKey(
        "Organisation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="compounds",
    )
    retired_at = InstantField(null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="predecessors",
    )

    privacy: ClassVar = {
        "code": Privacy.PUBLIC,
        "level": Privacy.PUBLIC,
        "name": Privacy.PUBLIC,
        "plain": Privacy.PUBLIC,
        "parent": Privacy.PUBLIC,
        "kind": Privacy.PUBLIC,
        "property_company": Privacy.PUBLIC,
        "retired_at": Privacy.PUBLIC,
        "successor": Privacy.PUBLIC,
    }

    class Meta:
        indexes: ClassVar = [models.Index(fields=["parent", "plain"], name="place_by_plain_name")]

    def __str__(self) -> str:
        return self.name


class PlaceName(models.Model):
    """Another name of a place: one that it had before, or one that lists still use."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="other_names")
    name = models.CharField(max_length=100)
    plain = models.CharField(max_length=100, db_index=True)
    until = models.DateField(null=True, blank=True)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "place": Privacy.PUBLIC,
        "name": Privacy.PUBLIC,
        "plain": Privacy.PUBLIC,
        "until": Privacy.PUBLIC,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["place", "plain"], name="one_line_per_other_name")
        ]

    def __str__(self) -> str:
        return self.name


class Gate(models.Model):
    """A gate of a compound."""

    compound = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="gates")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=50, default="", blank=True)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "compound": Privacy.PUBLIC,
        "number": Privacy.PUBLIC,
        "name": Privacy.PUBLIC,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["compound", "number"], name="one_gate_per_number")
        ]

    def __str__(self) -> str:
        return self.name or str(self.number)


class Organisation(models.Model):
    """A department, company, school, clinic or police post. `sealed`: head, phone, address."""

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=30)
    credit_code = models.CharField(max_length=18, default="", blank=True)
    sealed = SealedField(null=True, blank=True)
    row_key = models.BinaryField(max_length=16, null=True, blank=True)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "name": Privacy.PUBLIC,
        "kind": Privacy.PUBLIC,
        "credit_code": Privacy.PUBLIC,
        "sealed": Privacy.CONTACT,
        "row_key": Privacy.DUTY,
    }

    def __str__(self) -> str:
        return self.name


class Worker(models.Model):
    """Somebody who works for the county. `sealed` holds name, phone and identity number."""

    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT)
    sealed = SealedField()
    phone_key = models.BinaryField(max_length=16)
    name_key = models.BinaryField(max_length=16)
    id_key = models.BinaryField(max_length=16, null=True, blank=True)
    row_key = models.BinaryField(max_length=16, null=True, blank=True)
    title = models.CharField(max_length=50, default="", blank=True)
    party = models.CharField(max_length=20, default="", blank=True)
    home = models.CharField(max_length=26, default="", blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)

    privacy: ClassVar = {
        "id": Privacy.DUTY,
        "organisation": Privacy.DUTY,
        "sealed": Privacy.IDENTITY,
        "phone_key": Privacy.CONTACT,
        "name_key": Privacy.IDENTITY,
        "id_key": Privacy.IDENTITY,
        "row_key": Privacy.IDENTITY,
        "title": Privacy.DUTY,
        "party": Privacy.DUTY,
        "home": Privacy.PLACE,
        "merged_into": Privacy.DUTY,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["phone_key", "name_key"], name="one_worker_per_name_and_phone")
        ]

    def __str__(self) -> str:
        return f"worker {self.pk}"


class Post(models.Model):
    """A seat that answers for an area. People hold it in turn; a hand-over rewrites nothing."""

    role = models.CharField(max_length=30)
    place = models.CharField(max_length=26)
    number = models.PositiveSmallIntegerField(default=1)
    closed_at = InstantField(null=True, blank=True)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "role": Privacy.PUBLIC,
        "place": Privacy.PUBLIC,
        "number": Privacy.PUBLIC,
        "closed_at": Privacy.PUBLIC,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["place", "role", "number"], name="one_post_per_place_and_number")
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.place}-{self.number}"


class Holding(models.Model):
    """Somebody holds a post from one instant until another (not included), as holder or deputy."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="holdings")
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="holdings")
    starts_at = InstantField()
    ends_at = InstantField(null=True, blank=True)
    deputy = models.BooleanField(default=False)

    privacy: ClassVar = {
        "id": Privacy.DUTY,
        "post": Privacy.DUTY,
        "worker": Privacy.DUTY,
        "starts_at": Privacy.DUTY,
        "ends_at": Privacy.DUTY,
        "deputy": Privacy.DUTY,
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gte=models.F("starts_at")),
                name="holding_ends_after_it_starts",
            ),
            models.UniqueConstraint(fields=["post", "worker", "starts_at"], name="one_holding_per_start"),
        ]

    def __str__(self) -> str:
        return f"holding {self.pk}"


class Handover(models.Model):
    """A post went from one to another at an instant. Both are told, until each has seen it.

    `giver` is empty where the post was vacant.
    """

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="handovers")
    giver = models.ForeignKey(Worker, null=True, blank=True, on_delete=models.PROTECT, related_name="given")
    taker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="taken")
    at = InstantField()
    made_at = InstantField()
    made_by = models.CharField(max_length=64)
    words = models.CharField(max_length=200, default="", blank=True)
    giver_saw_at = InstantField(null=True, blank=True)
    taker_saw_at = InstantField(null=True, blank=True)

    privacy: ClassVar = {
        "id": Privacy.DUTY,
        "post": Privacy.DUTY,
        "giver": Privacy.DUTY,
        "taker": Privacy.DUTY,
        "at": Privacy.DUTY,
        "made_at": Privacy.DUTY,
        "made_by": Privacy.DUTY,
        "words": Privacy.DUTY,
        "giver_saw_at": Privacy.DUTY,
        "taker_saw_at": Privacy.DUTY,
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(giver__isnull=True) | ~models.Q(giver=models.F("taker")),
                name="handover_is_between_two",
            )
        ]

    def __str__(self) -> str:
        return f"handover {self.pk}"

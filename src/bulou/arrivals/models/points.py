"""Isolation points: their rooms, who lodges where, and what was reported there that a clinician answers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bulou.arrivals.models.journeys import Journey
from bulou.arrivals.models.stays import Stay
from bulou.kernel.fields import InstantField
from bulou.kernel.privacy import Privacy
from bulou.places.models import Post


class IsolationPoint(models.Model):
    """A place where people stay in central isolation. `post` answers for it; `place` is where it stands."""

    name = models.CharField(max_length=50, unique=True)
    post = models.OneToOneField(Post, on_delete=models.PROTECT, related_name="isolation_point")
    place = models.CharField(max_length=26)
    longitude = models.FloatField()
    latitude = models.FloatField()
    opened_at = InstantField()
    closed_at = InstantField(null=True, blank=True)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "name": Privacy.PUBLIC,
        "post": Privacy.DUTY,
        "place": Privacy.PUBLIC,
        "longitude": Privacy.PUBLIC,
        "latitude": Privacy.PUBLIC,
        "opened_at": Privacy.PUBLIC,
        "closed_at": Privacy.PUBLIC,
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(longitude__range=(70, 140), latitude__range=(0, 60)),
                name="point_lies_in_the_country",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    """A room of a point; more than one bed is for those who travel together."""

    point = models.ForeignKey(IsolationPoint, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=20)
    beds = models.PositiveSmallIntegerField(default=1)
    wheelchair = models.BooleanField(default=False)
    closed_at = InstantField(null=True, blank=True)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "point": Privacy.PUBLIC,
        "name": Privacy.PUBLIC,
        "beds": Privacy.PUBLIC,
        "wheelchair": Privacy.PUBLIC,
        "closed_at": Privacy.PUBLIC,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["point", "name"], name="one_room_per_point_and_name"),
            models.CheckConstraint(condition=models.Q(beds__gte=1), name="room_has_a_bed"),
        ]

    def __str__(self) -> str:
        return f"{self.point_id} {self.name}"


class Lodging(models.Model):
    """Somebody's room from one instant until another; it ends when they leave the point."""

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="lodgings")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="lodgings")
    starts_at = InstantField()
    ends_at = InstantField(null=True, blank=True)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "journey": Privacy.PUBLIC,
        "room": Privacy.PLACE,
        "starts_at": Privacy.PLACE,
        "ends_at": Privacy.PLACE,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["journey"], condition=models.Q(ends_at__isnull=True), name="one_room_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"room of {self.journey_id}"


class Alert(models.Model):
    """A check with fever or symptoms at a point, which a clinician answers.

    `voided_at`: when a correction took it back.
    """

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="alerts")
    stay = models.ForeignKey(Stay, on_delete=models.CASCADE, related_name="alerts")
    event = models.UUIDField(unique=True)
    happened_at = InstantField()
    voided_at = InstantField(null=True, blank=True)
    changed_seq = models.BigIntegerField(default=0)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "journey": Privacy.PUBLIC,
        "stay": Privacy.HEALTH,
        "event": Privacy.PUBLIC,
        "happened_at": Privacy.HEALTH,
        "voided_at": Privacy.HEALTH,
        "changed_seq": Privacy.PUBLIC,
    }

    class Meta:
        indexes: ClassVar = [models.Index(fields=["changed_seq"], name="alert_by_change")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stay", "happened_at"], name="one_alert_per_stay_and_time")
        ]

    def __str__(self) -> str:
        return f"alert {self.pk}"

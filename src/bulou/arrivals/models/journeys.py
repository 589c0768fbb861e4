"""A journey, the lists that named it, and where its person was before."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from bulou.facts.arrivals import JourneyEnd
from bulou.kernel.fields import InstantField, SealedField
from bulou.kernel.privacy import Privacy
from bulou.people.models import Person
from bulou.places.models import Post


class Way(models.TextChoices):
    """How somebody comes."""

    TRAIN = "train", _("火车")
    PLANE = "plane", _("飞机")
    COACH = "coach", _("客车")
    CAR = "car", _("自驾")
    TRUCK = "truck", _("货车")
    OTHER = "other", _("其他")


class Station(models.Model):
    """Where people arrive: a railway or coach station, a toll exit. `post`: its desk (站点值守)."""

    name = models.CharField(max_length=50, unique=True)
    kind = models.CharField(max_length=10, choices=Way)
    longitude = models.FloatField()
    latitude = models.FloatField()
    post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="stations")
    closed_at = InstantField(null=True, blank=True)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "name": Privacy.PUBLIC,
        "kind": Privacy.PUBLIC,
        "longitude": Privacy.PUBLIC,
        "latitude": Privacy.PUBLIC,
        "post": Privacy.DUTY,
        "closed_at": Privacy.PUBLIC,
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(longitude__range=(70, 140), latitude__range=(0, 60)),
                name="station_lies_in_the_country",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Journey(models.Model):
    """One person's coming. `place` is where they will live, `desk` the township's duty desk that owes them.

    `arrives_at` is when they are expected, `exposed_since` the first day before it that counts. `party`
    binds those who travel together (the number of the first of them). `sealed` holds from where, how and
    with whom they come, and how they are reached. `changed_seq` is the last event that changed what is owed.
    """

    number = models.CharField(max_length=16, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="journeys")
    place = models.CharField(max_length=26, db_index=True)
    desk = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="journeys")
    station = models.ForeignKey(Station, null=True, blank=True, on_delete=models.PROTECT)
    way = models.CharField(max_length=5, choices=Way, default=Way.OTHER)
    arrives_at = InstantField()
    exposed_since = models.DateField()
    party = models.CharField(max_length=16, db_index=True)
    wheelchair = models.BooleanField(default=False)
    infant = models.BooleanField(default=False)
    single_room = models.BooleanField(null=True, blank=True)
    sealed = SealedField()
    registered_at = InstantField()
    registered_by = models.CharField(max_length=64)
    ended_at = InstantField(null=True, blank=True)
    end_reason = models.CharField(max_length=12, default="", blank=True)
    changed_seq = models.BigIntegerField(default=0)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "number": Privacy.PUBLIC,
        "person": Privacy.HEALTH,
        "place": Privacy.PLACE,
        "desk": Privacy.DUTY,
        "station": Privacy.PLACE,
        "way": Privacy.PLACE,
        "arrives_at": Privacy.PLACE,
        "exposed_since": Privacy.PLACE,
        "party": Privacy.IDENTITY,
        "wheelchair": Privacy.HEALTH,
        "infant": Privacy.HEALTH,
        "single_room": Privacy.HEALTH,
        "sealed": Privacy.CONTACT,
        "registered_at": Privacy.DUTY,
        "registered_by": Privacy.DUTY,
        "ended_at": Privacy.HEALTH,
        "end_reason": Privacy.HEALTH,
        "changed_seq": Privacy.PUBLIC,
    }

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["arrives_at"], name="journey_by_arrival"),
            models.Index(fields=["registered_at"], name="journey_by_registration"),
            models.Index(fields=["changed_seq"], name="journey_by_change"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(ended_at__isnull=True),
                name="one_open_journey_per_person",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, end_reason="")
                | (models.Q(ended_at__isnull=False) & models.Q(end_reason__in=list(JourneyEnd))),
                name="journey_ended_has_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Source(models.Model):
    """One list, form or call that named a journey; `sealed` keeps what it said, for whoever compares.

    `origin` is the kind of source (`registration.Origin`); the same words again are one source.
    """

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="sources")
    origin = models.CharField(max_length=12)
    told_by = models.CharField(max_length=64)
    told_at = InstantField()
    words_key = models.BinaryField(max_length=16)
    sealed = SealedField()

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "journey": Privacy.PUBLIC,
        "origin": Privacy.DUTY,
        "told_by": Privacy.DUTY,
        "told_at": Privacy.DUTY,
        "words_key": Privacy.CONTACT,
        "sealed": Privacy.CONTACT,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["journey", "words_key"], name="one_source_per_journey_and_words")
        ]

    def __str__(self) -> str:
        return f"source of {self.journey_id}"


class Visit(models.Model):
    """Where the person of a journey was before, from one day to another (both included); the place sealed."""

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="visits")
    since = models.DateField()
    until = models.DateField()
    sealed = SealedField()

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "journey": Privacy.PUBLIC,
        "since": Privacy.HEALTH,
        "until": Privacy.HEALTH,
        "sealed": Privacy.HEALTH,
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(until__gte=models.F("since")), name="visit_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return f"visit of {self.journey_id}"


class VisitKey(models.Model):
    """The keyed hash of one level of the place of a visit, so that a risk area finds who was there."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="keys")
    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="visit_keys")
    key = models.BinaryField(max_length=16)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "visit": Privacy.PUBLIC,
        "journey": Privacy.PUBLIC,
        "key": Privacy.HEALTH,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "visit"], name="one_key_per_visit_and_level")
        ]

    def __str__(self) -> str:
        return f"key of visit {self.visit_id}"

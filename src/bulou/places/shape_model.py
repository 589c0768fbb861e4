"""The outline of a place on the map."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bulou.kernel.fields import InstantField
from bulou.kernel.privacy import Privacy


class Datum(models.TextChoices):
    """What coordinates are measured from; GCJ-02 is shifted by some hundreds of metres against the others."""

    WGS84 = "WGS84", "WGS 84"
    GCJ02 = "GCJ-02", "GCJ-02"
    CGCS2000 = "CGCS2000", "CGCS2000"


class Shape(models.Model):
    """The outline of a place, as given: `polygons` has for each part its rings of [x, y], outer ring first.

    x and y are longitude and latitude in whole 1/100,000 degrees (about a metre); rings are closed without
    their first point being repeated. `as_of` is the day for which the source vouches.
    """

    place = models.OneToOneField("places.Place", primary_key=True, on_delete=models.CASCADE)
    polygons = models.JSONField()
    datum = models.CharField(max_length=10, choices=Datum)
    source = models.CharField(max_length=200)
    as_of = models.DateField()
    imported_at = InstantField()

    privacy: ClassVar = {
        "place": Privacy.PUBLIC,
        "polygons": Privacy.PUBLIC,
        "datum": Privacy.PUBLIC,
        "source": Privacy.PUBLIC,
        "as_of": Privacy.PUBLIC,
        "imported_at": Privacy.PUBLIC,
    }

    def __str__(self) -> str:
        return f"shape of {self.pk}"

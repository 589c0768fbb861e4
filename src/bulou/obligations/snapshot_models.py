"""The history of the board: what the books said at each full hour. Counts alone, of no person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bulou.kernel.fields import InstantField
from bulou.kernel.privacy import Privacy


class Hour(models.Model):
    """A full hour of a county day (01:00 to 24:00) of which snapshots stand.

    `late`: nothing ran at that hour; its counts were made up afterwards, at `taken_at`, from what was known
    then.
    """

    at = InstantField(primary_key=True)
    taken_at = InstantField()
    late = models.BooleanField(default=False)

    privacy: ClassVar = {"at": Privacy.PUBLIC, "taken_at": Privacy.PUBLIC, "late": Privacy.PUBLIC}

    def __str__(self) -> str:
        return f"hour {self.at}"


class Snapshot(models.Model):
    """The balance of what had opened since the day's beginning, of a kind at a place down to the village.

    The columns are those of a balance; `adrift` is open or overdue and nobody holds its post. A kind of which
    a place had nothing has no row.
    """

    pk = models.CompositePrimaryKey("place", "hour_id", "kind_id")
    place = models.CharField(max_length=12)
    hour = models.ForeignKey(Hour, on_delete=models.CASCADE)
    kind = models.ForeignKey("obligations.KindName", on_delete=models.PROTECT, db_index=False)
    universe = models.IntegerField()
    met = models.IntegerField()
    late = models.IntegerField()
    open = models.IntegerField()
    overdue = models.IntegerField()
    excused = models.IntegerField()
    owned = models.IntegerField()
    unknown = models.IntegerField()
    adrift = models.IntegerField()

    privacy: ClassVar = {
        "place": Privacy.PUBLIC,
        "hour": Privacy.PUBLIC,
        "kind": Privacy.PUBLIC,
        "universe": Privacy.PUBLIC,
        "met": Privacy.PUBLIC,
        "late": Privacy.PUBLIC,
        "open": Privacy.PUBLIC,
        "overdue": Privacy.PUBLIC,
        "excused": Privacy.PUBLIC,
        "owned": Privacy.PUBLIC,
        "unknown": Privacy.PUBLIC,
        "adrift": Privacy.PUBLIC,
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(
                    universe=models.F("met")
                    + models.F("late")
                    + models.F("open")
                    + models.F("overdue")
                    + models.F("excused")
                ),
                name="snapshot_balances",
            )
        ]

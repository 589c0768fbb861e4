"""Instants as whole microseconds.

SQLite keeps Django's date-times as text, and text sorts `10:00:00` before `10:00:00.000`; a proof exactly
at the opening was missed that way. A whole number of microseconds since 1970 (UTC) sorts, compares and
adds the same on every database, and takes a third of the room.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models.expressions import Combinable

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
FOREVER = 2**62
"""An instant that never comes, for bounds that are open."""


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970 of an aware moment."""
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return (moment - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """The aware UTC moment of so many microseconds since 1970."""
    return EPOCH + timedelta(microseconds=micros)


def micros(span: timedelta) -> int:
    """A span as whole microseconds, to add to instants in SQL."""
    return span // MICROSECOND


class InstantField(models.BigIntegerField):
    """An aware `datetime` in Python, whole microseconds since 1970 UTC in the database."""

    # What the type checker's plug-in for Django reads.
    _pyi_private_set_type: datetime | int | Combinable  # type: ignore[assignment]
    _pyi_private_get_type: datetime  # type: ignore[assignment]
    _pyi_lookup_exact_type: datetime | int  # type: ignore[assignment]

    def from_db_value(self, value: int | None, *_: Any) -> datetime | None:
        return None if value is None else from_micros(value)

    def to_python(self, value: Any) -> datetime | None:
        if value is None or isinstance(value, datetime):
            return value
        if isinstance(value, str) and not value.lstrip("-").isdigit():
            return datetime.fromisoformat(value)
        return from_micros(int(value))

    def get_prep_value(self, value: Any) -> int | None:
        return to_micros(value) if isinstance(value, datetime) else super().get_prep_value(value)

    def value_to_string(self, obj: models.Model) -> str:
        value: Any = self.value_from_object(obj)
        return "" if value is None else value.isoformat()


class SealedField(models.BinaryField):
    """What `kernel.seal` sealed; empty or NULL when nothing is. Rotation and `verify` find it by its type."""

    def get_internal_type(self) -> str:
        return "BinaryField"

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """To the database, and so to migrations, it is a plain binary column."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.BinaryField", args, options

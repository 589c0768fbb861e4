"""What a row looks like in a backup: plain JSON values, the same whichever database it came from."""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import connection, models

from bulou.kernel.fields import InstantField, to_micros

LEFT_OUT = {"sessions.Session", "kernel.Job"}
"""What belongs to this machine: who is logged in here, what it has still to do."""
LEFT_OUT_APPS = {"axes"}
"""Counts of failed log-ins."""

canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def backed_up() -> list[type[models.Model]]:
    """The models in a backup, those that Django makes for itself included."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
        and not model._meta.proxy
        and model._meta.label not in LEFT_OUT
        and model._meta.app_label not in LEFT_OUT_APPS
    ]


def fields_of(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The stored columns of a model."""
    return [one for one in model._meta.local_concrete_fields if one.column is not None]


def _plain_field(one: models.Field[Any, Any]) -> models.Field[Any, Any]:
    """The field that says what a column holds: a reference holds what it points at."""
    while isinstance(one, models.ForeignKey):
        one = one.target_field
    return one


def encoders(model: type[models.Model]) -> list[Callable[[Any], Any]]:
    """For each column, a function from its value to JSON."""
    return [_encoder(_plain_field(one)) for one in fields_of(model)]


def _same(value: Any) -> Any:
    return value


def _encoder(one: models.Field[Any, Any]) -> Callable[[Any], Any]:
    said: Callable[[Any], Any] = _same
    if isinstance(one, InstantField):
        said = to_micros
    elif isinstance(one, models.BinaryField):
        said = _binary
    elif isinstance(one, models.UUIDField):
        said = _hex
    elif isinstance(one, models.DecimalField):
        said = str
    elif isinstance(one, models.DateField | models.TimeField):
        said = _iso
    return lambda value: None if value is None else said(value)


def _binary(value: Any) -> str:
    return base64.b64encode(bytes(value)).decode()


def _hex(value: uuid.UUID) -> str:
    return value.hex


def _iso(value: date | time) -> str:
    return value.isoformat()


def decoders(model: type[models.Model]) -> list[Callable[[Any], Any]]:
    """For each column, a function from JSON to what the database is given."""
    return [_decoder(_plain_field(one)) for one in fields_of(model)]


def _decoder(one: models.Field[Any, Any]) -> Callable[[Any], Any]:
    read: Callable[[Any], Any] = _same
    if isinstance(one, models.BinaryField):
        read = base64.b64decode
    elif isinstance(one, models.UUIDField):
        read = uuid.UUID
    elif isinstance(one, models.DecimalField):
        read = Decimal
    elif isinstance(one, models.DateTimeField):
        read = datetime.fromisoformat
    elif isinstance(one, models.DateField):
        read = date.fromisoformat
    elif isinstance(one, models.TimeField):
        read = time.fromisoformat
    if isinstance(one, InstantField):
        return _same
    return lambda value: one.get_db_prep_save(None if value is None else read(value), connection)


@dataclass
class Digest:
    """A digest of many rows that does not depend on their order: the sum of each row's own."""

    rows: int = 0
    total: int = 0
    _mask: int = field(default=2**128 - 1, repr=False)

    def add(self, line: str) -> None:
        self.rows += 1
        one = hashlib.blake2b(line.encode(), digest_size=16).digest()
        self.total = (self.total + int.from_bytes(one, "big")) & self._mask

    @property
    def hex(self) -> str:
        return f"{self.total:032x}"


def columns(model: type[models.Model]) -> Sequence[str]:
    """The column names, in the order of `fields_of`."""
    return [str(one.column) for one in fields_of(model)]

"""The columns of a noun as plain values, and back: what an import replaced, so that it can be put back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models


def plain_of(noun: models.Model, columns: Sequence[str]) -> dict[str, str | None]:
    """The values of some fields as text."""
    found: dict[str, str | None] = {}
    for name in columns:
        field: Any = noun._meta.get_field(name)
        empty = getattr(noun, field.attname) is None
        found[name] = None if empty else field.value_to_string(noun)
    return found


def put_back(noun: models.Model, values: dict[str, str | None]) -> None:
    """Set the fields of a noun as they were; the caller saves it."""
    for name, text in values.items():
        field: Any = noun._meta.get_field(name)
        setattr(noun, field.attname, None if text is None else field.to_python(text))


def referred_to(
    model: type[models.Model], keys: Iterable[Any], *, apart_from: Iterable[str] = ()
) -> set[Any]:
    """Which of these rows others point at, by any foreign key of any room but those named.

    `apart_from`: labels like "people.Duplicate.first".
    """
    wanted, found = list(keys), set[Any]()
    skipped = set(apart_from)
    for relation in model._meta.related_objects:
        field: Any = relation.field
        if f"{relation.related_model._meta.label}.{field.name}" in skipped:
            continue
        rows = relation.related_model._base_manager
        for start in range(0, len(wanted), AT_ONCE):
            part = {f"{field.name}__in": wanted[start : start + AT_ONCE]}
            found.update(rows.filter(**part).values_list(field.attname, flat=True).distinct())
    return found


AT_ONCE = 5_000

"""Every stored field has a privacy class, or the build fails.

A model says its classes in a `privacy` mapping, field name to class. The system check below names each
field that has none, and each entry that names no field.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.db import models


class Privacy(StrEnum):
    """What a field tells about a person."""

    IDENTITY = "identity"
    CONTACT = "contact"
    HEALTH = "health"
    PLACE = "place"
    DUTY = "duty"
    PUBLIC = "public"


def bulou_models() -> Iterator[type[models.Model]]:
    """Every model that this project declares."""
    return (model for model in apps.get_models() if model.__module__.startswith("bulou."))


@register()
def every_field_is_classed(**_: Any) -> list[CheckMessage]:
    """The privacy linter: an error for each field without a class and each class without a field."""
    return [error for model in bulou_models() for error in _errors(model)]


def _errors(model: type[models.Model]) -> Iterator[CheckMessage]:
    classes = getattr(model, "privacy", {})
    names = {field.name for field in model._meta.concrete_fields}
    for name in sorted(names - classes.keys()):
        yield Error(f"{model.__name__}.{name} has no privacy class", obj=model, id="bulou.P001")
    for name in sorted(classes.keys() - names):
        yield Error(
            f"{model.__name__}.privacy names no field: {name}",
            obj=model,
            id="bulou.P002",
        )
    for name, value in classes.items():
        if not isinstance(value, Privacy):
            yield Error(
                f"{model.__name__}.privacy[{name!r}] is no class",
                obj=model,
                id="bulou.P003",
            )

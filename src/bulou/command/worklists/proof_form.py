"""A small form made from a proof's own class: its fields, in the reader's words."""

from __future__ import annotations

import types
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, Union, get_args, get_origin

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from pydantic.fields import FieldInfo

from bulou.command import words
from bulou.facts.base import Fact
from bulou.monitoring.models import Seat

TITLES: dict[str, Any] = {
    "temperature": _("体温(°C)"),
    "symptoms": _("症状(没有就不选)"),
    "seat": _("谁联系的"),
    "method": _("方式"),
    "result": _("检测结果"),
    "food": _("需要食品"),
    "medicine": _("需要药品"),
    "other": _("有其他需要"),
    "outcome": _("处理意见"),
    "single_room": _("单人单间"),
    "exception": _("没有单人单间的原因"),
}
OPTIONS: tuple[dict[str, Any], ...] = (
    words.SYMPTOMS,
    words.METHODS,
    words.RESULTS,
    words.FOLLOWED,
    words.EXCEPTIONS,
)
OURS = {"window", "date"}
"""What the duty itself says."""
CHOSEN = {"seat": [seat.value for seat in Seat], "exception": list(words.EXCEPTIONS)}
"""Fields of any word, for which a page offers those that are known."""


@dataclass(frozen=True)
class Field:
    """One field of the form. `type`: "number", "text", "select", "many" or "yes"."""

    name: str
    title: Any
    type: str
    required: bool
    options: tuple[tuple[str, Any], ...] = ()
    value: Any = ""

    @property
    def input(self) -> str:
        """The name of its input; those of several proofs must not meet."""
        return f"v_{self.name}"


def fields_of(proof: type[Fact], given: QueryDict | None = None) -> list[Field]:
    """The fields of a proof's form, with what was given before."""
    return [_field(name, info, given) for name, info in proof.model_fields.items() if name not in OURS]


def values_of(proof: type[Fact], given: QueryDict) -> dict[str, Any]:
    """What was entered, as the proof's class reads it; what was left empty is left out."""
    values: dict[str, Any] = {}
    for field in fields_of(proof):
        if field.type == "yes":
            values[field.name] = field.input in given
        elif field.type == "many":
            values[field.name] = given.getlist(field.input)
        elif text := str(given.get(field.input, "")).strip():
            values[field.name] = text
    return values


def _field(name: str, info: FieldInfo, given: QueryDict | None) -> Field:
    kind, choices = _kind(name, info.annotation)
    field = Field(name, TITLES.get(name, name), kind, info.is_required(), _labelled(choices))
    if given is None:
        return field
    value: Any = given.getlist(field.input) if kind == "many" else given.get(field.input, "")
    return Field(name, field.title, kind, field.required, field.options, value)


def _kind(name: str, annotation: Any) -> tuple[str, list[str]]:
    """How a type is asked for, and what may be chosen."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return _kind(name, next(one for one in inner if one is not type(None)))
    if origin is tuple:
        return "many", _kind(name, inner[0])[1]
    if origin is Literal:
        return "select", [str(one) for one in inner]
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return "select", [one.value for one in annotation]
    if name in CHOSEN:
        return "select", CHOSEN[name]
    return {bool: "yes", Decimal: "number"}.get(annotation, "text"), []


def _labelled(codes: Iterable[str]) -> tuple[tuple[str, Any], ...]:
    return tuple((code, _label(code)) for code in codes)


def _label(code: str) -> Any:
    known = next((table[code] for table in OPTIONS if code in table), None)
    return known or (Seat(code).label if code in Seat else code)

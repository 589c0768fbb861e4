"""A directive's values: typed, checked, and told in words where they are declared; pages read both."""

from __future__ import annotations

from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, Self, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from bulou.facts.reasons import reason
from bulou.kernel.problems import problem

KEY = "said"

BAD_PARAMS = problem("bad-directive-values", gettext_lazy("指令“{kind}”的取值有误:{field}({reason})。"))


@dataclass(frozen=True)
class Said:
    """A value in words: its title, what it means, its unit, what may be chosen, and who else reads it.

    `long`: a text of several lines.
    """

    title: Any
    meaning: Any
    unit: Any = ""
    choices: tuple[tuple[str, Any], ...] = ()
    read_by: Any = ""
    long: bool = False

    @property
    def label(self) -> str:
        """The title with its unit."""
        if not self.unit:
            return str(self.title)
        return _("{title}({unit})").format(title=self.title, unit=self.unit)


def value(
    title: Any,
    meaning: Any,
    *,
    unit: Any = "",
    choices: tuple[tuple[str, Any], ...] = (),
    read_by: Any = "",
    long: bool = False,
    default: Any = MISSING,
) -> Any:
    """A field of a directive's values, with what it means; without `default` it has to be given."""
    return field(default=default, metadata={KEY: Said(title, meaning, unit, choices, read_by, long)})


def said(of: Field[Any]) -> Said:
    """What a field says about itself; its name where it says nothing."""
    found: Said = of.metadata.get(KEY, Said(of.name, ""))
    return found


@dataclass(frozen=True, kw_only=True)
class Values:
    """A directive's values, typed and checked."""

    @classmethod
    def read(cls, kind: str, values: dict[str, Any]) -> Self:
        """The typed values of a directive. Raises `bad-directive-values` naming the field."""
        known = {field.name for field in fields(cls)}
        for name in values:
            if name not in known:
                raise BAD_PARAMS.error(kind=kind, field=name, reason=_("没有这一项"))
        try:
            # As JSON, because that is how a directive keeps them: lists are tuples there, "60" is no number.
            return cast(Self, _reader(cls).validate_json(to_json(values), strict=True))
        except ValidationError as error:
            raise _bad(kind, error) from error


_READERS: dict[type[Values], TypeAdapter[Values]] = {}


def _reader(of: type[Values]) -> TypeAdapter[Values]:
    if of not in _READERS:
        _READERS[of] = TypeAdapter(of)
    return _READERS[of]


def _bad(kind: str, error: ValidationError) -> Exception:
    """The problem that names the field; a class's own check names it as the ValueError's text."""
    first = error.errors(include_input=False, include_url=False)[0]
    if first["loc"]:
        why = reason(first) if len(first["loc"]) == 1 else _("不合要求")
        return BAD_PARAMS.error(kind=kind, field=str(first["loc"][0]), reason=why)
    return BAD_PARAMS.error(kind=kind, field=str(first["ctx"]["error"]), reason=_("不合要求"))

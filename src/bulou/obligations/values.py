"""What a directive's value means, told where it is declared; forms, pages and documents read it there."""

from __future__ import annotations

from dataclasses import MISSING, Field, dataclass, field
from typing import Any

from django.utils.translation import gettext as _

KEY = "said"


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

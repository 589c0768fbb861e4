"""What an import would change, row by row, for whoever is to decide whether it should."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

SHOWN = 300
"""Changes of one sort that are kept to be shown; all are counted."""


class Change(NamedTuple):
    """One row's effect. `fields`: (the kind's column, old, new) of what differs; empty for what is new."""

    sheet: str
    row: int
    who: str
    place: str
    fields: list[tuple[str, str, str]]


class Gone(NamedTuple):
    """Somebody of the register whom a whole list does not have."""

    person: int
    who: str
    place: str


@dataclass
class Changes:
    """New, changed and gone, the first of each."""

    new: list[Change] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    gone_count: int = 0

    def plain(self) -> dict[str, Any]:
        """As plain values, to be sealed."""
        return {
            "new": [[*one[:4], [list(f) for f in one.fields]] for one in self.new],
            "changed": [[*one[:4], [list(f) for f in one.fields]] for one in self.changed],
            "gone": [list(one) for one in self.gone],
            "gone_count": self.gone_count,
        }

    @classmethod
    def of_plain(cls, values: dict[str, Any]) -> Changes:
        def change(one: list[Any]) -> Change:
            sheet, row, who, place, fields = one
            return Change(sheet, row, who, place, [(name, old, new) for name, old, new in fields])

        return cls(
            [change(one) for one in values.get("new", ())],
            [change(one) for one in values.get("changed", ())],
            [Gone(*one) for one in values.get("gone", ())],
            values.get("gone_count", 0),
        )

    def note_new(self, sheet: str, row: int, who: str, place: str = "") -> None:
        """A row registers somebody or something."""
        if len(self.new) < SHOWN:
            self.new.append(Change(sheet, row, who, place, []))

    def note_changed(
        self, sheet: str, row: int, who: str, fields: list[tuple[str, str, str]], place: str = ""
    ) -> None:
        """A row changes what is registered."""
        if fields and len(self.changed) < SHOWN:
            self.changed.append(Change(sheet, row, who, place, fields))


def differing(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(column, old, new) of the values that differ; empty and absent are the same."""
    names = [*after, *(name for name in before if name not in after)]
    texts = ((name, _text(before.get(name)), _text(after.get(name))) for name in names)
    return [(name, old, new) for name, old, new in texts if old != new]


def _text(value: Any) -> str:
    return "" if value is None else str(value)

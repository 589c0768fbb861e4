"""Rows judged one by one against what is registered: new, changed or unchanged, and written in sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from bulou.kernel import seal
from bulou.sheets.columns import Counts
from bulou.sheets.context import Context
from bulou.sheets.traces import plain_of

WRITTEN_AT_ONCE = 500


def row_digest(values: Sequence[Any]) -> bytes:
    """The keyed digest of a row's content; an empty value and an absent one are the same."""
    return seal.lookup("row", "\x1f".join("" if value is None else str(value) for value in values))


@dataclass
class Tally:
    """Rows of one file on their way into a register of one model that has a `row_key`."""

    context: Context
    name: str
    """What the model is called in traces."""
    columns: Sequence[str]
    """What a changed row replaces."""
    new: list[Any] = field(default_factory=list)
    changed: list[Any] = field(default_factory=list)
    unchanged: int = 0

    def judge(self, standing: Any, wanted: Any) -> None:
        """Note what is to be done so that `wanted` is registered."""
        if standing is None:
            self.new.append(wanted)
        elif standing.row_key is not None and bytes(standing.row_key) == wanted.row_key:
            self.unchanged += 1
        else:
            wanted.pk = standing.pk
            self.changed.append(wanted)
            self.context.before(self.name, standing.pk, plain_of(standing, self.columns))

    def write(self, model: type[models.Model]) -> None:
        """Write the new and the changed ones."""
        model._default_manager.bulk_create(self.new, batch_size=WRITTEN_AT_ONCE)
        model._default_manager.bulk_update(self.changed, self.columns, batch_size=WRITTEN_AT_ONCE)
        self.context.made(self.name, [noun.pk for noun in self.new])

    def counts(self) -> Counts:
        return Counts(new=len(self.new), updated=len(self.changed), unchanged=self.unchanged)

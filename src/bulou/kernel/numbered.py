"""Names that tables carry as small numbers, remembered by each process."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction


class Numbered:
    """The numbers of the names in a table with the columns `id` and `name`."""

    def __init__(self, model: type[models.Model]) -> None:
        self._model: Any = model
        self._known: dict[str, int] = {}
        self._unsure: set[str] = set()

    def number(self, name: str) -> int:
        """The number of a name, given when it has none.

        One given in a transaction that may still be undone is not remembered before it is committed.
        """
        number = self._known.get(name)
        if number is None:
            row, made = self._model.objects.get_or_create(name=name)
            number = int(row.pk)
            if made:
                self._unsure.add(name)
                transaction.on_commit(lambda: self._unsure.discard(name))
            elif name not in self._unsure:
                self._known[name] = number
        return number

    def forget(self) -> None:
        """Forget what was remembered: the table was filled anew."""
        self._known.clear()

    def give(self, names: Iterable[str]) -> None:
        """Give each name its number, as after `migrate`; what was remembered is forgotten."""
        self.forget()
        self._model.objects.bulk_create(
            (self._model(name=name) for name in sorted(names)), ignore_conflicts=True
        )

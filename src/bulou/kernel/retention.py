"""Retention: what of each record is personal, until when it is kept, and what is left of it afterwards.

The room that owns a model declares a rule with `rule(…)`: from which instant the days count, how many, on
what ground, and what each personal column becomes. One declaration serves two: `bulou purge` sets the columns
in the database, and a backup keeps the columns under a key of the day on which they fall due, so that
destroying that key erases them in every backup while the rest of it can still be restored.

A record falls due on a county day; it is erased on that day.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.db import models
from django.db.models import F, QuerySet
from django.db.models.expressions import Combinable, Func
from django.db.models.functions import Left

from bulou.kernel import clock
from bulou.kernel.database import is_postgres
from bulou.kernel.fields import to_micros
from bulou.kernel.privacy import Privacy, bulou_models

GRID_WIDTH = 17
"""Digits of a place code down to the grid: what is left of a door."""
ERASED = "erased"
"""What is left of words that a constraint wants."""
ERASED_DATA = {"erased": True}
"""What is left of an event's data; the ledger's trigger lets nothing else take their place."""
SENSITIVE = {Privacy.IDENTITY, Privacy.CONTACT, Privacy.HEALTH}


class Cut:
    """A place is left down to the grid."""

    def sql(self, column: str) -> Combinable:
        return Left(F(column), GRID_WIDTH)

    def plain(self, value: Any) -> Any:
        return value[:GRID_WIDTH] if value else value


class Scrambled:
    """A key that must stay unique becomes sixteen random bytes."""

    def sql(self, _column: str) -> Combinable:
        random = "uuid_send(gen_random_uuid())" if is_postgres() else "randomblob(16)"
        return Func(template=random, output_field=models.BinaryField())

    def plain(self, _value: Any) -> Any:
        return os.urandom(16)


Becomes = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """Rows of another table that hang on a record: `link` carries its number.

    `where`: column -> the values that it must have. `becomes` empty: the rows are deleted.
    """

    model: type[models.Model]
    link: str
    becomes: Becomes = field(default_factory=dict)
    where: Mapping[str, Callable[[], Collection[Any]]] = field(default_factory=dict)

    def rows(self, records: Collection[Any]) -> QuerySet[Any, Any]:
        """The rows that hang on these records."""
        conditions = {f"{column}__in": list(values()) for column, values in self.where.items()}
        return self.model._default_manager.filter(**{f"{self.link}__in": list(records)}, **conditions)


@dataclass(frozen=True)
class Rule:
    """Until when a model's records are kept.

    `rows()` gives the records that still hold something, with the annotation `ends`: the instant from which
    the days count, or NULL while that is to come. `becomes` empty: the records are deleted.
    `days` is the default, a directive gives others (`in_force`), `least` at least; `why`: what they are for.
    """

    name: str
    title: Any
    model: type[models.Model]
    days: int
    why: Any
    rows: Callable[[], QuerySet[Any, Any]]
    becomes: Becomes = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    order: int = 50
    least: int = 0

    def due(self, now: datetime) -> QuerySet[Any, Any]:
        """The records that fall due on the day of `now` or did before."""
        until = clock.end_of(clock.local(now).date()) - timedelta(days=self.days)
        return self.rows().filter(ends__lt=to_micros(until))

    def day_of(self, ends: datetime) -> date:
        """The county day on which a record falls due."""
        return clock.local(ends + timedelta(days=self.days)).date()

    def due_days(self) -> dict[Any, date]:
        """The due day of each record of which it is known."""
        found = self.rows().filter(ends__isnull=False).values_list("pk", "ends")
        return {pk: self.day_of(ends) for pk, ends in found.iterator(chunk_size=5_000)}


RULES: dict[str, Rule] = {}
KEPT: dict[type[models.Model], str] = {}


def rule(one: Rule) -> Rule:
    """Make a rule known; rules with a lower `order` run first."""
    RULES[one.name] = one
    return one


def keep(model: type[models.Model], why: str) -> None:
    """A model with personal columns that no rule erases, and why it needs none."""
    KEPT[model] = why


def rules() -> list[Rule]:
    """Every rule with its default, in the order in which they run."""
    return sorted(RULES.values(), key=lambda one: (one.order, one.name))


@dataclass(frozen=True)
class Ordered:
    """Days by rule, as a directive gives them, and which one: its number in the table and its words."""

    days: Mapping[str, int]
    id: int | None = None
    number: str = ""
    since: datetime | None = None

    def rules(self) -> list[Rule]:
        """Every rule with its days, in the order in which they run."""
        return [replace(one, days=self.days.get(one.name, one.days)) for one in rules()]

    def as_json(self) -> dict[str, Any]:
        """Which directive it is; all empty when none is signed."""
        since = clock.local(self.since).isoformat() if self.since else None
        return {"id": self.id, "number": self.number, "valid_from": since}


_FOLLOWED: list[Callable[[datetime], Ordered]] = []


def follow(source: Callable[[datetime], Ordered]) -> None:
    """Say where the days are ordered: what directive holds at an instant."""
    _FOLLOWED[:] = [source]


def ordered(at: datetime) -> Ordered:
    """The directive that holds at an instant."""
    return _FOLLOWED[0](at) if _FOLLOWED else Ordered({})


def in_force(at: datetime) -> list[Rule]:
    """Every rule with the days that the directive in force at an instant gives it, in their order."""
    return ordered(at).rules()


def as_sql(becomes: Becomes) -> dict[str, Any]:
    """What columns become, for `update()`."""
    return {
        column: value.sql(column) if isinstance(value, (Cut, Scrambled)) else value
        for column, value in becomes.items()
    }


def as_plain(becomes: Becomes, before: Mapping[str, Any]) -> dict[str, Any]:
    """What columns become, for a row in hand."""
    return {
        column: value.plain(before[column]) if isinstance(value, (Cut, Scrambled)) else value
        for column, value in becomes.items()
    }


def parts_of(model: type[models.Model], among: Iterable[Rule] | None = None) -> Iterator[tuple[Rule, Part]]:
    """What rules (all, by default) do to a model: its own, and what hangs on others' records."""
    for one in rules() if among is None else among:
        if one.model is model:
            yield one, Part(model, "pk", one.becomes)
        yield from ((one, part) for part in one.parts if part.model is model)


@register()
def every_personal_model_ends(**_: Any) -> list[CheckMessage]:
    """The build fails for a model that holds something personal, and that no rule erases."""
    return [
        Error(
            f"{model.__name__} holds personal columns and has no retention rule (kernel.retention)",
            obj=model,
            id="bulou.R001",
        )
        for model in bulou_models()
        if SENSITIVE & set(getattr(model, "privacy", {}).values()) and not _ends(model)
    ]


def _ends(model: type[models.Model]) -> bool:
    return model in KEPT or any(True for _found in parts_of(model))


def erase(one: Rule, records: Iterable[Any]) -> dict[str, int]:
    """Erase these records and what hangs on them, in the caller's transaction; rows by table."""
    keys = list(records)
    counts: dict[str, int] = {}
    for part in (*one.parts, Part(one.model, "pk", one.becomes)):
        found = part.rows(keys)
        count = found.update(**as_sql(part.becomes)) if part.becomes else found.delete()[0]
        table = part.model._meta.db_table
        counts[table] = counts.get(table, 0) + count
    return counts

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
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.db import models
from django.db.models import F, QuerySet
from django.db.models.expressions import Combinable, Func
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from bulou.kernel import clock
from bulou.kernel.database import is_postgres
from bulou.kernel.fields import to_micros
from bulou.kernel.privacy import Privacy, bulou_models
from bulou.kernel.problems import problem

BAD_RETENTION = problem(
    "bad-retention-setting",
    _("BULOU_RETENTION_DAYS 的“{part}”不对:应写成 规则名=天数,多项用逗号分开。"),
    status=503,
)

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
    """

    name: str
    title: Any
    model: type[models.Model]
    days: int
    source: str
    rows: Callable[[], QuerySet[Any, Any]]
    becomes: Becomes = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    order: int = 50

    @property
    def kept_days(self) -> int:
        """How many days the records are kept: the county's own setting, else the default."""
        return chosen_days().get(self.name, self.days)

    def due(self, now: datetime) -> QuerySet[Any, Any]:
        """The records that fall due on the day of `now` or did before."""
        until = clock.end_of(clock.local(now).date()) - timedelta(days=self.kept_days)
        return self.rows().filter(ends__lt=to_micros(until))

    def day_of(self, ends: datetime) -> date:
        """The county day on which a record falls due."""
        return clock.local(ends + timedelta(days=self.kept_days)).date()

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
    """Every rule, in the order in which they run."""
    return sorted(RULES.values(), key=lambda one: (one.order, one.name))


def chosen_days() -> dict[str, int]:
    """The county's own days: `BULOU_RETENTION_DAYS="people.gone=14,…"`. Raises `bad-retention-setting`."""
    chosen: dict[str, int] = {}
    for part in filter(None, (text.strip() for text in settings.BULOU_RETENTION_DAYS.split(","))):
        name, _equals, days = part.partition("=")
        if not days.strip().isdigit():
            raise BAD_RETENTION.error(part=part)
        chosen[name.strip()] = int(days)
    return chosen


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


def parts_of(model: type[models.Model]) -> Iterator[tuple[Rule, Part]]:
    """What rules do to a model: its own, and what hangs on others' records."""
    for one in rules():
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

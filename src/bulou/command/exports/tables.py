"""What a list is, so that it can be written anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bulou.kernel import clock
from bulou.kernel.problems import problem
from bulou.rights.capabilities import Capability

NO_SUCH_LIST = problem(
    "no-such-list", gettext_lazy("没有“{name}”这份清单:请从清单页面上的“导出”进入。"), status=404
)

Value = str | int | date | datetime | None


@dataclass(frozen=True)
class Query:
    """Which rows: a place and below, what the reader may see at all, the page's filters, as of an instant.

    `full` says that masked values are asked for in full.
    """

    place: str
    scope: str
    filters: Mapping[str, str] = field(default_factory=dict)
    now: datetime = field(default_factory=clock.now)
    full: bool = False


@dataclass(frozen=True)
class Param:
    """A filter of the page that the list keeps. What is `personal` is not written into the audit chain."""

    name: str
    title: Any
    personal: bool = False
    words: Callable[[str], str] = str
    """What a reader calls a value of it."""


@dataclass(frozen=True)
class Column:
    """One column: its title and what stands in it (masked); `full` gives the value in full."""

    title: Any
    value: Callable[[Any], Value]
    full: Callable[[Any], Value] | None = None
    width: int = 14

    def of(self, row: Any, *, full: bool) -> Value:
        """The value of a row."""
        return self.full(row) if full and self.full else self.value(row)


@dataclass(frozen=True)
class Table:
    """A list that can be taken out. See the package's docstring."""

    name: str
    title: Any
    columns: tuple[Column, ...]
    rows: Callable[[Query], Iterable[Any]]
    count: Callable[[Query], int]
    needs: tuple[Capability, ...] = (Capability.SEE_NUMBERS,)
    params: tuple[Param, ...] = ()
    person: Callable[[Any], int | None] | None = None

    @property
    def has_masked(self) -> bool:
        """Whether it has anything to show in full."""
        return any(column.full for column in self.columns)

    def filters_of(self, given: Mapping[str, str]) -> dict[str, str]:
        """Of an address only what this list knows, and only what is said."""
        return {param.name: given[param.name] for param in self.params if given.get(param.name)}

    def conditions(self, filters: Mapping[str, str], *, hide_personal: bool = False) -> list[str]:
        """The filters in words. `hide_personal`: as the audit chain may keep them."""
        return [
            f"{param.title}:{_('(已填写)') if hide_personal and param.personal else param.words(value)}"
            for param in self.params
            if (value := filters.get(param.name))
        ]

    def cells(self, row: Any, *, full: bool) -> list[Value]:
        """The values of a row, in the order of the columns."""
        return [column.of(row, full=full) for column in self.columns]


TABLES: dict[str, Table] = {}


def register(table: Table) -> Table:
    """Make a list known by its name."""
    TABLES[table.name] = table
    return table


def table_named(name: str) -> Table:
    """The list of a name. Raises `no-such-list`."""
    if name not in TABLES:
        raise NO_SUCH_LIST.error(name=name)
    return TABLES[name]


def shown(value: Value) -> str:
    """A value as text: 2022-04-16, 2022-04-16 14:05, 12."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{clock.local(value):%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else str(value)

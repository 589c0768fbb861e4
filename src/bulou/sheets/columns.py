"""What a kind of workbook is: its columns, declared once for reading, templates, messages and documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Literal

from bulou.sheets.values import Parser

PrivacyClass = Literal["identity", "contact", "health", "place", "duty", "public"]


@dataclass(frozen=True)
class Column:
    """One column. `title` is the header that we write; `variants` are read as well.

    `required`: the column must stand in the sheet and each row must have a value. `expected`: the column
    must stand in the sheet, its cells may be empty. `ditto`: 同上 and merged cells repeat the value above.
    `sheet_name`: a pattern; where the column is missing, a sheet's name that matches is its value.
    `tells_empty`: an empty cell is reported, because somebody must see that it is.
    """

    name: str
    title: str
    parse: Parser
    variants: tuple[str, ...] = ()
    required: bool = False
    expected: bool = False
    privacy: PrivacyClass = "public"
    example: str = ""
    help: str = ""
    ditto: bool = True
    sheet_name: str = ""
    tells_empty: str = ""


RowCheck = Callable[[Mapping[str, Sequence[Any]]], Iterable[tuple[int, str, str, str, Mapping[str, object]]]]
"""A check over whole rows: the columns' values by name in, (row, column, action, code, params) out."""


@dataclass(frozen=True)
class Counts:
    """What became of rows."""

    rows: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


Apply = Callable[[Any, Any], Counts]
"""(batches, context); a kind that stages its rows before the transaction gets what its stage gives."""

Export = Callable[..., Iterable[Sequence[Any]]]


@dataclass(frozen=True)
class SheetKind:
    """A kind of workbook. `apply` brings its rows into the registers, `export` gives them back.

    `file_variants` are other words by which a file's name tells the kind.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    checks: tuple[RowCheck, ...] = ()
    file_variants: tuple[str, ...] = ()
    apply: Apply | None = None
    export: Export | None = None

    def index(self, name: str) -> int:
        """The position of a column by its name."""
        return self.names.index(name)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def bare(self) -> SheetKind:
        """The kind without what needs the database: this is what the reading process gets."""
        return replace(self, apply=None, export=None)


KINDS: dict[str, SheetKind] = {}


def register(kind: SheetKind) -> SheetKind:
    """Make a kind known; the same name twice is a programming error."""
    if kind.name in KINDS:
        raise ValueError(f"kind declared twice: {kind.name}")
    KINDS[kind.name] = kind
    return kind


def attach(name: str, *, apply: Apply | None = None, export: Export | None = None) -> SheetKind:
    """Give a kind the functions of the room that owns its nouns."""
    kind = kind_named(name)
    KINDS[name] = replace(kind, apply=apply or kind.apply, export=export or kind.export)
    return KINDS[name]


def kind_named(name: str) -> SheetKind:
    """A kind by its name. Raises KeyError."""
    _load()
    return KINDS[name]


def kinds() -> Iterator[SheetKind]:
    """Every kind of this room and of those that were registered by others, in the order of loading."""
    _load()
    yield from KINDS.values()


def kind_of_file(file_name: str) -> SheetKind | None:
    """The kind that a file's name begins with (`residents-绿苑小区.xlsx`), longest name first."""
    words = {word: kind for kind in kinds() for word in (kind.name, kind.title, *kind.file_variants)}
    for word in sorted(words, key=len, reverse=True):
        if file_name.startswith(word):
            return words[word]
    return None


def _load() -> None:
    """Import the kinds of this room; they register themselves."""
    import bulou.sheets.kinds  # noqa: F401


@dataclass(frozen=True)
class Ordered:
    """A row check: a day that must not lie before another one of the row."""

    first: str
    second: str
    code: str

    def __call__(
        self, columns: Mapping[str, Sequence[Any]]
    ) -> Iterator[tuple[int, str, str, str, dict[str, object]]]:
        for index, (first, second) in enumerate(zip(columns[self.first], columns[self.second], strict=True)):
            if isinstance(first, date) and isinstance(second, date) and second < first:
                yield index, self.second, "refused", self.code, {"first": first, "second": second}

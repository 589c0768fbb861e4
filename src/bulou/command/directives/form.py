"""The form of a directive's values, made from the kind's typed dataclass; a new kind has its form at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, dataclass, fields, is_dataclass
from typing import Any, get_args, get_type_hints

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bulou.kernel.problems import BulouError
from bulou.obligations.drafts import check_values
from bulou.obligations.kinds import Kind
from bulou.obligations.values import Said, said

SPARE_WINDOWS = 2
YES_NO = (("yes", gettext_lazy("是")), ("no", gettext_lazy("否")))
SEPARATORS = re.compile(r"[\s,,、;;]+")


@dataclass(frozen=True)
class Column:
    """One value of each line of a table: its words, its widget and what may be chosen."""

    name: str
    said: Said
    widget: str
    options: tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Control:
    """One value as the form asks for it: its words, its widget, what it holds, and what is wrong with it."""

    name: str
    said: Said
    widget: str
    value: Any
    options: tuple[tuple[str, Any], ...] = ()
    error: str = ""
    columns: tuple[Column, ...] = ()

    @property
    def help(self) -> str:
        """What the value means, and who else reads it."""
        parts = [str(self.said.meaning)]
        if self.said.read_by:
            parts.append(_("另外读取它的:{who}。").format(who=self.said.read_by))
        return "".join(parts)

    @property
    def rows(self) -> list[list[tuple[Column, Any]]]:
        """The lines of a table, and an empty one more, each cell beside its column."""
        return [
            [(column, _held(column.widget, line.get(column.name, ""))) for column in self.columns]
            for line in (*self.value, {})
        ]


def controls(kind: Kind, values: Mapping[str, Any], errors: Mapping[str, str]) -> list[Control]:
    """The form of a kind, holding these values (as a directive keeps them)."""
    return [
        Control(
            field.name,
            said(field),
            widget(kind, field),
            _held(widget(kind, field), values.get(field.name)),
            options(kind, field),
            errors.get(field.name, ""),
            columns(kind, field),
        )
        for field in fields(kind.Params)
    ]


def options(kind: Kind, field: Field[Any]) -> tuple[tuple[str, Any], ...]:
    """What may be chosen for a value."""
    if field.name == "owner":
        return kind.owners
    return YES_NO if _type(kind, field) is bool else said(field).choices


def line_class(kind: Kind, field: Field[Any]) -> Any:
    """The dataclass of the lines of a value that is a table, else None."""
    args = get_args(_type(kind, field))
    return args[0] if args and is_dataclass(args[0]) else None


def columns(kind: Kind, field: Field[Any]) -> tuple[Column, ...]:
    """The columns of a value that is a table."""
    of = line_class(kind, field)
    if of is None:
        return ()
    types = get_type_hints(of)
    return tuple(
        Column(one.name, said(one), _widget(types[one.name], one), said(one).choices) for one in fields(of)
    )


def widget(kind: Kind, field: Field[Any]) -> str:
    """How a value is asked for: table, windows, boxes, words, numbers, select, number, decimal or text."""
    if line_class(kind, field) is not None:
        return "table"
    return _widget(_type(kind, field), field, chosen=bool(options(kind, field)))


def _widget(of: Any, field: Field[Any], *, chosen: bool | None = None) -> str:
    chosen = bool(said(field).choices) if chosen is None else chosen
    if of == tuple[tuple[str, str, str], ...]:
        return "windows"
    if of == tuple[str, ...]:
        return "boxes" if chosen else "words"
    if of == tuple[int, ...]:
        return "numbers"
    if chosen:
        return "select"
    plain = {int: "number", float: "decimal"}
    return plain.get(of, "textarea" if said(field).long else "text")


def _type(kind: Kind, field: Field[Any]) -> Any:
    return get_type_hints(kind.Params)[field.name]


def _held(shape: str, value: Any) -> Any:
    """A value as its widget shows it."""
    if shape == "windows":
        return [*(value or []), *[["", "", ""]] * SPARE_WINDOWS]
    if shape == "table":
        return list(value or [])
    if shape in {"numbers", "words"}:
        return "、".join(str(one) for one in value or ())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value


def read(kind: Kind, data: QueryDict) -> tuple[dict[str, Any], dict[str, str]]:
    """The values that a form brought, and what is wrong, by field."""
    values = {field.name: _read(kind, field, data) for field in fields(kind.Params)}
    errors = {name: _("请填写数字") for name, value in values.items() if _is_unreadable(value)}
    if not errors:
        try:
            check_values(kind.name, values)
        except BulouError as error:
            errors = {str(error.params["field"]): str(error.params["reason"])}
    return {name: _plain(value) for name, value in values.items()}, errors


class Unreadable(str):
    """What was typed where a number is wanted."""


def _is_unreadable(value: Any) -> bool:
    """Whether something in a value is no number though it should be."""
    if isinstance(value, list):
        return any(map(_is_unreadable, value))
    if isinstance(value, dict):
        return any(map(_is_unreadable, value.values()))
    return isinstance(value, Unreadable)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return str(value) if isinstance(value, Unreadable) else value


def _read(kind: Kind, field: Field[Any], data: QueryDict) -> Any:
    shape, name = widget(kind, field), field.name
    if shape == "table":
        return _table(name, columns(kind, field), data)
    if shape == "windows":
        return _windows(name, data)
    if shape == "boxes":
        return data.getlist(name)
    return _READERS.get(shape, _text)(data.get(name, "").strip())


def _text(text: str) -> str:
    return text.replace("\r\n", "\n")


def _whole(text: str) -> int | str:
    return int(text) if _is_whole(text) else Unreadable(text)


def _decimal(text: str) -> float | str:
    return float(text) if re.fullmatch(r"\d{1,6}(\.\d{1,3})?", text, re.ASCII) else Unreadable(text)


def _wholes(text: str) -> list[int] | str:
    parts = _parts(text)
    return [int(part) for part in parts] if all(map(_is_whole, parts)) else Unreadable(text)


def _chosen(text: str) -> bool | str:
    return text == "yes" if text in dict(YES_NO) else text


def _parts(text: str) -> list[str]:
    return [part for part in SEPARATORS.split(text) if part]


_READERS: dict[str, Callable[[str], Any]] = {
    "words": _parts,
    "numbers": _wholes,
    "number": _whole,
    "decimal": _decimal,
    "select": _chosen,
}


def _is_whole(text: str) -> bool:
    return bool(re.fullmatch(r"-?\d{1,9}", text, re.ASCII))


def _windows(name: str, data: QueryDict) -> list[list[str]]:
    columns = (data.getlist(f"{name}-{part}") for part in ("name", "opens", "due"))
    lines = ([cell.strip() for cell in line] for line in zip(*columns, strict=False))
    return [line for line in lines if line[1] or line[2]]


def _table(name: str, of: tuple[Column, ...], data: QueryDict) -> list[dict[str, Any]]:
    """The lines of a table; one whose texts are all empty is left out."""
    cells = (data.getlist(f"{name}-{column.name}") for column in of)
    lines = [dict(zip(of, line, strict=True)) for line in zip(*cells, strict=False)]
    texts = [column for column in of if column.widget == "text"]
    return [
        {column.name: _READERS.get(column.widget, _text)(cell.strip()) for column, cell in line.items()}
        for line in lines
        if any(line[column].strip() for column in texts)
    ]


WINDOW_NAMES: dict[str, Any] = {
    "am": gettext_lazy("上午"),
    "noon": gettext_lazy("中午"),
    "pm": gettext_lazy("下午"),
}
"""What the usual windows of a day are called; others are shown as they were named."""


def shown(kind: Kind, field: Field[Any], value: Any) -> str:
    """A value in words."""
    choices: Mapping[str, Any] = dict(options(kind, field))
    if widget(kind, field) == "windows":
        return ";".join(
            f"{WINDOW_NAMES.get(name, name)} {opens}–{due}".strip() for name, opens, due in value or ()
        )
    if line_class(kind, field) is not None:
        return ";".join(_line(columns(kind, field), line) for line in value or ())
    if isinstance(value, bool):
        return str(choices["yes" if value else "no"])
    if isinstance(value, (list, tuple)):
        return _joined(choices.get(one, one) for one in value)
    return str(choices.get(value, "" if value is None else value))


def _line(of: tuple[Column, ...], line: Mapping[str, Any]) -> str:
    """A line of a table in words, its empty values left out."""
    said_cells = []
    for column in of:
        value = line.get(column.name)
        if value in (None, "", 0, [], ()):
            continue
        words = _joined(value) if isinstance(value, (list, tuple)) else dict(column.options).get(value, value)
        plain = column.widget in ("select", "text")
        said_cells.append(str(words) if plain else f"{column.said.title} {words}{column.said.unit}")
    return " ".join(said_cells)


def _joined(words: Iterable[Any]) -> str:
    return "、".join(str(word) for word in words)

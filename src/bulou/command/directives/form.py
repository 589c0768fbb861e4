"""The form of a directive's values, made from the kind's typed dataclass; a new kind has its form at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, dataclass, fields
from typing import Any, get_type_hints

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
class Control:
    """One value as the form asks for it: its words, its widget, what it holds, and what is wrong with it."""

    name: str
    said: Said
    widget: str
    value: Any
    options: tuple[tuple[str, Any], ...] = ()
    error: str = ""

    @property
    def help(self) -> str:
        """What the value means, and who else reads it."""
        parts = [str(self.said.meaning)]
        if self.said.read_by:
            parts.append(_("另外读取它的:{who}。").format(who=self.said.read_by))
        return "".join(parts)


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
        )
        for field in fields(kind.Params)
    ]


def options(kind: Kind, field: Field[Any]) -> tuple[tuple[str, Any], ...]:
    """What may be chosen for a value."""
    if field.name == "owner":
        return kind.owners
    return YES_NO if _type(kind, field) is bool else said(field).choices


def widget(kind: Kind, field: Field[Any]) -> str:
    """How a value is asked for: windows, boxes, words, numbers, select, number, decimal, textarea or text."""
    of, chosen = _type(kind, field), bool(options(kind, field))
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
    if shape in {"numbers", "words"}:
        return "、".join(str(one) for one in value or ())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value


def read(kind: Kind, data: QueryDict) -> tuple[dict[str, Any], dict[str, str]]:
    """The values that a form brought, and what is wrong, by field."""
    values = {field.name: _read(widget(kind, field), field.name, data) for field in fields(kind.Params)}
    errors = {name: _("请填写数字") for name, value in values.items() if isinstance(value, Unreadable)}
    if not errors:
        try:
            check_values(kind.name, values)
        except BulouError as error:
            errors = {str(error.params["field"]): str(error.params["reason"])}
    return {name: _plain(value) for name, value in values.items()}, errors


class Unreadable(str):
    """What was typed where a number is wanted."""


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Unreadable) else value


def _read(shape: str, name: str, data: QueryDict) -> Any:
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
    if isinstance(value, bool):
        return str(choices["yes" if value else "no"])
    if isinstance(value, (list, tuple)):
        return _joined(choices.get(one, one) for one in value)
    return str(choices.get(value, "" if value is None else value))


def _joined(words: Iterable[Any]) -> str:
    return "、".join(str(word) for word in words)

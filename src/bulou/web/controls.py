"""Form controls that say their help and their error to a screen reader."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.forms.utils import flatatt
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


def control(
    name: str,
    type: str,
    value: Any,
    options: Iterable[tuple[Any, Any]],
    more: Any,
    required: Any = "",
    help: str = "",
    error: str = "",
) -> SafeString:
    """The input, select or textarea of a `<c-field>`; `more` are the attributes that the page wrote on it."""
    said = [f"id_{name}_{part}" for part, text in (("help", help), ("error", error)) if text]
    attributes = {
        **more.attrs_dict(),
        "id": f"id_{name}",
        "name": name,
        "required": bool(required),
        "aria-describedby": " ".join(said) or False,
        "aria-invalid": "true" if error else False,
    }
    shown = "" if value is None else value
    if type == "select":
        return _select(attributes, options, shown)
    if type == "textarea":
        return format_html("<textarea{}>{}</textarea>", flatatt(attributes), shown)
    return format_html("<input{}>", flatatt({**attributes, "type": type, "value": shown}))


def _select(attributes: dict[str, Any], options: Iterable[tuple[Any, Any]], value: Any) -> SafeString:
    chosen = str(value)
    rows = format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((key, flatatt({"selected": str(key) == chosen}), title) for key, title in options),
    )
    return format_html("<select{}>{}</select>", flatatt(attributes), rows)


def kept(request: HttpRequest, names: str) -> SafeString:
    """The named parts of the address as hidden inputs, so that a filter does not lose them."""
    found = ((name, request.GET[name]) for name in names.split() if request.GET.get(name))
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', found)

"""Fields of a form read by the same parsers as the cells of workbooks, with the same sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext

from bulou.kernel import clock
from bulou.sheets.cells import IGNORED, REFUSED
from bulou.sheets.columns import Column, SheetKind, kind_named
from bulou.sheets.problems import SHEET_PROBLEMS


def read(
    kind: str | SheetKind, given: Mapping[str, str], names: Iterable[str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The values of the named columns, and a sentence for each field that cannot be read or is missing."""
    sheet = kind_named(kind) if isinstance(kind, str) else kind
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name in names:
        column = sheet.columns[sheet.index(name)]
        text = given.get(name, "")
        parsed = column.parse(text, clock.today())
        values[name] = parsed.value
        if parsed.action in (REFUSED, IGNORED):
            wrong[name] = _sentence(column, text, parsed.code, parsed.params or {})
        elif column.required and not parsed.value:
            wrong[name] = _sentence(column, text, "required-empty", {})
    return values, wrong


def _sentence(column: Column, text: str, code: str, params: Mapping[str, object]) -> str:
    # A form's labels are the headers of the workbook in the reader's language.
    return SHEET_PROBLEMS[code].say(**{"value": text, "column": gettext(column.title), **params})

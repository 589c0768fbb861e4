"""Fields that are read by the parsers of the workbook's cells, with the same sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from bulou.command.registers.cells import read
from bulou.kernel.problems import problem

BAD_FIELD = problem("api-bad-field", _("{field}:{reason}"))


def parsed(kind: str, given: Mapping[str, str | None], names: Iterable[str]) -> dict[str, Any]:
    """The values of the named columns of a workbook. Raises `api-bad-field` for the first that is none."""
    texts = {name: text for name, text in given.items() if text is not None}
    values, wrong = read(kind, texts, names)
    for field, reason in wrong.items():
        raise BAD_FIELD.error(field=field, reason=reason)
    return values

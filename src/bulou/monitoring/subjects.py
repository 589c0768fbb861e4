"""Cases as the world outside names them: by their number (编号)."""

from __future__ import annotations

from collections.abc import Iterable

from bulou.facts.subjects import Found, SubjectType
from bulou.kernel.database import in_parts
from bulou.monitoring.models import Case


def find(numbers: Iterable[str]) -> dict[str, Found]:
    """The cases with these numbers."""
    found: dict[str, Found] = {}
    for part in in_parts(list(numbers)):
        rows = Case.objects.filter(number__in=part).values_list("number", "id", "place")
        found.update((number, Found(id, place)) for number, id, place in rows)
    return found


def code_of(ids: Iterable[int]) -> dict[int, str]:
    """The numbers of cases."""
    found: dict[int, str] = {}
    for part in in_parts(list(ids)):
        found.update(Case.objects.filter(pk__in=part).values_list("id", "number"))
    return found


CASE = SubjectType("case", find, code_of)

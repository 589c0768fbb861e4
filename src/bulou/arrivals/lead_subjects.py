"""Leads as the world outside names them."""

from __future__ import annotations

from collections.abc import Iterable

from bulou.arrivals.models import Lead
from bulou.facts.subjects import Found, SubjectType
from bulou.kernel.database import in_parts


def leads(numbers: Iterable[str]) -> dict[str, Found]:
    """The leads with these numbers."""
    found: dict[str, Found] = {}
    for part in in_parts(list(numbers)):
        rows = Lead.objects.filter(number__in=part).values_list("number", "id", "place")
        found.update((number, Found(id, place)) for number, id, place in rows)
    return found


def numbers_of(ids: Iterable[int]) -> dict[int, str]:
    """The numbers of leads."""
    found: dict[int, str] = {}
    for part in in_parts(list(ids)):
        found.update(Lead.objects.filter(pk__in=part).values_list("pk", "number"))
    return found


LEAD = SubjectType("lead", leads, numbers_of)

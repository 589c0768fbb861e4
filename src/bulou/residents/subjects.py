"""Requests as the world outside names them: by their number."""

from __future__ import annotations

from collections.abc import Iterable

from bulou.facts.subjects import Found, SubjectType
from bulou.residents.models import Request


def find(numbers: Iterable[str]) -> dict[str, Found]:
    """The requests with these numbers."""
    rows = Request.objects.filter(number__in=list(numbers)).values_list("number", "id", "place")
    return {number: Found(id, place) for number, id, place in rows}


def code_of(ids: Iterable[int]) -> dict[int, str]:
    """The numbers of requests."""
    return dict(Request.objects.filter(pk__in=list(ids)).values_list("id", "number"))


REQUEST = SubjectType("request", find, code_of)

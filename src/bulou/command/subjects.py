"""Whom the rows of a list are about: the code outside, the person's page, the masked name, the needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from bulou.arrivals.models import Journey
from bulou.command.worklists.duties import CASE
from bulou.kernel import seal
from bulou.monitoring.models import Case
from bulou.people.models import Person
from bulou.people.queries import mask_name, need_labels
from bulou.places import codes

JOURNEY = "journey"
"""The type of the subjects that are comings."""


@dataclass(frozen=True)
class Face:
    """A person as a list shows them."""

    code: str
    uid: UUID
    name: str
    needs: tuple[str, ...]


def faces_by_code(case_numbers: Iterable[str], *, scope: str) -> dict[str, Face]:
    """The persons of cases in a scope, by case number."""
    return {
        face.code: face for face in _faces(Case.objects.filter(number__in=set(case_numbers)), scope).values()
    }


def faces_by_id(case_ids: Iterable[int], *, scope: str) -> dict[int, Face]:
    """The persons of cases in a scope, by the case's number in the books."""
    return _faces(Case.objects.filter(pk__in=set(case_ids)), scope)


def _faces(cases: QuerySet[Case, Case], scope: str) -> dict[int, Face]:
    within = cases.filter(codes.within("place", scope)).select_related("person")
    return {case.pk: face_of(case.person, case.number) for case in within}


def face_of(person: Person, code: str) -> Face:
    """A person with name masked."""
    name = seal.unseal(person.sealed).get("name", "")
    return Face(code, person.uid, mask_name(name), tuple(need_labels(person.needs)))


def with_needs() -> dict[str, QuerySet[Any, Any]]:
    """Subjects with needs, by type; they stand first in every list."""
    # Case by case, whatever a planner thinks of a join: the register has hundreds of times as many persons.
    needs = Subquery(Person.objects.filter(pk=OuterRef("person")).values("needs"))
    return {
        CASE: Case.objects.annotate(needs=needs).filter(needs__gt="").order_by().values("pk"),
        JOURNEY: Journey.objects.filter(ended_at__isnull=True)
        .annotate(needs=needs)
        .filter(Q(needs__gt="") | Q(wheelchair=True) | Q(infant=True))
        .order_by()
        .values("pk"),
    }

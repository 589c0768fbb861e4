"""Whom the duties of arrivals are about: the journey's number, the person, masked, their needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import CharField, F, Value

from bulou.arrivals.models import Break, Handover, Journey, Proposal, Stay
from bulou.command.arrivals import words
from bulou.command.subjects import Face
from bulou.kernel import seal
from bulou.people.queries import mask_name, need_labels
from bulou.places import codes

OF_JOURNEY: dict[str, Any] = {
    "handover": Handover,
    "custody_break": Break,
    "proposal": Proposal,
    "stay": Stay,
}
"""What is owed because of a part of a journey, by the type of its subject."""
TYPES = frozenset({"journey", *OF_JOURNEY})
PERSON = {
    "number": "number",
    "uid": "person__uid",
    "sealed_name": "person__sealed",
    "needs": "person__needs",
    "in_wheelchair": "wheelchair",
    "with_infant": "infant",
}


def faces(subjects: Iterable[tuple[str, int]], *, scope: str) -> dict[tuple[str, int], Face]:
    """The persons of subjects (type, number) whose journeys lie in a scope, with one query.

    A face's `code` is the journey's number.
    """
    wanted: dict[str, set[int]] = defaultdict(set)
    for type_, number in subjects:
        if type_ in TYPES:
            wanted[type_].add(number)
    if not wanted:
        return {}
    first, *others = [_rows(type_, numbers, scope) for type_, numbers in sorted(wanted.items())]
    found = first.union(*others, all=True) if others else first
    return {(row["kind_of"], row["subject"]): _face(row) for row in found}


def _rows(type_: str, numbers: set[int], scope: str) -> Any:
    model, prefix = (Journey, "") if type_ == "journey" else (OF_JOURNEY[type_], "journey__")
    here = codes.within(f"{prefix}place", scope)
    said = {f"of_{name}": F(f"{prefix}{column}") for name, column in PERSON.items()}
    return (
        model._default_manager.filter(here, pk__in=numbers)
        .order_by()
        .values(kind_of=Value(type_, CharField()), subject=F("pk"), **said)
    )


def _face(row: dict[str, Any]) -> Face:
    name = seal.unseal(row["of_sealed_name"]).get("name", "") if row["of_sealed_name"] else ""
    own = ((row["of_in_wheelchair"], words.WHEELCHAIR), (row["of_with_infant"], words.INFANT))
    needs = (*need_labels(row["of_needs"]), *(str(title) for has, title in own if has))
    return Face(row["of_number"], row["of_uid"], mask_name(name), needs)

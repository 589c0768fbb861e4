"""Journeys and their parts as the world outside names them."""

from __future__ import annotations

from collections.abc import Iterable

from bulou.arrivals.models import Break, Handover, Journey, Proposal, Stay
from bulou.facts.subjects import Found, SubjectType
from bulou.kernel.database import in_parts


def journeys(numbers: Iterable[str]) -> dict[str, Found]:
    """The journeys with these numbers."""
    found: dict[str, Found] = {}
    for part in in_parts(list(numbers)):
        rows = Journey.objects.filter(number__in=part).values_list("number", "id", "place")
        found.update((number, Found(id, place)) for number, id, place in rows)
    return found


def numbers_of(ids: Iterable[int]) -> dict[int, str]:
    """The numbers of journeys."""
    return _texts(Journey, ids, "number")


def handovers(codes: Iterable[str]) -> dict[str, Found]:
    """Hand-overs by the number of their journey and their own: "FX22-000012/7"."""
    return _parts_of_journeys(Handover, codes)


def handover_codes(ids: Iterable[int]) -> dict[int, str]:
    """What hand-overs are called."""
    return {id: f"{number}/{id}" for id, number in _texts(Handover, ids, "journey__number").items()}


def breaks(codes: Iterable[str]) -> dict[str, Found]:
    """Breaks by the number of their journey and their own."""
    return _parts_of_journeys(Break, codes)


def break_codes(ids: Iterable[int]) -> dict[int, str]:
    """What breaks are called."""
    return {id: f"{number}/{id}" for id, number in _texts(Break, ids, "journey__number").items()}


def stays(codes: Iterable[str]) -> dict[str, Found]:
    """Stays by the number of their journey and their own."""
    return _parts_of_journeys(Stay, codes)


def stay_codes(ids: Iterable[int]) -> dict[int, str]:
    """What stays are called."""
    return {id: f"{number}/{id}" for id, number in _texts(Stay, ids, "journey__number").items()}


def proposals(codes: Iterable[str]) -> dict[str, Found]:
    """Questions by the number of their journey and their own."""
    return _parts_of_journeys(Proposal, codes)


def proposal_codes(ids: Iterable[int]) -> dict[int, str]:
    """What questions are called."""
    return {id: f"{number}/{id}" for id, number in _texts(Proposal, ids, "journey__number").items()}


Piece = type[Handover] | type[Break] | type[Stay] | type[Proposal]


def _texts(model: type[Journey] | Piece, ids: Iterable[int], column: str) -> dict[int, str]:
    found: dict[int, str] = {}
    for part in in_parts(list(ids)):
        found.update(model._default_manager.filter(pk__in=part).values_list("pk", column))
    return found


def _parts_of_journeys(model: Piece, codes: Iterable[str]) -> dict[str, Found]:
    asked = {code: code.rpartition("/") for code in codes}
    numbers = {
        int(own): number for number, _slash, own in asked.values() if own.isascii() and own.isdecimal()
    }
    found: dict[str, Found] = {}
    for part in in_parts([own for own in numbers if own < 2**63]):
        for pk, number, place in model._default_manager.filter(pk__in=part).values_list(
            "pk", "journey__number", "journey__place"
        ):
            found[f"{number}/{pk}"] = Found(pk, place)
    return {code: found[code] for code in asked if code in found}


JOURNEY = SubjectType("journey", journeys, numbers_of)
HANDOVER = SubjectType("handover", handovers, handover_codes)
BREAK = SubjectType("custody_break", breaks, break_codes)
STAY = SubjectType("stay", stays, stay_codes)
PROPOSAL = SubjectType("proposal", proposals, proposal_codes)

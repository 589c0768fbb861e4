"""What residents ask of the county about themselves, and the answers. The subject of each is the request."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from bulou.facts.base import Fact


class About(StrEnum):
    """What a resident may ask for: a wrong field put right, an objection, word that nobody came."""

    CORRECTION = "correction"
    OBJECTION = "objection"
    UNVISITED = "unvisited"


class Outcome(StrEnum):
    """How a request was answered."""

    ACCEPTED = "accepted"
    PARTLY = "partly"
    REFUSED = "refused"


class RequestFact(Fact):
    """A fact about a request; only its action records it."""

    kind: ClassVar[str] = "residents.noted"
    subject_type: ClassVar[str] = "request"
    from_outside: ClassVar[bool] = False


class Asked(RequestFact):
    """A resident asked. The words are sealed in the request; the event says only what it is about."""

    kind = "residents.asked"
    about: About


class Answered(RequestFact):
    """The office answered, in words that the resident reads."""

    kind = "residents.answered"
    outcome: Outcome


class TakenBack(RequestFact):
    """The resident needs no answer any more."""

    kind = "residents.taken_back"

"""What is told about leads (协查): somebody named from above who is to be found, and the answer."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from bulou.facts.base import Fact


class LeadFact(Fact):
    """A fact about a lead, named by its number. Who it speaks of is sealed in the lead."""

    kind: ClassVar[str] = "arrivals.lead_noted"
    subject_type: ClassVar[str] = "lead"
    from_outside: ClassVar[bool] = False


class LeadReceived(LeadFact):
    """Somebody is to be found and answered for."""

    kind = "arrivals.lead_received"


class LeadMatched(LeadFact):
    """A journey was registered of the one whom the lead names; somebody has still to answer."""

    kind = "arrivals.lead_matched"


class LeadOutcome(StrEnum):
    """What came of a search. `NOT_FOUND` ends nothing: the search goes on, with its owner."""

    FOUND = "found"
    ELSEWHERE = "elsewhere"
    NOT_OURS = "not_ours"
    NOT_FOUND = "not_found"


class LeadAnswered(LeadFact):
    """The one who has to find answered; in which words is sealed in the lead."""

    kind = "arrivals.lead_answered"
    outcome: LeadOutcome


class LeadSettled(LeadFact):
    """The search is over: the last answer is not that nobody was found."""

    kind = "arrivals.lead_settled"


class LeadWithdrawn(LeadFact):
    """The lead was told by mistake, or whoever issued it has taken it back."""

    kind = "arrivals.lead_withdrawn"

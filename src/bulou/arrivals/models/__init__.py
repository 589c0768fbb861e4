"""The nouns of arrivals."""

from bulou.arrivals.models.custody import Break, Handover, Side, State, Stretch
from bulou.arrivals.models.journeys import Journey, Source, Station, Visit, VisitKey, Way
from bulou.arrivals.models.leads import Lead, Outcome
from bulou.arrivals.models.points import Alert, IsolationPoint, Lodging, Room
from bulou.arrivals.models.risk import AreaKey, AreaLevel, Exposure, Proposal, RiskArea
from bulou.arrivals.models.stays import DayOne, Part, PartTest, Stay, StayOver, Where

__all__ = [
    "Alert",
    "AreaKey",
    "AreaLevel",
    "Break",
    "DayOne",
    "Exposure",
    "Handover",
    "IsolationPoint",
    "Journey",
    "Lead",
    "Lodging",
    "Outcome",
    "Part",
    "PartTest",
    "Proposal",
    "RiskArea",
    "Room",
    "Side",
    "Source",
    "State",
    "Station",
    "Stay",
    "StayOver",
    "Stretch",
    "Visit",
    "VisitKey",
    "Way",
    "Where",
]

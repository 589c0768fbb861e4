"""The nouns of arrivals."""

from bulou.arrivals.models.custody import Break, Handover, Side, State, Stretch
from bulou.arrivals.models.journeys import Journey, Source, Station, Visit, VisitKey, Way
from bulou.arrivals.models.risk import AreaKey, AreaLevel, Exposure, Proposal, RiskArea
from bulou.arrivals.models.stays import DayOne, Part, PartTest, Stay, StayOver, Where

__all__ = [
    "AreaKey",
    "AreaLevel",
    "Break",
    "DayOne",
    "Exposure",
    "Handover",
    "Journey",
    "Part",
    "PartTest",
    "Proposal",
    "RiskArea",
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

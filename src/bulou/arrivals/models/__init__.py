"""The nouns of arrivals."""

from bulou.arrivals.models.custody import Break, Handover, Side, State, Stretch
from bulou.arrivals.models.journeys import Journey, Source, Station, Visit, VisitKey, Way
from bulou.arrivals.models.risk import AreaKey, AreaLevel, Exposure, Proposal, RiskArea

__all__ = [
    "AreaKey",
    "AreaLevel",
    "Break",
    "Exposure",
    "Handover",
    "Journey",
    "Proposal",
    "RiskArea",
    "Side",
    "Source",
    "State",
    "Station",
    "Stretch",
    "Visit",
    "VisitKey",
    "Way",
]

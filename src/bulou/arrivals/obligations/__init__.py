"""What is owed to people who come: one class, one kind.

Wherever kinds are listed they stand in the order in which they are imported here: as a journey goes.
"""

# isort: off
from bulou.arrivals.obligations.base import DESK
from bulou.arrivals.obligations.leads import Find, Search
from bulou.arrivals.obligations.meeting import FirstHand
from bulou.arrivals.obligations.decisions import Decide
from bulou.arrivals.obligations.custody import ExplainBreak, Giving, Taking
from bulou.arrivals.obligations.stays import Placed
from bulou.arrivals.obligations.points import AnswerAlert, Discharged, Meal, PointCheck, RoomGiven, Sampled
# isort: on

__all__ = [
    "DESK",
    "AnswerAlert",
    "Decide",
    "Discharged",
    "ExplainBreak",
    "Find",
    "FirstHand",
    "Giving",
    "Meal",
    "Placed",
    "PointCheck",
    "RoomGiven",
    "Sampled",
    "Search",
    "Taking",
]

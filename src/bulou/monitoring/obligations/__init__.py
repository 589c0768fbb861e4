"""What is owed to and by people under home health monitoring: one class, one kind.

Wherever kinds are listed they stand in the order in which they are imported here: as the days go.
"""

# isort: off
from bulou.monitoring.obligations.daily import DailyContact, HealthReport, Needs
from bulou.monitoring.obligations.sampling import Sampling
from bulou.monitoring.obligations.beginning import (
    FIVE_SEATS,
    FirstContact,
    FiveSeats,
    Notice,
    Room,
    Undertaking,
)
from bulou.monitoring.obligations.abnormal import AbnormalFollowUp
from bulou.monitoring.obligations.release import Release
# isort: on

__all__ = [
    "FIVE_SEATS",
    "AbnormalFollowUp",
    "DailyContact",
    "FirstContact",
    "FiveSeats",
    "HealthReport",
    "Needs",
    "Notice",
    "Release",
    "Room",
    "Sampling",
    "Undertaking",
]

"""What the hands that have somebody mean: on the way, or at a place where a measure is carried out."""

from __future__ import annotations

from enum import StrEnum

from bulou.arrivals.models import State, Where


class Hands(StrEnum):
    """Where somebody is, as far as whoever has them tells."""

    NOBODY = "nobody"
    ON_THE_WAY = "on_the_way"
    CENTRAL = "central"
    HOME = "home"
    HOSPITAL = "hospital"
    ENDED = "ended"


ROLES = {
    "pickup_desk": Hands.ON_THE_WAY,
    "station_desk": Hands.ON_THE_WAY,
    "driver": Hands.ON_THE_WAY,
    "isolation_point": Hands.CENTRAL,
    "hospital": Hands.HOSPITAL,
}
"""Any other post is one of the place where the person lives."""

FITTING = {
    Where.CENTRAL: Hands.CENTRAL,
    Where.HOME: Hands.HOME,
    Where.WATCH: Hands.HOME,
    Where.FREE: Hands.HOME,
}
STAYING = frozenset({Hands.CENTRAL, Hands.HOME, Hands.HOSPITAL})


def hands_of(state: str, role: str | None) -> Hands:
    """What a stretch of a journey says."""
    if state == State.ENDED:
        return Hands.ENDED
    if state != State.HELD or role is None:
        return Hands.ON_THE_WAY if state == State.BETWEEN else Hands.NOBODY
    return ROLES.get(role, Hands.HOME)

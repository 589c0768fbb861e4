"""What a journey's page shows of hands, hand-overs and breaks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from bulou.arrivals.models import State
from bulou.command.arrivals import words
from bulou.command.subjects import Face
from bulou.places.queries import Owner


@dataclass(frozen=True)
class Broke:
    """A break of custody at a hand-over. `words` is its explanation, where it was opened."""

    id: int
    title: str
    opens_at: datetime
    mended_at: datetime | None
    explained_at: datetime | None
    seat: str
    owner: Owner | None
    words: str = ""

    @property
    def is_owed(self) -> bool:
        """Whether somebody has still to explain it."""
        return self.mended_at is None and self.explained_at is None


@dataclass(frozen=True)
class Handed:
    """One hand-over: both sides, and who has not spoken."""

    uid: UUID
    giver_post: int | None
    giver: str
    gave_at: datetime | None
    receiver_post: int | None
    receiver: str
    took_at: datetime | None
    missing: str
    seat: str
    owner: Owner | None
    breaks: tuple[Broke, ...]

    @property
    def moment(self) -> datetime | None:
        """When it counts."""
        return self.took_at or self.gave_at


@dataclass
class Step:
    """Whose hands from one instant until another, and the hand-overs that led there."""

    state: State
    post: int | None
    seat: str
    owner: Owner | None
    starts_at: datetime
    ends_at: datetime | None
    handed: list[Handed] = field(default_factory=list)

    @property
    def look(self) -> tuple[str, str]:
        """The colour and the icon of the state."""
        return words.LOOKS[self.state]


@dataclass(frozen=True)
class Companion:
    """Somebody of the same party."""

    face: Face
    state: State
    number: str

    @property
    def look(self) -> tuple[str, str]:
        """The colour and the icon of the state."""
        return words.LOOKS[self.state]


@dataclass(frozen=True)
class Been:
    """Where the person was: opened with a reason only."""

    where: str
    since: Any
    until: Any

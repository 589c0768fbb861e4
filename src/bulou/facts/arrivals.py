"""What is told about people who come: journeys, hand-overs, breaks of custody."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bulou.facts.base import Fact, Word
from bulou.facts.health import Symptom, Temperature

Seconds = Annotated[int, Field(ge=-86_400 * 3_650, le=86_400 * 3_650)]


class JourneyFact(Fact):
    """A fact about a journey, named by its number."""

    kind: ClassVar[str] = "arrivals.noted"
    subject_type: ClassVar[str] = "journey"
    from_outside: ClassVar[bool] = False


class Registered(JourneyFact):
    """Somebody is known to come. Who, from where and how is sealed in the journey."""

    kind = "arrivals.registered"
    arrives_at: dt.datetime


class Redated(JourneyFact):
    """The arrival is expected at another time."""

    kind = "arrivals.redated"
    arrives_at: dt.datetime


class Redirected(JourneyFact):
    """The journey goes to another place of the county from now on; the event's place is the new one."""

    kind = "arrivals.redirected"


class SideFact(JourneyFact):
    """One side of a hand-over, told by the phone of the post whose side it is.

    `handover` is worked out by both sides alike (`arrivals.codes`). `clock_off`: by how many seconds the
    phone's clock was ahead of the server's when it last knew.
    """

    kind: ClassVar[str] = "arrivals.side"
    from_outside: ClassVar[bool] = True
    own_post: ClassVar[str | None] = "post"
    handover: uuid.UUID
    post: int
    clock_off: Seconds = 0


class Gave(SideFact):
    """The post gave the person to another; `to` where it knows whom."""

    kind = "arrivals.gave"
    to: int | None = None


class Took(SideFact):
    """The post took the person; `giver` where it knows from whom."""

    kind = "arrivals.took"
    giver: int | None = None
    how: Literal["qr", "code", "list"] = "list"


class SideWithdrawn(JourneyFact):
    """A side was told by mistake and never happened; the event corrects the one that told it."""

    kind = "arrivals.side_withdrawn"


class JourneyEnd(StrEnum):
    """Why a journey needs nobody's hands any more."""

    RELEASED = "released"
    TRANSFERRED = "transferred"
    NOT_COMING = "not_coming"
    NOT_FOUND = "not_found"
    DIED = "died"
    MISTAKEN = "mistaken"


class JourneyEnded(JourneyFact):
    """The journey ended at the moment the event happened."""

    kind = "arrivals.ended"
    reason: JourneyEnd


class Reopened(JourneyFact):
    """Somebody was taken whose journey had ended: it goes on."""

    kind = "arrivals.reopened"


class HandoverFact(Fact):
    """A fact about a hand-over itself: the room records it when a side is heard of."""

    kind: ClassVar[str] = "arrivals.handover_noted"
    subject_type: ClassVar[str] = "handover"
    from_outside: ClassVar[bool] = False


class GivingKnown(HandoverFact):
    """The giver's side of a hand-over is known, from the moment at which it happened."""

    kind = "arrivals.giving_known"


class TakingKnown(HandoverFact):
    """The receiver's side of a hand-over is known, from the moment at which it happened."""

    kind = "arrivals.taking_known"


class SideVoid(HandoverFact):
    """What was known of a side is void; the event corrects the one that told it."""

    kind = "arrivals.side_void"


class BreakFact(Fact):
    """A fact about a break of custody."""

    kind: ClassVar[str] = "arrivals.break_noted"
    subject_type: ClassVar[str] = "custody_break"
    from_outside: ClassVar[bool] = False


class BreakFound(BreakFact):
    """Custody was broken: somebody had the person out of turn, or took them by themselves."""

    kind = "arrivals.break_found"


class BreakMended(BreakFact):
    """A side that came in later shows that custody was not broken there."""

    kind = "arrivals.break_mended"


class BreakExplained(BreakFact):
    """The one who answers for a break said how it came about; the words are sealed with it."""

    kind = "arrivals.break_explained"


class StayFact(Fact):
    """A fact about a stay: a part of a decision that is carried out."""

    kind: ClassVar[str] = "arrivals.stay_noted"
    subject_type: ClassVar[str] = "stay"
    from_outside: ClassVar[bool] = False


class StayPlanned(StayFact):
    """What is to be carried out, or until when, was decided, or worked out anew."""

    kind = "arrivals.stay_planned"


class StayBegun(StayFact):
    """The person came into hands that keep them where the decision says."""

    kind = "arrivals.stay_begun"


class StayLeft(StayFact):
    """Whose stay in central isolation was over came into other hands."""

    kind = "arrivals.stay_left"


class RoomGiven(StayFact):
    """The person was given a room at an isolation point."""

    kind = "arrivals.room_given"


class TendedFact(StayFact):
    """What was done for somebody where they stay; told by whoever has them."""

    kind: ClassVar[str] = "arrivals.tended"
    from_outside: ClassVar[bool] = True


class PointChecked(TendedFact):
    """Temperature (°C) and symptoms. `window` names the window of `date` that it is for."""

    kind = "arrivals.point_checked"
    temperature: Temperature
    symptoms: tuple[Symptom, ...] = ()
    window: Word | None = None
    date: dt.date | None = None


class MealServed(TendedFact):
    """A meal was brought to the door; `window` names which of `date`."""

    kind = "arrivals.meal_served"
    window: Word | None = None
    date: dt.date | None = None


class Sampled(TendedFact):
    """A sample was taken, or its result came."""

    kind = "arrivals.sampled"
    result: Literal["pending", "negative", "positive"] = "pending"


class AlertAnswered(TendedFact):
    """A clinician answered a check with fever or symptoms."""

    kind = "arrivals.alert_answered"
    outcome: Literal["normal", "observe", "fever_clinic", "hospital"]


class StayNeverBegan(StayFact):
    """What was told of a beginning is void; the event corrects the one that told it."""

    kind = "arrivals.stay_never_began"


class AreaChanged(Fact):
    """A risk area was recorded, or its last day is known."""

    kind = "arrivals.area_changed"
    subject_type: ClassVar[str] = "risk_area"
    from_outside: ClassVar[bool] = False


class ProposalFact(Fact):
    """A fact about the question what a person's history means for them."""

    kind: ClassVar[str] = "arrivals.proposal_noted"
    subject_type: ClassVar[str] = "proposal"
    from_outside: ClassVar[bool] = False


class Stay(StrEnum):
    """Where somebody stays by a decision."""

    CENTRAL = "central"
    HOME = "home"
    NONE = "none"


class Decided(ProposalFact):
    """Somebody entitled decided what holds for the person. On what ground is sealed in the proposal."""

    kind = "arrivals.decided"
    stay: Stay
    days: int = Field(ge=0, le=60)

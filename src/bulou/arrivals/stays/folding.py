"""The stays of one journey as a function of its decisions and its stretches, whenever each was heard of.

It walks through the moments at which something can change: a decision, other hands, the end of a part, a
release. docs/arrivals.md §5 says the rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from bulou.arrivals.models import StayOver, Where
from bulou.arrivals.stays.hands import FITTING, STAYING, Hands
from bulou.kernel import clock
from bulou.kernel.fields import MICROSECOND

BY_TIME = (StayOver.SERVED, StayOver.RELEASED, StayOver.LAPSED)
"""Why a part needs nothing more."""


@dataclass(frozen=True)
class Planned:
    """A part of a decision."""

    part: int
    where: Where
    starts_at: datetime
    ends_at: datetime

    @property
    def last_day(self) -> date:
        """The last day that belongs to it."""
        return clock.local(self.ends_at - MICROSECOND).date()


@dataclass(frozen=True)
class Decision:
    """What was decided, and from when it stands."""

    decided_at: datetime
    parts: Sequence[Planned]


@dataclass(frozen=True)
class Held:
    """Whose hands the person is in from a moment on."""

    since: datetime
    hands: Hands


@dataclass(frozen=True)
class Run:
    """A part being carried out for the first time, or again."""

    planned: Planned
    run: int
    due_from: datetime | None = None
    begun_at: datetime | None = None
    over_at: datetime | None = None
    reason: str = ""
    left_at: datetime | None = None
    """When, after it was over, the person came into hands that do not fit it."""

    @property
    def key(self) -> tuple[int, int]:
        """By what it is the same when it is worked out again."""
        return self.planned.part, self.run


@dataclass(frozen=True)
class Story:
    """The runs of a journey, and when the last of them was over with the person at home."""

    runs: list[Run]
    finished_at: datetime | None


def fold(
    decisions: Sequence[Decision],
    held: Sequence[Held],
    *,
    expected_at: datetime,
    now: datetime,
    released: dict[tuple[int, int], datetime],
) -> Story:
    """What became of a journey's decisions until now.

    `decisions` and `held` in the order of their moments; `released`: when a run was ended by an act.
    """
    walk = _Walk(list(decisions), list(held), expected_at, released)
    moments = {one.decided_at for one in decisions} | {one.since for one in held} | set(released.values())
    moments |= {part.ends_at for decision in decisions for part in decision.parts}
    for moment in sorted(moment for moment in moments if moment <= now):
        walk.at(moment)
    return walk.story()


@dataclass
class _Walk:
    """The state of the fold: what runs, what is still to come, what is over."""

    decisions: list[Decision]
    held: list[Held]
    expected_at: datetime
    released: dict[tuple[int, int], datetime]
    running: Run | None = None
    waiting: list[Run] = field(default_factory=list)
    over: list[Run] = field(default_factory=list)
    hands: Hands = Hands.NOBODY
    in_hands_since: datetime | None = None

    def at(self, moment: datetime) -> None:
        """Live through one moment."""
        while self.held and self.held[0].since <= moment:
            self.in_hands_since, self.hands = self.held[0].since, self.held[0].hands
            self.held.pop(0)
            self._leave_behind()
        self._let_time_pass(moment)
        while self.decisions and self.decisions[0].decided_at <= moment:
            self._decide(self.decisions.pop(0), moment)
        self._break_off(moment)
        self._begin(moment)

    def story(self) -> Story:
        """What the moments have left."""
        still = [*([self.running] if self.running else []), *self.waiting]
        return Story([*self.over, *still], None if still else self._finished_at())

    def _finished_at(self) -> datetime | None:
        """When the last part was over and the person at home."""
        ends = [one.over_at for one in self.over if one.reason in BY_TIME and one.over_at]
        if self.hands != Hands.HOME or self.in_hands_since is None or not ends:
            return None
        return max(*ends, self.in_hands_since)

    def _leave_behind(self) -> None:
        """Whoever is in other hands has left where they stayed before."""
        self.over = [
            replace(one, left_at=self.in_hands_since) if self._has_been_left(one) else one
            for one in self.over
        ]

    def _has_been_left(self, run: Run) -> bool:
        stays = FITTING[run.planned.where] == self.hands
        return run.begun_at is not None and run.left_at is None and not stays

    def _let_time_pass(self, moment: datetime) -> None:
        if self.running:
            freed = self.released.get(self.running.key)
            if freed is not None and freed <= moment:
                self._end(max(freed, self.running.begun_at or freed), StayOver.RELEASED)
            elif self.running.planned.ends_at <= moment:
                self._end(self.running.planned.ends_at, StayOver.SERVED)
        while not self.running and self.waiting and self.waiting[0].planned.ends_at <= moment:
            lapsed = self.waiting.pop(0)
            self.over.append(replace(lapsed, over_at=lapsed.planned.ends_at, reason=StayOver.LAPSED))
            self._next_is_due(lapsed.planned.ends_at)

    def _decide(self, decision: Decision, moment: datetime) -> None:
        if self.running:
            self._end(moment, StayOver.REPLACED)
        self._drop(moment, StayOver.REPLACED)
        runs = [Run(part, 0) for part in decision.parts]
        self.waiting = [one for one in runs if one.planned.ends_at > moment]
        self.over += [
            replace(one, over_at=moment, reason=StayOver.LAPSED) for one in runs if one not in self.waiting
        ]
        self._next_is_due(max(moment, self.expected_at))

    def _break_off(self, moment: datetime) -> None:
        if self.hands == Hands.ENDED:
            if self.running:
                self._end(moment, StayOver.ENDED)
            self._drop(moment, StayOver.ENDED)
        elif self.running and self.hands in STAYING:
            self._leave(self.running, moment)

    def _leave(self, run: Run, moment: datetime) -> None:
        """The person is in hands that do not keep them where the running part says."""
        if self.hands == FITTING[run.planned.where]:
            return
        if self.hands != Hands.HOSPITAL and clock.local(moment).date() >= run.planned.last_day:
            self._end(moment, StayOver.SERVED)
            return
        to_hospital = self.hands == Hands.HOSPITAL
        rest = Run(run.planned, run.run + 1, due_from=None if to_hospital else moment)
        self._end(moment, StayOver.HOSPITAL if to_hospital else StayOver.LEFT)
        self.waiting.insert(0, rest)
        for later, one in enumerate(self.waiting[1:], 1):
            self.waiting[later] = replace(one, due_from=None)

    def _begin(self, moment: datetime) -> None:
        if self.running or not self.waiting or self.hands == Hands.HOSPITAL:
            return
        head = self.waiting[0]
        if head.due_from is None:
            head = self.waiting[0] = replace(head, due_from=moment)
        if self.hands == FITTING[head.planned.where]:
            self.waiting.pop(0)
            self.running = replace(head, begun_at=moment)

    def _end(self, moment: datetime, reason: StayOver) -> None:
        assert self.running is not None  # noqa: S101  the callers have looked
        self.over.append(replace(self.running, over_at=moment, reason=reason))
        self.running = None
        if moment == self.in_hands_since:
            self._leave_behind()
        self._next_is_due(moment)

    def _drop(self, moment: datetime, reason: StayOver) -> None:
        self.over += [replace(one, over_at=moment, reason=reason) for one in self.waiting]
        self.waiting = []

    def _next_is_due(self, moment: datetime) -> None:
        if self.waiting and self.hands != Hands.HOSPITAL:
            self.waiting[0] = replace(self.waiting[0], due_from=moment)

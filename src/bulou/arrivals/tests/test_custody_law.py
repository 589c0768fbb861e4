"""The law of custody: any sides, told in any order, twice or corrected, leave one holder or one named gap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from random import Random
from uuid import UUID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulou.arrivals.models import Break, Handover, Journey, State, Stretch
from bulou.arrivals.reconcile import CHECKS
from bulou.arrivals.tests import build
from bulou.facts.arrivals import Gave, Took
from bulou.kernel import clock
from bulou.kernel.database import atomic
from bulou.kernel.ids import uuid7
from bulou.obligations import engine
from bulou.obligations.kinds import KINDS
from bulou.obligations.models import Obligation
from bulou.obligations.reconcile import reconcile
from bulou.sync.intake import receive

NAMES = UUID("6f2d0b3e-6d52-5c7e-9f0a-0f5b3e1f4a11")
END = build.minutes(1_000)


@dataclass(frozen=True)
class Told:
    """One side as a phone tells it: of which journey and hand-over, by whom, when (minutes after noon)."""

    journey: int
    handover: int
    took: bool
    post: int
    other: int | None
    at: int
    clock_off: int
    corrects: int | None


told = st.builds(
    Told,
    journey=st.integers(0, 1),
    handover=st.integers(0, 3),
    took=st.booleans(),
    post=st.integers(0, 7),
    other=st.none() | st.integers(0, 7),
    at=st.integers(-30, 300),
    clock_off=st.sampled_from([0, 0, 0, 3_600, -60]),
    corrects=st.none() | st.integers(0, 12),
)


class Phones:
    """The phones' outboxes: every side has its message, with its own id."""

    def __init__(self, posts: list, journeys: list[Journey]) -> None:
        self.posts, self.journeys = posts, journeys
        self.messages: list[tuple[str, dict]] = []

    def write(self, side: Told) -> None:
        journey, post = self.journeys[side.journey], self.posts[side.post]
        kind = Took.kind if side.took else Gave.kind
        data = {"handover": str(uuid5(NAMES, str(side.handover))), "post": post.pk}
        if side.other is not None:
            data["giver" if side.took else "to"] = self.posts[side.other].pk
        if side.clock_off:
            data["clock_off"] = side.clock_off
        happened = build.minutes(side.at) + timedelta(seconds=side.clock_off)
        message = {
            "id": str(uuid7()),
            "kind": kind,
            "subject": journey.number,
            "happened_at": happened.isoformat(),
            "data": data,
        }
        earlier = [
            one for _by, one in self.messages if (one["kind"], one["subject"]) == (kind, journey.number)
        ]
        if side.corrects is not None and earlier:
            message["corrects"] = earlier[side.corrects % len(earlier)]["id"]
        self.messages.append((f"post:{post.pk}", message))

    def send(self, order: Random) -> None:
        """Everything arrives, some of it twice; what corrects follows what it corrects, however late."""
        waiting = [*self.messages, *order.sample(self.messages, len(self.messages) // 2)]
        order.shuffle(waiting)
        arrived: set[str] = set()
        with clock.at(END):
            while waiting:
                by, message = waiting.pop(0)
                if message.get("corrects", "") not in ("", *arrived):
                    waiting.append((by, message))
                    continue
                (answer,) = receive([message], actor=by, scope=build.COUNTY)
                assert answer["status"] in ("new", "identical"), answer
                arrived.add(message["id"])


def outcome(journeys: list[Journey]) -> list:
    """The timelines and what stands of breaks, without numbers that depend on the order."""
    spans = [build.timeline(one) for one in journeys]
    breaks = Break.objects.filter(mended_at__isnull=True).values_list(
        "journey", "handover__uid", "ground", "owner"
    )
    return [spans, sorted(breaks, key=str)]


class Undo(Exception):
    """What was written goes back."""


def play(phones: Phones, order: Random) -> list:
    """Send the messages in one order into the county; what they leave behind, before it is taken back."""
    left: list = []
    try:
        with atomic():
            phones.send(order)
            for kind in KINDS.values():
                engine.tick_kind(kind, END)
            check_law(phones.journeys)
            left = outcome(phones.journeys)
            raise Undo
    except Undo:
        return left


def check_law(journeys: list[Journey]) -> None:
    """One state at every moment; a holder, or a gap in the books; the ledger agrees."""
    for journey in journeys:
        spans = list(Stretch.objects.filter(journey=journey).order_by("starts_at"))
        assert spans[0].starts_at <= journey.registered_at
        assert spans[-1].ends_at is None
        for one, following in pairwise(spans):
            assert one.ends_at == following.starts_at
        now = spans[-1]
        if now.state == State.HELD:
            assert now.post_id is not None
        else:
            assert owed_for(journey, now), f"nobody has {journey} and nobody owes them"
    assert not [difference for check in CHECKS for difference in check()]
    assert not reconcile()


def owed_for(journey: Journey, now: Stretch) -> bool:
    """Whether the books hold an undone line for a person whom nobody has."""
    undone = Obligation.objects.filter(met_at__isnull=True, excused_at__isnull=True)
    if now.state == State.EXPECTED:
        return undone.filter(subject=journey.pk, window__kind__name="arrivals.first_hand").exists()
    between = Handover.objects.filter(journey=journey, took_at__isnull=True, gave_at=now.starts_at)
    taking = undone.filter(window__kind__name="arrivals.taking", subject__in=between.values("pk"))
    return taking.exists()


@pytest.fixture
def county(db):
    """Posts, and two journeys to two townships; of all kinds only this room's are owed."""
    registered = dict(KINDS)
    KINDS.clear()
    KINDS.update({name: kind for name, kind in registered.items() if name.startswith("arrivals.")})
    posts = build.county().all()
    yield posts, [build.journey(1), build.journey(2, place=build.OTHER_VILLAGE)]
    # In their order: ticks go through them as they were registered.
    KINDS.clear()
    KINDS.update(registered)


# Each example plays a county's messages twice: nights have more of them.
@settings(max_examples=max(15, settings().max_examples // 4))
@given(sides=st.lists(told, max_size=12), seeds=st.tuples(st.integers(0, 99), st.integers(100, 199)))
def test_any_sides_in_any_order_leave_one_holder_or_one_named_gap(county, sides, seeds):
    phones = Phones(*county)
    for side in sides:
        phones.write(side)
    first, second = (play(phones, Random(seed)) for seed in seeds)
    assert first == second

"""What a side of a hand-over changes when it is heard of: the journey's hand-overs, stretches and breaks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from bulou.arrivals import custody, ledger
from bulou.arrivals.models import Break, Handover, Journey, Side
from bulou.arrivals.obligations import FirstHand
from bulou.arrivals.stays import keeping
from bulou.facts import arrivals as facts
from bulou.kernel import clock, events
from bulou.kernel.database import in_parts
from bulou.kernel.events import NewEvent
from bulou.kernel.fields import from_micros
from bulou.obligations.orders import Orders
from bulou.places.models import Post

BY = "custody"
"""Who records what follows from the sides by itself."""


def hear(told: Sequence[NewEvent]) -> None:
    """Take up sides, of either kind, just appended to the ledger."""
    sides = _sides(told)
    Side.objects.bulk_create(sides)
    journeys = sorted({side.journey_id for side in sides})
    _reopen(sides)
    recount(journeys)
    _tell_known(sides)


def hear_withdrawn(told: Sequence[NewEvent]) -> None:
    """Take up that sides never happened."""
    mistaken = Side.objects.in_bulk([event.corrects for event in told])
    sides = [_void(event, mistaken[event.corrects]) for event in told if event.corrects in mistaken]
    Side.objects.bulk_create(sides)
    recount(sorted({side.journey_id for side in sides}))
    _tell_known(sides)


def _void(event: NewEvent, side: Side) -> Side:
    return Side(
        event=event.id,
        journey_id=side.journey_id,
        handover=side.handover,
        which=Side.Which.VOID,
        post_id=side.post_id,
        at=event.happened_at,
        happened_at=event.happened_at,
        received_at=event.received_at,
        corrects=side.event,
    )


def recount(journeys: Sequence[int]) -> None:
    """Bring all that is made of sides up to date for journeys, breaks included."""
    custody.amount_to(journeys, events.newest_seq())
    _breaks(journeys)
    keeping.settle(journeys)


def _sides(told: Sequence[NewEvent]) -> list[Side]:
    facts_ = [(event, _fact(event)) for event in told]
    named = {_other(fact) for _event, fact in facts_} | {fact.post for _event, fact in facts_}
    posts = set(Post.objects.filter(pk__in=[one for one in named if one]).values_list("pk", flat=True))
    return [
        Side(
            event=event.id,
            journey_id=event.subject,
            handover=fact.handover,
            which=Side.Which.GAVE if isinstance(fact, facts.Gave) else Side.Which.TOOK,
            post_id=fact.post,
            # A phone may name a post that has been put down by mistake; then nobody is named.
            other_id=other if (other := _other(fact)) in posts else None,
            at=moment_of(event, fact.clock_off),
            happened_at=event.happened_at,
            received_at=event.received_at,
            corrects=event.corrects,
        )
        for event, fact in facts_
        if fact.post in posts
    ]


def _fact(event: NewEvent) -> facts.Gave | facts.Took:
    kind = facts.Gave if event.kind == facts.Gave.kind else facts.Took
    return kind.model_validate(event.data)


def _other(fact: facts.Gave | facts.Took) -> int | None:
    return fact.to if isinstance(fact, facts.Gave) else fact.giver


def moment_of(event: NewEvent, clock_off: int) -> datetime:
    """When a side counts: the phone's clock put right, and never after we heard of it."""
    return min(event.happened_at - timedelta(seconds=clock_off), event.received_at)


def _reopen(sides: Iterable[Side]) -> None:
    """Somebody takes a person whose journey had ended: evidently they are here."""
    taken = {side.journey_id: side.at for side in sides if side.which == Side.Which.TOOK}
    ended = Journey.objects.filter(pk__in=list(taken), ended_at__isnull=False)
    again = [one for one in ended if one.ended_at is not None and one.ended_at < taken[one.pk]]
    for one in again:
        one.ended_at, one.end_reason, one.changed_seq = None, "", ledger.next_seq()
        one.save(update_fields=["ended_at", "end_reason", "changed_seq"])
    ledger.append([ledger.of_journey(one, facts.Reopened(), by=BY) for one in again])


KNOWN: dict[str, facts.HandoverFact] = {
    Side.Which.GAVE: facts.GivingKnown(),
    Side.Which.TOOK: facts.TakingKnown(),
    Side.Which.VOID: facts.SideVoid(),
}


def _tell_known(sides: Sequence[Side]) -> None:
    """Tell the books of each hand-over that its giver, or its receiver, has spoken; or never did."""
    numbers = _numbers_of(sides)
    earlier = {one.event: one.known for one in Side.objects.filter(event__in=[one.corrects for one in sides])}
    ledger.append(
        [
            replace(
                ledger.of_part(
                    KNOWN[side.which],
                    *numbers[side.journey_id, side.handover],
                    by=f"post:{side.post_id}",
                    happened_at=side.at,
                ),
                id=side.known,
                corrects=earlier.get(side.corrects) if side.corrects else None,
            )
            for side in sides
        ]
    )


def _numbers_of(sides: Sequence[Side]) -> dict[tuple[int, UUID], tuple[int, str]]:
    """The number and the place of each side's hand-over; one that never was has none."""
    return {
        (journey, uid): (pk, place)
        for part in in_parts(sorted({side.journey_id for side in sides}))
        for journey, uid, pk, place in Handover.objects.filter(journey__in=part).values_list(
            "journey_id", "uid", "pk", "journey__place"
        )
    }


def _breaks(journeys: Sequence[int]) -> None:
    """Breaks that the sides show now: new ones are found, those that they show no longer are mended."""
    orders = Orders()
    found = {
        (one.handover, one.ground, one.owner): one
        for one in custody.broken(
            custody.turns(journeys), lambda role, place, _at: role in takers(orders, place)
        )
    }
    standing = {
        (one.handover_id, one.ground, one.owner_id): one
        for part in in_parts(journeys)
        for one in Break.objects.filter(journey__in=part).select_related("journey")
    }
    now = clock.now()
    fresh = [_new(one, now) for key, one in found.items() if key not in standing]
    mended = [one for key, one in standing.items() if key not in found and one.mended_at is None]
    again = [one for key, one in standing.items() if key in found and one.mended_at is not None]
    if not (fresh or mended or again):
        return
    _keep(fresh, mended, again, now)


def takers(orders: Orders, place: str) -> tuple[str, ...]:
    """The roles that may take somebody first."""
    allowed: tuple[str, ...] = orders.of(FirstHand.name, place).takers
    return allowed


def _new(one: custody.Broken, now: datetime) -> Break:
    return Break(
        journey_id=one.journey,
        handover_id=one.handover,
        ground=one.ground,
        owner_id=one.owner,
        # Nobody can explain what nobody knows of yet.
        opens_at=max(from_micros(one.at), now),
    )


def _keep(fresh: list[Break], mended: list[Break], again: list[Break], now: datetime) -> None:
    seq = ledger.next_seq()
    for one in fresh:
        one.changed_seq = seq
    Break.objects.bulk_create(fresh)
    for one in mended:
        one.mended_at, one.changed_seq = now, seq
    for one in again:
        one.mended_at, one.changed_seq = None, seq
    Break.objects.bulk_update([*mended, *again], ["mended_at", "changed_seq"])
    places = dict(
        Journey.objects.filter(pk__in=[one.journey_id for one in (*fresh, *mended, *again)]).values_list(
            "pk", "place"
        )
    )
    found, put_right = facts.BreakFound(), facts.BreakMended()
    ledger.append(
        [ledger.of_part(found, one.pk, places[one.journey_id], by=BY) for one in (*fresh, *again)]
        + [ledger.of_part(put_right, one.pk, places[one.journey_id], by=BY) for one in mended]
    )

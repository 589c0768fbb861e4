"""From sides to hand-overs, stretches and breaks: a function of the set of sides, whatever their order.

docs/arrivals.md §2 and §3 say the rules. Each step is one statement for any number of journeys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bulou.arrivals.models import Break, State
from bulou.kernel.database import among, in_parts, rows, run

SIDE, HANDOVER, JOURNEY = "arrivals_side", "arrivals_handover", "arrivals_journey"
STRETCH, BREAK, POST = "arrivals_stretch", "arrivals_break", "places_post"
MOMENT = "coalesce(h.took_at, h.gave_at)"
"""When a hand-over counts: when the receiver took, else when the giver gave."""


def amount_to(journeys: Sequence[int], seq: int) -> None:
    """Bring hand-overs and stretches of journeys to what their sides say; what changed is marked `seq`."""
    for part in in_parts(journeys):
        _handovers(part, seq)
        _stretches(part)


VALID = f"s.which <> 'void' AND NOT EXISTS (SELECT 1 FROM {SIDE} c WHERE c.corrects = s.event)"
"""SQL: a side that nothing corrects."""
AMOUNTS = ("giver_id", "receiver_id", "gave_at", "took_at")


def _handovers(journeys: Sequence[int], seq: int) -> None:
    condition, ids = among("s.journey_id", journeys)
    changed = " OR ".join(f"{HANDOVER}.{name} IS DISTINCT FROM excluded.{name}" for name in AMOUNTS)
    run(
        f"INSERT INTO {HANDOVER} (journey_id, uid, {', '.join(AMOUNTS)}, changed_seq) "
        "SELECT journey_id, handover, "
        f"coalesce({_of('gave', 'post_id')}, {_of('took', 'other_id')}), "
        f"coalesce({_of('took', 'post_id')}, {_of('gave', 'other_id')}), "
        f"{_of('gave', 'at')}, {_of('took', 'at')}, %s "
        "FROM (SELECT s.*, row_number() OVER (PARTITION BY journey_id, handover, which ORDER BY at, event) n "
        f"FROM {SIDE} s WHERE {condition} AND {VALID}) firsts WHERE n = 1 GROUP BY journey_id, handover "
        "ON CONFLICT (journey_id, uid) DO UPDATE SET "
        f"{', '.join(f'{name} = excluded.{name}' for name in AMOUNTS)}, changed_seq = excluded.changed_seq "
        f"WHERE {changed}",
        (seq, ids),
    )
    _never_were(journeys, seq)


def _never_were(journeys: Sequence[int], seq: int) -> None:
    """Hand-overs of which every side has been corrected away."""
    condition, ids = among("journey_id", journeys)
    sides = (
        f"SELECT 1 FROM {SIDE} s WHERE s.journey_id = {HANDOVER}.journey_id AND s.handover = {HANDOVER}.uid"
    )
    run(
        f"UPDATE {HANDOVER} SET {', '.join(f'{name} = NULL' for name in AMOUNTS)}, changed_seq = %s "
        f"WHERE {condition} AND coalesce(gave_at, took_at) IS NOT NULL "
        f"AND NOT EXISTS ({sides} AND {VALID})",
        (seq, ids),
    )


def _of(which: str, column: str) -> str:
    """SQL: a column of the first side of one kind, within a group by hand-over."""
    return f"max(CASE WHEN which = '{which}' THEN {column} END)"


def _stretches(journeys: Sequence[int]) -> None:
    condition, ids = among("journey_id", journeys)
    run(f"DELETE FROM {STRETCH} WHERE {condition}", (ids,))
    of_journeys, _ids = among("j.id", journeys)
    of_handovers, _ids = among("h.journey_id", journeys)
    run(
        f"INSERT INTO {STRETCH} (journey_id, state, post_id, starts_at, ends_at) "
        "SELECT journey_id, state, post_id, at, until FROM (SELECT m.*, lead(at) OVER "
        "(PARTITION BY journey_id ORDER BY at, rank, uid) AS until FROM ("
        f"{_registered(of_journeys)} UNION ALL {_handed(of_handovers)} UNION ALL {_ended(of_journeys)}"
        ") m) stretches WHERE until IS NULL OR until > at",
        (ids, ids, ids),
    )


def _registered(condition: str) -> str:
    """SQL: the first moment of each journey, at which somebody is expected."""
    first = f"(SELECT min({MOMENT}) FROM {HANDOVER} h WHERE h.journey_id = j.id)"
    at = f"CASE WHEN {first} < j.registered_at THEN {first} ELSE j.registered_at END"
    return (
        f"SELECT j.id AS journey_id, '{State.EXPECTED}' AS state, j.desk_id AS post_id, {at} AS at, "
        f"0 AS rank, NULL AS uid FROM {JOURNEY} j WHERE {condition}"
    )


def _handed(condition: str) -> str:
    """SQL: the moment of each hand-over."""
    return (
        f"SELECT h.journey_id, CASE WHEN h.took_at IS NULL THEN '{State.BETWEEN}' ELSE '{State.HELD}' END, "
        f"coalesce(h.receiver_id, j.desk_id), {MOMENT}, 1, h.uid "
        f"FROM {HANDOVER} h JOIN {JOURNEY} j ON j.id = h.journey_id "
        f"WHERE {condition} AND {MOMENT} IS NOT NULL"
    )


def _ended(condition: str) -> str:
    """SQL: the moment from which nobody has to have the person."""
    return (
        f"SELECT j.id, '{State.ENDED}', NULL, j.ended_at, 2, NULL FROM {JOURNEY} j "
        f"WHERE {condition} AND j.ended_at IS NOT NULL"
    )


@dataclass(frozen=True)
class Broken:
    """Custody broken at a hand-over: who explains it, and since when (microseconds)."""

    journey: int
    handover: int
    ground: str
    owner: int | None
    at: int


@dataclass(frozen=True)
class Turn:
    """A hand-over in its turn, beside the one before it. Posts by number, moments in microseconds."""

    journey: int
    handover: int
    at: int
    taken: bool
    giver: int | None
    receiver: int | None
    role: str | None
    place: str
    desk: int | None
    first: bool
    before_taken: bool
    before_giver: int | None
    before_receiver: int | None

    @property
    def out_of_turn(self) -> bool:
        """Whether the giver is not the one who had the person.

        After a giving that nobody took, the person may still be with its giver.
        """
        if self.first:
            return False
        had = {self.before_receiver} if self.before_taken else {self.before_receiver, self.before_giver}
        return self.giver is None or self.giver not in had

    @property
    def had_before(self) -> int | None:
        """Who had the person before, as far as is known."""
        return self.before_receiver if self.before_taken else self.before_giver


def turns(journeys: Sequence[int]) -> list[Turn]:
    """Every hand-over of journeys, each beside the one before it."""
    return [turn for part in in_parts(journeys) for turn in _turns(part)]


def _turns(journeys: Sequence[int]) -> list[Turn]:
    condition, ids = among("h.journey_id", journeys)
    before = f"OVER (PARTITION BY h.journey_id ORDER BY {MOMENT}, h.uid)"
    found = rows(
        f"SELECT h.journey_id, h.id, {MOMENT}, h.took_at, h.giver_id, h.receiver_id, p.role, j.place, "
        f"j.desk_id, lag(h.id) {before}, lag(h.took_at) {before}, lag(h.giver_id) {before}, "
        f"lag(h.receiver_id) {before} FROM {HANDOVER} h JOIN {JOURNEY} j ON j.id = h.journey_id "
        f"LEFT JOIN {POST} p ON p.id = h.receiver_id WHERE {condition} AND {MOMENT} IS NOT NULL "
        "ORDER BY h.id",
        (ids,),
    )
    return [_turn(row) for row in found]


def _turn(row: tuple[Any, ...]) -> Turn:
    journey, handover, at, took, giver, receiver, role, place, desk, previous, before_took, *before = row
    return Turn(
        journey=journey,
        handover=handover,
        at=at,
        taken=took is not None,
        giver=giver,
        receiver=receiver,
        role=role,
        place=place,
        desk=desk,
        first=previous is None,
        before_taken=before_took is not None,
        before_giver=before[0],
        before_receiver=before[1],
    )


def broken(found: Sequence[Turn], takes_first: Any) -> list[Broken]:
    """The breaks among hand-overs; `takes_first(role, place, at)`: may a post of this role take first?"""
    breaks = []
    for turn in found:
        if turn.out_of_turn:
            breaks.append(_broken(turn, Break.Ground.OUT_OF_TURN, turn.had_before))
        elif turn.first and turn.taken and not takes_first(turn.role, turn.place, turn.at):
            breaks.append(_broken(turn, Break.Ground.OWN_PICKUP, turn.desk))
    return breaks


def _broken(turn: Turn, ground: str, owner: int | None) -> Broken:
    return Broken(turn.journey, turn.handover, str(ground), owner, turn.at)

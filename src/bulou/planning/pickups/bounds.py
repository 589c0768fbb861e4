"""What no plan can go below."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bulou.planning.pickups.loads import Crew, latest_arrival, latest_pickup
from bulou.planning.pickups.model import Metres, Party, Task

Matrix = NDArray[np.int64]


def radial(task: Task, crews: list[Crew]) -> Metres:
    """A lower bound of the objective, after Haimovich and Rinnooy Kan's for the capacitated problem (1985).

    On a trip everybody is on board at once. If party i can be there with no more than Sᵢ people, itself among
    them, then the trip is at least as long as Σ pᵢ/Sᵢ times its members' own ways (base, origin, destination,
    base), since the factors add up to 1 or less and no way is longer than the trip. Sᵢ is what the largest
    vehicle holds, or all whom the windows let ride with i, if those are fewer. The sum over all parties, each
    from the nearest base, or its price if that is less, so holds for every plan.
    """
    levels = {party.level for party in task.parties}
    return int(sum(_of_level(task, crews, level) for level in sorted(levels)))


def _of_level(task: Task, crews: list[Crew], level: str) -> float:
    parties = [party for party in task.parties if party.level == level]
    able = [crew for crew in crews if crew.may_carry(level)]
    people = np.array([party.size for party in parties])
    price = people * task.rules.unserved_cost
    if not able:
        return float(price.sum())
    metres, index = shortest(task.travel.metres), task.travel.index
    origin = np.array([index[party.origin] for party in parties])
    end = np.array([index[party.destination] for party in parties])
    bases = np.array(sorted({crew.base for crew in able}))
    way = (metres[bases][:, origin] + metres[:, bases].T[:, end]).min(axis=0) + metres[origin, end]
    places = max(crew.capacity[0] + crew.capacity[1] for crew in able)
    company = np.minimum(_together(task, parties, origin, end) @ people, places)
    return float(np.minimum(price, way * people / np.maximum(company, people)).sum())


def _together(task: Task, parties: list[Party], origin: Matrix, end: Matrix) -> Matrix:
    """Which parties could ride with which, by their windows alone; everyone with themselves."""
    seconds = shortest(task.travel.seconds)
    ready = np.array([party.ready for party in parties])
    closes = np.array([latest_pickup(task, party) for party in parties])
    due = np.array([latest_arrival(task, party) for party in parties])
    boarding = np.array([party.size for party in parties]) * task.rules.boarding
    alighting = np.array([party.size for party in parties]) * task.rules.alighting
    # Row: who gets in first; column: who gets in next, then one gets out before the other.
    met = (ready + boarding)[:, None] + seconds[np.ix_(origin, origin)]
    off = np.maximum(met, ready) + boarding
    between = seconds[np.ix_(end, end)]
    first_out = off + seconds[np.ix_(origin, end)].T
    next_out = off + seconds[origin, end]
    one = (first_out <= due[:, None]) & (first_out + alighting[:, None] + between <= due)
    other = (next_out <= due) & (next_out + alighting + between.T <= due[:, None])
    able = (met <= closes) & (one | other)
    return (able | able.T | np.eye(len(parties), dtype=bool)).astype(np.int64)


def shortest(ways: Matrix) -> Matrix:
    """Shortest ways (Floyd and Warshall), so that the argument holds for any matrix."""
    best = ways.copy()
    for middle in range(len(best)):
        np.minimum(best, best[:, middle, None] + best[middle], out=best)
    return best

"""Why a load finds no place, and what would help."""

from __future__ import annotations

from dataclasses import replace

from bulou.planning.pickups.loads import Crew, Load, capacity, fits
from bulou.planning.pickups.model import Seconds
from bulou.planning.pickups.placing import Tours
from bulou.planning.pickups.plan import Reason, Remedy, Uncovered

WAITS = tuple(range(600, 7201, 600))
"""Longer waits that are tried: ten minutes to two hours."""


def uncovered(tours: Tours, left: list[int]) -> list[Uncovered]:
    """Each party of these loads with the reason, and what would help the load."""
    found = []
    for number in sorted(left):
        load = tours.ground.loads[number]
        reason, remedies = _why(tours, load)
        for party in load.parties:
            people = tours.ground.task.party[party].size
            found.append(Uncovered(party, people, reason, remedies))
    return found


def _why(tours: Tours, load: Load) -> tuple[Reason, tuple[Remedy, ...]]:
    ground = tours.ground
    able = [v for v in ground.task.vehicles if v.may_carry(load.level) and fits(load.amount, capacity(v))]
    more = _vehicle(tours, load)
    if not able:
        return "no_vehicle", (more,)
    names = {vehicle.id for vehicle in able}
    crews = [crew for crew in ground.crews if crew.vehicle in names]
    on_duty = [crew for crew in crews if _on_duty(tours, crew, load)]
    longer = _longer(tours, load)
    if not on_duty:
        parked = _driver(tours, load, names)
        return "no_driver", (*parked, *longer) if parked else (more, *longer)
    if all(_reach(tours, crew, load) > load.closes for crew in on_duty):
        return "too_far", (*longer, more)
    return "all_busy", (*longer, *(_driver(tours, load, names) or (more,)))


def _reach(tours: Tours, crew: Crew, load: Load) -> Seconds:
    """When the crew could be there, had it nothing else to do."""
    return max(crew.opens, tours.ground.now) + tours.ground.seconds[crew.base][load.origin]


def _on_duty(tours: Tours, crew: Crew, load: Load) -> bool:
    """Whether the trip lies within the crew's shift, leaving out how late it would come."""
    _, out, whole = tours.alone(crew, load)
    return crew.opens <= load.closes and load.opens - out + whole <= crew.closes and whole <= crew.most


def _longer(tours: Tours, load: Load) -> tuple[Remedy, ...]:
    """The shortest longer wait with which a place would be found."""
    for wait in WAITS:
        if tours.has_place(replace(load, closes=load.closes + wait, due=load.due + wait)):
            return (Remedy("wait", seconds=wait),)
    return ()


def _hours(tours: Tours, load: Load, base: int) -> tuple[Seconds, Seconds]:
    """When a trip for this load would leave that base, and be back."""
    seconds = tours.ground.seconds
    leaves = load.opens - seconds[base][load.origin]
    way = seconds[load.origin][load.destination] + seconds[load.destination][base]
    return leaves, load.opens + load.boarding + way + load.alighting


def _vehicle(tours: Tours, load: Load) -> Remedy:
    """One more vehicle with what the load needs, at the base that is nearest to its origin."""
    bases = {tours.ground.task.travel.index[v.base] for v in tours.ground.task.vehicles} or {load.origin}
    base = min(bases, key=lambda row: (tours.ground.seconds[row][load.origin], row))
    return Remedy("vehicle", tours.ground.task.travel.stops[base], *_hours(tours, load, base), *load.amount)


def _driver(tours: Tours, load: Load, able: set[str]) -> tuple[Remedy, ...]:
    """A driver for an able vehicle that stands at its base meanwhile; the nearest one."""
    ground, choices = tours.ground, []
    for vehicle in ground.task.vehicles:
        base = ground.task.travel.index[vehicle.base]
        leaves, back = _hours(tours, load, base)
        pause = ground.task.rules.cleaning
        crews = [crew for crew in ground.crews if crew.vehicle == vehicle.id]
        free = all(back + pause <= crew.opens or crew.closes + pause <= leaves for crew in crews)
        if vehicle.id in able and free and leaves >= ground.now:
            choices.append((load.opens - leaves, Remedy("driver", vehicle.base, leaves, back)))
    return (min(choices, key=lambda choice: (choice[0], choice[1].base))[1],) if choices else ()

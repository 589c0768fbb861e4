"""Pick-ups: how soon there is a plan, how much shorter it is than the naive one, how soon it is a new one.

Lines in km have km where others have seconds. Every plan that is measured has passed the checker.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

from bench.table import Bench, Line
from bulou.planning.checking.pickups import violations
from bulou.planning.pickups.greedy import one_by_one
from bulou.planning.pickups.model import Party, Task
from bulou.planning.pickups.plan import Plan
from bulou.planning.pickups.planning import first, plan
from bulou.planning.pickups.running import renew
from bulou.planning.pickups.sample import HOUR, sample

SIZES = (200, 1_000)
SHORT, LONG = 10, 60
NOW, CHANGES = 14 * HOUR, 40


def main() -> Bench:
    """A day of each size."""
    bench = Bench("pick-ups", "none")
    for parties in SIZES:
        task = sample(parties)
        made = planned(bench, task)
        changed(bench, task, made)
    bench.show()
    return bench


def planned(bench: Bench, task: Task) -> Plan:
    """First plan, naive plan, and the solver's after a short and a long time."""
    parties = f"{len(task.parties):,} parties"
    early, naive = sound(task, first(task)), sound(task, one_by_one(task))
    short, long = sound(task, plan(task, seconds=SHORT)), sound(task, plan(task, seconds=LONG))
    goal = 1.0 if len(task.parties) == SIZES[0] else None
    bench.add(Line(f"first feasible plan, {parties}", early.seconds, "2 s", 2.0, goal, left(task, early)))
    per_person = km_each(task, short)
    note = f"{short.metres / 1000:,.0f} km in {len(short.routes)} shifts, {left(task, short)}"
    baseline = f"one by one ({naive.metres / 1000:,.0f} km, {left(task, naive)})"
    bench.add(
        Line(f"km for each person carried, {parties}", per_person, baseline, km_each(task, naive), 0.6, note)
    )
    bound = f"proven bound {(long.bound or 0) / 1000:,.0f} km"
    costs = short.objective / 1000, long.objective / 1000
    bench.add(
        Line(
            f"objective after {SHORT} s in km, {parties}", costs[0], f"after {LONG} s", costs[1], 1.01, bound
        )
    )
    return short


def changed(bench: Bench, task: Task, made: Plan) -> None:
    """New arrivals and late trains, one at a time, into the plan as it runs in the afternoon."""
    worst = 0.0
    for later in changes(task):
        after = renew(later, made, NOW)
        worst = max(worst, after.seconds)
        refuse(violations(later, after, before=made, now=NOW))
    what = f"a change of the running plan, {len(task.parties):,} parties"
    bench.add(Line(what, worst, "0.2 s", 0.2, 1.0, note=f"the slowest of {CHANGES}"))


def changes(task: Task) -> Iterator[Task]:
    """The task with one more party, or with one train (or car) half an hour late."""
    dice = random.Random(1)
    coming = [party for party in task.parties if party.scheduled > NOW]
    for number in range(CHANGES):
        chosen = dice.choice(coming)
        fresh = replace(chosen, id=f"new{number}", scheduled=chosen.scheduled + 600)
        late = tuple(replace(p, delay=1800) if same(p, chosen) else p for p in task.parties)
        yield replace(task, parties=late if number % 2 else (*task.parties, fresh))


def same(one: Party, other: Party) -> bool:
    """Whether they come by the same train, or are the same."""
    return one.id == other.id or (bool(one.train) and one.train == other.train)


def km_each(task: Task, made: Plan) -> float:
    """Kilometres for each person who is carried."""
    people = sum(p.size for p in task.parties) - sum(one.people for one in made.uncovered)
    return made.metres / 1000 / people


def left(task: Task, made: Plan) -> str:
    """How many people the plan leaves out."""
    return (
        f"{sum(one.people for one in made.uncovered)} of {sum(p.size for p in task.parties)} people uncovered"
    )


def sound(task: Task, made: Plan) -> Plan:
    """The plan, if the checker has nothing against it."""
    refuse(violations(task, made))
    return made


def refuse(found: list[object]) -> None:
    """Raise when there is anything in the list."""
    if found:
        raise AssertionError(found[:5])

"""Seats of a community: as many hands as promised, nobody over the limits."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from bulou.drill.cases import plan, quotas
from bulou.drill.divisions import OUR_COMMUNITY, villages
from bulou.drill.layout import lay_out, scales
from bulou.drill.staff import DOCTOR, GRID_WORKER, MOST, VILLAGE_CADRE, Staff

DAY = date(2022, 4, 16)


@pytest.fixture(scope="module")
def staff() -> Staff:
    scale = scales()["community"]
    areas = lay_out(scale, "bulou")
    return Staff(scale, areas, quotas(scale, areas, "bulou"), "bulou", DAY)


def test_community_has_nine_staff_and_36_grid_workers(staff: Staff) -> None:
    name = villages()[OUR_COMMUNITY].name
    ours = [post for post in staff.posts if post.village == name]
    assert len({p.holder for p in ours if p.role == VILLAGE_CADRE}) == 9
    assert len({p.holder for p in ours if p.role == GRID_WORKER}) == 36


def test_doctors_are_enough_for_thirty_each() -> None:
    scale = scales()["county"]
    areas = lay_out(scale, "bulou")
    shares = quotas(scale, areas, "bulou")
    staff = Staff(scale, areas, shares, "bulou", DAY)
    load: Counter = Counter()
    for code, people in shares.items():
        pool = staff.pools[DOCTOR, code]
        for holder in pool:
            load[holder] += people / len(pool)
    assert max(load.values()) <= MOST[DOCTOR]
    assert sum(shares.values()) == 800


def test_one_grid_worker_left_and_nobody_followed(staff: Staff) -> None:
    left = [post for post in staff.posts if post.end]
    assert len(left) == 1
    assert staff.pools[GRID_WORKER, f"{OUR_COMMUNITY}/{left[0].area}/{left[0].grid}"] == []


def test_plan_has_the_people_of_the_day_and_arrivals_after_it() -> None:
    scale = scales()["community"]
    areas = lay_out(scale, "bulou")
    slots = plan(areas, quotas(scale, areas, "bulou"), "bulou", DAY).values()
    assert sum(s.start <= DAY <= DAY.fromordinal(s.start.toordinal() + s.stay) for s in slots) == 80
    assert any(s.start > DAY for s in slots)

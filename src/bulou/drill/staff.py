"""Organisations, workers and posts: who holds which seat for which area."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from bulou.drill.divisions import COUNTY_NAME, Village, words
from bulou.drill.layout import COMPOUND, GRID_HOUSEHOLDS, Area, Scale
from bulou.drill.names import full_name
from bulou.drill.numbers import FEMALE, MALE, Numbers, credit_code

TOWNSHIP_CADRE, VILLAGE_CADRE, GRID_WORKER = "乡镇干部", "村(社区)干部", "网格员"
DOCTOR, POLICE, BUILDING_HEAD, COUNTY_LEADER = "医务人员", "民警", "楼长", "县级领导"
SEATS = (TOWNSHIP_CADRE, VILLAGE_CADRE, GRID_WORKER, DOCTOR, POLICE)
"""The five seats of 五包一."""

MOST = {TOWNSHIP_CADRE: 8, VILLAGE_CADRE: 9, GRID_WORKER: 10, DOCTOR: 24, POLICE: 9}
"""How many monitored people one holder is planned for (the directive warns at 10, the doctor at 30)."""

_OFFICES = words("offices")
_STATIONS = words("stations")


class Holder(NamedTuple):
    """Somebody who holds a seat."""

    name: str
    phone: str


@dataclass(frozen=True)
class Organisation:
    name: str
    kind: str
    credit_code: str
    address: str
    head: str
    phone: str


@dataclass(frozen=True)
class Worker:
    name: str
    identity: str
    phone: str
    organisation: str
    title: str
    party: str
    home: str


@dataclass(frozen=True)
class Post:
    """One row of a posts workbook; an area that is empty means the whole village or township."""

    role: str
    township: str
    village: str
    area: str
    grid: str
    building: str
    holder: Holder
    start: date
    end: date | None = None


class Staff:
    """Everybody who works for the county at a scale."""

    def __init__(self, scale: Scale, areas: list[Area], quotas: dict[str, int], seed: str, day: date) -> None:
        """`quotas`: how many people are planned to be under monitoring at one time, by village."""
        self._rng, self._day = Random(f"{seed}:staff"), day
        self._numbers = Numbers(staff=True)
        self._scale, self._areas, self._quotas = scale, areas, quotas
        self.organisations: list[Organisation] = []
        self.workers: list[Worker] = []
        self.posts: list[Post] = []
        self.pools: dict[tuple[str, str], list[Holder]] = {}
        self.spare_doctors: dict[str, Holder] = {}
        self._make_organisations()
        self._make_seats()
        self._make_micro_grid()
        self._make_leader()
        self._depart()

    def _make_organisations(self) -> None:
        names = [*_OFFICES, *(f"{o}{s}" for s in _STATIONS for o in _OFFICES)][: self._scale.departments]
        self._departments = names
        for name in names:
            self._organise(name, "机关单位")
        for name in dict.fromkeys(a.property_company for a in self._areas if a.property_company):
            self._organise(name, "物业公司")
        found = {a.village.code: a.village for a in self._areas}
        for township in dict.fromkeys(v.township for v in found.values()):
            self._organise(f"{township}人民政府", "乡镇政府")
            self._organise(f"{township}卫生院", "医疗机构")
            self._organise(f"{township}派出所", "派出所")
            self._organise(f"{township}中心学校", "学校")
        for village in found.values():
            self._organise(f"{village.township}{village.official}", "村(居)民委员会")

    def _organise(self, name: str, kind: str) -> None:
        serial = len(self.organisations) + 1
        address = f"{COUNTY_NAME}{self._rng.choice(('红旗街', '解放街', '唐霸大道', '文昌路'))}{serial}号"
        head = self._hire(name, "负责人")
        self.organisations.append(Organisation(name, kind, credit_code(serial), address, *head))

    def _hire(self, organisation: str, title: str, *, member: bool = False, home: str = "") -> Holder:
        rng = self._rng
        sex = rng.choice((MALE, FEMALE))
        born = self._day - timedelta(days=rng.randint(24 * 366, 58 * 365))
        party = "中共党员" if member or rng.random() < 0.4 else "群众"
        holder = Holder(full_name(rng, sex), self._numbers.phone())
        identity = self._numbers.identity(born, sex)
        self.workers.append(Worker(holder.name, identity, holder.phone, organisation, title, party, home))
        return holder

    def _make_seats(self) -> None:
        by_township: dict[str, list[Village]] = {}
        for village in dict.fromkeys(a.village for a in self._areas):
            by_township.setdefault(village.township, []).append(village)
        for township, found in by_township.items():
            self._shared_seats(TOWNSHIP_CADRE, f"{township}人民政府", "包村干部", found)
            self._shared_seats(POLICE, f"{township}派出所", "民警", found)
            self._shared_seats(DOCTOR, f"{township}卫生院", "家庭医生", found)
            self.spare_doctors[township] = self._hire(f"{township}卫生院", "医师")
            for village in found:
                self._own_seats(village)

    def _shared_seats(self, role: str, organisation: str, title: str, found: list[Village]) -> None:
        """Holders who answer for one village or for several small ones, until their hands are full."""
        holder, room = None, 0
        for village in found:
            quota = self._quotas[village.code]
            wanted = -(-quota // MOST[role])
            if holder is None or quota > room:
                pool = [self._hire(organisation, title) for _ in range(max(1, wanted))]
                holder, room = pool[-1], MOST[role] * len(pool)
            else:
                pool = [holder]
            room -= quota
            self.pools[role, village.code] = pool
            for member in pool:
                self._seat(role, village, member)

    def _own_seats(self, village: Village) -> None:
        """Cadres of the village or community (9 in a community) and grid workers."""
        employer = f"{village.township}{village.official}"
        wanted = max(9 if village.in_town else 2, -(-self._quotas[village.code] // MOST[VILLAGE_CADRE]))
        cadres = [self._hire(employer, "工作人员") for _ in range(wanted)]
        self.pools[VILLAGE_CADRE, village.code] = cadres
        for member in cadres:
            self._seat(VILLAGE_CADRE, village, member)
        self._grid_workers(village, employer)

    def _grid_workers(self, village: Village, employer: str) -> None:
        """Grids dealt out, the largest first, to the worker with the fewest households."""
        grids = list(self._grids(village))
        households = sum(size for _, _, size in grids)
        hands = max(1, min(len(grids), round(households / GRID_HOUSEHOLDS)))
        workers = [self._hire(employer, "网格员", home=grids[0][0]) for _ in range(hands)]
        load = [0] * hands
        for area, grid, size in sorted(grids, key=lambda row: -row[2]):
            lightest = load.index(min(load))
            load[lightest] += size
            self._seat(GRID_WORKER, village, workers[lightest], area=area, grid=grid)
            self.pools.setdefault((GRID_WORKER, f"{village.code}/{area}/{grid}"), []).append(
                workers[lightest]
            )

    def _grids(self, village: Village) -> Iterator[tuple[str, str, int]]:
        for area in self._areas:
            if area.village == village:
                for grid in area.grids:
                    yield area.name, grid, sum(door.grid == grid for door in area.doors)

    def _make_micro_grid(self) -> None:
        """Party members in their own compounds, after work; the first of each building is its head."""
        homes = [a for a in self._areas if a.kind == COMPOUND] or self._areas
        for index in range(self._scale.micro_grid_workers):
            area = homes[index % len(homes)]
            turn = index // len(homes)
            title = BUILDING_HEAD if turn < len(area.buildings) else "微网格员"
            holder = self._hire(self._rng.choice(self._departments), title, member=True, home=area.name)
            if turn < len(area.buildings):
                grid = next(d.grid for d in area.doors if d.building == area.buildings[turn])
                building = area.buildings[turn]
                self._seat(BUILDING_HEAD, area.village, holder, area=area.name, grid=grid, building=building)

    def _seat(
        self,
        role: str,
        village: Village,
        holder: Holder,
        *,
        area: str = "",
        grid: str = "",
        building: str = "",
    ) -> None:
        start = self._day - timedelta(days=self._rng.randint(30, 400))
        where = (village.township, village.name, area, grid, building)
        self.posts.append(Post(role, *where, holder, start))

    def _make_leader(self) -> None:
        """The post whose area is the whole county."""
        holder = self._hire(self._departments[0], "县级领导", member=True)
        start = self._day - timedelta(days=300)
        self.posts.append(Post(COUNTY_LEADER, COUNTY_NAME, "", "", "", "", holder, start))

    def _depart(self) -> None:
        """The grid worker of the first village's last area left it two days ago, and nobody followed."""
        code = self._scale.villages[0]
        area = [a for a in self._areas if a.village.code == code][-1]
        index = next(
            i for i, post in enumerate(self.posts) if post.role == GRID_WORKER and post.area == area.name
        )
        left = self.posts[index]
        self.posts[index] = replace(left, end=self._day - timedelta(days=2))
        self.pools[GRID_WORKER, f"{code}/{left.area}/{left.grid}"].clear()

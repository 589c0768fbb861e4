"""Who is under monitoring: planned before the households are made, filled in as they come by."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from bulou.drill.divisions import words
from bulou.drill.households import Person
from bulou.drill.layout import Area, Scale
from bulou.drill.staff import GRID_WORKER, SEATS, Holder, Staff

HORIZON = 30
"""Days of arrivals that are planned ahead of the county's day."""
_MEAN_STAY = 13
"""Days from the first to the last, so that as many come as go."""

HOME_MONITORING, HOME_ISOLATION = "居家健康监测", "居家隔离"
_GROUNDS = (
    "翼疫防办发〔2022〕12号,《传染病防治法》第三十九条",
    "翼疫防办发〔2022〕15号,《传染病防治法》第十二条、第三十九条",
    "省疫情防控办2022年3月21日通告,《突发公共卫生事件应急条例》第三十三条",
)
_DECIDERS = ("县疫情防控工作领导小组办公室", "县疾病预防控制中心")
_FROM = words("came_from")


@dataclass(frozen=True)
class Case:
    """One stay under monitoring, as its row in a monitoring workbook says. `end` is the last day of it."""

    name: str
    identity: str
    phone: str
    township: str
    village: str
    village_code: str
    area: str
    address: str
    came_from: str
    returned: date
    measure: str
    start: date
    end: date
    ground: str
    decided_by: str
    seats: dict[str, Holder | None]
    in_books: bool

    def active(self, day: date) -> bool:
        """Whether windows of the day are owed."""
        return self.start <= day <= self.end


@dataclass(frozen=True)
class Slot:
    """A stay that is planned for a door, before anybody lives there."""

    start: date
    stay: int
    known: bool


def quotas(scale: Scale, areas: list[Area], seed: str) -> dict[str, int]:
    """People under monitoring at one time, by village, in proportion to households with some chance."""
    rng = Random(f"{seed}:quotas")
    households: Counter[str] = Counter()
    for area in areas:
        households[area.village.code] += len(area.doors)
    weights = {code: n * rng.uniform(0.8, 1.25) for code, n in households.items()}
    total = sum(weights.values())
    exact = {code: scale.monitored * w / total for code, w in weights.items()}
    shares = {code: max(1, int(x)) for code, x in exact.items()}
    by_rest = sorted(exact, key=lambda code: int(exact[code]) - exact[code])
    for code in by_rest[: max(0, scale.monitored - sum(shares.values()))]:
        shares[code] += 1
    shares[max(shares, key=lambda code: shares[code])] -= max(0, sum(shares.values()) - scale.monitored)
    return shares


def plan(areas: list[Area], shares: dict[str, int], seed: str, day: date) -> dict[tuple[str, str, int], Slot]:
    """Slots by (village code, area, index of the door): active on the day, ended before, still to come."""
    rng = Random(f"{seed}:slots")
    doors: dict[str, list[tuple[str, str, int]]] = {}
    for area in areas:
        found = doors.setdefault(area.village.code, [])
        found += [(area.village.code, area.name, i) for i in range(len(area.doors))]
    for found in doors.values():
        rng.shuffle(found)
    total = sum(shares.values())
    slots = {doors[code].pop(): _running(rng, day) for code, n in shares.items() for _ in range(n)}
    slots[next(iter(slots))] = Slot(day - timedelta(days=14), 14, known=True)
    codes, weights = list(shares), list(shares.values())
    for _ in range(max(1, total // 16)):
        code = rng.choices(codes, weights)[0]
        slots[doors[code].pop()] = Slot(day - timedelta(days=rng.randint(8, 13)), 7, known=True)
    for ahead in range(1, HORIZON):
        for _ in range(ahead * total // _MEAN_STAY - (ahead - 1) * total // _MEAN_STAY):
            code = rng.choices(codes, weights)[0]
            slots[doors[code].pop()] = Slot(day + timedelta(days=ahead), _stay(rng), known=rng.random() < 0.9)
    return slots


def _stay(rng: Random) -> int:
    return 14 if rng.random() < 0.75 else 7


def _running(rng: Random, day: date) -> Slot:
    stay = _stay(rng)
    back = rng.randint(0, stay if rng.random() < 0.3 else stay - 1)
    return Slot(day - timedelta(days=back), stay, known=rng.random() < 0.9)


class Admissions:
    """Turns slots and the persons found for them into cases, and deals out the five seats."""

    def __init__(self, staff: Staff, seed: str) -> None:
        self._staff, self._rng = staff, Random(f"{seed}:cases")
        self._grids: dict[str, str] = {}
        self._until: defaultdict[Holder, list[date]] = defaultdict(list)

    def admit(self, person: Person, area: Area, index: int, slot: Slot) -> Case:
        """The case of a person who stays behind the door of that index; its seats are dealt out later."""
        rng, door = self._rng, area.doors[index]
        self._grids[person.identity] = f"{area.village.code}/{area.name}/{door.grid}"
        return Case(
            name=person.name,
            identity=person.identity,
            phone=person.phone,
            township=area.village.township,
            village=area.village.name,
            village_code=area.village.code,
            area=area.name,
            address=f"{area.name}{door.building}{door.unit}{door.number}{'' if door.unit else '号'}",
            came_from=person.away_to or rng.choice(_FROM),
            returned=slot.start - timedelta(days=rng.random() < 0.1),
            measure=HOME_MONITORING if rng.random() < 0.9 else HOME_ISOLATION,
            start=slot.start,
            end=slot.start + timedelta(days=slot.stay),
            ground=rng.choice(_GROUNDS),
            decided_by=rng.choice(_DECIDERS),
            seats=dict.fromkeys(SEATS),
            in_books=slot.known,
        )

    def seated(self, cases: list[Case]) -> list[Case]:
        """The cases in the order of their beginning, each seat with the holder who has the fewest then."""
        ordered = sorted(cases, key=lambda case: (case.start, case.identity))
        return [replace(case, seats=self._seats(case)) for case in ordered]

    def _seats(self, case: Case) -> dict[str, Holder | None]:
        seats = {role: self._least_busy(role, case) for role in SEATS}
        if self._rng.random() < 0.03:
            seats[self._rng.choice(SEATS)] = None
        return seats

    def _least_busy(self, role: str, case: Case) -> Holder | None:
        where = self._grids[case.identity] if role == GRID_WORKER else case.village_code
        pool = self._staff.pools[role, where]
        if not pool:
            return None
        holder = min(pool, key=lambda h: sum(until >= case.start for until in self._until[h]))
        self._until[holder].append(case.end)
        return holder

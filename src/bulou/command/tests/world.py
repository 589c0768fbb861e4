"""A small county with books, and the people who ask for every page.

Two compounds of one village with one grid each, and a village of another township. Nobody in it is real.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.contrib.auth.models import User

from bulou.facts import monitoring as facts
from bulou.kernel import clock, events, seal
from bulou.monitoring.models import Case, CasePlace, CaseSeat, Seat, seal_evidence
from bulou.obligations import engine
from bulou.people import keys
from bulou.people.models import Person
from bulou.places import codes
from bulou.places.models import Holding, Place, Post, Worker
from bulou.rights import mandates
from bulou.rights.models import Account

COUNTY, TOWN, VILLAGE = "141022", "141022100", "141022100003"
HOME, NEXT_DOOR = VILLAGE + "00101", VILLAGE + "00201"
ELSEWHERE = "141022101004"
NOW = "2022-04-16T14:00+08:00"
FIRST_DAY = "2022-04-16T00:00+08:00"
SEATS = (Seat.TOWNSHIP_CADRE, Seat.VILLAGE_CADRE, Seat.GRID_WORKER, Seat.DOCTOR, Seat.POLICE)
NAMES = {
    COUNTY: "翼城县",
    TOWN: "唐兴镇",
    "141022101": "南梁镇",
    VILLAGE: "文昌社区",
    ELSEWHERE: "庄里村",
    ELSEWHERE + "001": "东头",
    VILLAGE + "001": "绿苑小区",
    VILLAGE + "002": "北关小区",
    HOME: "第一网格",
    NEXT_DOOR: "第二网格",
}


def identity(serial: int) -> str:
    """An identity number of the unassigned division 141099 with a valid check digit (GB 11643)."""
    body = f"14109919800101{serial:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def places() -> None:
    """The tree of `NAMES`."""
    for code, name in NAMES.items():
        Place.objects.create(
            code=code, level=codes.level_of(code), name=name, plain=name, parent_id=codes.parent_of(code)
        )


def worker(name: str, serial: int) -> Worker:
    phone = f"1990000{9000 + serial:04d}"
    return Worker.objects.create(
        sealed=seal.seal({"name": name, "phone": phone}),
        phone_key=seal.lookup("phone", phone),
        name_key=seal.lookup("name", name),
    )


def person(serial: int, place: str, *, needs: str = "") -> Person:
    name, number, phone = f"甄漏{serial:02d}", identity(serial), f"1990000{serial:04d}"
    return Person.objects.create(
        place=place,
        sealed=seal.seal({"name": name, "id": number, "phone": phone}),
        id_key=keys.id_key(number),
        name_key=keys.name_key(name),
        phone_key=keys.phone_key(phone),
        needs=needs,
        sex="m",
        birth_month=198001,
        registered_at=clock.parse_instant(FIRST_DAY),
    )


def case(serial: int, place: str, *, needs: str = "") -> Case:
    """Somebody under monitoring since the start of the day, with no seat filled."""
    start = clock.parse_instant(FIRST_DAY)
    made = Case.objects.create(
        number=f"JK22-{serial:06d}",
        person=person(serial, place, needs=needs),
        place=place,
        measure="居家健康监测",
        ground="传染病防治法第三十九条",
        evidence_sealed=seal_evidence("4月15日自中风险地区返回"),
        decided_by="县疫情防控指挥部",
        appeal="可在60日内向县人民政府申请行政复议",
        starts_at=start,
        ends_at=start + dt.timedelta(days=14),
        admitted_at=start,
        changed_seq=1,
    )
    CasePlace.objects.create(case=made, place=place, starts_at=start)
    return made


def seat(of: Case, who: dict[str, Worker]) -> None:
    """The five seats of a case, those held by somebody whose worker is given."""
    for name in SEATS:
        post, _ = Post.objects.get_or_create(role=name.value, place=of.place)
        CaseSeat.objects.create(case=of, seat=name, post=post, starts_at=of.starts_at)
        if name in who and not post.holdings.exists():
            Holding.objects.create(post=post, worker=who[name], starts_at=of.starts_at)


def report(of: Case, at: str, window: str = "20220416am") -> None:
    """A health report of the morning."""
    data = {"temperature": "36.6", "symptoms": []}
    moment = clock.parse_instant(at)
    event = events.NewEvent(
        kind=facts.HealthReported.kind,
        subject=of.pk,
        place=of.place,
        actor="post:1",
        happened_at=moment,
        data=data,
        window=window,
    )
    events.append([event])


def account(name: str, scope: str, role: str) -> User:
    """A log-in with one mandate."""
    user = User.objects.create(username=name, password="!")
    made = Account.objects.create(user=user, title=name, made_at=clock.parse_instant(FIRST_DAY))
    mandates.grant(made, role, scope, starts_at=clock.parse_instant(FIRST_DAY), by="test:world")
    return user


@dataclass
class World:
    """What tests ask for by name."""

    cases: dict[str, list[Case]] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)


def build() -> World:
    """Six at home (one on time, one late, four silent), three next door without a doctor, one elsewhere."""
    places()
    home = [case(n, HOME, needs="dialysis" if n == 4 else "") for n in range(1, 7)]
    next_door = [case(n, NEXT_DOOR) for n in range(7, 10)]
    elsewhere = [case(10, ELSEWHERE)]
    full = {name: worker(f"责任{n}", n) for n, name in enumerate(SEATS)}
    for one in home:
        seat(one, full)
    for one in next_door:
        seat(one, {name: who for name, who in full.items() if name != Seat.DOCTOR})
    seat(elsewhere[0], full)
    report(home[0], "2022-04-16T08:00+08:00")
    report(home[1], "2022-04-16T13:00+08:00")
    engine.tick(clock.parse_instant(NOW))
    users = {
        "owner": account("owner", HOME, "grid"),
        "colleague": account("colleague", HOME, "department"),
        "stranger": account("stranger", ELSEWHERE, "grid"),
        "neighbour": account("neighbour", NEXT_DOOR, "grid"),
        "county": account("county", COUNTY, "county_office"),
    }
    return World({"home": home, "next_door": next_door, "elsewhere": elsewhere}, users)

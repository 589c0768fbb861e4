"""Registration: somebody is coming. One journey for a person and a trip, however many lists name it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from bulou.arrivals import custody, exposure, ledger
from bulou.arrivals.models import Journey, Source, Visit, VisitKey, Way
from bulou.arrivals.obligations import DESK, Decide
from bulou.facts import arrivals as facts
from bulou.kernel import audit, clock, seal
from bulou.kernel.database import atomic, in_parts, lock_for_order
from bulou.kernel.problems import problem
from bulou.obligations.orders import Orders
from bulou.people.book import PersonBook, resident
from bulou.people.models import Person
from bulou.people.register import Resident
from bulou.places.queries import covering

VISITED, WORDS = "visited", "journey words"
"""Purposes of keyed hashes."""
LEVEL_WIDTHS = (12, 9, 6, 4)
"""Digits of a division code: village, township, county, prefecture (GB/T 2260, GB/T 10114)."""
WRITTEN_AT_ONCE = 1_500
"""Rows of one INSERT; SQLite takes at most 32,766 parameters."""

VISIT_CODE = problem("visit-place", _("到过的地方应是 4、6、9 或 12 位的区划代码,现为“{code}”。"))
VISIT_DAYS = problem("visit-days", _("到过的地方的日期有误:{since} 至 {until}。请核对起止日期。"))
ARRIVAL_FAR = problem("arrival-far", _("预计到达时间 {at} 不在前后 {days} 天之内:请核对日期。"))
FARTHEST_DAYS = 60


class Origin(models.TextChoices):
    """Who told of a journey."""

    RESIDENT = "resident", _("本人报备")
    COMMUNITY = "community", _("村(社区)代报")
    TOWNSHIP = "township", _("乡镇摸排")
    RAILWAY = "railway", _("铁路推送")
    BIG_DATA = "big_data", _("大数据推送")
    HOTEL = "hotel", _("宾馆报告")
    SCHOOL = "school", _("学校报告")
    EMPLOYER = "employer", _("单位报告")
    LEAD = "lead", _("协查")
    API = "api", _("其他系统")


@dataclass(frozen=True)
class Stop:
    """A place where somebody was, by its division code, from one day to another (both included)."""

    code: str
    name: str
    since: date
    until: date

    def check(self) -> None:
        """Raises `visit-place`, `visit-days`."""
        if len(self.code) not in LEVEL_WIDTHS or not (self.code.isascii() and self.code.isdecimal()):
            raise VISIT_CODE.error(code=self.code)
        if self.until < self.since:
            raise VISIT_DAYS.error(since=self.since, until=self.until)


@dataclass(frozen=True, kw_only=True)
class Registration:
    """What one source says of one person's coming. `details` are sealed: from where, train, seat, health…

    `place`: the code of where they will live. `party` names in the source whom they travel with.
    """

    origin: str
    name: str
    identity: str
    phone: str
    place: str
    arrives_at: datetime
    way: str = Way.OTHER.value
    station: int | None = None
    party: str = ""
    wheelchair: bool = False
    infant: bool = False
    single_room: bool | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    stops: Sequence[Stop] = ()

    def check(self) -> None:
        """Raises `visit-place`, `visit-days`, `arrival-far`."""
        for stop in self.stops:
            stop.check()
        if abs((self.arrives_at - clock.now()).days) > FARTHEST_DAYS:
            raise ARRIVAL_FAR.error(at=clock.local(self.arrives_at), days=FARTHEST_DAYS)

    def words(self) -> dict[str, str]:
        """What is kept of the source's own words."""
        return {
            **{name: text for name, text in self.details.items() if text},
            "phone": self.phone,
            "place": self.place,
            "way": self.way,
            "arrives_at": self.arrives_at.isoformat(),
        }


def register(one: Registration, *, by: str) -> Journey:
    """Register one person's coming; a journey that is open already takes up the source.

    Raises `visit-place`, `visit-days`, `arrival-far`.
    """
    (journey,) = register_many([one], by=by)
    audit.record(
        facts.Registered.kind,
        by=by,
        subject=f"journey:{journey.number}",
        place=journey.place,
        detail={"origin": one.origin},
    )
    return journey


def register_many(many: Sequence[Registration], *, by: str) -> list[Journey]:
    """The journey of each registration, in order; in the caller's transaction where there is one."""
    for one in many:
        one.check()
    if not many:
        return []
    with atomic():
        lock_for_order("journeys")
        people = PersonBook(by).of([_resident(one) for one in many], lives_here=False)
        known = _open({person.pk for person in people})
        fresh: dict[int, tuple[Registration, Person]] = {}
        for one, person in zip(many, people, strict=True):
            if person.pk not in known:
                fresh.setdefault(person.pk, (one, person))
        known |= {journey.person_id: journey for journey in _create(list(fresh.values()), by)}
        told = [(one, known[person.pk]) for one, person in zip(many, people, strict=True)]
        _keep_sources(told, by)
        _keep_visits(told)
        exposure.ask(sorted({journey.pk for _one, journey in told}), ledger.next_seq())
    return [journey for _one, journey in told]


def _resident(one: Registration) -> Resident:
    return resident(place=one.place, name=one.name, identity=one.identity, phone=one.phone, presence="away")


def _open(persons: set[int]) -> dict[int, Journey]:
    """The journeys of persons that have not ended."""
    found: dict[int, Journey] = {}
    for part in in_parts(sorted(persons)):
        for journey in Journey.objects.filter(person__in=part, ended_at__isnull=True):
            found[journey.person_id] = journey
    return found


def _create(fresh: Sequence[tuple[Registration, Person]], by: str) -> list[Journey]:
    now = clock.now()
    desks = covering(DESK, {one.place for one, _person in fresh}, now)
    numbers = next_numbers(len(fresh), now)
    parties = _parties([one for one, _person in fresh], numbers)
    seal_one, seq, orders = seal.sealer(), ledger.next_seq(), Orders()
    journeys = Journey.objects.bulk_create(
        [
            Journey(
                number=number,
                person=person,
                place=one.place,
                desk_id=desks.get(one.place),
                station_id=one.station,
                way=one.way,
                arrives_at=one.arrives_at,
                exposed_since=exposed_since(one.arrives_at, one.place, orders),
                party=party,
                wheelchair=one.wheelchair,
                infant=one.infant,
                single_room=one.single_room,
                sealed=seal_one(one.words()),
                registered_at=now,
                registered_by=by,
                changed_seq=seq,
            )
            for (one, person), number, party in zip(fresh, numbers, parties, strict=True)
        ],
        batch_size=WRITTEN_AT_ONCE,
    )
    ledger.append(
        [ledger.of_journey(one, facts.Registered(arrives_at=one.arrives_at), by=by) for one in journeys]
    )
    custody.amount_to([journey.pk for journey in journeys], seq)
    return journeys


def exposed_since(arrives_at: datetime, place: str, orders: Orders) -> date:
    """The first day before an arrival that counts, by the directive of the place."""
    days: int = orders.of(Decide.name, place).look_back
    return clock.local(arrives_at).date() - timedelta(days=days)


def _parties(many: Sequence[Registration], numbers: Sequence[str]) -> list[str]:
    """Those whom a source names as one party have the number of the first of them."""
    first: dict[str, str] = {}
    return [
        first.setdefault(one.party, number) if one.party else number
        for one, number in zip(many, numbers, strict=True)
    ]


def words_hasher() -> Callable[[Registration], bytes]:
    """By which the same words from the same kind of source are told."""
    hash_one = seal.lookup_hasher(WORDS)
    return lambda one: hash_one(json.dumps([one.origin, one.words()], sort_keys=True))


def _keep_sources(told: Sequence[tuple[Registration, Journey]], by: str) -> None:
    """Keep what each source said, once; the same words from the same kind of source are one source."""
    now, seal_one, hash_words = clock.now(), seal.sealer(), words_hasher()
    sources = []
    for one, journey in told:
        sources.append(
            Source(
                journey=journey,
                origin=one.origin,
                told_by=by,
                told_at=now,
                words_key=hash_words(one),
                sealed=seal_one(one.words()),
            )
        )
    Source.objects.bulk_create(sources, ignore_conflicts=True, batch_size=WRITTEN_AT_ONCE)


def _keep_visits(told: Sequence[tuple[Registration, Journey]]) -> None:
    """Keep where people were, once for each place and its days, with the keys of the place's levels."""
    hash_one, seal_one = seal.lookup_hasher(VISITED), seal.sealer()
    standing = _standing_visits({journey.pk for _one, journey in told})
    fresh: dict[tuple[int, bytes, date, date], Stop] = {}
    for one, journey in told:
        for stop in one.stops:
            key = (journey.pk, hash_one(stop.code), stop.since, stop.until)
            if key not in standing:
                fresh.setdefault(key, stop)
    visits = Visit.objects.bulk_create(
        [
            Visit(
                journey_id=journey,
                since=since,
                until=until,
                sealed=seal_one({"code": stop.code, "name": stop.name}),
            )
            for (journey, _key, since, until), stop in fresh.items()
        ],
        batch_size=WRITTEN_AT_ONCE,
    )
    VisitKey.objects.bulk_create(
        [
            VisitKey(visit=visit, journey_id=visit.journey_id, key=hash_one(stop.code[:width]))
            for visit, stop in zip(visits, fresh.values(), strict=True)
            for width in LEVEL_WIDTHS
            if width <= len(stop.code)
        ],
        batch_size=WRITTEN_AT_ONCE,
    )


def _standing_visits(journeys: set[int]) -> set[tuple[int, bytes, date, date]]:
    found: set[tuple[int, bytes, date, date]] = set()
    for part in in_parts(sorted(journeys)):
        keys = VisitKey.objects.filter(journey__in=part)
        found.update(
            (journey, bytes(key), since, until)
            for journey, key, since, until in keys.values_list(
                "journey_id", "key", "visit__since", "visit__until"
            )
        )
    return found


def disagreements(journey: Journey) -> dict[str, dict[str, list[str]]]:
    """What the sources of a journey say differently: field -> what was said -> who said it."""
    said: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for source in journey.sources.order_by("told_at", "pk"):
        for name, text in seal.unseal(source.sealed).items():
            if text:
                said[name].setdefault(text, []).append(source.origin)
    return {name: by_text for name, by_text in said.items() if len(by_text) > 1}


def next_numbers(count: int, at: datetime, model: Any = Journey, letters: str = "FX") -> list[str]:
    """So many free numbers, "FX22-000123", in order; they tell nothing of a person.

    The caller holds the lock that orders the model's numbers.
    """
    prefix = f"{letters}{clock.local(at):%y}-"
    newest = model.objects.filter(number__startswith=prefix).order_by("-number").first()
    start = int(newest.number.removeprefix(prefix)) + 1 if newest else 1
    return [f"{prefix}{number:06}" for number in range(start, start + count)]

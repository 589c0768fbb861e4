"""The arrivals that the demo county has today: posts of custody, risk areas, journeys in every state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle
from uuid import UUID, uuid5

from django.conf import settings

from bulou.arrivals import actions, areas, deciding, points
from bulou.arrivals.areas import Area
from bulou.arrivals.measures import Measure
from bulou.arrivals.models import Break, Journey, Proposal, Station, Way
from bulou.arrivals.registration import Origin, Registration, Stop, register_many
from bulou.facts.arrivals import JourneyEnd
from bulou.kernel import clock, seal
from bulou.monitoring.models import Case
from bulou.monitoring.obligations import Notice
from bulou.obligations.orders import Orders
from bulou.people.models import Person
from bulou.places import codes, country, posts, workers
from bulou.places.models import Level, Post

BY = "command"
MANY = {"tiny": 12, "community": 60, "county": 240}
AREAS = (("310115", "high", 18), ("220202", "medium", 12), ("140105", "medium", 6), ("130209", "cases", 9))
"""Division, level, and how many days ago it was declared."""
FROM = ("310115", "310101", "220202", "140105", "130209", "110105", "610113", "140106")
SOURCE = "国务院客户端“疫情风险等级查询”"
TRIPS = (("D2521", Way.TRAIN), ("K603", Way.TRAIN), ("晋A12345", Way.CAR), ("G692", Way.TRAIN))
STAFF = (
    *("高明", "田秀兰", "贾建国", "崔海峰", "郝玉萍", "武志强", "侯春梅", "段永福", "乔丽", "雷鹏"),
    *("孟宪", "汤素云", "黎军", "常保忠", "贺月红", "龚文"),
)
DECIDER, GROUND = "县疫情防控办公室", "传染病防治法第三十九条、第四十一条"
_NAMESPACE = UUID("0b8f6f0e-8d7b-5a7a-9d0c-0c4f2f9c1d3e")


@dataclass(frozen=True)
class Hands:
    """The posts that may have somebody of a township."""

    desk: Post
    station: Post
    driver: Post
    point: Post
    village: Post


def make(scale: str, now: datetime) -> int:
    """The arrivals of yesterday and today through the room's own verbs; how many."""
    people = _people(MANY[scale])
    hands = _Hands(now)
    _point(hands.county("isolation_point"), now)
    stations = _stations(hands.county("station_desk"))
    _areas(now)
    for one in people:
        hands.of(one.place)
    with clock.at(now - timedelta(hours=20)):
        many = [_registration(index, one, stations, now) for index, one in enumerate(people)]
        journeys = register_many(many, by=BY)
    _decide(journeys, now - timedelta(hours=16))
    for index, journey in enumerate(journeys):
        STORIES[index % len(STORIES)](journey, hands.of(journey.place), now)
    _explain(now)
    return len(journeys)


def _people(count: int) -> list[Person]:
    """Those who live elsewhere, else anybody of the register; nobody who is under monitoring."""
    known = Person.objects.filter(merged_into__isnull=True, left_at__isnull=True, died_at__isnull=True)
    found = known.filter(id_key__isnull=False, phone_key__isnull=False).exclude(pk__in=_monitored())
    away = list(found.filter(presence="away").order_by("pk")[:count])
    others = found.exclude(presence="away").order_by("pk")
    return away + list(others[: count - len(away)])


def _monitored() -> Sequence[int]:
    return list(Case.objects.values_list("person", flat=True))


class _Hands:
    """The posts of custody, made and held when they are first asked for."""

    def __init__(self, now: datetime) -> None:
        self._since = now - timedelta(days=7)
        self._staff = cycle(enumerate(STAFF))
        self._known: dict[tuple[str, str], Post] = {}

    def county(self, role: str) -> Post:
        """The county's post of a role."""
        return self._post(role, settings.BULOU_COUNTY)

    def of(self, place: str) -> Hands:
        """The posts for somebody who will live at a place."""
        township, village = (place[: codes.WIDTHS[level]] for level in (Level.TOWNSHIP, Level.VILLAGE))
        return Hands(
            desk=self._post("pickup_desk", township),
            station=self.county("station_desk"),
            driver=self._post("driver", township),
            point=self.county("isolation_point"),
            village=self._post("village_cadre", village),
        )

    def _post(self, role: str, place: str) -> Post:
        if (role, place) not in self._known:
            post = posts.place_post(role, place)
            if not post.holdings.exists():
                number, name = next(self._staff)
                posts.hold(post, workers.ensure(name, f"199000098{number:02}"), self._since, by=BY)
            self._known[role, place] = post
        return self._known[role, place]


def _stations(desk: Post) -> list[Station]:
    found = (("翼城东站", Way.TRAIN, 111.75, 35.74), ("高速翼城口", Way.CAR, 111.69, 35.71))
    return [
        Station.objects.get_or_create(
            name=name, defaults={"kind": kind, "longitude": east, "latitude": north, "post": desk}
        )[0]
        for name, kind, east, north in found
    ]


def _point(post: Post, now: datetime) -> None:
    """The county's isolation point, with single rooms and some for families."""
    with clock.at(now - timedelta(days=3)):
        point = points.open_point(
            name="翼城县集中隔离点",
            post=post,
            place=settings.BULOU_COUNTY,
            longitude=111.71,
            latitude=35.73,
            by=BY,
        )
        rooms = [
            points.NewRoom(f"{floor}{door:02}", 2 if door > 8 else 1, door == 1)
            for floor in (2, 3)
            for door in range(1, 11)
        ]
        points.set_rooms(point, rooms)


def _areas(now: datetime) -> None:
    today = clock.local(now).date()
    known = [
        Area(code, country.book().division(code).name, level, today - clock.DAY * ago, None, SOURCE)
        for code, level, ago in AREAS
    ]
    with clock.at(now - timedelta(hours=22)):
        areas.record(known, by=BY)


def _registration(index: int, person: Person, stations: list[Station], now: datetime) -> Registration:
    who = seal.unseal(person.sealed)
    origin = country.book().division(FROM[index % len(FROM)])
    trip, way = TRIPS[index % len(TRIPS)]
    left = clock.local(now).date() - clock.DAY
    return Registration(
        origin=(Origin.RESIDENT, Origin.COMMUNITY, Origin.TOWNSHIP)[index % 3].value,
        name=who["name"],
        identity=who["id"],
        phone=who["phone"],
        place=person.place,
        arrives_at=now + COMES[index % len(COMES)],
        way=way.value,
        station=stations[way == Way.CAR].pk,
        party=f"party-{index // 2}" if index % 9 < 2 else "",
        wheelchair=index % 17 == 5,
        infant=index % 13 == 4,
        single_room=(True, False, None)[index % 3],
        details={
            "from": origin.name,
            "trip": trip,
            "health": "无症状",
            "tested": f"{left.month}月{left.day}日 阴性",
        },
        stops=[Stop(origin.code, origin.name, left - clock.DAY * 10, left)],
    )


def _decide(journeys: Sequence[Journey], at: datetime) -> None:
    """Two of three histories are decided as the directive says; the rest waits."""
    asked = Proposal.objects.filter(journey__in=journeys, superseded_at__isnull=True)
    waiting = list(asked.select_related("journey__person", "area", "visit").order_by("pk"))
    with clock.at(at):
        made = [(one, _decision(one)) for number, one in enumerate(waiting) if number % 3 != 2]
        deciding.decide_many(made, by=BY)


def _decision(one: Proposal) -> deciding.Decision:
    place = one.journey.place
    measure: Measure = deciding.measure_for(one.exposure, place)
    appeal: str = Orders().of(Notice.name, place).appeal
    return deciding.Decision(measure=measure, ground=GROUND, decided_by=DECIDER, appeal=appeal)


def _handed(journey: Journey, giver: Post, taker: Post, at: datetime, sides: str = "both") -> None:
    """One hand-over, told by both sides, or by one."""
    handover = uuid5(_NAMESPACE, f"{journey.number} {giver.pk} {taker.pk}")
    with clock.at(at):
        if sides != "took":
            actions.give(
                journey=journey, handover=handover, post=giver.pk, to=taker.pk, by=f"post:{giver.pk}"
            )
        if sides != "gave":
            actions.take(
                journey=journey, handover=handover, post=taker.pk, giver=giver.pk, by=f"post:{taker.pk}"
            )


def _minutes(now: datetime, count: int) -> datetime:
    return now - timedelta(minutes=count)


def _to_point(journey: Journey, hands: Hands, now: datetime) -> None:
    """Met, driven, at the isolation point; all have told it."""
    _handed(journey, hands.desk, hands.station, _minutes(now, 170))
    _handed(journey, hands.station, hands.driver, _minutes(now, 150))
    _handed(journey, hands.driver, hands.point, _minutes(now, 95))


def _home(journey: Journey, hands: Hands, now: datetime) -> None:
    """Met, driven, handed to the village."""
    _handed(journey, hands.desk, hands.driver, _minutes(now, 160))
    _handed(journey, hands.driver, hands.village, _minutes(now, 80))


def _on_the_road(journey: Journey, hands: Hands, now: datetime) -> None:
    """The driver has taken the person; the station's desk has not said that it gave them."""
    _handed(journey, hands.desk, hands.station, _minutes(now, 60))
    _handed(journey, hands.station, hands.driver, _minutes(now, 45), "took")


def _between(journey: Journey, hands: Hands, now: datetime) -> None:
    """The station's desk gave the person; nobody has said that they took them."""
    _handed(journey, hands.desk, hands.station, _minutes(now, 70))
    _handed(journey, hands.station, hands.driver, _minutes(now, 50), "gave")


def _fetched_alone(journey: Journey, hands: Hands, now: datetime) -> None:
    """The village fetched the person by itself."""
    with clock.at(_minutes(now, 110)):
        actions.take(
            journey=journey,
            handover=uuid5(_NAMESPACE, journey.number),
            post=hands.village.pk,
            giver=None,
            by=f"post:{hands.village.pk}",
        )


def _not_coming(journey: Journey, _hands: Hands, now: datetime) -> None:
    with clock.at(_minutes(now, 30)):
        actions.end(journey=journey, reason=JourneyEnd.NOT_COMING, by=BY, words="本人来电,改在外地过节")


def _awaited(_journey: Journey, _hands: Hands, _now: datetime) -> None:
    """Nothing has happened yet."""


Story = Callable[[Journey, Hands, datetime], None]
STORIES: tuple[Story, ...] = (
    *(_to_point, _awaited, _home, _awaited, _on_the_road, _awaited),
    *(_between, _awaited, _fetched_alone, _not_coming, _home, _awaited),
)
COMES = tuple(
    timedelta(minutes=count) for count in (-180, 95, -170, 240, -75, -40, -80, 1_300, -115, 60, -165, 35)
)
"""When each story's person comes, from now."""


def _explain(now: datetime) -> None:
    """One break of those found is explained."""
    found = Break.objects.filter(mended_at__isnull=True, explained_at__isnull=True).order_by("pk")[1:2]
    for one in found:
        with clock.at(_minutes(now, 20)):
            actions.explain(
                broken=one, words="凌晨到站,乡镇车辆故障,村干部先接到家门口,随后补办交接。", by=BY
            )

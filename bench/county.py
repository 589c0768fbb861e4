"""A whole county for the benchmark of pages: places with names, posts with holders, persons who can be found,
people under monitoring, and thirty days of a duty that everybody has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from django.conf import settings

from bench.books import analyze, copy_roll_ups, fill_reports, now_of, uuid_text
from bench.duty import START
from bulou.drill import names
from bulou.facts import monitoring as facts
from bulou.kernel import clock, events, seal
from bulou.kernel.database import atomic, insert_rows, run
from bulou.kernel.fields import micros, to_micros
from bulou.monitoring.models import Case, CasePlace, CaseSeat, Seat, seal_evidence
from bulou.obligations import engine, tables
from bulou.obligations.models import Window
from bulou.people import finding, keys, tokens
from bulou.people.models import Person
from bulou.people.token_model import IndexCursor
from bulou.places import divisions
from bulou.places.models import Level, Place

PEOPLE_A_GRID = 500
CASES = 900
HISTORY = 30
"""Days, the present one with them."""
REPORTED = 0.965
"""The share that has reported each day; the rest is overdue."""
NAMES = ("绿苑", "东风", "文昌", "北关", "和平", "育才", "锦绣", "翔山")
UNHELD = 20
"""The post of each twentieth grid is held by nobody."""
SEATS = (Seat.TOWNSHIP_CADRE, Seat.VILLAGE_CADRE, Seat.DOCTOR, Seat.POLICE)
"""The seats of a case beside the grid worker's."""


class Layout:
    """Where people live: the villages of the county in turn, a compound with one grid for each 500."""

    def __init__(self, people: int) -> None:
        divisions.load(settings.BULOU_COUNTY)
        found = Place.objects.filter(level=Level.VILLAGE).order_by("code").values_list("code", flat=True)
        self._villages = list(found)
        self.grids = [self._grid(number) for number in range(people // PEOPLE_A_GRID + 1)]

    def _grid(self, number: int) -> str:
        turn, village = divmod(number, len(self._villages))
        return f"{self._villages[village]}{turn + 1:03d}01"

    def door(self, person: int) -> str:
        grid, inside = divmod(person, PEOPLE_A_GRID)
        building, flat = divmod(inside // 3, 24)
        return f"{self.grids[grid]}{building + 1:03d}01{flat // 2 + 1:02d}{flat % 2 + 1:02d}"


def fill(people: int) -> None:
    """Everything; the books stand at 21:00 of the day, an hour after the mass duty was due."""
    layout = Layout(people)
    _places(layout)
    _posts(layout)
    _persons(layout, people)
    _cases(layout, people)
    analyze()
    fill_reports((n for n in range(people) if n % 1000 < REPORTED * 1000), 0)
    engine.tick(now_of(0, 21))
    for day in range(1, HISTORY):
        _copy_day(-day)
    _settle()


def _places(layout: Layout) -> None:
    """A compound and a grid in it for each code of a grid."""
    rows: list[Place] = []
    for number, code in enumerate(layout.grids):
        name = NAMES[number % 8] + f"{number // 8 + 1}区"
        rows.append(Place(code=code[:15], level="compound", name=name, plain=name, parent_id=code[:12]))
        rows.append(Place(code=code, level="grid", name="第1网格", plain="1", parent_id=code[:15]))
    Place.objects.bulk_create(rows)


def _posts(layout: Layout) -> None:
    """The grid worker of each grid under the grid's number, four more seats of each; most are held."""
    columns = ("id", "role", "place", "number")
    grids = len(layout.grids)
    workers = [(n + 1, "grid_worker", code, 1) for n, code in enumerate(layout.grids)]
    seats = (
        (grids + len(SEATS) * n + turn + 1, seat.value, code, 1)
        for n, code in enumerate(layout.grids)
        for turn, seat in enumerate(SEATS)
    )
    posts = [*workers, *seats]
    rng, one = Random(1), seal.sealer()
    with atomic():
        insert_rows("places_post", columns, posts)
        insert_rows(
            "places_worker",
            ("id", "sealed", "phone_key", "name_key", "title", "party", "home"),
            ((id, one(_who(rng, id)), _key(id), _key(id), "", "", "") for id, *_rest in posts),
        )
        insert_rows(
            "places_holding",
            ("post_id", "worker_id", "starts_at", "deputy"),
            ((id, id, to_micros(START - 60 * clock.DAY), False) for id, *_rest in posts if id % UNHELD),
        )
        _number_on("places_post", "places_worker")


def _key(number: int) -> bytes:
    return number.to_bytes(16, "big")


def _who(rng: Random, number: int) -> dict[str, str]:
    return {
        "name": names.surname(rng) + names.given(rng, "mf"[number % 2]),
        "phone": f"1990{number % 10**7:07d}",
    }


def _persons(layout: Layout, people: int) -> None:
    """Sealed persons with the tokens that they are found by; the month of birth says their post (`duty`)."""
    rng, one, hash_one = Random(2), seal.sealer(), tokens.hasher()
    found: list[tuple[int, int]] = []

    def rows() -> Iterator[tuple[object, ...]]:
        for n in range(people):
            place, who = layout.door(n), _who(rng, n)
            village = tokens.village_of(place)
            found.extend({(hash_one(village, kind, text), n + 1) for kind, text in tokens.of_person(who)})
            need = "dialysis" if n % 997 == 0 else ""
            grid = n // PEOPLE_A_GRID + 1
            yield (
                n + 1,
                uuid_text(n),
                place,
                one(who),
                keys.name_key(who["name"]),
                grid,
                "home",
                need,
                0,
                "",
                "",
            )

    columns = "id uid place sealed name_key birth_month presence needs registered_at relation sex"
    with atomic():
        insert_rows("people_person", columns.split(), rows())
        insert_rows(finding.TABLE, ("token", "person_id"), sorted(found))
        _number_on("people_person")
    IndexCursor.objects.update_or_create(pk=1, defaults={"seq": 10**12})


def _cases(layout: Layout, people: int) -> None:
    """People under monitoring since yesterday, with seats; most have reported."""
    chosen = list(
        Person.objects.filter(pk__in=[1 + n * people // CASES for n in range(CASES)]).order_by("pk")
    )
    since = START - clock.DAY
    with atomic():
        made = Case.objects.bulk_create(
            Case(
                number=f"JK22-{person.pk:06d}",
                person=person,
                place=person.place,
                measure="居家健康监测",
                ground="传染病防治法第三十九条",
                evidence_sealed=seal_evidence("自中风险地区返回"),
                decided_by="县疫情防控指挥部",
                appeal="可在60日内向县人民政府申请行政复议",
                starts_at=since,
                ends_at=since + 14 * clock.DAY,
                admitted_at=since,
                changed_seq=1,
            )
            for person in chosen
        )
        CasePlace.objects.bulk_create(CasePlace(case=one, place=one.place, starts_at=since) for one in made)
        CaseSeat.objects.bulk_create(
            CaseSeat(case=one, seat=seat, post_id=post, starts_at=since)
            for one in made
            for seat, post in _seats_of((one.person_id - 1) // PEOPLE_A_GRID, len(layout.grids))
        )
        events.append(list(_reports(made)))


def _seats_of(grid: int, grids: int) -> Iterator[tuple[str, int]]:
    yield Seat.GRID_WORKER.value, grid + 1
    for turn, seat in enumerate(SEATS):
        yield seat.value, grids + len(SEATS) * grid + turn + 1


def _reports(cases: list[Case]) -> Iterator[events.NewEvent]:
    """Morning and evening of yesterday and the morning of today, for nine of ten."""
    for one in cases:
        for hours in (8, 20, 32) if one.pk % 10 else ():
            at = one.starts_at + timedelta(hours=hours)
            yield events.NewEvent(
                kind=facts.HealthReported.kind,
                subject=one.pk,
                place=one.place,
                actor="post:1",
                happened_at=at,
                data={"temperature": "36.6", "symptoms": []},
                window=f"{clock.local(at):%Y%m%d}{'am' if hours % 24 == 8 else 'pm'}",
            )


def _copy_day(day: int) -> None:
    """One more day like the present one, roll-ups and obligations, with its events left out."""
    first = Window.objects.filter(label="", kind__name="bench.report").order_by("-opens_at")[0]
    with atomic():
        copied = copy_roll_ups(first, day)
        shift = day * micros(clock.DAY)
        run(
            f"INSERT INTO {tables.OBLIGATION} (window_id, subject, place, post_id, opens_at, due_at, met_at, "
            "met_by_id, excused_at, excuse, level) SELECT %s, subject, place, post_id, opens_at + %s, "
            "due_at + %s, met_at + %s, met_by_id, excused_at, excuse, level "
            f"FROM {tables.OBLIGATION} WHERE window_id = %s",
            (copied.pk, shift, shift, shift, first.pk),
        )


def _settle() -> None:
    """Let the database know its rows; PostgreSQL has long tidied up after what a month brought in."""
    from django.db import connection

    if connection.vendor == "postgresql":
        run("VACUUM (ANALYZE)")
        run("CHECKPOINT")
    else:
        analyze()


def _number_on(*table: str) -> None:
    """Let PostgreSQL number new rows after those that were put in with their numbers."""
    from django.db import connection

    if connection.vendor == "postgresql":
        for name in table:
            run(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")

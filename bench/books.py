"""The books at county size: open and match a day, 500 proofs into a full book, the board.

Runs on the database of the environment, in a home of its own; `python -m bench` does both databases.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from bench.duty import START, MassReport, Reported
from bench.table import Bench, Line, timed
from bulou.kernel import clock
from bulou.kernel.database import atomic, insert_rows, is_postgres, run, scalar
from bulou.kernel.events import kind_id as event_kind_id
from bulou.kernel.fields import micros, to_micros
from bulou.kernel.models import Event
from bulou.obligations import directives, engine, tables
from bulou.obligations.balance import balance
from bulou.obligations.kinds import KINDS, Kind
from bulou.obligations.models import Obligation, Window
from bulou.people.models import Person
from bulou.places.models import Place

COUNTY = "141022"
PEOPLE = 313_000
REPORTED = 302_000
DAYS_IN_FULL = 6
"""1.9 million obligations in the books."""
DAYS_OF_HISTORY = 30
KIND = KINDS[MassReport.name]


def place_of(number: int) -> str:
    """A door for each person: 9 townships, grids of about 500."""
    grid = number // 500
    village = f"{COUNTY}{100 + grid % 9:03d}{1 + grid // 9 % 30:03d}"
    return f"{village}{1 + grid // 270:03d}010010100{number % 90 + 10:02d}"


def fill_register(people: int) -> None:
    """People in grids, one post a grid, all by plain statements."""
    with atomic():
        Place.objects.bulk_create(
            [Place(code=COUNTY, level="county", name="翼城县", plain="翼城县")]
            + [
                Place(
                    code=f"{COUNTY}{100 + n}",
                    level="township",
                    name=f"乡镇{n}",
                    plain=f"乡镇{n}",
                    parent_id=COUNTY,
                )
                for n in range(9)
            ]
        )
        grids = range(people // 500 + 1)
        insert_rows(
            "places_post",
            ("id", "role", "place", "number"),
            ((grid + 1, "grid_worker", place_of(grid * 500)[:17], 1) for grid in grids),
        )
        columns = "id uid place sealed name_key relation sex birth_month presence needs registered_at"
        insert_rows(
            "people_person",
            columns.split(),
            (
                (n + 1, uuid_text(n), place_of(n), b"", b"", "", "", n // 500 + 1, "home", "", 0)
                for n in range(people)
            ),
        )
    analyze()


def fill_reports(numbers: Iterable[int], day: int) -> None:
    """One report for each person numbered, at 08:00 and some minutes of a day."""
    kind, at = event_kind_id(Reported.kind), to_micros(START + day * clock.DAY + timedelta(hours=8))
    with atomic():
        columns = "id kind_id subject place actor happened_at received_at win data digest"
        insert_rows(
            tables.EVENT,
            columns.split(),
            (
                (uuid_text(day + 1, n), kind, n + 1, "", "bench", at + n % 3600 * 10**6, at, "", "{}", b"")
                for n in numbers
            ),
        )


def uuid_text(number: int, part: int = 0) -> str:
    """An id as both databases take it in bulk."""
    return f"{number:016x}{part:016x}"


def analyze() -> None:
    run("ANALYZE")


def now_of(day: int, hour: int = 20) -> datetime:
    return START + day * clock.DAY + timedelta(hours=hour)


def bench_open_and_match(bench: Bench) -> None:
    """A county day: everybody owes, most have reported."""
    baseline_open, baseline_match = timed(bare_open), timed(bare_match)
    bare = baseline_open + baseline_match
    directives.start_defaults(settings.BULOU_COUNTY)
    seconds = timed(lambda: open_and_match(now_of(0)))
    bench.add(Line("open and match 313,000", seconds, "two bare statements", bare, 2.0))
    history = timed(lambda: engine.tick(now_of(0)))
    bench.add(Line("the board's history of 20 hours without a tick", history, "open and match", seconds))
    orm = timed(orm_loop) * PEOPLE / ORM_SAMPLE
    bench.add(Line("the same", seconds, f"ORM loop (from {ORM_SAMPLE} people)", orm, 1 / 50))
    bench.add(Line("the same day again", timed(lambda: engine.tick(now_of(0))), "first run", seconds))


def open_and_match(now: datetime) -> None:
    """What a tick does about every kind; the board's history is measured apart."""
    for kind in KINDS.values():
        with atomic():
            engine.tick_kind(kind, now)


def bare_open() -> None:
    with atomic():
        number = "bigint GENERATED ALWAYS AS IDENTITY" if is_postgres() else "integer"
        run(
            f"CREATE TABLE bare_task (id {number} PRIMARY KEY, kind int, subject bigint, opens_at bigint, "
            "due_at bigint, met_at bigint, UNIQUE (kind, subject, opens_at))"
        )
        run(
            "INSERT INTO bare_task (kind, subject, opens_at, due_at) SELECT 1, id, %s, %s FROM people_person",
            (to_micros(START), to_micros(START + clock.DAY)),
        )


def bare_match() -> None:
    with atomic():
        run(
            "UPDATE bare_task SET met_at = e.first FROM (SELECT subject, min(happened_at) AS first "
            f"FROM {tables.EVENT} WHERE kind_id = %s GROUP BY subject) e "
            "WHERE e.subject = bare_task.subject AND bare_task.kind = 1 AND bare_task.met_at IS NULL",
            (event_kind_id(Reported.kind),),
        )


ORM_SAMPLE = 1_000


def orm_loop() -> None:
    """What a task list written row by row through the ORM does, on a sample, undone afterwards."""
    directives.start_defaults(COUNTY)
    directive = directives.governing(KIND.name, COUNTY, START)
    with atomic():
        window = Window.objects.create(
            kind_id=directives.kind_id(KIND.name),
            directive=directive,
            label="orm",
            opens_at=START,
            closes_at=START + clock.DAY,
            due_at=START + clock.DAY,
            late_until=START + 2 * clock.DAY,
        )
        for person in Person.objects.order_by("pk")[:ORM_SAMPLE]:
            task, _new = Obligation.objects.get_or_create(
                window=window,
                subject=person.pk,
                opens_at=START,
                defaults={"place": person.place, "post_id": person.birth_month, "due_at": window.due_at},
            )
            proof = (
                Event.objects.filter(
                    kind_id=event_kind_id(Reported.kind), subject=person.pk, happened_at__gte=START
                )
                .order_by("happened_at")
                .first()
            )
            if proof:
                task.met_at, task.met_by = proof.happened_at, proof
                task.save()
        Obligation.objects.filter(window=window).delete()
        window.delete()


def bench_proofs(bench: Bench) -> None:
    """500 proofs into roll-ups while the books are full, against building all roll-ups anew."""
    with atomic():
        full = timed(rebuild_roll_ups)
    fill_reports(range(REPORTED, REPORTED + 500), 0)
    after = engine.newest_event() - 500

    def settle() -> None:
        with atomic():
            engine.settle({Reported.kind}, after)

    total = scalar(f"SELECT count(*) FROM {tables.OBLIGATION}")
    bench.add(Line(f"500 proofs into {total:,} obligations", timed(settle), "full recompute", full, 1 / 100))


def rebuild_roll_ups() -> None:
    """Match everything and add up every cell from nothing, as a system without deltas does."""
    run(
        "CREATE TEMPORARY TABLE anew AS SELECT o.id, min(e.happened_at) AS met_at "
        f"FROM {tables.OBLIGATION} o JOIN {tables.WINDOW} w ON w.id = o.window_id "
        f"JOIN {tables.EVENT} e ON e.kind_id = %s AND e.subject = o.subject "
        "AND e.happened_at >= w.opens_at AND e.happened_at < w.closes_at GROUP BY o.id",
        (event_kind_id(Reported.kind),),
    )
    run(
        f"CREATE TEMPORARY TABLE anew_roll AS SELECT {tables.CELL}, count(*) AS n, "
        "sum(CASE WHEN a.met_at <= o.due_at THEN 1 ELSE 0 END) AS met "
        f"FROM {tables.OBLIGATION} o LEFT JOIN anew a ON a.id = o.id GROUP BY 1, 2, 3, 4, 5"
    )
    run("DROP TABLE anew")
    run("DROP TABLE anew_roll")


def bench_history(bench: Bench) -> None:
    """The county's board of one day, with one day in the books and with thirty."""
    first = best(lambda: board(0))
    bench.add(Line("board, one day of history", first, "50 ms", 0.05, 1.0))
    for day in range(1, DAYS_IN_FULL):
        fill_reports(range(REPORTED), day)
        engine.tick(now_of(day))
    window = Window.objects.order_by("opens_at")[0]
    for day in range(DAYS_IN_FULL, DAYS_OF_HISTORY):
        copy_roll_ups(window, day)
    analyze()
    later = best(lambda: board(DAYS_IN_FULL - 1))
    bench.add(Line(f"board, {DAYS_OF_HISTORY} days of history", later, "one day of history", first, 1.5))


def copy_roll_ups(first: Window, day: int) -> Window:
    """A window like the first, so many days later or earlier, with its roll-ups; boards read no more."""
    shift = day * micros(clock.DAY)
    window = Window.objects.create(
        kind_id=first.kind_id,
        directive_id=first.directive_id,
        opens_at=first.opens_at + day * clock.DAY,
        closes_at=first.closes_at + day * clock.DAY,
        due_at=first.due_at + day * clock.DAY,
        late_until=first.late_until + day * clock.DAY,
    )
    run(
        f"INSERT INTO {tables.ROLL_UP} "
        "(window_id, opens_at, due_at, place, post, universe, met, late, excused) "
        "SELECT %s, opens_at + %s, due_at + %s, place, post, universe, met, late, excused "
        f"FROM {tables.ROLL_UP} WHERE window_id = %s",
        (window.pk, shift, shift, first.pk),
    )
    return window


def board(day: int) -> None:
    begin = START + day * clock.DAY
    balance(COUNTY, opened_from=begin, opened_to=begin + clock.DAY, now=now_of(day))


def best(work: object, times: int = 5) -> float:
    return min(timed(work) for _ in range(times))  # type: ignore[arg-type]


def main() -> Bench:
    bench = Bench("books", connection.vendor)
    only(KIND)
    fill_register(PEOPLE)
    fill_reports(range(REPORTED), 0)
    analyze()
    bench_open_and_match(bench)
    bench_history(bench)
    bench_proofs(bench)
    bench.show()
    return bench


def only(kind: Kind) -> None:
    """Leave one kind in the registry, so that nothing else is measured."""
    for name in [name for name in KINDS if name != kind.name]:
        del KINDS[name]

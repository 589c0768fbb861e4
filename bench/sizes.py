"""Cost against size: a tenth of a county, a county, ten counties."""

from __future__ import annotations

from django.db import connection

from bench import books
from bench.duty import Reported
from bench.table import Bench, Line, timed
from bulou.kernel.database import atomic, run
from bulou.obligations import directives, engine, tables

SIZES = (31_000, 310_000, 3_100_000)


def main() -> Bench:
    """Open and match, 500 proofs, the board, at each size; the baseline of a line is the size before."""
    bench = Bench("cost against size", connection.vendor)
    books.only(books.KIND)
    before: dict[str, float] = {}
    for people in SIZES:
        costs = measure(people)
        for what, seconds in costs.items():
            per_person = f"{seconds / people * 1e6:.2f} µs a person"
            line = Line(f"{what}, {people:,} people", seconds, note=per_person)
            if what in before:
                line.baseline, line.baseline_seconds = "a tenth of it", before[what]
            bench.add(line)
        before = costs
    bench.show()
    return bench


def measure(people: int) -> dict[str, float]:
    """The costs at one size, on tables emptied before."""
    empty()
    books.fill_register(people)
    books.fill_reports(range(people * 96 // 100), 0)
    books.analyze()
    costs = {"open and match": timed(lambda: engine.tick(books.now_of(0)))}
    books.fill_reports(range(people * 96 // 100, people * 96 // 100 + 500), 0)
    after = engine.newest_event() - 500
    books.analyze()
    costs["500 proofs"] = timed(lambda: settle(after))
    costs["board"] = books.best(lambda: books.board(0))
    return costs


def settle(after: int) -> None:
    with atomic():
        engine.settle({Reported.kind}, after)


def empty() -> None:
    """Back to an empty home: the ledger's guard is taken off for this bench database only."""
    guarded = connection.vendor == "postgresql"
    if guarded:
        run("SET session_replication_role = replica")
    else:
        run("DROP TRIGGER IF EXISTS kernel_event_no_delete")
        run("PRAGMA foreign_keys = OFF")
    for table in (
        *(tables.ESCALATION, tables.ROLL_UP, tables.OBLIGATION, tables.WINDOW, "obligations_cursor"),
        *("obligations_directive", tables.EVENT, "people_person", "places_post", "places_place"),
    ):
        run(f"DELETE FROM {table}")
    directives.start_defaults(books.COUNTY)

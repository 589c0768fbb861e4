"""One worker: prepares a home once, then runs and kills, and prints a line of JSON for each run.

`python -m tools.faults.worker FOLDER SERVER NUMBER RUNS SEED ERRAND…`; the environment says which home it is.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bulou.drill.county import make_county
from tools.faults import checks, children, papers
from tools.faults.errands import Errand, Import, Intake, Serving, Tally
from tools.faults.homes import Home, home
from tools.faults.papers import AT, BASE, DAY, LOADED, TOKEN_AT, moment
from tools.faults.server import Server

SHARES = {"residents": 3, "monitoring": 3, "health_reports": 3, "files": 5, "server": 1}
"""How often each errand is drawn; a server takes longest to start."""
COLUMNS = {
    "residents": papers.RESIDENTS,
    "monitoring": papers.MONITORING,
    "health_reports": papers.HEALTH_REPORTS,
}
BATCH = 40
MOST_SHOWN = 6
ATTEMPTS = 4


@dataclass
class Prepared:
    """The kept home, the errands, and what a clean run of each gives."""

    home: Home
    folder: Path
    errands: list[Errand]
    seconds: dict[str, float]
    right: dict[str, dict[str, str]]


def bulou(folder: Path, *words: str, at: str) -> Any:
    """Run a command to its end; its answer."""
    return children.finished(children.command([*words, "--at", at], folder / "answer"))


def prepare(place: Home, folder: Path, wanted: Sequence[str]) -> Prepared:
    """Load the county, admit some, and run each errand once without a kill."""
    make_county(folder / "county", "tiny", DAY)
    bulou(folder, "load", str(folder / "county"), at=moment(LOADED))
    people = exported(folder, "residents")
    example = next(row for row in exported(folder, "monitoring") if all(map(row.get, papers.MONITORING)))
    known = papers.monitored(papers.every(people, 3, 0, 40), example, DAY)
    base = papers.write(folder / "monitoring-base.xlsx", papers.MONITORING, known)
    bulou(folder, "import", "monitoring", str(base), at=moment(BASE))
    bulou(folder, "tick", at=moment(BASE))
    errands = make_errands(place, folder, people, example, wanted)
    warm(folder, errands)
    place.keep()
    made = Prepared(place, folder, errands, {}, {})
    for errand in errands:
        learn(made, errand)
    return made


def exported(folder: Path, kind: str) -> list[papers.Row]:
    """What Bulou has of a kind, from its own export."""
    path = folder / f"export-{kind}.xlsx"
    bulou(folder, "export", kind, str(path), at=moment(BASE))
    return papers.read(path)


def token_of(folder: Path) -> str:
    """A token of the village doctor's post, as an administrator makes one."""
    posts = bulou(folder, "posts", at=moment(TOKEN_AT))["rows"]
    post = next(row for row in posts if row["role"] == "doctor" and row["held"])
    words = ("token", "--post", str(post["id"]), "--scope", post["place"], "--days", "30")
    token: str = bulou(folder, *words, at=moment(TOKEN_AT))["token"]
    return token


def make_errands(
    place: Home, folder: Path, people: list[papers.Row], example: papers.Row, wanted: Sequence[str]
) -> list[Errand]:
    """Those of the five kinds of work that are wanted."""
    cases = exported(folder, "monitoring")
    numbers = [str(case["编号"]) for case in cases]

    def workbook(kind: str) -> Errand:
        rows = {
            "residents": lambda: papers.changed_residents(people),
            "monitoring": lambda: papers.monitored(papers.every(people, 3, 1, 60), example, DAY),
            "health_reports": lambda: papers.register_of_a_day(cases),
        }[kind]()
        return Import(kind, papers.write(folder / f"{kind}-new.xlsx", COLUMNS[kind], rows))

    def files() -> Errand:
        return Intake(papers.batches(papers.events(numbers, "files"), BATCH))

    def server() -> Errand:
        phones = papers.batches(papers.events(numbers, "phones"), BATCH)
        return Serving(phones, token=token_of(folder), environment=place.environment)

    others = {"files": files, "server": server}
    return [workbook(name) if name in COLUMNS else others[name]() for name in wanted]


def warm(folder: Path, errands: list[Errand]) -> None:
    """Let the server collect its static files once, and close the database."""
    for errand in errands:
        if isinstance(errand, Serving):
            with Server(errand.environment, errand.token, folder):
                pass
    children.ask(close, folder / "closed")


def close() -> None:
    """Bring what killed processes left in the log into the database."""
    from django.db import connection

    connection.ensure_connection()
    connection.close()


def learn(made: Prepared, errand: Errand) -> None:
    """What a clean run gives, and how long it takes."""
    made.home.put_back()
    made.seconds[errand.name] = errand.clean(made.folder)
    found = conclude(made.folder)
    if found["differences"] or found["audit_broken_at"] or found["half"]:
        raise RuntimeError(f"a clean run of {errand.name} is not clean: {found}")
    made.right[errand.name] = found["digests"]
    rows_path(made, errand).write_text(
        json.dumps(children.ask(checks.rows(tuple(found["digests"])), made.folder / "rows"))
    )


def rows_path(made: Prepared, errand: Errand) -> Path:
    """Where the rows of a clean run are noted down."""
    return made.folder / f"right-{errand.name.replace(' ', '-')}.json"


def conclude(folder: Path) -> dict[str, Any]:
    """Tick, and look at everything."""
    bulou(folder, "tick", at=moment(AT))
    found: dict[str, Any] = children.ask(checks.final, folder / "final")
    return found


def run(made: Prepared, errand: Errand, draw: random.Random) -> Tally:
    """Kill, do again to the end, compare. What was done before its kill is tried again from the start."""
    started = time.monotonic()
    tally = Tally(errand.name)
    for _ in range(ATTEMPTS):
        made.home.put_back()
        errand.killed(made.home, made.folder, made.seconds[errand.name], draw, tally)
        if tally.phase != "ended":
            break
    errand.again(made.folder, draw, tally)
    found = conclude(made.folder)
    tally.half += len(found["half"])
    tally.books += [f"{one['kind']} {one['what']}" for one in found["differences"]]
    if found["audit_broken_at"] is not None:
        tally.books.append(f"audit chain broken at {found['audit_broken_at']}")
    tally.books += differing(made, errand, found["digests"])
    tally.seconds = time.monotonic() - started
    return tally


def differing(made: Prepared, errand: Errand, digests: dict[str, str]) -> list[str]:
    """The tables that are not as after a clean run, with the rows in which they differ."""
    tables = [table for table, digest in made.right[errand.name].items() if digests[table] != digest]
    if not tables:
        return []
    right = json.loads(rows_path(made, errand).read_text())
    found = children.ask(checks.rows(tables), made.folder / "rows")
    lines = []
    for table in tables:
        more, less = set(found[table]) - set(right[table]), set(right[table]) - set(found[table])
        lines.append(f"{table}: too many {sorted(more)[:MOST_SHOWN]}, missing {sorted(less)[:MOST_SHOWN]}")
    return lines


def main() -> int:
    """Prepare, then so many runs."""
    folder, server, number, runs, seed, *wanted = sys.argv[1:]
    root = Path(folder)
    (root / "work").mkdir(parents=True)
    place = home(root / f"home{number}", server)
    os.environ.update(place.environment)
    children.warm_up()
    made = prepare(place, root / "work", wanted)
    draw = random.Random(f"{seed}:{number}")
    for _ in range(int(runs)):
        errand = draw.choices(made.errands, [SHARES[name] for name in wanted])[0]
        sys.stdout.write(json.dumps(asdict(run(made, errand, draw)), ensure_ascii=False) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())

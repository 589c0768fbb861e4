"""Live through days with Bulou: feed it what happens, ask it for the balance, compare with the truth."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from bulou.drill import record
from bulou.drill.books import write
from bulou.drill.county import make_county
from bulou.drill.divisions import COUNTY
from bulou.drill.errands import ZONE
from bulou.drill.life import (
    HEALTH,
    SHEET,
    TWICE_ON,
    Report,
    admitted,
    day_reports,
    history,
    post_changes,
    truth,
)
from bulou.drill.lists import MonitoringLists, health_book
from bulou.drill.mess import Mess
from bulou.drill.outlets import Command, CommandFeed, Event, Feed, over_http
from bulou.drill.record import County
from bulou.drill.rows import post_row
from bulou.drill.styles import draw

FIRST_DAY = date(2022, 4, 16)
LEADER_ROLE = "county_leader"
"""The code that `bulou posts` has for 县级领导, whose post answers for the whole county."""

SHOWN = 5
"""How many refusals of one file are repeated in a day's problems."""

Counts = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Day:
    """One day that was lived: what Bulou's books say of it, and what the drill knows."""

    day: date
    balance: list[dict[str, Any]]
    """The county's own rows of `bulou balance`, bounded to what opened on the day."""
    truth: Counts
    sent: dict[str, int]
    """What was sent, and how the events were answered."""
    problems: list[str] = field(default_factory=list)
    """What a reader should look at: refused events and rows."""

    def differences(self) -> list[str]:
        """Where the books and the truth part: one sentence a figure, nothing when they agree."""
        books = {row["kind"]: row for row in self.balance}
        found = []
        for kind, expected in self.truth.items():
            row = books.get(kind, {})
            said = {"universe": row.get("universe"), "met": row.get("met"), "late": row.get("late")}
            said["never"] = row.get("overdue")
            found += [
                f"{self.day} {kind} {name}: books {said[name]}, truth {expected[name]}"
                for name in expected
                if said[name] != expected[name]
            ]
        return found

    def as_json(self) -> dict[str, Any]:
        """The day as a JSON-able document."""
        return {**asdict(self), "day": self.day.isoformat(), "differences": self.differences()}


@dataclass
class Drill:
    """A county, the folder where the drill keeps its own things, and the doors of one Bulou."""

    county: County
    work: Path
    bulou: Command
    feed: Feed
    _numbers: dict[str, str] = field(default_factory=dict)
    _sent: Counter[str] = field(default_factory=Counter)
    _problems: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """Load the county's workbooks early on its first day, and tell of the contacts of the days before."""
        at = _at(self.county.day, 0, 30)
        loaded = self.bulou("load", str(self.work / "county"), at=at)
        self._count_rows(loaded)
        past = [r for r in history(self.county) if r.kind != HEALTH]
        self._events(past, at + timedelta(minutes=10))
        self.bulou("tick", at=at + timedelta(minutes=20))

    def live(self, day: date) -> Day:
        """Live one day, hour by hour, and ask for its balance just after midnight."""
        self._sent.clear()
        self._problems.clear()
        self._live_to(day, _at(day, 23, 55))
        return self._close(day)

    def live_until(self, now: datetime) -> None:
        """Live the day of a moment as far as that moment. The whole day may be lived afterwards."""
        self._live_to(now.astimezone(ZONE).date(), now)

    def _live_to(self, day: date, now: datetime) -> None:
        if now >= _at(day, 1):
            self._papers_of_the_morning(day)
        reports = [r for r in day_reports(self.county, day) if r.happened_at < now]
        before = _at(day, 0)
        for hour in (_at(day, 9), _at(day, 12, 10), _at(day, 17), _at(day, 20, 15), now):
            until = min(hour, now)
            if until <= before:
                break
            self.bulou("tick", at=until)
            self._events(
                [r for r in reports if r.channel != SHEET and before <= r.happened_at < until], until
            )
            before = until
        self._registers(day, [r for r in reports if r.channel == SHEET], now)

    def _papers_of_the_morning(self, day: date) -> None:
        """Lists of those who came today (the first day's are in the county folder), and changes of posts."""
        new = admitted(self.county, day) if day > self.county.day else []
        if new:
            lists = MonitoringLists(self._folder(day), Mess(), self.county.seed, day)
            number = (day - self.county.day).days
            style = draw("monitoring", f"{self.county.seed}:{day}", number)
            self._import("monitoring", lists.one_day(f"monitoring-{day}.xlsx", new, style), _at(day, 0, 40))
        posts = post_changes(self.county, day)
        if posts:
            path = self._folder(day) / f"posts-{day}.xlsx"
            write(path, "posts", map(post_row, posts), office="人员调整", day=day)
            self._import("posts", path, _at(day, 0, 50))

    def _registers(self, day: date, reports: list[Report], at: datetime) -> None:
        """The temperature registers, one for each township; on one day the first of them comes twice."""
        reports = sorted(reports, key=lambda r: (r.case.township, r.case.village_code, r.happened_at))
        turn = (day - self.county.day).days
        for number, (township, found) in enumerate(groupby(reports, key=lambda r: r.case.township)):
            rows = list(found)
            style = draw("health_reports", f"{self.county.seed}:{township}:{day}", number + turn)
            names = [f"health_reports-{township}.xlsx"]
            if turn == TWICE_ON - 1 and number == 0:
                names.append(f"health_reports-{township}(2).xlsx")
            for name in names:
                path = self._folder(day) / name
                health_book(path, rows, office=township, day=day, style=style)
                self._import("health_reports", path, at)

    def _close(self, day: date) -> Day:
        midnight = _at(day + timedelta(days=1), 0, 5)
        self.bulou("tick", at=midnight)
        bounds = ["--from", _at(day, 0).isoformat(), "--to", _at(day + timedelta(days=1), 0).isoformat()]
        answer = self.bulou("balance", *bounds, at=midnight)
        own = [row for row in answer["rows"] if row["place"] == COUNTY]
        return Day(day, own, truth(self.county, day), dict(self._sent), list(self._problems))

    def _events(self, reports: list[Report], at: datetime) -> None:
        """Send reports as events; whoever has no case number yet is looked up once more."""
        if any(r.case.identity not in self._numbers for r in reports):
            self._numbers = self._case_numbers(at)
        known = [r for r in reports if r.case.identity in self._numbers]
        self._sent["without case number"] += len(reports) - len(known)
        events: list[Event] = [r.event(self._numbers[r.case.identity], self.county.seed) for r in known]
        for result in self.feed(events, at) if events else []:
            self._sent[f"events {result['status']}"] += 1
            if result["status"] == "refused":
                self._problems.append(f"event {result['id']}: {_why(result)}")

    def _case_numbers(self, at: datetime) -> dict[str, str]:
        """Case numbers by identity number, from the exported list, as an office would look them up."""
        path = self.work / "monitoring-export.xlsx"
        self.bulou("export", "monitoring", str(path), at=at)
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
        head = next(i for i, row in enumerate(rows) if "编号" in row and "身份证号" in row)
        number, identity = rows[head].index("编号"), rows[head].index("身份证号")
        return {str(row[identity]): str(row[number]) for row in rows[head + 1 :] if row[number]}

    def _import(self, kind: str, path: Path, at: datetime) -> None:
        self._count_rows(self.bulou("import", kind, str(path), at=at))

    def _count_rows(self, answer: Any) -> None:
        """Add up what became of rows: `load` answers for each file, `import` for its one."""
        files = answer.get("files", [answer]) if isinstance(answer, dict) else answer
        for file in files:
            for key in ("new", "updated", "unchanged", "refused"):
                self._sent[f"rows {file['kind']} {key}"] += file[key]
            if file["refused"]:
                said = [p["message"] for p in file.get("problems", []) if p["action"] == "refused"]
                self._problems.append(f"{file['file']}: {file['refused']} rows refused: {said[:SHOWN]}")

    def _folder(self, day: date) -> Path:
        folder = self.work / day.isoformat()
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def live(
    days: int,
    *,
    home: Path,
    seed: str = "bulou",
    scale: str = "community",
    first_day: date = FIRST_DAY,
    address: str | None = None,
    feed: Feed | None = None,
) -> Iterator[Day]:
    """Live so many days with the Bulou of `home`, going on where the last drill on it stopped.

    A home without a drill gets the county first. Events go through `bulou intake`, or over HTTP to the server
    at `address` (it must serve the same home), or through `feed`. Raises CommandFailed when a command cannot
    run.
    """
    drill, lived = _drill(home, scale, first_day, seed)
    if address:
        drill.feed = over_http(drill.bulou, address, COUNTY, LEADER_ROLE, _at(drill.county.day, 1))
    drill.feed = feed or drill.feed
    for turn in range(lived, lived + days):
        yield drill.live(drill.county.day + timedelta(days=turn))
        _remember(drill.work, turn + 1)


def live_until(now: datetime, *, home: Path) -> None:
    """Go on with the drill of a home until a moment: whole days before its day, then its day so far."""
    drill, lived = _drill(home, "community", FIRST_DAY, "bulou")
    today = now.astimezone(ZONE).date()
    for _ in live(max(0, (today - drill.county.day).days - lived), home=home):
        pass
    drill.live_until(now)


def _drill(home: Path, scale: str, first_day: date, seed: str) -> tuple[Drill, int]:
    """The drill of a home, its county made and loaded, and how many days it has lived."""
    work, bulou = home / "drill", Command(home)
    drill = Drill(_county(work, scale, first_day, seed), work, bulou, CommandFeed(bulou, work))
    lived = _lived(work)
    if lived is None:
        drill.begin()
        _remember(work, 0)
    return drill, lived or 0


def summarise(days: list[Day]) -> dict[str, Any]:
    """The drill as one JSON-able document, with all differences between the books and the truth."""
    return {
        "days": [day.as_json() for day in days],
        "differences": [line for day in days for line in day.differences()],
    }


def _county(work: Path, scale: str, day: date, seed: str) -> County:
    path = work / "county.json"
    if not path.exists():
        make_county(work / "county", scale, day, seed).county.save(path)
    return record.load(path)


def _lived(work: Path) -> int | None:
    """How many days were lived here; None when not even the county was loaded."""
    path = work / "lived.json"
    return json.loads(path.read_text("utf-8"))["days"] if path.exists() else None


def _remember(work: Path, days: int) -> None:
    (work / "lived.json").write_text(json.dumps({"days": days}), "utf-8")


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), ZONE)


def _why(result: dict[str, Any]) -> str:
    problem = result.get("problem") or {}
    return problem.get("detail", "") if isinstance(problem, dict) else str(problem)

"""A drill lived against a Bulou that only writes down what it is asked."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from bulou.drill.county import make_county
from bulou.drill.life import day_reports, truth
from bulou.drill.outlets import Event
from bulou.drill.record import County
from bulou.drill.run import Day, Drill, summarise

DAY = date(2022, 4, 16)


class Recorder:
    """Answers like the command, with books that say what they are told to say."""

    def __init__(self, county: County) -> None:
        self.county = county
        self.asked: list[tuple[datetime | None, tuple[str, ...]]] = []
        self.events: dict[object, Event] = {}

    def __call__(self, *words: str, at: datetime | None = None) -> dict[str, Any]:
        self.asked.append((at, words))
        if words[0] == "export":
            self._export(Path(words[2]))
        if words[0] == "balance":
            day = datetime.fromisoformat(words[2]).date()
            return {"rows": [_row(kind, counts) for kind, counts in truth(self.county, day).items()]}
        file = {"file": words[-1], "kind": "any", "new": 1, "updated": 0, "unchanged": 0, "refused": 0}
        return file if words[0] == "import" else {"files": [file]}

    def feed(self, events: list[Event], at: datetime) -> list[dict[str, Any]]:
        assert all(datetime.fromisoformat(str(event["happened_at"])) <= at for event in events)
        fresh = ["identical" if event["id"] in self.events else "new" for event in events]
        self.events |= {event["id"]: event for event in events}
        return [{"id": e["id"], "status": s, "problem": None} for e, s in zip(events, fresh, strict=True)]

    def _export(self, path: Path) -> None:
        book = xlsxwriter.Workbook(str(path))
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["编号", "姓名", "身份证号"])
        for line, case in enumerate(self.county.cases, 1):
            sheet.write_row(line, 0, [f"N{line}", case.name, case.identity])
        book.close()


def _row(kind: str, counts: dict[str, int]) -> dict[str, Any]:
    return {"kind": kind, "place": "141022", **counts, "overdue": counts["never"]}


@pytest.fixture
def drill(tmp_path: Path) -> Drill:
    county = make_county(tmp_path / "county", "tiny", DAY).county
    recorder = Recorder(county)
    return Drill(county, tmp_path, recorder, recorder.feed)  # type: ignore[arg-type]


def asked(drill: Drill, word: str) -> list[tuple[str, ...]]:
    return [words for _, words in drill.bulou.asked if words[0] == word]  # type: ignore[attr-defined]


def test_the_county_is_loaded_and_what_the_seats_did_before_is_told(drill: Drill) -> None:
    drill.begin()
    assert asked(drill, "load") == [("load", str(drill.work / "county"))]
    kinds = {event["kind"] for event in drill.bulou.events.values()}  # type: ignore[attr-defined]
    assert "monitoring.contacted" in kinds and "monitoring.health_reported" not in kinds


def test_every_report_of_a_day_is_sent_once_by_its_channel(drill: Drill) -> None:
    drill.live(DAY)
    channels = Counter(report.channel for report in day_reports(drill.county, DAY))
    assert len(drill.bulou.events) == channels["api"]  # type: ignore[attr-defined]
    assert len(asked(drill, "import")) == 1


def test_commands_of_a_day_go_forward_in_time(drill: Drill) -> None:
    drill.begin()
    drill.live(DAY)
    drill.live(DAY + timedelta(days=1))
    times = [at for at, _ in drill.bulou.asked]  # type: ignore[attr-defined]
    assert times == sorted(times)


def test_a_sheet_comes_twice_on_the_second_day(drill: Drill) -> None:
    drill.live(DAY + timedelta(days=1))
    registers = [words[2] for words in asked(drill, "import") if words[1] == "health_reports"]
    assert len(registers) == 2
    assert registers[1] == registers[0].replace(".xlsx", "(2).xlsx")


def test_posts_change_on_the_days_of_the_illness(drill: Drill) -> None:
    for turn in range(6):
        drill.live(DAY + timedelta(days=turn))
    posts = [Path(words[2]).name for words in asked(drill, "import") if words[1] == "posts"]
    assert posts == ["posts-2022-04-18.xlsx", "posts-2022-04-20.xlsx"]


def test_books_that_agree_show_no_difference_and_others_name_it(drill: Drill) -> None:
    day = drill.live(DAY)
    assert day.differences() == []
    wrong = Day(DAY, [{**row, "late": row["late"] + 1} for row in day.balance], day.truth, {})
    assert len(wrong.differences()) == 3
    assert summarise([day, wrong])["differences"] == wrong.differences()


def test_half_a_day_brings_only_what_has_happened_and_the_rest_comes_later(drill: Drill) -> None:
    noon = datetime.fromisoformat("2022-04-16T12:00+08:00")
    drill.live_until(noon)
    events = drill.bulou.events  # type: ignore[attr-defined]
    assert events and all(datetime.fromisoformat(str(e["happened_at"])) < noon for e in events.values())
    drill.live(DAY)
    channels = Counter(report.channel for report in day_reports(drill.county, DAY))
    assert len(events) == channels["api"]

"""The monitoring lists and temperature registers as offices send them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import groupby
from pathlib import Path

from bulou.drill.books import write
from bulou.drill.cases import Case
from bulou.drill.columns import IDENTITY, NAME, PHONE, TOWNSHIP, VILLAGE
from bulou.drill.divisions import villages
from bulou.drill.life import Report
from bulou.drill.mess import NAMED, REFUSED, REPAIRED, Mess, Plant, Row, Slip, township_as_written
from bulou.drill.rows import case_row
from bulou.drill.staff import SEATS
from bulou.drill.styles import DATES, PLAIN, Style, draw

TWO_LISTS = "same case on two lists"
EMPTY_SEAT = "empty seat"


def _seat(role: str, text: str) -> Slip:
    """A seat's cell written in another way; `text` has {name} and {phone}."""

    def spoil(row: Row) -> str | None:
        name, _, phone = row[role].partition(" ")
        return (
            text.format(name=name, phone=phone, dashed=f"{phone[:3]}-{phone[3:7]}-{phone[7:]}")
            if phone
            else None
        )

    return Slip(f"seat as {text}", role, REPAIRED, spoil)


def _date(column: str, way: str) -> Slip:
    """A date written in another way than the rest of the list."""
    return Slip(f"date as {way}", column, REPAIRED, lambda r: DATES[way](r[column]))


_REPAIRABLE = (
    _date("开始日期", "short"),
    _date("结束日期", "chinese"),
    _date("返回日期", "short chinese"),
    _date("开始日期", "dots"),
    _date("结束日期", "serial"),
    Slip("id with spaces", IDENTITY, REPAIRED, lambda r: f"{r[IDENTITY][:6]} {r[IDENTITY][6:]}"),
    Slip("phone with spaces", PHONE, REPAIRED, lambda r: f"{r[PHONE][:3]} {r[PHONE][3:7]} {r[PHONE][7:]}"),
    _seat(SEATS[3], "{name}{phone}"),
    Slip("same above 〃", VILLAGE, REPAIRED, lambda r: "〃" if r["_same"] else None),
    _seat(SEATS[2], "{name}（{phone}）"),
    Slip("stray spaces around name", NAME, REPAIRED, lambda r: f" {r[NAME]}　"),
    _seat(SEATS[4], "{name} {dashed}"),
    Slip(
        "same above 同上", TOWNSHIP, REPAIRED, lambda r: "同上" if r["_same"] and not r["_merged"] else None
    ),
    Slip(
        "id with lower-case x",
        IDENTITY,
        REPAIRED,
        lambda r: r[IDENTITY].lower() if r[IDENTITY][-1] == "X" else None,
    ),
    _seat(SEATS[1], "{name}\n{phone}"),
)
_REFUSED = (
    Slip("id as number", IDENTITY, REFUSED, lambda r: float(r[IDENTITY][:15] + "000")),
    Slip("no legal ground", "依据", REFUSED, lambda r: ""),
    Slip("no decision-maker", "决定人", REFUSED, lambda r: ""),
)
_EVERY = 3
"""A slip that an import repairs stands in every third row of the monitoring lists."""


class MonitoringLists:
    """Writes cases into workbooks by office, with slips that never keep a case of the truth out."""

    def __init__(self, folder: Path, mess: Mess, seed: str, day: date) -> None:
        self._folder, self._mess, self._seed, self._day = folder, mess, seed, day
        self._turn = 0
        self.files: list[str] = []
        self.rows = 0

    def write(self, cases: list[Case], refused: Iterable[Case]) -> None:
        """The lists of all offices (the first ends with rows to refuse), and a second list of some."""
        pending = list(refused)
        for number, (office, found) in enumerate(_offices(cases)):
            ending = ".gb.csv" if number % 4 == 2 else ".xlsx"
            style = draw("monitoring", f"{self._seed}:{office}", number, text_only=ending != ".xlsx")
            style = replace(style, merge_places=style.merge_places and ending == ".xlsx")
            self._one(f"monitoring-{office}{ending}", office, found, pending, style)
            pending = []
        again = cases[:: max(1, len(cases) // max(2, len(cases) // 20))]
        self._mess.counts[TWO_LISTS] += len(again)
        self._one("monitoring-县级汇总.xlsx", "县级汇总", again, [], PLAIN)

    def one_day(self, name: str, cases: list[Case], style: Style) -> Path:
        """A list of those who came on one day."""
        self._one(name, "当日新增", cases, [], style)
        return self._folder / name

    def _one(self, file: str, office: str, cases: list[Case], refused: list[Case], style: Style) -> None:
        self._mess.counts.update(style.marks())
        self._mess.counts[f"file {Path(file).suffix}"] += 1
        rows = _placed([case_row(case) for case in cases], merged=style.merge_places)
        bad = [{**case_row(c), "_bad": slip} for c, slip in zip(refused, _REFUSED, strict=False)]

        def touch(row: Row, sheet: str, at: int, first: bool) -> None:
            self._spoil(row, file, sheet, at, tidy=style is PLAIN)

        path = self._folder / file
        self.rows += write(
            path, "monitoring", [*rows, *bad], style=style, office=office, day=self._day, touch=touch
        )
        self.files.append(file)

    def _spoil(self, row: Row, file: str, sheet: str, at: int, *, tidy: bool) -> None:
        if slip := row.get("_bad"):
            row[slip.column] = slip.spoil(row)
            self._mess.note(Plant(file, sheet, at, slip.column, slip.what, slip.expected))
            return
        for role in SEATS:
            if not row[role]:
                self._mess.note(Plant(file, sheet, at, role, EMPTY_SEAT, NAMED))
        self._turn += 1
        if tidy or self._turn % _EVERY:
            return
        slip = _REPAIRABLE[self._turn // _EVERY % len(_REPAIRABLE)]
        value = slip.spoil(row)
        if value is not None:
            row[slip.column] = value
            self._mess.note(Plant(file, sheet, at, slip.column, slip.what, slip.expected))


def _offices(cases: list[Case]) -> Iterator[tuple[str, list[Case]]]:
    """A community of the town keeps its own list, elsewhere the township does."""

    def office(case: Case) -> str:
        return case.village if villages()[case.village_code].in_town else case.township

    ordered = sorted(cases, key=lambda c: (c.village_code, c.start, c.identity))
    found: dict[str, list[Case]] = {}
    for case in ordered:
        found.setdefault(office(case), []).append(case)
    yield from found.items()


def _placed(rows: list[Row], *, merged: bool) -> list[Row]:
    """Mark rows that stand below their like; merged townships are empty below the first."""
    for _, group in groupby(rows, key=lambda r: (r[TOWNSHIP], r[VILLAGE])):
        for index, row in enumerate(group):
            row.update(_same=index > 0, _merged=merged)
    if merged:
        for _, group in groupby(rows, key=lambda r: r[TOWNSHIP]):
            first, *below = list(group)
            first["_down"] = 1 + len(below)
            for row in below:
                row[TOWNSHIP] = None
    return rows


def health_book(path: Path, reports: Iterable[Report], *, office: str, day: date, style: Style) -> int:
    """A temperature register; says how many rows it has."""
    rows = (report.row() for report in reports)
    return write(path, "health_reports", rows, style=style, office=office, day=day)


def note_old_names(mess: Mess, cases: Iterable[Case]) -> None:
    """Count the cases that stand under the old or shortened name of their township."""
    for case in cases:
        _, what = township_as_written(villages()[case.village_code])
        if what:
            mess.counts[what] += 1

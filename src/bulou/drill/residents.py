"""The residents' books: a workbook for each compound, scattered area and village, a building a sheet."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import groupby
from pathlib import Path
from random import Random

from bulou.drill.books import book
from bulou.drill.cases import Admissions, Case, Slot
from bulou.drill.columns import IDENTITY, TOWNSHIP
from bulou.drill.households import AT_HOME, TENANT, Families, Person
from bulou.drill.layout import COMPOUND, HAMLET, SCATTERED, Area
from bulou.drill.mess import NAMED, REPAIRED, Mess, Plant, Row, township_as_written, typo_twin
from bulou.drill.numbers import Numbers
from bulou.drill.rows import resident_row
from bulou.drill.sinks import can_write_xls
from bulou.drill.styles import draw

_RENTED = {COMPOUND: 0.10, SCATTERED: 0.18, HAMLET: 0.02}
SAME, TWIN = "same person on two lists", "same person, slip in the number"

Slots = dict[tuple[str, str, int], Slot]


class Residents:
    """Writes the books area by area; nothing of an area stays in memory but its cases."""

    def __init__(self, folder: Path, slots: Slots, admissions: Admissions, seed: str, day: date) -> None:
        self._folder, self._slots, self._admissions = folder, slots, admissions
        self._seed, self._day = seed, day
        self._numbers = Numbers()
        self._families = Families(Random(f"{seed}:families"), self._numbers, day)
        self._again: deque[tuple[Person, str]] = deque()
        self._areas_done = 0
        self.mess = Mess()
        self.cases: list[Case] = []
        self.files: list[str] = []
        self.people = self.households = self.rows = self.copied_rows = 0
        self.copies: list[str] = []

    def write(self, areas: list[Area]) -> None:
        """Write every book; the last one of scattered doors or of a village comes twice."""
        sizes = {}
        for number, (name, found) in enumerate(_books(areas)):
            path = self._folder / f"residents-{name}{self._ending(number, found)}"
            sizes[path] = self._book(path, name, number, found)
            self.files.append(path.name)
        last = next(path for path in reversed(sizes) if path.suffix == ".xlsx")
        again = last.with_name(f"{last.stem}(2){last.suffix}")
        shutil.copyfile(last, again)
        self.files.append(again.name)
        self.copies.append(again.name)
        self.copied_rows += sizes[last]

    def stranger(self) -> Person:
        """Somebody who stands in no residents' book."""
        return self._families.adult()

    def _ending(self, number: int, areas: list[Area]) -> str:
        """Small offices save as .csv or in the old format now and then."""
        if areas[0].kind != SCATTERED:
            return ".xlsx"
        endings = {0: ".gb.csv", 1: ".xls" if can_write_xls() else ".xlsx", 2: ".csv"}
        return endings.get(number % 5, ".xlsx")

    def _book(self, path: Path, name: str, number: int, areas: list[Area]) -> int:
        style = draw("residents", f"{self._seed}:{name}", number, text_only=path.suffix == ".csv")
        self.mess.counts.update(style.marks())
        self.mess.counts[f"file {path.suffix}"] += 1

        def touch(row: Row, sheet: str, at: int, first: bool) -> None:
            self._spoil(row, path.name, sheet, at, first)

        with book(path, "residents", style=style, office=name, day=self._day) as made:
            for area in areas:
                for sheet, rows in groupby(self._rows(area), key=lambda pair: pair[0]):
                    made.sheet(sheet, (row for _, row in rows), touch)
        self.rows += made.rows
        return made.rows

    def _spoil(self, row: Row, file: str, sheet: str, at: int, first: bool) -> None:
        if what := row.get("_slip"):
            self.mess.note(Plant(file, sheet, at, IDENTITY, what, NAMED))
        elif (old := row.get("_old")) and first:
            self.mess.note(Plant(file, sheet, at, TOWNSHIP, old, REPAIRED))
        else:
            self.mess.touch(row, file, sheet, at, first=first)

    def _rows(self, area: Area) -> Iterator[tuple[str, Row]]:
        """(sheet, row) for everybody of an area, and those of earlier areas who are written down again."""
        _, old = township_as_written(area.village)
        extra = self._again.popleft() if self._again and self._areas_done else None
        last = len(area.doors) - 1
        for index, door in enumerate(area.doors):
            members = self._household(area, index)
            if index == last:
                self._remember(members[0])
            for person in members:
                yield door.building or area.name, {**resident_row(person, area, door), "_old": old}
            if index == 0 and extra:
                row = resident_row(extra[0], area, door)
                yield door.building or area.name, {**row, "_slip": extra[1]}
        self._areas_done += 1

    def _household(self, area: Area, index: int) -> list[Person]:
        members = self._families.household(rented=_RENTED[area.kind])
        slot = self._slots.get((area.village.code, area.name, index))
        if slot:
            grown = [p for p in members if p.phone]
            person = (grown or members)[0] if slot.known else self._families.adult()
            self.mess.protected.add(person.identity)
            self.cases.append(self._admissions.admit(person, area, index, slot))
        self.households += 1
        self.people += len(members)
        return members

    def _remember(self, person: Person) -> None:
        """Every second area lends the head of its last household to the next area's list."""
        turn = self._areas_done % 4
        if turn in (0, 2) and person.phone:
            self.mess.protected.add(person.identity)
            other = replace(person, relation="其他", status=AT_HOME if person.status != TENANT else TENANT)
            if turn == 2:
                other = replace(other, identity=typo_twin(person.identity))
            self._again.append((other, SAME if turn == 0 else TWIN))


def _books(areas: list[Area]) -> Iterator[tuple[str, list[Area]]]:
    """Which areas share a workbook: compounds have their own, a village's hamlets are together."""
    for area in areas:
        village = area.village
        if area.kind == COMPOUND:
            yield area.name, [area]
        elif area.kind == SCATTERED:
            yield f"{village.name}{area.name}", [area]
    hamlets = [a for a in areas if a.kind == HAMLET]
    for village, found in groupby(hamlets, key=lambda a: a.village):
        yield f"{village.township}{village.name}", list(found)

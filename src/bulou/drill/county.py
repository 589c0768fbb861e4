"""Make a synthetic county as a folder of workbooks, with the mess of real ones in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

from bulou.drill.books import write
from bulou.drill.boundaries import write_boundaries
from bulou.drill.cases import Admissions, Case, Slot, plan, quotas
from bulou.drill.divisions import COUNTY_NAME
from bulou.drill.layout import lay_out, scales
from bulou.drill.life import HEALTH, Report, day_reports, history
from bulou.drill.lists import MonitoringLists, health_book, note_old_names
from bulou.drill.mess import REFUSED, Plant, Row
from bulou.drill.record import County
from bulou.drill.residents import Residents
from bulou.drill.rows import organisation_row, place_rows, post_row, worker_row
from bulou.drill.staff import DOCTOR, Staff
from bulou.drill.styles import PLAIN, Style, draw


@dataclass(frozen=True)
class Summary:
    """What was made and what was planted in it, for whoever checks what came out."""

    folder: Path
    county: County
    files: tuple[str, ...]
    rows: dict[str, int]
    """Data rows by kind, copies of whole files not counted."""
    people: int
    """Different residents in the books."""
    households: int
    areas: dict[str, int]
    """Compounds, scattered areas and hamlets."""
    copies: tuple[str, ...]
    """Files that are another file under a second name."""
    planted: dict[str, int]
    """How often each kind of mess was planted."""
    plants: tuple[Plant, ...]
    """Each slip in a cell, with its file, sheet and row."""

    @property
    def cases(self) -> tuple[Case, ...]:
        return self.county.cases

    def refused(self) -> dict[str, int]:
        """Rows that an import must refuse, by file."""
        return dict(Counter(p.file for p in self.plants if p.expected == REFUSED))


class _Maker:
    def __init__(self, folder: Path, scale: str, day: date, seed: str) -> None:
        self._folder, self._seed, self._day = folder, seed, day
        self._scale = scales()[scale]
        self._areas = lay_out(self._scale, seed)
        shares = quotas(self._scale, self._areas, seed)
        self._staff = Staff(self._scale, self._areas, shares, seed, day)
        self._slots = plan(self._areas, shares, seed, day)
        self._admissions = Admissions(self._staff, seed)
        self._residents = Residents(folder, self._slots, self._admissions, seed, day)
        self._files: list[str] = []
        self._rows: Counter[str] = Counter()

    def make(self) -> Summary:
        self._registers()
        self._files.append(write_boundaries(self._folder, self._seed, self._day).name)
        self._residents.write(self._areas)
        county = self._county()
        self._monitoring([case for case in county.cases if case.start <= self._day])
        self._health(county)
        mess = self._residents.mess
        return Summary(
            folder=self._folder,
            county=county,
            files=tuple(self._files),
            rows=dict(self._rows),
            people=self._residents.people,
            households=self._residents.households,
            areas=dict(Counter(area.kind for area in self._areas)),
            copies=tuple(self._residents.copies),
            planted=dict(mess.counts),
            plants=tuple(mess.plants),
        )

    def _registers(self) -> None:
        """Places, organisations, workers and posts."""
        staff = self._staff
        for township, found in groupby(self._areas, key=lambda a: a.village.township):
            self._write("places", township, place_rows(list(found)))
        self._write("organisations", "", map(organisation_row, staff.organisations))
        self._write("workers", "", map(worker_row, staff.workers))
        ordered = sorted(staff.posts, key=lambda post: post.township)
        for number, (township, posts) in enumerate(groupby(ordered, key=lambda post: post.township)):
            style = draw("posts", f"{self._seed}:{township}", number)
            self._write("posts", township, map(post_row, posts), style=style)
        self._residents.mess.counts["holder left without successor"] += 1

    def _write(self, kind: str, office: str, rows: Iterable[Row], style: Style = PLAIN) -> None:
        name = f"{kind}-{office}.xlsx" if office else f"{kind}.xlsx"
        self._residents.mess.counts.update(style.marks())
        path = self._folder / name
        self._rows[kind] += write(path, kind, rows, style=style, office=office or COUNTY_NAME, day=self._day)
        self._files.append(name)

    def _county(self) -> County:
        cases = self._admissions.seated(self._residents.cases)
        self._files += self._residents.files
        self._rows["residents"] = self._residents.rows
        return County(
            seed=self._seed,
            scale=self._scale.name,
            day=self._day,
            cases=tuple(cases),
            doctor_posts=tuple(p for p in self._staff.posts if p.role == DOCTOR),
            spare_doctors=self._staff.spare_doctors,
        )

    def _monitoring(self, cases: list[Case]) -> None:
        mess = self._residents.mess
        lists = MonitoringLists(self._folder, mess, self._seed, self._day)
        note_old_names(mess, cases)
        self._refused = self._refused_cases()
        lists.write(cases, self._refused)
        self._rows["monitoring"] = lists.rows
        self._files += lists.files

    def _refused_cases(self) -> list[Case]:
        """Three who came back and whose rows cannot be taken as they stand; they are not in the truth."""
        area, slot = self._areas[0], Slot(self._day, 14, known=False)
        people = [self._residents.stranger() for _ in range(3)]
        people = [replace(p, identity=self._without_x(p.identity)) for p in people]
        return self._admissions.seated([self._admissions.admit(p, area, 0, slot) for p in people])

    def _without_x(self, identity: str) -> str:
        """A number that Excel could have taken for a number."""
        while identity.endswith("X"):
            identity = self._residents.stranger().identity
        return identity

    def _health(self, county: County) -> None:
        """The temperature registers of the days before, a workbook for each township."""
        reports = [r for r in history(county) if r.kind == HEALTH] + self._outsider(county)
        reports.sort(key=lambda r: (r.case.township, r.day, r.case.village_code, r.case.identity, r.window))
        for number, (township, found) in enumerate(groupby(reports, key=lambda r: r.case.township)):
            self._register(township, number, list(found))

    def _outsider(self, county: County) -> list[Report]:
        """Reports of somebody whose admission no register took: evidence about a person outside the books."""
        yesterday = self._day - timedelta(days=1)
        alone = replace(county, cases=(replace(self._refused[1], start=yesterday),))
        reports = [r for r in day_reports(alone, yesterday) if r.kind == HEALTH]
        self._residents.mess.counts["health report of somebody not monitored"] += len(reports)
        return reports

    def _register(self, township: str, number: int, reports: list[Report]) -> None:
        style = draw("health_reports", f"{self._seed}:{township}", number + 6)
        name = f"health_reports-{township}.xlsx"
        self._residents.mess.counts.update(style.marks())
        path = self._folder / name
        self._rows["health_reports"] += health_book(
            path, reports, office=township, day=self._day, style=style
        )
        self._files.append(name)


def make_county(folder: Path, scale: str, day: date, seed: str = "bulou") -> Summary:
    """Write a county folder as the contract describes it.

    `scale` is tiny, community or county; `day` is the last day that the workbooks know of. The same seed
    and day give the same cells. Raises KeyError for another scale.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return _Maker(folder, scale, day, seed).make()

"""Loading a county's residents, all included, against bare reading and writing."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

import xlsxwriter
from django.conf import settings
from django.db import connection, transaction
from python_calamine import CalamineWorkbook
from stdnum.cn import ric

from bench.table import Bench, Line
from bulou.places import divisions
from bulou.places.models import Level, Place
from bulou.sheets.columns import kind_named
from bulou.sheets.importing import import_file

PEOPLE = 310_000
PER_HOUSEHOLD = 3
DOORS_A_COMPOUND = 700
GOAL, MEMORY_GOAL = 4.0, 900
_RELATIONS = ("户主", "配偶", "子")


def main() -> Bench:
    """One workbook of the county's residents: brought in, and brought in again."""
    divisions.load(settings.BULOU_COUNTY)
    path = Path(settings.BULOU_HOME) / "residents-county.xlsx"
    write_residents(path, PEOPLE)
    bench = Bench("loading residents", connection.vendor)
    first, peak = measured(lambda: bring_in(path, "new"))
    again, peak_again = measured(lambda: bring_in(path, "unchanged"))
    baseline = bare(path)
    for what, seconds, memory, goal in (
        (f"import {PEOPLE:,} residents", first, peak, GOAL),
        ("the same file again (all unchanged)", again, peak_again, None),
    ):
        note = f"peak memory of all processes {memory:.0f} MiB (goal {MEMORY_GOAL})"
        bench.add(Line(what, seconds, "python-calamine + bare executemany", baseline, goal, note))
    bench.show()
    return bench


def bring_in(path: Path, outcome: str) -> None:
    """Bring the workbook in; every row must have the outcome, or the measurement is of something else."""
    report = import_file("residents", path, by="user:0")
    if getattr(report, outcome) != PEOPLE:
        raise RuntimeError(f"not {outcome}: {report.summary()} {report.problems[:3]}")


def write_residents(path: Path, people: int) -> None:
    """A clean workbook with so many people, spread over the villages of the county."""
    columns = [column.title for column in kind_named("residents").columns]
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, columns)
        for number, row in enumerate(_rows(people), 1):
            for place, value in enumerate(row):
                sheet.write_string(number, place, value)


def _rows(people: int) -> Iterator[tuple[str, ...]]:
    villages = list(
        Place.objects.filter(level=Level.VILLAGE).order_by("code").values_list("parent__name", "name")
    )
    doors = people // PER_HOUSEHOLD + 1
    for number in range(people):
        door = number // PER_HOUSEHOLD
        township, village = villages[door * len(villages) // doors]
        building, inside = divmod(door % DOORS_A_COMPOUND, 48)
        unit, flat = divmod(inside, 12)
        born = f"{1940 + number % 70}{number // 70 % 12 + 1:02d}{number // 840 % 28 + 1:02d}"
        body = f"141099{born}{number % 1000:03d}"
        yield (
            *(
                township,
                village,
                f"{door // DOORS_A_COMPOUND + 1}号院",
                f"{building + 1}号楼",
                f"{unit + 1}单元",
            ),
            *(f"{flat // 2 + 1}0{flat % 2 + 1}", _name(number), _RELATIONS[number % 3]),
            body + ric.calc_check_digit(body + "0"),
            f"1990{number % 10_000_000:07d}" if number % 5 else "",
            *(
                "在家",
                "",
                str(number % 4),
                "2022-01-05" if number % 4 else "",
                "慢性病用药" if number % 9 == 0 else "",
            ),
            "",
        )


def _name(number: int) -> str:
    return (
        "王李张刘陈杨赵黄周吴"[number % 10] + chr(0x4E00 + number // 10 % 3000) + chr(0x5E00 + number % 2999)
    )


def bare(path: Path) -> float:
    """Seconds to read all cells with python-calamine and write them with one executemany; all rolled back."""
    width = len(kind_named("residents").columns)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bare ({', '.join(f'c{i} text' for i in range(width))})")
        started = perf_counter()
        rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        cursor.executemany(f"INSERT INTO bare VALUES ({', '.join(['%s'] * width)})", rows[1:])
        seconds = perf_counter() - started
        transaction.set_rollback(True)
    return seconds


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds that the work takes, and the peak memory (MiB) of this process and all its children."""
    done, peak = threading.Event(), [0.0]
    watcher = threading.Thread(target=_watch, args=(done, peak), daemon=True)
    watcher.start()
    started = perf_counter()
    work()
    seconds = perf_counter() - started
    done.set()
    watcher.join()
    return seconds, peak[0]


def _watch(done: threading.Event, peak: list[float]) -> None:
    while not done.wait(0.05):
        peak[0] = max(peak[0], sum(_resident(pid) for pid in (os.getpid(), *_children(os.getpid()))))


def _children(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _read(task).split():
            yield int(child)
            yield from _children(int(child))


def _resident(pid: int) -> float:
    """Resident memory of a process, MiB; a process that has just ended has none."""
    found = _read(Path(f"/proc/{pid}/statm")).split()
    return int(found[1]) * os.sysconf("SC_PAGESIZE") / 2**20 if found else 0.0


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""

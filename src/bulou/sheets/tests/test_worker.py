"""The reading process, worked inside the test's own."""

import gc
import io
import pickle
import resource
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bulou.sheets import wire, worker
from bulou.sheets.child import DEFAULT, Job, Limits
from bulou.sheets.columns import kind_named
from bulou.sheets.tests.defects import write_defects
from bulou.sheets.tests.offices import RESIDENT_HEADER, TODAY, resident, residents, write

RESIDENTS = kind_named("residents").bare()


@pytest.fixture
def bounds(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[int, tuple[int, int]]]:
    """The limits that would be set."""
    found: dict[int, tuple[int, int]] = {}
    monkeypatch.setattr(resource, "setrlimit", found.__setitem__)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    yield found
    gc.enable()


def answers(job: Job) -> Sequence[tuple[str, Any]]:
    """What comes out for a job."""
    out = io.BytesIO()
    worker.main(io.BytesIO(pickle.dumps(job)), out)
    out.seek(0)
    return list(wire.receive(out))


def test_a_job_is_done_within_its_limits(tmp_path: Path, bounds: dict[int, tuple[int, int]]) -> None:
    path = residents(tmp_path / "r.xlsx", resident())
    found = answers(Job(RESIDENTS, str(path), TODAY, Limits(cpu_seconds=7)))
    assert [tag for tag, _ in found] == ["progress", "progress", "batch", "end"]
    assert bounds[resource.RLIMIT_CPU] == (7, 7)
    assert bounds[resource.RLIMIT_FSIZE] == bounds[resource.RLIMIT_CORE] == (0, 0)
    assert bounds[resource.RLIMIT_AS][0] > DEFAULT.memory


def test_a_limit_is_never_set_above_the_one_that_stands(
    monkeypatch: pytest.MonkeyPatch, bounds: dict[int, tuple[int, int]]
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _what: (5, 5))
    worker.confine(DEFAULT, writes=True)
    assert bounds[resource.RLIMIT_CPU] == (5, 5)


def test_a_file_that_cannot_be_read_is_a_fatal_answer(tmp_path: Path, bounds: object) -> None:
    (tmp_path / "r.xlsx").write_bytes(b"PK\x03\x04")
    assert answers(Job(RESIDENTS, str(tmp_path / "r.xlsx"), TODAY, DEFAULT)) == [
        ("fatal", ("file-broken", {}))
    ]


def test_memory_that_runs_out_is_a_fatal_answer(
    tmp_path: Path, bounds: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hungry(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(worker, "check_file", hungry)
    path = residents(tmp_path / "r.xlsx", resident())
    found = answers(Job(RESIDENTS, str(path), TODAY, DEFAULT))
    assert found == [("fatal", ("file-needs-too-much-memory", {}))]


def test_a_copy_holds_every_cell_and_the_notes(tmp_path: Path, bounds: object) -> None:
    write_defects(tmp_path / "r.xlsx")
    notes = {
        "1号楼": {3: ("某句话", {6: "refused", 15: "ignored"})},
        "2号楼": {0: ("整表", {}), 3: ("表头", {})},
    }
    job = Job(RESIDENTS, str(tmp_path / "r.xlsx"), TODAY, DEFAULT, "copy", str(tmp_path / "out.xlsx"), notes)
    assert answers(job) == [("end", None)]
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert book["1号楼"]["Q3"].value == "某句话"
    assert [book["1号楼"][cell].fill.fgColor.rgb for cell in ("G3", "P3")] == ["FFF8B4B0", "FFE4E7EC"]
    assert book["2号楼"]["R3"].comment.text == "整表\n表头"


def test_a_copy_keeps_hidden_sheets_hidden_and_odd_ones_as_they_are(tmp_path: Path, bounds: object) -> None:
    path = write(
        tmp_path / "r.xlsx", ("表", [RESIDENT_HEADER, resident()]), ("空", []), ("旧", [["旧表", True]])
    )
    book = openpyxl.load_workbook(path)
    book["旧"].sheet_state = "hidden"
    book.save(path)
    out = tmp_path / "out.xlsx"
    assert answers(Job(RESIDENTS, str(path), TODAY, DEFAULT, "copy", str(out))) == [("end", None)]
    book = openpyxl.load_workbook(out)
    assert [sheet.sheet_state for sheet in book] == ["visible", "visible", "hidden"]
    assert [cell.value for cell in book["旧"][1]][:2] == ["旧表", True]


def test_a_panic_of_the_parser_is_a_broken_file() -> None:
    out = io.BytesIO()
    worker._report(out, type("PanicException", (BaseException,), {}), None)
    out.seek(0)
    assert next(wire.receive(out)) == ("fatal", ("file-broken", {}))

"""Reading happens in a process with limits: whatever a file does, one clear problem comes out."""

import io
import os
import pickle
import struct
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xlwt

from bulou.sheets import child, wire, worker
from bulou.sheets.checking import Batch
from bulou.sheets.child import DEFAULT, Limits, checked
from bulou.sheets.columns import kind_named
from bulou.sheets.problems import sentence
from bulou.sheets.reading import Problem, Progress
from bulou.sheets.tests.offices import TODAY, check, resident, residents

RESIDENTS = kind_named("residents")
SHEET = "xl/worksheets/sheet1.xml"


def items(path: Path, limits: Limits = DEFAULT) -> list[Batch | Problem | Progress]:
    return list(checked(RESIDENTS, path, TODAY, limits))


def only_problem(path: Path, limits: Limits = DEFAULT) -> Problem:
    """The one fatal problem of a file."""
    found = [item for item in items(path, limits) if not isinstance(item, Progress)]
    assert len(found) == 1 and isinstance(found[0], Problem) and found[0].fatal
    assert path.name in sentence(found[0])
    return found[0]


def with_sheet(path: Path, content: bytes) -> Path:
    """A workbook whose sheet has another text."""
    whole = residents(path.with_name("whole.xlsx"), resident())
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, content if name == SHEET else source.read(name))
    return path


def test_the_process_answers_what_reading_here_answers(tmp_path: Path) -> None:
    path = residents(tmp_path / "r.xlsx", resident(1), resident(2, 身份证号="1"), resident(3, 姓名="王 某"))
    found = items(path)
    rows = [row for item in found if isinstance(item, Batch) for row in item.rows]
    assert (rows, [item for item in found if isinstance(item, Problem)]) == check(path)
    batch = next(item for item in found if isinstance(item, Batch))
    assert batch.refs == [("常住人口", 2), ("常住人口", 4)]
    assert batch.headers["常住人口"][8] == "身份证号"
    later = batch.problem(1, 8, "…", "refused", "file-broken")
    assert later[:4] == ("常住人口", 4, "身份证号", "…")
    assert found[-1] in (Progress(4, 4, "常住人口"), batch)


def test_a_small_file_that_asks_for_549_gigabytes(tmp_path: Path) -> None:
    bomb = b"""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
    <row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>
    </sheetData></worksheet>"""
    assert only_problem(with_sheet(tmp_path / "bomb.xlsx", bomb)).code == "file-needs-too-much-memory"


def test_a_file_that_unpacks_to_gigabytes(tmp_path: Path) -> None:
    start = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    )
    cell = b'<c r="A1" t="inlineStr"><is><t>' + b"x" * 2_000_000 + b"</t></is></c>"
    path = with_sheet(tmp_path / "bomb.xlsx", start + cell * 100 + b"</row></sheetData></worksheet>")
    assert path.stat().st_size < 2_000_000
    assert only_problem(path, Limits(memory=150 << 20)).code == "file-needs-too-much-memory"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("text.xlsx", "乡镇,姓名".encode(), "file-not-a-workbook"),
        ("empty.xlsx", b"", "file-empty"),
        ("cut.xlsx", b"PK\x03\x04" + b"\0" * 100, "file-broken"),
        ("page.xls", b"<html><body><table>", "file-is-web-page"),
    ],
)
def test_a_file_that_is_none_is_one_problem(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert only_problem(tmp_path / name).code == code


def test_a_file_with_a_password(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    book.add_sheet("表").write(0, 0, "姓名")
    book.save(str(tmp_path / "plain.xls"))
    content = (tmp_path / "plain.xls").read_bytes()
    name = "Workbook".encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 18)
    locked = "EncryptedPackage".encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 34)
    assert name in content
    (tmp_path / "locked.xlsx").write_bytes(content.replace(name, locked))
    assert only_problem(tmp_path / "locked.xlsx").code == "file-has-password"


def test_a_file_that_is_missing_or_too_big_is_not_opened(tmp_path: Path) -> None:
    assert only_problem(tmp_path / "none.xlsx").code == "file-missing"
    path = residents(tmp_path / "r.xlsx", resident())
    assert only_problem(path, Limits(file_bytes=100)).code == "file-too-big"


def test_a_file_that_takes_too_long(tmp_path: Path) -> None:
    path = residents(tmp_path / "r.xlsx", resident())
    assert only_problem(path, Limits(seconds=0.01)).code == "file-takes-too-long"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (-24, "file-takes-too-long"),
        (-9, "file-takes-too-long"),
        (-6, "file-needs-too-much-memory"),
        (1, "file-broken"),
    ],
)
def test_how_the_process_ended_says_why(status: int, code: str) -> None:
    assert child._cause(status) == code


def test_the_process_inherits_no_key_and_writes_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BULOU_SECRET_KEY", "canary")
    process = child._start()
    try:
        environment = Path(f"/proc/{process.pid}/environ").read_bytes()
        deadline = time.monotonic() + 5
        while b"PYTHONPATH" not in environment and time.monotonic() < deadline:
            environment = Path(f"/proc/{process.pid}/environ").read_bytes()
    finally:
        process.kill()
        process.communicate()
    assert b"PYTHONPATH" in environment
    assert b"canary" not in environment and b"BULOU_" not in environment


def test_closing_the_iterator_ends_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    start = child._start
    monkeypatch.setattr(child, "_start", lambda: started.append(start()) or started[0])
    reading = checked(RESIDENTS, residents(tmp_path / "r.xlsx", resident()), TODAY)
    next(reading)
    reading.close()
    assert started[0].poll() is not None


def test_an_answer_that_is_no_frame_is_a_broken_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Evil:
        def __reduce__(self) -> tuple[Any, tuple[str]]:
            return (os.system, ("touch " + str(tmp_path / "owned"),))

    payload = pickle.dumps(Evil())
    frame = struct.pack(">I", len(payload)) + payload
    monkeypatch.setattr(child, "receive", lambda _source: wire.receive(io.BytesIO(frame)))
    assert only_problem(residents(tmp_path / "r.xlsx", resident())).code in (
        "file-takes-too-long",
        "file-broken",
    )
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize(
    "frame",
    [
        b"\0\0",
        b"\xff\xff\xff\xff",
        b"\0\0\0\x05ab",
        b"\0\0\0\x02ab",
        struct.pack(">I", len(pickle.dumps(1))) + pickle.dumps(1),
    ],
)
def test_bytes_that_are_no_frame(frame: bytes) -> None:
    with pytest.raises(wire.BadFrame):
        list(wire.receive(io.BytesIO(frame)))


def test_problems_go_together_and_keep_their_order() -> None:
    problem = Problem("表", 1, "姓名", "", "refused", "required-empty", {})
    items = [problem] * 2_500 + [Progress(1, 2, "表"), Batch([("王某",)], [("表", 2)], {}), problem]
    frames = list(wire.packed(items))
    assert [tag for tag, _ in frames] == ["problems"] * 3 + ["progress", "batch", "problems"]
    assert [item for frame in frames for item in wire.unpack(*frame)] == items


@pytest.mark.parametrize("answer", [("batch", (1,)), ("problems", [()]), ("progress", ()), ("other", None)])
def test_frames_with_something_else_in_them(answer: tuple[str, Any]) -> None:
    with pytest.raises(wire.BadFrame):
        wire.unpack(*answer)


def test_a_failure_of_ours_names_its_place_and_nothing_of_the_cells() -> None:
    out = io.BytesIO()
    try:
        raise ValueError("14109919900101001X")
    except ValueError as error:
        worker._report(out, type(error), error.__traceback__)
    assert b"14109919900101001X" not in out.getvalue()
    out.seek(0)
    tag, (code, params) = next(wire.receive(out))
    assert (tag, code) == ("fatal", "reader-failed")
    assert params["where"].startswith("ValueError test_child.py:")


def test_a_failing_check_ends_the_file_with_one_problem(tmp_path: Path) -> None:
    kind = replace(RESIDENTS, checks=(_Failing(),))
    found = list(checked(kind, residents(tmp_path / "r.xlsx", resident()), TODAY))
    assert [item.code for item in found if isinstance(item, Problem)] == ["reader-failed"]


class _Failing:
    def __call__(self, columns: Any) -> Any:
        raise ZeroDivisionError(columns)

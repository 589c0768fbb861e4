"""Reading a workbook in a process of its own, which has limits, no keys and no database.

A file of 1.4 kB can make a parser ask for 549 GB; a file can hang a parser, or break it. Whatever it does,
the process ends and one clear problem comes out.
"""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Collection, Generator, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import bulou
from bulou.sheets.cells import REFUSED
from bulou.sheets.checking import Batch
from bulou.sheets.columns import SheetKind
from bulou.sheets.mends import Mends
from bulou.sheets.raw import RawRow
from bulou.sheets.reading import Problem, Progress
from bulou.sheets.wire import BadFrame, Item, receive, unpack

SOURCE = str(Path(bulou.__file__).parents[1])


@dataclass(frozen=True)
class Limits:
    """What reading one file may take. Memory (bytes) is counted above what an idle process has."""

    memory: int = 700 << 20
    cpu_seconds: int = 180
    seconds: float = 600.0
    file_bytes: int = 200 << 20


DEFAULT = Limits()


@dataclass(frozen=True)
class Job:
    """What the reading process is asked: to check a file, or to copy it with its problems written beside."""

    kind: SheetKind
    path: str
    today: date
    limits: Limits
    task: str = "check"
    out: str = ""
    notes: Mapping[str, Mapping[int, Any]] | None = None
    mends: Mends | None = None
    wanted: Mapping[str, Collection[int]] | None = None
    """For the task `rows`: the rows asked for, by sheet."""


def checked(
    kind: SheetKind,
    path: str | Path,
    reference_date: date,
    limits: Limits = DEFAULT,
    mends: Mends | None = None,
) -> Generator[Batch | Problem | Progress, None, None]:
    """Read and check a workbook; batches come while it is read.

    A problem whose `fatal` is true says that the file could not be read to its end: nothing of it may be
    taken in, batches that came before included. Closing the iterator ends the process.
    """
    for item in run(Job(kind.bare(), str(Path(path).resolve()), reference_date, limits, mends=mends)):
        if not isinstance(item, RawRow):
            yield item


def rows_of(
    kind: SheetKind, path: str | Path, wanted: Mapping[str, Collection[int]], mends: Mends | None = None
) -> list[RawRow]:
    """Some rows of a workbook with their cells as they stand; none of a file that cannot be read."""
    job = Job(kind.bare(), str(Path(path).resolve()), date.min, DEFAULT, "rows", mends=mends, wanted=wanted)
    return [item for item in run(job) if isinstance(item, RawRow)]


def run(job: Job) -> Iterator[Item]:
    """Give a job to a fresh process and pass on what it answers."""
    trouble = _unfit(Path(job.path), job.limits)
    if trouble:
        yield trouble
        return
    process = _start()
    timer = threading.Timer(job.limits.seconds, process.kill)
    timer.daemon = True
    timer.start()
    try:
        yield from _converse(process, job)
    finally:
        timer.cancel()
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def _unfit(path: Path, limits: Limits) -> Problem | None:
    """A file that need not be opened to be refused."""
    if not path.is_file():
        return _fatal(path, "file-missing")
    size = path.stat().st_size
    if size > limits.file_bytes:
        return _fatal(path, "file-too-big", size=size >> 20, limit=limits.file_bytes >> 20)
    return None


def _start() -> subprocess.Popen[bytes]:
    """A fresh interpreter with an empty environment: it inherits neither memory nor keys nor files."""
    return subprocess.Popen(
        [sys.executable, "-s", "-P", "-m", "bulou.sheets.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={"PYTHONPATH": SOURCE, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
        start_new_session=True,
    )


def _converse(process: subprocess.Popen[bytes], job: Job) -> Iterator[Item]:
    path, finished = Path(job.path), False
    assert process.stdin is not None and process.stdout is not None  # noqa: S101
    try:
        process.stdin.write(pickle.dumps(job))
        process.stdin.close()
    except BrokenPipeError:
        pass
    try:
        for tag, content in receive(process.stdout):
            if tag == "end":
                finished = True
            elif tag == "fatal":
                finished = True
                yield _fatal(path, content[0], **content[1])
            else:
                yield from unpack(tag, content)
    except BadFrame:
        process.kill()
    if not finished:
        yield _fatal(path, _cause(process.wait()))


def _cause(status: int) -> str:
    """Why a process ended without having said so."""
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        return "file-takes-too-long"
    return "file-needs-too-much-memory" if status == -signal.SIGABRT else "file-broken"


def _fatal(path: Path, code: str, **params: object) -> Problem:
    return Problem("", 0, "", path.name, REFUSED, code, params)

"""The process that reads one workbook: `python -m bulou.sheets.worker`, a job on standard input.

It answers with frames on standard output. What it cannot answer for (a parser that aborts, memory or time
that run out) is told by how it ends.
"""

from __future__ import annotations

import gc
import pickle
import resource
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from bulou.sheets.checking import check_file
from bulou.sheets.child import Job, Limits
from bulou.sheets.opening import Unreadable
from bulou.sheets.raw import rows_of
from bulou.sheets.wire import packed, send

_PAGE = resource.getpagesize()


def confine(limits: Limits, writes: bool) -> None:
    """Bound memory, processor time and files of this process."""
    started_with = int(Path("/proc/self/statm").read_text().split()[0]) * _PAGE
    _bound(resource.RLIMIT_AS, started_with + limits.memory)
    _bound(resource.RLIMIT_CPU, limits.cpu_seconds)
    _bound(resource.RLIMIT_FSIZE, limits.file_bytes * 4 if writes else 0)
    _bound(resource.RLIMIT_CORE, 0)


def _bound(what: int, most: int) -> None:
    _soft, hard = resource.getrlimit(what)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))


def work(job: Job, out: BinaryIO) -> None:
    """Do a job and answer for it."""
    try:
        if job.task == "check":
            for tag, content in packed(check_file(Path(job.path), job.kind, job.today, job.mends)):
                send(out, tag, content)
        elif job.task == "rows":
            for tag, content in packed(rows_of(Path(job.path), job.kind, job.wanted or {}, job.mends)):
                send(out, tag, content)
        else:
            # Writing workbooks takes a third of a second to load; most jobs only read.
            from bulou.sheets import copying

            copying.copy_with_problems(job.kind, Path(job.path), job.notes or {}, Path(job.out))
    except Unreadable as error:
        send(out, "fatal", (error.code, error.params))
    except MemoryError:
        send(out, "fatal", ("file-needs-too-much-memory", {}))
    else:
        send(out, "end", None)


def main(source: BinaryIO, out: BinaryIO) -> None:
    """One job. The job comes from the program itself and may be unpickled."""
    job = pickle.load(source)  # noqa: S301
    # Rows are made by the hundred thousand and freed by their counts; looking for cycles only costs time.
    gc.disable()
    confine(job.limits, writes=bool(job.out))
    sys.excepthook = lambda kind, error, trace: _report(out, kind, trace)
    work(job, out)


def _report(out: BinaryIO, kind: type[BaseException], trace: TracebackType | None) -> None:
    """Name the place of a failure of ours, without the cells. A parser's panic is the file's."""
    if kind.__name__ == "PanicException":
        send(out, "fatal", ("file-broken", {}))
        return
    last = traceback.extract_tb(trace)[-1]
    send(
        out,
        "fatal",
        ("reader-failed", {"where": f"{kind.__name__} {Path(last.filename).name}:{last.lineno}"}),
    )


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)

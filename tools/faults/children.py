"""Real processes, made quickly: a warm parent that has Bulou imported and no database open forks them.

A child runs what the command `bulou` runs, in a session and a process group of its own, so that it can be
killed with -9 like one that a user started.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DONE, INPUT_ERRORS, BROKEN = 0, 1, 70
BEGUN, OVER = "B", "C"
PATIENCE = 300.0
"""Seconds after which a child that should end is taken for one that hangs."""


class ChildFailedError(RuntimeError):
    """A child that should have done its work ended otherwise."""


@dataclass(frozen=True)
class Transaction:
    """One of the transactions of a child: the how manieth, and how long it took."""

    number: int
    seconds: float


@dataclass
class Child:
    """A running child: its process id, its answer's file, and the file of its transaction marks."""

    pid: int
    out: Path
    marks: Path

    def kill(self) -> None:
        """kill -9 to the whole process group."""
        os.killpg(self.pid, signal.SIGKILL)

    def wait(self, seconds: float) -> int | None:
        """The exit code when it ends within so many seconds (a signal is negative), else None."""
        until = time.monotonic() + seconds
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            if time.monotonic() >= until:
                return None
            time.sleep(0.001)

    def answer(self) -> Any:
        """What it printed, or None when it did not come to the end of it."""
        try:
            return json.loads(self.out.read_bytes())
        except (json.JSONDecodeError, UnicodeDecodeError):
            return None

    def phase(self) -> str:
        """Where it was: before its first transaction, within one, or after one."""
        marks = self.transactions()
        if not marks:
            return "before"
        return "within" if marks[-1][0] == BEGUN else "after"

    def transactions(self) -> list[tuple[str, float]]:
        """Each beginning and end of a transaction, with the second on the machine's clock."""
        words = self.marks.read_text().split()
        return [(word[0], float(word[1:])) for word in words]

    def longest(self) -> Transaction:
        """The longest transaction of a child that ran to its end."""
        marks = self.transactions()
        spans = [
            Transaction(number, end - start)
            for number, ((_, start), (_, end)) in enumerate(zip(marks[::2], marks[1::2], strict=True))
        ]
        return max(spans, key=lambda one: one.seconds)

    def kill_within(self, wanted: Transaction, share: float) -> int | None:
        """Kill it when it has done a share of a transaction; its exit code if it had ended by itself."""
        while len(self.transactions()) <= 2 * wanted.number:
            code = self.wait(0.0005)
            if code is not None:
                return code
        return self.kill_after(share * wanted.seconds)

    def kill_after(self, seconds: float) -> int | None:
        """Kill it in so many seconds; its exit code if it had ended by itself."""
        code = self.wait(seconds)
        if code is None:
            self.kill()
            self.wait(PATIENCE)
        return code


def warm_up() -> None:
    """Import all that a command needs, in the warm parent."""
    import django

    django.setup()
    from bulou.command.cli import books, house, registers  # noqa: F401  each adds its commands
    from bulou.monitoring import models, report_rows, sheet_rows  # noqa: F401
    from bulou.obligations import reconcile  # noqa: F401

    gc.collect()
    gc.freeze()


def command(words: list[str], out: Path) -> Child:
    """Start a `bulou` command with `--json`."""
    return fork(lambda: _command([*words, "--json"]), out)


def finished(child: Child) -> Any:
    """The answer of a child that is to run to its end. Raises ChildFailedError."""
    code = child.wait(PATIENCE)
    if code is None:
        child.kill()
        os.waitpid(child.pid, 0)
    if code not in (DONE, INPUT_ERRORS):
        said = child.out.with_suffix(".err").read_text(errors="replace")
        raise ChildFailedError(f"exit code {code}: {said[-2000:]}")
    return child.answer()


def ask(question: Callable[[], Any], out: Path) -> Any:
    """What a function answers in a child of its own (JSON): it may open the database."""

    def answer() -> int:
        sys.stdout.write(json.dumps(question(), default=str))
        return DONE

    return finished(fork(answer, out))


def fork(work: Callable[[], int], out: Path) -> Child:
    """Run a function in a child whose standard output is a file; it returns the exit code."""
    marks = out.with_suffix(".marks")
    out.write_bytes(b"")
    marks.write_bytes(b"")
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        code = BROKEN
        try:
            os.setsid()
            _redirect(out)
            _mark_transactions(marks)
            code = work()
            sys.stdout.flush()
        finally:
            # Nothing of the parent may be run in the child: no handlers at exit, no buffers.
            os._exit(code)
    child = Child(pid, out, marks)
    return child


def _redirect(out: Path) -> None:
    flags = os.O_WRONLY | os.O_TRUNC | os.O_CREAT | os.O_APPEND
    for stream, path in ((sys.stdout, out), (sys.stderr, out.with_suffix(".err"))):
        file = os.open(path, flags)
        os.dup2(file, stream.fileno())
        os.close(file)


def _command(words: list[str]) -> int:
    from bulou.command.cli import frame

    sys.argv = ["bulou", *words]
    code = frame.run()
    sys.stdout.flush()
    return code


def _mark_transactions(path: Path) -> None:
    """Write a mark when a transaction that may write begins and when it is over."""
    from django.db import transaction

    marks = os.open(path, os.O_WRONLY | os.O_APPEND)

    def mark(what: str) -> None:
        os.write(marks, f"{what}{time.monotonic()}\n".encode())

    enter, leave = transaction.Atomic.__enter__, transaction.Atomic.__exit__

    def __enter__(self: transaction.Atomic) -> None:
        outermost = not transaction.get_connection(self.using).in_atomic_block
        enter(self)
        if outermost:
            mark(BEGUN)

    def __exit__(self: transaction.Atomic, *error: Any) -> None:
        leave(self, *error)
        if not transaction.get_connection(self.using).in_atomic_block:
            mark(OVER)

    transaction.Atomic.__enter__ = __enter__  # type: ignore[method-assign]
    transaction.Atomic.__exit__ = __exit__  # type: ignore[method-assign]


def timed(work: Callable[[], Any]) -> float:
    """How many seconds something takes."""
    started = time.monotonic()
    work()
    return time.monotonic() - started

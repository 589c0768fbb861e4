"""Running the tests against mutants, each in a copy of the source tree."""

from __future__ import annotations

import compileall
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.mutants.making import Mutant

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("src", "tests", "tools", "conftest.py", "pyproject.toml")
PASSED, NOTHING_RAN = 0, 5
PATIENCE = 60.0
"""Seconds that a run may take above three times a clean one, before the mutant counts as hanging."""


class TestsFailedError(RuntimeError):
    """The tests fail, or there are none, with no mutant in the tree."""


@dataclass(frozen=True)
class Verdict:
    """Whether the tests noticed a mutant, and after how many seconds."""

    mutant: Mutant
    killed: bool
    seconds: float


@dataclass(frozen=True)
class Copy:
    """A copy of the source tree in which mutants take turns, and a folder for the tests' database."""

    folder: Path
    tests: Sequence[str]

    def run(self, first: str = "", timeout: float | None = None) -> tuple[int, str]:
        """Run the tests up to the first failure; their exit code and what they said. A hang is -1.

        Those of the module `first` come first, for they are the likeliest to notice.
        """
        nearest = [str(path) for path in self.folder.glob(f"{self.tests[0]}/test_{first}.py")]
        options = ["-x", "-q", "--database=sqlite", "--tb=short", f"--folder={self.folder / 'database'}"]
        command = [sys.executable, "-m", "pytest", *options, *nearest, *self.tests]
        with subprocess.Popen(
            command,
            cwd=self.folder,
            # The same examples each time; no compiled file that is as old and as long as its successor.
            env={**os.environ, "HYPOTHESIS_PROFILE": "ci", "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                said, _ = process.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                return -1, ""
            return process.returncode, said

    def judge(self, mutant: Mutant, timeout: float) -> Verdict:
        """Put the mutant in, run the tests, take it out."""
        path, started = self.folder / mutant.path, time.monotonic()
        source = path.read_bytes()
        path.write_bytes(mutant.apply(source))
        try:
            code, _said = self.run(path.stem, timeout)
        finally:
            path.write_bytes(source)
        return Verdict(mutant, code != PASSED, time.monotonic() - started)


@contextmanager
def copied(room: str, tests: Sequence[str]) -> Iterator[Copy]:
    """A copy of the tree, compiled but for the room that mutants change."""
    folder = Path(tempfile.mkdtemp(prefix="bulou-mutants-"))
    try:
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(source, folder / name)
        (folder / "database").mkdir()
        compileall.compile_dir(folder / "src", quiet=2)
        shutil.rmtree(folder / room / "__pycache__", ignore_errors=True)
        yield Copy(folder, tests)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clean_seconds(copy: Copy) -> float:
    """How long the tests take with no mutant in the tree. Raises TestsFailedError."""
    started = time.monotonic()
    code, said = copy.run()
    if code != PASSED:
        raise TestsFailedError(f"the tests do not pass as they are (exit code {code}):\n{said[-3000:]}")
    return time.monotonic() - started


def judge_all(
    mutants: Sequence[Mutant],
    room: str,
    tests: Sequence[str],
    workers: int,
    tell: Callable[[Verdict], object],
) -> list[Verdict]:
    """A verdict for each mutant, in their order; each is told when it is known. Raises TestsFailedError."""
    with ExitStack() as stack:
        copies = [stack.enter_context(copied(room, tests)) for _ in range(workers)]
        timeout = 3 * clean_seconds(copies[0]) + PATIENCE
        mine = threading.local()
        free = list(copies)

        def judge(mutant: Mutant) -> Verdict:
            if not hasattr(mine, "copy"):
                mine.copy = free.pop()
            verdict: Verdict = mine.copy.judge(mutant, timeout)
            tell(verdict)
            return verdict

        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(judge, mutants))

"""`python -m tools.faults`: kills Bulou with -9 at 200 random moments of import and intake.

Each run starts from a fresh copy of a small county, is killed, is done again to its end, and is compared
with a run that nobody killed. Exit code 1 unless nothing was lost, doubled, half or different.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from tools import postgres

ROOT = Path(__file__).resolve().parents[2]
PHASES = ("before", "within", "after", "ended")
ERRANDS = ("residents", "monitoring", "health_reports", "files", "server")
COUNTED = ("acknowledged", "lost", "doubled", "half")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the workers and show the table."""
    options = _options(arguments)
    started = time.monotonic()
    server = postgres.server(durable=True) if options.database == "postgres" else nullcontext("")
    with (
        tempfile.TemporaryDirectory(prefix="bulou-faults-") as folder,
        server as address,
        ThreadPoolExecutor(options.workers) as pool,
    ):
        jobs = [
            pool.submit(_work, Path(folder), address, number, share, options)
            for number, share in enumerate(_shares(options.runs, options.workers))
        ]
        results = [job.result() for job in jobs]
    tallies = [tally for found, _code in results for tally in found]
    _show(tallies, options.database, time.monotonic() - started)
    wrong = any(not _clean(tally) for tally in tallies)
    return int(wrong or len(tallies) < options.runs or any(code for _found, code in results))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.faults", description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", default="bulou", help="another seed kills at other moments")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--errands", nargs="+", choices=ERRANDS, default=ERRANDS)
    return parser.parse_args(arguments)


def _shares(runs: int, workers: int) -> list[int]:
    return [runs // workers + (number < runs % workers) for number in range(workers)]


def _work(
    folder: Path, server: str, number: int, runs: int, options: argparse.Namespace
) -> tuple[list[dict[str, Any]], int]:
    """One worker in a process of its own; its tallies and its exit code."""
    command = [sys.executable, "-m", "tools.faults.worker"]
    place = folder / f"worker{number}"
    words = [str(place), server, str(number), str(runs), options.seed, *options.errands]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BULOU_")}
    # The warm parent is started for its home: settings are read once.
    home = {"BULOU_HOME": str(place / f"home{number}")}
    if server:
        home["BULOU_DATABASE_URL"] = postgres.sibling(server, f"faults_home{number}")
    with subprocess.Popen(
        [*command, *words],
        cwd=ROOT,
        env={**clean, **home, "DJANGO_SETTINGS_MODULE": "bulou.config.settings"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        return list(_told(process.stdout)), process.wait()


def _told(lines: Iterator[str] | Any) -> Iterator[dict[str, Any]]:
    for line in lines:
        tally: dict[str, Any] = json.loads(line)
        mark = "." if _clean(tally) else f"\nWRONG {json.dumps(tally, ensure_ascii=False)}\n"
        sys.stderr.write(mark)
        sys.stderr.flush()
        yield tally


def _clean(tally: dict[str, Any]) -> bool:
    return not (tally["lost"] or tally["doubled"] or tally["half"] or tally["books"])


def _show(tallies: Sequence[dict[str, Any]], database: str, seconds: float) -> None:
    """The table: what was killed where, and what was amiss."""
    names = sorted({tally["errand"] for tally in tallies})
    print(f"\n\nkill -9 on {database}: {len(tallies)} runs in {seconds:.0f} s")
    print(
        f"{'errand':24}{'runs':>6}" + "".join(f"{word:>14}" for word in (*PHASES, *COUNTED, "books differ"))
    )
    for name in [*names, "all"]:
        found = [tally for tally in tallies if name in (tally["errand"], "all")]
        phases = Counter(tally["phase"] for tally in found)
        counts = [phases[phase] for phase in PHASES] + [sum(t[c] for t in found) for c in COUNTED]
        differing = sum(bool(tally["books"]) for tally in found)
        print(f"{name:24}{len(found):6}" + "".join(f"{count:14}" for count in (*counts, differing)))


if __name__ == "__main__":
    sys.exit(main())

"""`make bench`: every benchmark on both databases (or once, where none is needed), each in a process and
a home of its own.

`python -m bench` runs all; `python -m bench books load` runs those named. Tables go to the console as they
are ready, all figures to `bench/results.json`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path

from tools import postgres

NAMES = ("books", "sizes", "load", "intake", "pages")
PURE = ("pickups",)
"""Benchmarks of what knows no database: they run once."""

RESULTS = Path(__file__).with_name("results.json")


def main() -> int:
    """Run the benchmarks named on the command line, or all."""
    names = sys.argv[1:] or [*NAMES, *PURE]
    results, failed = [], False
    for database in ("sqlite", "postgres"):
        for name in names:
            if name not in PURE or database == "sqlite":
                done, result = run(name, database)
                failed |= not done
                results += result
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return int(failed)


def run(name: str, database: str) -> tuple[bool, list[dict[str, object]]]:
    """One benchmark on one database; whether it ran, and its figures."""
    server = postgres.server(durable=True) if database == "postgres" else nullcontext("")
    with tempfile.TemporaryDirectory(prefix="bulou-bench-") as home, server as url:
        out = Path(home) / "figures.json"
        environment = {**os.environ, "BULOU_HOME": home, "BULOU_DATABASE_URL": url}
        done = subprocess.run(
            [sys.executable, "-m", "bench.one", name, str(out)], env=environment, check=False
        )
        return done.returncode == 0, json.loads(out.read_text("utf-8")) if out.exists() else []


if __name__ == "__main__":
    sys.exit(main())

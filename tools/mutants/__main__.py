"""`python -m tools.mutants`: puts 100 small faults into the engine of the books, one at a time.

For each the tests of the room and the laws run on SQLite, up to the first failure. A fault that they do not
notice is shown. Exit code 1 when fewer were noticed than the goal.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.mutants.equivalent import EQUIVALENT
from tools.mutants.making import Mutant, modules, mutants_of, sample
from tools.mutants.running import ROOT, Verdict, judge_all

ROOM = "src/bulou/obligations"
TESTS = (f"{ROOM}/tests", "tests/laws")
RESULTS = ROOT / ".venv" / "mutants.json"
GOAL = 0.9


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw the sample, run it, show the survivors."""
    options = _options(arguments)
    sources = dict(modules(ROOT / ROOM, ROOT))
    every = [mutant for path, source in sources.items() for mutant in mutants_of(path, source)]
    drawn = sample(every, options.count, options.seed)
    if options.again:
        survived = json.loads(RESULTS.read_text("utf-8"))["survived"]
        drawn = [mutant for mutant in drawn if mutant.name in survived]
    if options.list:
        for mutant in drawn:
            print(mutant.name, _where(mutant, sources), mutant.what, sep="  ")
        return 0
    print(f"{len(drawn)} of {len(every)} mutants of {ROOM} (seed {options.seed})", flush=True)
    tests = [name for name in TESTS if (ROOT / name).exists()]
    verdicts = judge_all(drawn, ROOM, tests, options.workers, lambda one: _tell(one, sources))
    return _close(verdicts, sources)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=100, help="how many mutants are drawn")
    parser.add_argument("--seed", default="bulou", help="another seed draws others")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--again", action="store_true", help="only those that survived the last run")
    parser.add_argument("--list", action="store_true", help="show the draw and run nothing")
    return parser.parse_args(arguments)


def _where(mutant: Mutant, sources: dict[str, bytes]) -> str:
    line = sources[mutant.path].count(b"\n", 0, mutant.start) + 1
    return f"{Path(mutant.path).name}:{line}"


def _tell(verdict: Verdict, sources: dict[str, bytes]) -> None:
    mutant = verdict.mutant
    word = "killed  " if verdict.killed else "SURVIVED"
    print(
        f"{word} {verdict.seconds:5.1f} s  {mutant.name}  {_where(mutant, sources):24} {mutant.what}",
        flush=True,
    )


def _close(verdicts: Sequence[Verdict], sources: dict[str, bytes]) -> int:
    survived = [one.mutant for one in verdicts if not one.killed]
    killed = len(verdicts) - len(survived)
    for mutant in survived:
        print(f"\nsurvived {mutant.name}: {EQUIVALENT.get(mutant.name, 'no test notices')}")
        print(mutant.diff(sources[mutant.path]))
    equivalent = sum(mutant.name in EQUIVALENT for mutant in survived)
    print(f"\nmutants {len(verdicts)}  killed {killed}  survived {len(survived)} (equivalent {equivalent})")
    RESULTS.write_text(json.dumps({"survived": [mutant.name for mutant in survived]}), "utf-8")
    return int(killed < GOAL * len(verdicts))


if __name__ == "__main__":
    sys.exit(main())

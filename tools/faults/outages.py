"""`python -m tools.faults.outages`: the disk is full, or PostgreSQL is gone, while events arrive.

Each round starts a real server on a fresh copy of a small county, takes the ground away at a random moment,
gives it back, and lets the phones send until everything is acknowledged. Exit code 1 unless nothing was
lost, doubled, half or different, every refusal was a 503 that says what to do, and the server went on by
itself with the same processes.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tools import postgres
from tools.faults.disks import SmallDisk, small_disk

SQLITE_MIB, POSTGRES_MIB = 96, 448
SMALL_WAL = {"max_wal_size": "64MB", "min_wal_size": "32MB"}
PORTION = 3
REFUSALS = 4
"""So many refusals are waited for before the ground is given back."""
LONGEST_OUTAGE, LONGEST_RETURN = 20.0, 90.0


@dataclass
class Round:
    """What one round showed."""

    outage: str
    said: Counter[str] = field(default_factory=Counter)
    health: set[str] = field(default_factory=set)
    pages: set[int] = field(default_factory=set)
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    half: int = 0
    wrong: list[str] = field(default_factory=list)
    back: float = 0.0
    """Seconds from the ground's return until an event was taken and `/healthz` was green."""

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.half or self.wrong)


@dataclass
class Ground:
    """What a round takes away and gives back, and where the home lies."""

    home: Path
    disk: SmallDisk | None
    server: postgres.Server | None

    def settle(self) -> None:
        """Make a copied database safe to lose.

        PostgreSQL 15 copies a sequence with the values that it logged ahead for the original only: after a
        crash the copy would give numbers again, unless a checkpoint makes it log anew.
        """
        if self.server:
            postgres.execute(postgres.url(self.server.root, "postgres"), "CHECKPOINT")

    def take(self, outage: str, draw: random.Random) -> None:
        if outage == "disk" and self.disk:
            self.disk.fill(draw.choice((0, 4096, 20_000, 60_000)))
        elif self.server:
            self.server.kill()

    def give_back(self, outage: str) -> None:
        if outage == "disk" and self.disk:
            self.disk.empty()
        if self.server and not self.server.runs():
            _start_again(self.server)


def _start_again(server: postgres.Server) -> None:
    """As systemd does: until it stays up."""
    until = time.monotonic() + LONGEST_RETURN
    while True:
        try:
            server.start()
        except postgres.NoPostgresError:
            # Those that served the clients of the killed one are still on their way out.
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return


@contextmanager
def ground(database: str, outage: str) -> Iterator[tuple[Path, str, Ground]]:
    """A folder to work in, the address of the server, and what can be taken away."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="bulou-outages-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)
        small = stack.enter_context(
            small_disk(folder / "disk", SQLITE_MIB if database == "sqlite" else POSTGRES_MIB)
        )
        disk = small if outage == "disk" else None
        if database == "sqlite":
            yield folder, "", Ground(small.path / "home0", disk, None)
            return
        server = postgres.Server(small.path, durable=True, **SMALL_WAL)
        stack.callback(server.stop)
        server.make()
        yield folder, postgres.url(small.path, "bulou"), Ground(folder / "home0", disk, server)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the rounds and show the table."""
    options = _options(arguments)
    if options.database == "sqlite" and options.outage == "lost":
        raise SystemExit("SQLite is part of the program: only PostgreSQL can be lost")
    # Ended from outside it still takes its disk and its servers away.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with ground(options.database, options.outage) as (folder, address, what):
        os.environ["DJANGO_SETTINGS_MODULE"] = "bulou.config.settings"
        from tools.faults import rounds

        found = []
        for one in rounds.run(folder, address, what, options):
            found.append(one)
            sys.stderr.write("." if one.clean else f"\nWRONG {one}\n")
            sys.stderr.flush()
    _show(found, options)
    return int(not all(one.clean for one in found) or len(found) < options.rounds)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.faults.outages", description=__doc__)
    parser.add_argument("--outage", choices=("disk", "lost"), default="disk")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", default="bulou", help="another seed takes the ground at other moments")
    return parser.parse_args(arguments)


def _show(found: Sequence[Round], options: argparse.Namespace) -> None:
    """The table: what was answered meanwhile, and what was amiss."""
    said: Counter[str] = sum((one.said for one in found), Counter())
    sums = {
        name: sum(getattr(one, name) for one in found) for name in ("acknowledged", "lost", "doubled", "half")
    }
    back = sorted(one.back for one in found)
    print(f"\n\n{options.outage} on {options.database}: {len(found)} rounds")
    print("answers:", ", ".join(f"{count} × {answer}" for answer, count in sorted(said.items())))
    print("/healthz meanwhile:", ", ".join(sorted(set().union(*(one.health for one in found)))))
    print("pages meanwhile:", sorted(set().union(*(one.pages for one in found))))
    print(", ".join(f"{name} {count}" for name, count in sums.items()), end=", ")
    print(f"otherwise wrong {sum(len(one.wrong) for one in found)}")
    if back:
        print(f"back by itself after {back[len(back) // 2]:.1f} s (median), {back[-1]:.1f} s (longest)")


if __name__ == "__main__":
    sys.exit(main())

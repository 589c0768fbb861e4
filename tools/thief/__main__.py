"""`python -m tools.thief HOME --county FOLDER`: what a thief of the files finds without the keys. Must be 0.

The thief copies everything but the key files (further files with `--more`: a database's dump, backups), knows
everybody in the county (from its workbooks), unpacks what can be unpacked, reads every row and every free
page, and tries every known number against every plain digest. Exit code 1 when anything is found.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools.thief import known, looking, loot


def main(arguments: Sequence[str] | None = None) -> int:
    """Steal, look, show the table."""
    parser = argparse.ArgumentParser(prog="tools.thief", description="What a thief finds without the keys.")
    parser.add_argument("home", type=Path, help="the data folder (BULOU_HOME)")
    parser.add_argument("--county", type=Path, required=True, help="the county's workbooks: who lives there")
    parser.add_argument("--more", type=Path, nargs="*", default=[], help="further stolen files")
    parser.add_argument("--public", nargs="*", default=[], help="names that are on the public list of areas")
    options = parser.parse_args(arguments)
    people = known.read(options.county)
    people.origins -= set(options.public)
    with tempfile.TemporaryDirectory(prefix="bulou-thief-") as folder:
        inside = options.county.resolve().is_relative_to(options.home.resolve())
        stolen = loot.steal(options.home, Path(folder), options.more, options.county if inside else None)
        found = looking.search(stolen, people)
        size = sum(path.stat().st_size for path in stolen.rglob("*") if path.is_file())
    show(people, found, size)
    return int(bool(found))


def show(people: known.Known, found: dict[str, dict[str, set[str]]], size: int) -> None:
    """How many of each sort were looked for and found, and where the first of them stood."""
    print(f"stolen: {size / 2**20:.1f} MiB without the keys")
    print(f"{'looked for':<22}{'known':>10}{'found':>10}")
    for sort, words in people.sorts().items():
        print(f"{sort:<22}{len(words):>10}{len(found.get(sort, {})):>10}")
        digests = f"{sort} (digest)"
        if sort != "addresses":
            print(f"{digests:<22}{len(words):>10}{len(found.get(digests, {})):>10}")
    for sort, hits in found.items():
        for _word, places in list(hits.items())[:5]:
            print(f"  {sort}: {', '.join(sorted(places)[:3])}")


if __name__ == "__main__":
    sys.exit(main())

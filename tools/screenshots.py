"""Take pictures of every page: `BULOU_HOME=… python -m tools.screenshots OUT`, on a demo home.

Every address of the URL conf that answers with a page, at 360 and 1440 px, in both languages, light and dark.
OUT gets the pictures, one sheet a page with all its looks, and `index.html`. What could not be pictured is
named with the reason; a page that the tool knows no arguments for fails it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from pathlib import Path

from tools.pictures import album
from tools.pictures.house import move_into_copy

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


def main() -> int:
    """How many addresses a reader could have seen and has no picture of."""
    asked = _asked()
    with tempfile.TemporaryDirectory(prefix="bulou-pictures-") as folder:
        move_into_copy(Path(os.environ.get("BULOU_HOME", "var")).resolve(), Path(folder))
        return _walk(asked.out, asked.only, asked.looks)


def _asked() -> argparse.Namespace:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    words.add_argument("out", type=Path)
    words.add_argument("--only", nargs="*", default=[], help="the pages whose names begin so")
    words.add_argument(
        "--looks", nargs="*", default=[], help="the looks that have one of these words in them"
    )
    return words.parse_args()


def _walk(out: Path, only: list[str], wanted: list[str]) -> int:
    from playwright.sync_api import sync_playwright

    from tools.pictures.camera import LOOKS
    from tools.pictures.shots import all_shots

    out.mkdir(parents=True, exist_ok=True)
    looks = [look for look in LOOKS if not wanted or any(one in str(look) for one in wanted)]
    shots = [shot for shot in all_shots() if not only or shot.title.startswith(tuple(only))]
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        made = album.take(browser, shots, looks, out)
        browser.close()
    album.write_index(made, out)
    return album.report(made, everything=not only)


if __name__ == "__main__":
    raise SystemExit(main())

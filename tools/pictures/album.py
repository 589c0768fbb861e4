"""The pictures side by side, and what there is none of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.pictures.camera import Look, NoPageError, asked, no_page, opened, shoot
from tools.pictures.shots import Shot, pages

if TYPE_CHECKING:
    from playwright.sync_api import Browser

STYLE = "img{width:340px;vertical-align:top;margin:4px;border:1px solid #999}"
ARGUMENT = re.compile(r"<(\w+):\w+>|\(\?P<\w+>(..)[^)]+\)")
NOBODY = "018f0000-0000-7000-8000-000000000000"
SUCH = {"int": "999999999", "uuid": NOBODY, "slug": "x", "str": "x", "[A": "0" * 43, "[0": "1", "[a": "x"}
"""Something of each type of argument, which is not there: enough for a view that takes forms alone."""


@dataclass
class Album:
    """What was taken: files by page; why there are none; what is wrong."""

    taken: dict[str, list[str]] = field(default_factory=dict)
    without: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


def take(browser: Browser, shots: Sequence[Shot], looks: Sequence[Look], out: Path) -> Album:
    """Every shot in every look."""
    made = Album()
    for look in looks:
        with opened(browser, look) as page:
            for shot in shots:
                if shot.title not in made.without:
                    _take(made, page, shot, look, out)
    return made


def _take(made: Album, page: Any, shot: Shot, look: Look, out: Path) -> None:
    file = out / f"{shot.title}-{look}.png"
    made.names.add(shot.name)
    try:
        said = shoot(page, shot, look, file)
    except NoPageError as why:
        made.without[shot.title] = str(why)
        return
    made.taken.setdefault(shot.title, []).append(file.name)
    made.wrong += [f"{file.name}: {one}" for one in said]


def write_index(made: Album, out: Path) -> None:
    """All pictures on one page."""
    lines = [f"<!doctype html><meta charset=utf-8><title>Bulou: every page</title><style>{STYLE}</style>"]
    for title, files in made.taken.items():
        links = "".join(
            f'<a href="{escape(one)}"><img loading=lazy src="{escape(one)}"></a>' for one in files
        )
        lines.append(f"<h2>{escape(title)}</h2>{links}")
    (out / "index.html").write_text("\n".join(lines), encoding="utf-8")


def report(made: Album, *, everything: bool) -> int:
    """Say what there is, and what not; how many addresses answer a page that nobody pictured."""
    print(f"{sum(map(len, made.taken.values()))} pictures of {len(made.taken)} pages and states")
    for title, why in made.without.items():
        print(f"no picture of {title}: {why}")
    for one in made.wrong:
        print(one)
    return _others(made) if everything else 0


def _others(made: Album) -> int:
    """What no shot asked for: addresses that take only forms, and those that a shot is missing for."""
    left = 0
    for one in pages():
        if one.name in made.names:
            continue
        why = no_page(asked(Shot(one.name, path=stand_in(one.route)), "en"))
        forms_alone = why.startswith("answers only")
        left += not forms_alone
        print(f"no picture of {one.name}: {why if forms_alone else 'say its arguments in tools/pictures'}")
    return left


def stand_in(route: str) -> str:
    """An address of a route about something that is not there."""
    return "/" + ARGUMENT.sub(lambda found: SUCH[found[1] or found[2]], route).strip("^$")

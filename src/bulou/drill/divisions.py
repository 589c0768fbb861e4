"""The county's public division codes (see data/README.md)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

COUNTY, COUNTY_NAME = "141022", "翼城县"
TOWN = "141022100"
"""唐兴镇, the county town: its communities (codes ending in 0xx) have compounds."""
OUR_COMMUNITY = "141022100003"
"""文昌社区."""
OLD_TOWNSHIP, FORMER_VILLAGE = "浇底乡", "141022103203"
"""浇底村, on old lists still under 浇底乡, which was merged into 隆化镇."""
SHORTENED_VILLAGE = "141022200224"
"""辛庄村 in 中卫乡, a township that lists call 中卫."""


@dataclass(frozen=True)
class Village:
    """A village or community: its 12-digit code, its official name and the name of its township."""

    code: str
    official: str
    township: str

    @property
    def name(self) -> str:
        """The name as offices write it, without 村委会 or 居民委员会 (庄里村, 文昌社区)."""
        return self.official.removesuffix("居民委员会").removesuffix("委会")

    @property
    def township_code(self) -> str:
        return self.code[:9]

    @property
    def is_community(self) -> bool:
        return self.code[9] == "0"

    @property
    def in_town(self) -> bool:
        return self.township_code == TOWN and self.is_community


@cache
def townships() -> dict[str, str]:
    """Names of the townships by their 9-digit codes."""
    return {row["code"]: row["name"] for row in _document()["townships"]}


@cache
def villages() -> dict[str, Village]:
    """Villages and communities by their 12-digit codes, in the order of the codes."""
    rows = ((row["name"], row["villages"]) for row in _document()["townships"])
    return {code: Village(code, name, town) for town, found in rows for code, name in found.items()}


def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(_data("divisions.json"))
    return document


def _data(name: str) -> str:
    return files("bulou.drill").joinpath("data", name).read_text("utf-8")


@cache
def words(key: str) -> list[str]:
    """One of the word lists in data/words.json, which names are composed of."""
    lists: dict[str, str] = json.loads(_data("words.json"))
    return lists[key].split()

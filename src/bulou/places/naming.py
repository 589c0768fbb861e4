"""Names of places as people write them, brought to one plain form for comparison.

"3号楼", "3栋" and "3#楼" are one building; "庄里", "庄里村" and "庄里村委会" one village. The name that is
shown stays as it was first registered.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from bulou.places.models import Level

_VILLAGE_ENDINGS = ("社区居民委员会", "社区居委会", "村民委员会", "居民委员会", "村委会", "居委会", "委会")
_TOWNSHIP_ENDINGS = ("街道办事处", "人民政府", "政府")
_LABELS = {
    Level.GRID: re.compile(r"^第?(.+?)(?:号?微?网格|格)$"),
    Level.BUILDING: re.compile(r"^第?(.+?)(?:号楼|号|栋|幢|座|楼|#楼?)$"),
    Level.UNIT: re.compile(r"^第?(.+?)(?:号?单元|号)$"),
    Level.DOOR: re.compile(r"^(.+?)(?:室|号|户)$"),
}
_DIGITS = {digit: number for number, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_CHINESE = re.compile(r"^[零〇一二三四五六七八九两十百]+$")


@lru_cache(maxsize=65536)
def squeeze(text: str) -> str:
    """Full-width forms made plain (NFKC), every blank taken out."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def village_name(official: str) -> str:
    """A village's name as offices write it: 庄里村 for 庄里村委会, 文昌社区 for 文昌社区居民委员会."""
    text = squeeze(official)
    for ending in _VILLAGE_ENDINGS:
        if text.endswith(ending) and len(text) > len(ending) + 1:
            kept = "社区" if ending.startswith("社区") else "村" if ending.startswith("村") else ""
            return text.removesuffix(ending) + kept
    return text


def village_keys(text: str) -> tuple[str, ...]:
    """What a village may be looked up by: its name, and that name without 村 or 社区."""
    return _with_short(village_name(text), ("村", "社区"))


def township_keys(text: str) -> tuple[str, ...]:
    """What a township may be looked up by: its name, and that name without 镇, 乡 or 街道."""
    name = squeeze(text)
    for ending in _TOWNSHIP_ENDINGS:
        name = name.removesuffix(ending) if len(name) > len(ending) + 1 else name
    return _with_short(name, ("镇", "乡", "街道"))


def _with_short(name: str, endings: tuple[str, ...]) -> tuple[str, ...]:
    for ending in endings:
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return (name, name.removesuffix(ending))
    return (name,)


@lru_cache(maxsize=65536)
def plain(level: Level, label: str) -> str:
    """The form of a label by which places of one level are told apart."""
    text = squeeze(label).upper()
    if level == Level.TOWNSHIP:
        return township_keys(text)[-1]
    if level == Level.VILLAGE:
        return village_keys(text)[-1]
    pattern = _LABELS.get(level)
    found = pattern.match(text) if pattern else None
    core = found.group(1) if found else text
    if pattern and _CHINESE.match(core):
        return str(_arabic(core))
    return str(int(core)) if pattern and core.isdecimal() and int(core) else core


def number_in(label: str) -> int | None:
    """The number that a plain label is, if it is one above zero."""
    return int(label) if label.isdecimal() and len(label) < 9 and int(label) else None


def _arabic(text: str) -> int:
    """A Chinese numeral below 1000 as a number; a row of digits (三〇一) digit by digit."""
    if not set(text) & {"十", "百"}:
        return int("".join(str(_DIGITS[sign]) for sign in text))
    hundreds, _, rest = text.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    total = 100 * _last_digit(hundreds, 1) if "百" in text else 0
    total += 10 * _last_digit(tens, 1) if ten else 0
    return total + _last_digit(ones, 0)


def _last_digit(text: str, empty: int) -> int:
    """The value of the last digit sign of a part of a numeral."""
    digits = [_DIGITS[sign] for sign in text if sign in _DIGITS]
    return digits[-1] if digits else empty

"""How a division of the country is spelled: in full, and as people shorten it."""

from __future__ import annotations

import re
from collections.abc import Iterator

PROVINCE, PREFECTURE, COUNTY, TOWNSHIP = 2, 4, 6, 9
"""Digits of the code of each level."""
PLACEHOLDERS = frozenset(("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"))
"""Names in the list that nobody writes: the counties of a municipality, those right below a province."""
_REGIONS = {
    "内蒙古自治区": ("内蒙古", "内蒙"),
    "广西壮族自治区": ("广西",),
    "西藏自治区": ("西藏",),
    "宁夏回族自治区": ("宁夏",),
    "新疆维吾尔自治区": ("新疆",),
    "香港特别行政区": ("香港",),
    "澳门特别行政区": ("澳门",),
}
_PEOPLES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|"
    "柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京|"
    "塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺"
)
_AUTONOMOUS = re.compile(rf"^(.{{2,}}?)(?:(?:{_PEOPLES})族?|各族)*(?:自治)?(州|县|旗)$")
_ETHNIC_TOWNSHIP = re.compile(rf"^(.{{2,}}?)(?:(?:{_PEOPLES})族|民族)+(乡|镇|苏木)$")
_ENDINGS = {
    PROVINCE: re.compile(r"^(.{2,})(?:省|市)$"),
    PREFECTURE: re.compile(r"^(.{2,})(?:市|地区|盟)$"),
    COUNTY: re.compile(r"^(.{2,}?)(?:新区|特区|林区|区|县|市|旗)$"),
    TOWNSHIP: re.compile(r"^(.{2,}?)(?:街道|镇|乡|苏木)$"),
}
_ZONE = re.compile(r"(?P<place>.*?)(?P<what>高新技术产业|经济技术|经济|高新)(?:产业)?开发区$")
_ZONES = {"高新技术产业": "高新区", "高新": "高新区", "经济技术": "经开区", "经济": "经开区"}


def spellings(code: str, name: str, above: tuple[str, ...]) -> Iterator[str]:
    """The full name of a division first, then its short ones. `above`: the names of those it lies in."""
    if name in PLACEHOLDERS:
        return
    yield from dict.fromkeys((name, *_short(code, name, above)))


def _short(code: str, name: str, above: tuple[str, ...]) -> Iterator[str]:
    if name in _REGIONS:
        yield from _REGIONS[name]
        return
    if zone := _ZONE.fullmatch(name):
        yield from _zone(zone["place"], _ZONES[zone["what"]], name, above)
        return
    peoples = _ETHNIC_TOWNSHIP if len(code) == TOWNSHIP else _AUTONOMOUS if "自治" in name else None
    if peoples and (found := peoples.fullmatch(name)):
        yield "".join(found.groups())
        yield found[1]
    elif found := _ENDINGS[len(code)].fullmatch(name):
        yield found[1]


def _zone(place: str, short: str, name: str, above: tuple[str, ...]) -> Iterator[str]:
    """A development zone: without the names of those it lies in, and as people call it."""
    bare = place
    for upper in above:
        for spelling in (upper, re.sub(r"(?:省|市|自治区)$", "", upper)):
            bare = bare.removeprefix(spelling)
    yield name.removeprefix(place.removesuffix(bare)) if bare != place else name
    yield f"{bare}{short}"

"""The posts (岗位) that the county knows by name. Another one keeps the words it came with."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from bulou.places.naming import squeeze


@dataclass(frozen=True)
class Role:
    """A kind of post: its code, its title and the other words offices have for it."""

    code: str
    title: object
    zh: str
    variants: tuple[str, ...] = ()


ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        Role("county_leader", _("县级领导"), "县级领导", ("包联县领导", "包联领导")),
        Role("township_cadre", _("乡镇干部"), "乡镇干部", ("包村干部", "包片干部", "乡镇包联干部")),
        Role("village_cadre", _("村(社区)干部"), "村(社区)干部", ("村干部", "社区干部", "村社区干部")),
        Role("grid_worker", _("网格员"), "网格员", ("专职网格员", "网格长")),
        Role("micro_grid_worker", _("微网格员"), "微网格员", ("微网格长",)),
        Role("building_head", _("楼长"), "楼长", ("楼栋长",)),
        Role("unit_head", _("单元长"), "单元长"),
        Role("doctor", _("医务人员"), "医务人员", ("村医", "乡村医生", "家庭医生", "医生")),
        Role("police", _("民警"), "民警", ("社区民警", "包片民警", "警官")),
        Role("militia", _("民兵"), "民兵"),
        Role("volunteer", _("志愿者"), "志愿者"),
        Role("pickup_desk", _("乡镇接返专班"), "乡镇接返专班", ("接返专班", "接返组", "乡镇值班室")),
        Role("station_desk", _("站点值守"), "站点值守", ("车站值守", "高速口值守", "落地点值守")),
        Role("driver", _("接返司机"), "接返司机", ("司机", "转运司机")),
        Role("isolation_point", _("隔离点"), "隔离点", ("隔离点负责人", "隔离点专班", "隔离点值守")),
        Role("hospital", _("定点医院"), "定点医院", ("医院", "急救")),
    )
}
_BY_WORDS = {
    squeeze(words): role.code for role in ROLES.values() for words in (role.code, role.zh, *role.variants)
}


def role_named(words: str) -> str:
    """The code of a role by any of its words; unknown words are a role of their own (at most 30 signs)."""
    text = squeeze(words)
    return _BY_WORDS.get(text, text[:30])


def title_of(code: str) -> str:
    """The title of a role in the reader's language."""
    return str(ROLES[code].title) if code in ROLES else code


def words_of(code: str) -> str:
    """What a workbook writes for a role."""
    return ROLES[code].zh if code in ROLES else code

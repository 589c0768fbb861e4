"""The roles that a county starts with. They are data: the county may change what each may do."""

from __future__ import annotations

from typing import Any

from bulou.rights.capabilities import Capability as C

_PERSONS = (C.SEE_NUMBERS, C.SEE_PERSONS)
_WORKS = (*_PERSONS, C.UNMASK, C.WORK_GAPS)
_OFFICE = (*_WORKS, C.EXPORT, C.IMPORT, C.KEEP_POSTS, C.KEEP_PEOPLE, C.ANSWER_RESIDENTS, C.BREAK_GLASS)
_COUNTY = (*_OFFICE, C.KEEP_PLACES, C.DECIDE_CASES, C.DRAFT_DIRECTIVES, C.SIGN_DIRECTIVES)

ROLES: dict[str, tuple[str, str, tuple[C, ...]]] = {
    "county_office": ("县疫情防控办", "County epidemic office", _COUNTY),
    "leader": ("县领导", "County leader", (C.SEE_NUMBERS, C.SIGN_DIRECTIVES)),
    "township": ("乡镇管理员", "Township office", _OFFICE),
    "community": ("村(社区)管理员", "Community office", _OFFICE),
    "grid": ("网格员", "Grid worker", (*_WORKS, C.BREAK_GLASS)),
    "department": ("部门", "Department", (C.SEE_NUMBERS,)),
    "clinic": ("卫生院医务人员", "Clinic", (*_WORKS, C.DECIDE_CASES, C.BREAK_GLASS)),
    "inspector": ("督查员", "Inspector", _PERSONS),
    "privacy_officer": ("隐私保护专员", "Privacy officer", (C.SEE_NUMBERS, C.AUDIT, C.ANSWER_RESIDENTS)),
    "system_admin": ("系统管理员", "System administrator", (C.MANAGE_RIGHTS, C.KEEP_HOUSE)),
}


def found_roles(**_: Any) -> None:
    """Make the roles that are not there yet (after `migrate`); those that stand keep the county's changes."""
    from bulou.rights.models import Role

    Role.objects.bulk_create(
        (
            Role(code=code, title=title, title_en=english, capabilities=[one.value for one in may])
            for code, (title, english, may) in ROLES.items()
        ),
        ignore_conflicts=True,
    )

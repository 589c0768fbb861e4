"""The made county as rows of workbooks, by the contract's columns."""

from __future__ import annotations

from collections.abc import Iterator

from bulou.drill.cases import Case
from bulou.drill.columns import AREA, IDENTITY, NAME, PHONE, TOWNSHIP, VILLAGE
from bulou.drill.divisions import villages
from bulou.drill.households import Person
from bulou.drill.layout import Area, Door
from bulou.drill.mess import Row, township_as_written
from bulou.drill.staff import Holder, Organisation, Post, Worker


def place_rows(areas: list[Area]) -> Iterator[Row]:
    """The places of one township: itself, its villages, their areas, and each door."""
    seen: set[str] = set()
    for area in areas:
        village = area.village
        if village.township_code not in seen:
            yield {TOWNSHIP: village.township, "类型": "乡镇", "编码": village.township_code}
        if village.code not in seen:
            kind = "社区" if village.is_community else "村"
            yield {TOWNSHIP: village.township, VILLAGE: village.official, "类型": kind, "编码": village.code}
        seen |= {village.township_code, village.code}
        where = {TOWNSHIP: village.township, VILLAGE: village.name, AREA: area.name}
        yield {**where, "类型": area.kind, "出入口数": area.gates or None, "物业公司": area.property_company}
        for door in area.doors:
            path = {"网格": door.grid, "楼栋": door.building, "单元": door.unit, "户号": door.number}
            yield {**where, **path}


def organisation_row(made: Organisation) -> Row:
    return {
        "单位名称": made.name,
        "类型": made.kind,
        "统一社会信用代码": made.credit_code,
        "地址": made.address,
        "负责人": made.head,
        "联系电话": made.phone,
    }


def worker_row(made: Worker) -> Row:
    return {
        NAME: made.name,
        IDENTITY: made.identity,
        PHONE: made.phone,
        "单位": made.organisation,
        "职务": made.title,
        "政治面貌": made.party,
        "居住小区": made.home,
    }


def post_row(made: Post) -> Row:
    return {
        "岗位": made.role,
        TOWNSHIP: made.township,
        VILLAGE: made.village,
        AREA: made.area,
        "网格": made.grid,
        "楼栋": made.building,
        NAME: made.holder.name,
        PHONE: made.holder.phone,
        "起始日期": made.start,
        "截止日期": made.end,
    }


def resident_row(person: Person, area: Area, door: Door) -> Row:
    township, _ = township_as_written(area.village)
    return {
        TOWNSHIP: township,
        VILLAGE: area.village.name,
        AREA: area.name,
        "楼栋": door.building,
        "单元": door.unit,
        "户号": door.number,
        NAME: person.name,
        "与户主关系": person.relation,
        IDENTITY: person.identity,
        PHONE: person.phone,
        "现居状态": person.status,
        "外出地址": person.away_to,
        "疫苗剂次": person.doses,
        "末次接种日期": person.last_dose,
        "特殊需求": person.needs,
        "备注": "",
        "性别": person.sex,
    }


def case_row(case: Case) -> Row:
    return {
        NAME: case.name,
        IDENTITY: case.identity,
        PHONE: case.phone,
        TOWNSHIP: township_as_written(villages()[case.village_code])[0],
        VILLAGE: case.village,
        "详细地址": case.address,
        "来自何地": case.came_from,
        "返回日期": case.returned,
        "管控措施": case.measure,
        "开始日期": case.start,
        "结束日期": case.end,
        "依据": case.ground,
        "决定人": case.decided_by,
        **{role: seat_cell(holder) for role, holder in case.seats.items()},
    }


def seat_cell(holder: Holder | None) -> str:
    """A seat as 五包一 tables write it: name and phone in one cell."""
    return f"{holder.name} {holder.phone}" if holder else ""

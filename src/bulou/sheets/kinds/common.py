"""Columns that several kinds share."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bulou.sheets.columns import Column
from bulou.sheets.values import IdentityNumber, Name, Phone, Text

TOWNSHIP = Column(
    "township",
    "乡镇",
    Text(50),
    variants=("乡镇(街道)", "乡(镇)", "所属乡镇", "乡镇名称", "镇", "街道", "乡镇街道", "所在乡镇", "镇(乡)"),
    required=True,
    privacy="place",
    example="唐兴镇",
    help="按行政区划填写,可写简称(中卫 即 中卫乡)。",
)
VILLAGE = Column(
    "village",
    "村(社区)",
    Text(50),
    variants=(
        *("村", "社区", "村社区", "村居", "社区(村)", "村/社区", "社区/村", "行政村", "所属社区", "所属村"),
        *("所在村(社区)", "所属村(社区)", "村(居)", "村委会", "责任社区", "村名", "社区名称"),
    ),
    privacy="place",
    example="文昌社区",
)
COMPOUND = Column(
    "compound",
    "小区(自然村)",
    Text(50),
    variants=(
        *("小区", "自然村", "小区/自然村", "自然村/小区", "自然村(小区)", "小区名称", "自然村名称"),
        *("所属小区", "居住小区(自然村)", "小区(片区)", "院落"),
    ),
    privacy="place",
    example="绿苑小区",
)
GRID = Column(
    "grid",
    "网格",
    Text(50),
    variants=("网格名称", "所属网格", "网格号", "网格编号", "微网格"),
    privacy="place",
    example="第一网格",
)
BUILDING = Column(
    "building",
    "楼栋",
    Text(50),
    variants=("楼号", "楼栋号", "栋号", "楼", "幢号", "楼幢", "几号楼", "楼房号"),
    privacy="place",
    example="3号楼",
    sheet_name=r"第?[0-9A-Za-z一二三四五六七八九十]{1,4}(?:号楼|#楼|栋|幢|号|#|座)",
    help="一栋一表时可不设此列,以工作表名为楼栋。",
)
UNIT = Column(
    "unit",
    "单元",
    Text(50),
    variants=("单元号", "几单元"),
    privacy="place",
    example="2单元",
)
DOOR = Column(
    "door",
    "户号",
    Text(50),
    variants=("房号", "门牌号", "房间号", "室号", "门牌", "房屋号", "房牌号", "户门号", "门号", "房室号"),
    privacy="place",
    example="302",
)
PERSON_NAME = Column(
    "name",
    "姓名",
    Name(),
    variants=("人员姓名", "居民姓名", "姓名(必填)", "名字"),
    required=True,
    privacy="identity",
    example="王某",
    ditto=False,
)
IDENTITY_NUMBER = Column(
    "identity",
    "身份证号",
    IdentityNumber(),
    variants=(
        "身份证号码",
        "公民身份号码",
        "公民身份证号码",
        "证件号码",
        "身份证",
        "居民身份证号",
        "证件号",
        "身份证件号码",
    ),
    required=True,
    privacy="identity",
    example="14109919900101001X",
    ditto=False,
    help="18 位,单元格设为“文本”后再录入。",
)
PHONE = Column(
    "phone",
    "手机号",
    Phone(),
    variants=(
        "联系电话",
        "联系方式",
        "手机号码",
        "手机",
        "电话",
        "电话号码",
        "本人电话",
        "联系电话(手机)",
        "移动电话",
        "联系手机",
    ),
    privacy="contact",
    example="19900000001",
)


def required(column: Column, **changes: Any) -> Column:
    """The same column where every row must have it."""
    return replace(column, required=True, **changes)


def optional(column: Column, **changes: Any) -> Column:
    """The same column where it may be absent or empty."""
    return replace(column, required=False, **changes)

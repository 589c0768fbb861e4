"""地点底数: each row makes its whole path."""

from bulou.sheets.columns import Column, SheetKind, register
from bulou.sheets.kinds.common import BUILDING, COMPOUND, DOOR, GRID, TOWNSHIP, UNIT, VILLAGE
from bulou.sheets.values import Digits, Integer, Text

PLACES = register(
    SheetKind(
        "places",
        "网格底数台账",
        (
            TOWNSHIP,
            VILLAGE,
            COMPOUND,
            GRID,
            BUILDING,
            UNIT,
            DOOR,
            Column(
                "type",
                "类型",
                Text(20),
                variants=("地点类型", "类别", "小区类型", "区域类型"),
                example="小区",
                help="乡镇、村、社区、小区、自然村、散户区等。",
            ),
            Column(
                "code",
                "编码",
                Digits((6, 9, 12, 15, 17, 20, 22, 26)),
                variants=("区划代码", "行政区划代码", "地点编码", "区划编码", "代码"),
                example="141022100003",
                ditto=False,
            ),
            Column(
                "gates",
                "出入口数",
                Integer(0, 99),
                variants=("出入口数量", "出入口", "大门数", "门岗数", "卡口数"),
                example="2",
            ),
            Column(
                "property_company",
                "物业公司",
                Text(100),
                variants=("物业", "物业企业", "物业公司名称", "物业服务企业", "物业单位"),
                privacy="duty",
                example="绿苑物业服务有限公司",
            ),
        ),
        file_variants=("地点", "网格底数", "小区底数", "区划"),
    )
)

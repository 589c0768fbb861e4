"""网格责任岗位表: who holds which seat for which area."""

from bulou.sheets.columns import Column, Ordered, SheetKind, register
from bulou.sheets.kinds.common import (
    BUILDING,
    COMPOUND,
    GRID,
    PERSON_NAME,
    PHONE,
    TOWNSHIP,
    VILLAGE,
    required,
)
from bulou.sheets.values import Date, Text

POSTS = register(
    SheetKind(
        "posts",
        "网格责任岗位表",
        (
            Column(
                "role",
                "岗位",
                Text(30),
                variants=("岗位名称", "职责", "责任岗位", "岗位类型", "包联岗位"),
                required=True,
                privacy="duty",
                example="网格员",
            ),
            TOWNSHIP,
            VILLAGE,
            COMPOUND,
            GRID,
            BUILDING,
            PERSON_NAME,
            required(PHONE, ditto=False),
            Column(
                "starts",
                "起始日期",
                Date(),
                variants=("开始日期", "任职日期", "上岗日期", "起始时间", "开始时间", "到岗日期"),
                privacy="duty",
                example="2022-04-01",
            ),
            Column(
                "ends",
                "截止日期",
                Date(ahead=3660),
                variants=("结束日期", "离任日期", "截止时间", "结束时间", "离岗日期"),
                privacy="duty",
                example="2022-06-30",
            ),
        ),
        checks=(Ordered("starts", "ends", "dates-out-of-order"),),
        file_variants=("岗位", "网格责任岗位"),
    )
)

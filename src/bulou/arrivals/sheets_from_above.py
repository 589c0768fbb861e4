"""The workbooks that come from above: risk areas, and leads (协查) to be found.

Only columns stand here: the process that reads workbooks has no database and no models.
"""

from __future__ import annotations

from dataclasses import replace

from bulou.arrivals import sheet_columns as of
from bulou.sheets.columns import Column, Ordered, SheetKind, register
from bulou.sheets.kinds.common import IDENTITY_NUMBER, PERSON_NAME, optional
from bulou.sheets.values import Choice, Date, Digits, Integer, Moment, Option

LEVELS = Choice(
    (
        Option("high", "高风险", ("高风险地区", "高", "高风险区")),
        Option("medium", "中风险", ("中风险地区", "中", "中风险区")),
        Option(
            "cases",
            "有病例报告",
            ("病例", "有病例", "有本土病例", "本土疫情", "有疫情", "有病例报告(未调整等级)", "未调整等级"),
        ),
    )
)

RISK_AREAS = register(
    SheetKind(
        "risk_areas",
        "风险地区名单",
        (
            *(replace(column, privacy="public") for column in of.PARTS_OF_FROM),
            replace(
                of.words(
                    "area",
                    "地区",
                    "地区名称 风险地区 风险地区名称 区域 具体地区 具体区域 地名 范围 中高风险地区 详细地区",
                    "public",
                    example="上海市浦东新区周浦镇",
                    help="写到县(市、区)或街道(乡镇);不认识的地名请填区划代码。",
                ),
                expected=True,
            ),
            Column(
                "code",
                "区划代码",
                Digits((6, 9, 12)),
                variants=("行政区划代码", "地区代码", "统计用区划代码", "代码", "区划编码"),
                example="310115132",
            ),
            Column(
                "level",
                "等级",
                LEVELS,
                variants=("风险等级", "级别", "地区等级", "风险级别", "类别"),
                required=True,
                example="中风险",
            ),
            Column(
                "since",
                "起始日期",
                Date(),
                variants=of.names(
                    "起始时间 调整日期 调整时间 划定时间 划定日期 生效日期 开始日期 公布日期 发布日期"
                ),
                required=True,
                example="2022-04-05",
            ),
            Column(
                "until",
                "解除日期",
                Date(),
                variants=of.names("解除时间 降级日期 调低时间 结束日期 截止日期 调整为低风险日期"),
                example="2022-04-19",
                ditto=False,
                help="尚未解除的留空。",
            ),
            of.words(
                "source",
                "来源",
                "信息来源 依据 文号 公告 发布单位 来源文号 数据来源",
                "public",
                example="国务院客户端 2022-04-05 公布",
                help="公告、文号或系统;没有来源的不登记。",
            ),
        ),
        checks=(Ordered("since", "until", "dates-out-of-order"),),
        file_variants=("风险地区", "中高风险地区", "高中风险地区", "疫情地区"),
    )
)

LEADS = register(
    SheetKind(
        "leads",
        "协查人员名单",
        (
            *(PERSON_NAME, optional(IDENTITY_NUMBER), of.REACHED, *of.HOMES),
            *(replace(of.FROM, expected=True), of.VISITED),
            Column(
                "arrives",
                "来(返)翼时间",
                Moment(),
                variants=of.names(
                    "来翼时间 返翼时间 到翼时间 到达时间 到达日期 返回时间 返回日期 抵达时间 行程时间"
                ),
                privacy="health",
                example="2022-04-09",
            ),
            of.TRIP,
            of.words(
                "relation",
                "人员类别",
                "协查类别 类别 协查原因 协查事由 管控类别 与病例关系 风险类别",
                "health",
                longest=60,
                example="密接",
                help="只按原文保留,不作决定。",
            ),
            Column(
                "hours",
                "时限(小时)",
                Integer(1, 720),
                variants=of.names("核查时限(小时) 反馈时限(小时) 办理时限(小时) 时限小时 时限"),
                privacy="duty",
                example="24",
                help="没有写时限的,按责任规定的时限办。",
            ),
            Column(
                "deadline",
                "反馈截止时间",
                Moment(),
                variants=of.names("反馈时间 截止时间 反馈截止 完成时限 要求反馈时间 核查截止时间"),
                privacy="duty",
                example="2022-04-10 12:00",
            ),
            replace(
                of.words(
                    "issued_by",
                    "下发单位",
                    "发函单位 协查单位 来函单位 发出单位 下发机关 协查函来源",
                    "duty",
                    longest=100,
                    example="市疫情防控办",
                ),
                required=True,
            ),
            of.words("reference", "文号", "协查函号 函号 批次 协查编号 推送批次", "duty", longest=60),
            of.REMARK,
        ),
        file_variants=("协查", "协查名单", "协查函", "待核查人员"),
    )
)

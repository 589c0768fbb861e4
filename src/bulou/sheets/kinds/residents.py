"""常住人口信息汇总表: who lives behind which door. Values of choices are the codes of people's models."""

from bulou.sheets.columns import Column, SheetKind, register
from bulou.sheets.kinds.common import (
    BUILDING,
    COMPOUND,
    DOOR,
    IDENTITY_NUMBER,
    PERSON_NAME,
    PHONE,
    TOWNSHIP,
    UNIT,
    VILLAGE,
    required,
)
from bulou.sheets.values import Choice, Choices, Date, Integer, Option, Text

PRESENCE = Choice(
    (
        Option("home", "在家", ("在村", "在", "居家", "常住", "在住", "本地", "在家居住", "常住人口")),
        Option("away", "外出", ("在外", "不在家", "外出务工", "外出人员", "务工", "外出(务工)")),
        Option("tenant", "租住", ("租户", "租房", "租赁", "流动", "流动人口", "暂住", "租客")),
    )
)
NEEDS = Choices(
    (
        Option("dialysis", "透析", ("血液透析", "血透", "肾透析")),
        Option("pregnancy", "孕产妇", ("孕妇", "产妇", "怀孕", "孕")),
        Option("infant", "婴幼儿", ("婴儿", "幼儿", "新生儿")),
        Option("alone", "独居", ("独居老人", "空巢", "空巢老人", "孤寡老人")),
        Option("disabled", "残疾", ("残疾人", "残", "重度残疾", "失能")),
        Option(
            "chronic",
            "慢性病用药",
            ("慢性病", "慢病", "慢性病患者", "高血压", "糖尿病", "基础病", "基础疾病"),
        ),
    )
)

RESIDENTS = register(
    SheetKind(
        "residents",
        "常住人口信息汇总表",
        (
            TOWNSHIP,
            required(VILLAGE),
            required(COMPOUND),
            BUILDING,
            UNIT,
            required(DOOR),
            PERSON_NAME,
            Column(
                "relation",
                "与户主关系",
                Text(20),
                variants=("与户主的关系", "户主关系", "与户主", "家庭关系", "关系", "同户主关系"),
                required=True,
                privacy="identity",
                example="户主",
            ),
            IDENTITY_NUMBER,
            PHONE,
            Column(
                "presence",
                "现居状态",
                PRESENCE,
                variants=(
                    "居住状态",
                    "人员类别",
                    "人口类型",
                    "居住情况",
                    "在家/外出",
                    "是否在家",
                    "人员状态",
                ),
                privacy="place",
                example="在家",
            ),
            Column(
                "away_to",
                "外出地址",
                Text(200),
                variants=("外出地点", "外出/务工地", "务工地", "外出地", "外出去向", "外出务工地址"),
                privacy="place",
                example="山西省太原市小店区",
            ),
            Column(
                "doses",
                "疫苗剂次",
                Integer(
                    0,
                    9,
                    words=(("未接种", 0), ("未", 0), ("加强针", 3), ("加强", 3), ("全程", 2), ("已加强", 3)),
                ),
                variants=(
                    *("接种剂次", "接种针次", "针次", "疫苗针次", "剂次", "疫苗接种情况", "接种情况"),
                    *("疫苗接种剂次", "新冠疫苗剂次", "接种剂次/疫苗"),
                ),
                privacy="health",
                example="3",
            ),
            Column(
                "last_dose",
                "末次接种日期",
                Date(past=True),
                variants=(
                    *("末次接种时间", "末次时间", "最后接种日期", "最近接种日期", "末次日期", "接种日期"),
                    *("疫苗接种日期", "最后一次接种时间", "最后一针日期"),
                ),
                privacy="health",
                example="2021-12-20",
            ),
            Column(
                "needs",
                "特殊需求",
                NEEDS,
                variants=("特殊人群", "重点人员", "重点人员/特殊人群", "特殊情况", "特殊群体", "重点人群"),
                privacy="health",
                example="独居、慢性病用药",
            ),
            Column(
                "remark",
                "备注",
                Text(500),
                variants=("说明", "备注说明", "其他"),
                privacy="identity",
                ditto=False,
            ),
        ),
        file_variants=("常住人口", "居民", "人口信息"),
    )
)

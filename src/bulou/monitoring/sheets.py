"""The workbooks of home monitoring: the list of those monitored, and the temperature register.

Only columns stand here: the process that reads workbooks has no database and no models.
"""

from dataclasses import replace

from bulou.sheets.columns import Column, Ordered, SheetKind, register
from bulou.sheets.kinds.common import IDENTITY_NUMBER, PERSON_NAME, PHONE, TOWNSHIP, VILLAGE, required
from bulou.sheets.values import Choice, Choices, Date, NamePhone, Option, Temperature, Text, TimeOfDay

_DOOR_SEALS = ((r"封门|贴封条|封条|门磁|锁门|反锁|焊门|钉门|封户", "door-seal-not-a-measure"),)


def _seat(name: str, title: str, *variants: str) -> Column:
    return Column(
        name,
        title,
        NamePhone(),
        variants=(*variants, *(f"{word}及电话" for word in (title, *variants))),
        privacy="duty",
        example="王某 19900000000",
        tells_empty="seat-empty",
        help="姓名和电话写在一格,中间空一格。",
    )


MONITORING = register(
    SheetKind(
        "monitoring",
        "居家健康监测人员台账(五包一)",
        (
            PERSON_NAME,
            IDENTITY_NUMBER,
            replace(PHONE, expected=True, tells_empty="phone-empty", ditto=False),
            TOWNSHIP,
            required(VILLAGE),
            Column(
                "address",
                "详细地址",
                Text(200),
                variants=(
                    "现住址",
                    "居住地址",
                    "家庭住址",
                    "家庭地址",
                    "居家地址",
                    "隔离地址",
                    "住址",
                    "监测地址",
                    "地址",
                ),
                required=True,
                privacy="place",
                example="绿苑小区3号楼2单元302",
            ),
            Column(
                "came_from",
                "来自何地",
                Text(200),
                variants=(
                    "何地返回",
                    "来自地区",
                    "来源地",
                    "返回地",
                    "从何地返回",
                    "旅居地",
                    "返乡地",
                    "来自",
                ),
                required=True,
                privacy="health",
                example="上海市浦东新区",
            ),
            Column(
                "returned",
                "返回日期",
                Date(),
                variants=(
                    "返回时间",
                    "返乡日期",
                    "返乡时间",
                    "到达日期",
                    "抵达日期",
                    "返(抵)日期",
                    "到达时间",
                ),
                required=True,
                privacy="health",
                example="2022-04-09",
            ),
            Column(
                "measure",
                "管控措施",
                Text(40, flags=_DOOR_SEALS),
                variants=("措施", "管控方式", "管理措施", "健康管理措施"),
                required=True,
                privacy="health",
                example="居家健康监测",
            ),
            Column(
                "starts",
                "开始日期",
                Date(),
                variants=(
                    "开始时间",
                    "监测开始日期",
                    "开始隔离时间",
                    "管控开始日期",
                    "起始日期",
                    "开始监测日期",
                ),
                required=True,
                privacy="health",
                example="2022-04-10",
            ),
            Column(
                "ends",
                "结束日期",
                Date(),
                variants=(
                    *(
                        "解除日期",
                        "结束时间",
                        "解除时间",
                        "监测结束日期",
                        "结束/解除隔离日期",
                        "拟解除日期",
                        "截止日期",
                    ),
                    *("开始/解除日期解除", "预计解除日期", "结束(解除)日期"),
                ),
                required=True,
                privacy="health",
                example="2022-04-16",
            ),
            Column(
                "ground",
                "依据",
                Text(200),
                variants=("法律依据", "管控依据", "政策依据", "依据文件", "措施依据"),
                required=True,
                privacy="health",
                example="传染病防治法第三十九条",
            ),
            Column(
                "decided_by",
                "决定人",
                Text(64),
                variants=("决定机关", "批准人", "决定单位", "审批人", "决定人(机关)"),
                required=True,
                privacy="duty",
                example="县疫情防控指挥部",
            ),
            _seat("township_cadre", "乡镇干部", "包联乡镇干部", "乡(镇)干部", "镇干部"),
            _seat("village_cadre", "村(社区)干部", "村干部", "社区干部", "村社区干部"),
            _seat("grid_worker", "网格员", "网格长"),
            _seat("doctor", "医务人员", "村医", "乡村医生", "医生", "医护人员"),
            _seat("police", "民警", "社区民警", "包联民警", "派出所民警", "公安民警"),
            Column(
                "number",
                "编号",
                Text(24),
                variants=("个案编号", "监测编号"),
                ditto=False,
                example="JK22-000001",
                help="由系统编号,新增人员不填。",
            ),
        ),
        checks=(
            Ordered("starts", "ends", "dates-out-of-order"),
            Ordered("returned", "ends", "dates-out-of-order"),
        ),
        file_variants=("居家健康监测", "五包一"),
    )
)

WINDOW = Choice(
    (
        Option("am", "上午", ("早", "早上", "早晨", "晨", "AM", "上", "上午测", "早间")),
        Option("pm", "下午", ("晚", "晚上", "傍晚", "PM", "下", "下午测", "晚间", "午后")),
    )
)
SYMPTOMS = Choices(
    (
        Option("fever", "发热", ("发烧",)),
        Option("dry_cough", "干咳", ("咳嗽",)),
        Option("fatigue", "乏力", ("无力", "疲乏")),
        Option("sore_throat", "咽痛", ("嗓子疼", "咽喉痛", "喉咙痛")),
        Option("loss_of_smell", "嗅觉减退", ("嗅觉丧失", "嗅觉异常")),
        Option("loss_of_taste", "味觉减退", ("味觉丧失", "味觉异常")),
        Option("diarrhoea", "腹泻", ("拉肚子",)),
        Option("muscle_pain", "肌肉酸痛", ("肌痛", "肌肉痛", "全身酸痛")),
        Option("short_of_breath", "气促", ("呼吸困难", "气短", "胸闷")),
        Option("other", "其他", ("其它", "其他症状")),
    ),
    nothing=("正常", "无症状", "无异常", "良好", "否", "均无", "健康"),
    other="other",
)

HEALTH_REPORTS = register(
    SheetKind(
        "health_reports",
        "居家健康监测每日体温登记表",
        (
            PERSON_NAME,
            IDENTITY_NUMBER,
            Column(
                "date",
                "日期",
                Date(ahead=1),
                variants=("监测日期", "测量日期", "登记日期", "测温日期", "上报日期"),
                required=True,
                privacy="health",
                example="2022-04-16",
            ),
            Column(
                "window",
                "时间段",
                WINDOW,
                variants=("时段", "上午/下午", "上下午", "测量时段", "早/晚", "班次"),
                required=True,
                privacy="health",
                example="上午",
            ),
            Column(
                "temperature",
                "体温",
                Temperature(),
                variants=("体温(℃)", "体温℃", "测量体温", "体温值", "体温(度)"),
                required=True,
                privacy="health",
                example="36.6",
                ditto=False,
            ),
            Column(
                "symptoms",
                "症状",
                SYMPTOMS,
                variants=("有无症状", "症状情况", "异常症状", "健康状况", "身体状况"),
                privacy="health",
                example="干咳、乏力",
            ),
            Column(
                "measured_at",
                "测量时间",
                TimeOfDay(),
                privacy="health",
                example="08:10",
                variants=("测温时间", "测量时刻", "具体时间", "时间"),
                help="不填时按该时间段内测量,并在导入结果中说明。",
                tells_empty="measured-in-window",
            ),
            Column(
                "noted_by",
                "登记人",
                Text(64),
                variants=("测量人", "填报人", "上报人", "登记人员", "测温人"),
                privacy="duty",
                example="李某",
            ),
        ),
        file_variants=("体温登记", "每日体温"),
    )
)

"""The columns that lists of arrivals have, with the headers that offices give them (domain.md §4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import ClassVar

from bulou.sheets.cells import Cell, Parsed, Parser, shown
from bulou.sheets.columns import Column, PrivacyClass
from bulou.sheets.kinds.common import PHONE, TOWNSHIP, VILLAGE, optional
from bulou.sheets.values import Choice, Choices, Moment, Option, TimeOfDay


@dataclass(frozen=True)
class Words(Parser):
    """What a cell shows, whatever it holds: it is kept as text and decides nothing."""

    longest: int = 200
    title: ClassVar[str] = "文字"
    empty: ClassVar[str] = ""

    def read(self, raw: Cell, today: date) -> Parsed:
        whole_day = isinstance(raw, datetime) and raw.time() == time(0)
        text = f"{raw:%Y-%m-%d}" if whole_day else shown(raw)
        return Parsed(" ".join(text.split())[: self.longest].strip())


def names(text: str) -> tuple[str, ...]:
    """The names that stand in a text with blanks between them."""
    return tuple(text.split())


def words(
    name: str,
    title: str,
    variants: str,
    privacy: PrivacyClass,
    *,
    longest: int = 200,
    example: str = "",
    help: str = "",
) -> Column:
    """A column of free words; the variants of its header stand with blanks between them."""
    return Column(
        name,
        title,
        Words(longest),
        variants=names(variants),
        privacy=privacy,
        example=example,
        help=help,
    )


def _option(value: str, title: str, other: str) -> Option:
    return Option(value, title, names(other))


WAYS = Choice(
    (
        _option("train", "火车", "高铁 动车 铁路 列车 高铁/动车 高铁动车 普速 普速列车 火车/高铁 高铁、动车"),
        _option("plane", "飞机", "航班 民航 乘机 坐飞机"),
        _option("coach", "客车", "大巴 汽车 长途客车 长途汽车 班车 客运 大巴车 客运班车"),
        _option("car", "自驾", "私家车 自驾车 开车 驾车 小汽车 私家 自驾返乡 小车"),
        _option("truck", "货车", "大车 卡车 货运 货车司机 半挂"),
        _option("other", "其他", "其它 拼车 顺风车 网约车 出租车 步行"),
    )
)
YES_NO = Choice(
    (
        _option("yes", "是", "有 √ 能 可以 具备 满足 符合 有条件 Y 1"),
        _option("no", "否", "× 不能 不具备 不满足 没有 不符合 无条件 N 0 X"),
    )
)
NEEDS = Choices(
    (
        _option("wheelchair", "轮椅", "坐轮椅 行动不便 不能行走 需轮椅 腿脚不便 失能 卧床"),
        _option("infant", "带婴幼儿", "婴儿 幼儿 婴幼儿 新生儿 带婴儿 带小孩 带孩子 儿童座椅"),
        _option("pregnancy", "孕产妇", "孕妇 产妇 怀孕"),
        _option("dialysis", "透析", "血透 血液透析"),
        _option("other", "其他", "其它"),
    ),
    nothing=("正常", "否", "无特殊", "无需求", "没有"),
    other="other",
)

REACHED = replace(PHONE, expected=True, tells_empty="phone-empty", ditto=False)
HOME_TOWNSHIP = replace(
    optional(TOWNSHIP),
    variants=(
        *TOWNSHIP.variants,
        *names("返回乡镇 返乡乡镇 目的地乡镇 拟住乡镇 拟住地乡镇 拟返乡镇 所到乡镇"),
    ),
    sheet_name=r"(?!各|全|所有)[^返]{2,}(?:(?<!乡)镇|(?<!返)乡)",
    help="没有此列时,从拟住地址或工作表名读取。",
)
HOME_VILLAGE = replace(
    optional(VILLAGE),
    variants=(
        *VILLAGE.variants,
        *names("返回村 返乡村 目的地村(社区) 拟住村(社区) 拟住地村(社区) 拟返村(社区) 上报村"),
    ),
    sheet_name=r"(?!各|全|所有).{2,}(?:村|社区)",
)
HOME = words(
    "home",
    "拟住地址",
    "拟居住地址 返乡后住址 返乡后居住地址 返乡居住地 返乡居住地址 返乡住址 返乡地址 "
    "目的地 目的地址 目的地详细地址 "
    "回乡住址 返回地址 返翼住址 返翼后居住地址 家庭地址 家庭住址 详细地址 住址 地址 "
    "隔离地址 拟住址 拟住地 本地住址 在翼住址",
    "place",
    example="唐兴镇文昌社区绿苑小区3号楼2单元302",
)
HOMES = (HOME_TOWNSHIP, HOME_VILLAGE, HOME)
FROM = words(
    "from",
    "来自何地",
    "现居地 现居住地 现居地(省市县区) 来源地 来源地区 返回地 何地返回 从何地返回 "
    "从哪里返回 旅居地 旅居地区 出发地 "
    "出发地(省市县) 始发地 来自地区 来自 外出地 外出地点 务工地 返乡前居住地 "
    "返翼前居住地 来翼前居住地 现在外地址 "
    "外地居住地 返回描述 从何处返回",
    "health",
    example="上海市浦东新区周浦镇",
    help="写到区县,最好到街道(乡镇):只写到省的,判断不了涉疫旅居史。",
)
PARTS_OF_FROM = (
    words("from_province", "来源省", "省 省份 来源地省 现居地省 旅居地省 出发省份", "health"),
    words("from_city", "来源市", "市 地市 来源地市 现居地市 旅居地市 出发城市", "health"),
    words(
        "from_county",
        "来源县(市、区)",
        "县 区县 县区 来源县 来源地县 来源区县 现居地县区 旅居地县区 县(市、区) 区(县) 县(区)",
        "health",
    ),
    words("from_town", "来源乡镇(街道)", "来源乡镇 来源乡 来源街道 来源地乡镇", "health"),
)
VISITED = words(
    "visited",
    "14天内旅居史",
    "旅居史 近14天旅居史 14天旅居史 14日内旅居史 14天内到过的地方 途经地 途经地区 "
    "活动轨迹 行程轨迹 近14天行程 "
    "14天内行程 近14天活动轨迹 途经中高风险地区 停留地 漫游地 漫游地区 停留地区",
    "health",
    longest=500,
    example="3月28日-4月5日上海市浦东新区;4月6日-4月8日江苏省苏州市虎丘区",
    help="写明日期和地方,各段之间用分号隔开。",
)
DEPARTED = Column(
    "departed",
    "出发时间",
    Moment(),
    variants=names(
        "离开时间 出发日期 离开日期 返程日期 启程时间 离开时间/出发时间 离开/出发时间 "
        "离沪时间 离开风险地区时间 发车时间 开车时间"
    ),
    privacy="health",
    example="2022-04-09 08:05",
)
ARRIVES = Column(
    "arrives",
    "到达时间",
    Moment(),
    variants=names(
        "到达日期 抵达时间 抵达日期 返回时间 返回日期 返乡时间 返乡日期 预计到达时间 "
        "预计到达日期 预计返乡时间 "
        "预计返回时间 拟返乡时间 拟返时间 到翼时间 抵翼时间 返翼时间 到站时间 到站日期 "
        "到达时间/站点 到达时间及站点 "
        "到达时间、站点 返乡(到达)时间"
    ),
    required=True,
    privacy="health",
    example="2022-04-09 18:30",
    help="日期和时刻;只有日期的按当天 00:00 起等人。",
)
ARRIVES_TIME = Column(
    "arrives_time",
    "到达时刻",
    TimeOfDay(),
    variants=("到站时刻", "几点到", "具体时刻", "到达具体时间", "到达钟点"),
    privacy="health",
    example="18:30",
)
WAY = Column(
    "way",
    "交通方式",
    WAYS,
    variants=names("返回方式 返乡方式 交通工具 出行方式 乘坐交通工具 返程方式 来翼方式"),
    privacy="place",
    example="火车",
)
TRIP = words(
    "trip",
    "车次/航班/车牌",
    "车次 航班 航班号 车牌 车牌号 车次(航班) 车次航班 车次或航班 车次/航班号 航班/车牌 "
    "车次/车牌 列车车次 车次航班号 "
    "车次/航班/车牌号 交通方式及车次 车次(航班、车牌) 车次、航班、车牌 乘坐车次",
    "place",
    longest=60,
    example="D1234",
)
STATION = words(
    "station",
    "到达站点",
    "到站 站点 到达车站 到达站 下车站 抵达站点 到达地点 落地点 下车地点 下高速口 下高速路口",
    "place",
    longest=50,
    example="翼城东站",
)
SEAT = words("seat", "座位", "席位号 座位号 车厢座位 席位 车厢席位", "place", longest=40)
COACH = words("coach", "车厢", "车厢号", "place", longest=20)
BOARDED = words("boarded", "发站", "上车站 乘车站 出发站 始发站", "health", longest=50, example="上海虹桥")
PUSHED = words("pushed", "推送时间", "下发时间 推送日期 数据时间 推送批次 批次", "duty", example="2022-04-08")
COMPANIONS = words(
    "companions",
    "同行人",
    "同行人员 同行人姓名 随行人员 同行者 同行家属 同行人员姓名",
    "identity",
    example="李某",
)
TESTED = words(
    "tested",
    "48小时核酸",
    "核酸检测 核酸 核酸检测时间及结果 最近一次核酸 核酸结果 核酸时间 48小时核酸证明 "
    "核酸检测情况 48小时内核酸 核酸检测日期",
    "health",
    example="4月8日阴性",
)
HEALTH_CODE = words(
    "health_code",
    "健康码",
    "健康码颜色 健康码状态 码色 健康码/行程码",
    "health",
    longest=40,
    example="绿码",
)
TRAVEL_CODE = words(
    "travel_code", "行程码", "行程卡 通信行程卡 行程码状态", "health", longest=60, example="绿码不带星"
)
RISK = words(
    "risk",
    "风险等级",
    "所在地风险等级 来源地风险等级 地区风险等级",
    "health",
    longest=40,
    help="只按原文保留;旅居史按登记的风险地区判断。",
)
SINGLE_ROOM = Column(
    "single_room",
    "是否单人单间",
    YES_NO,
    variants=names("单人单间 是否具备单人单间 是否具备居家条件 具备居家隔离条件 能否单人单间 居家条件"),
    privacy="health",
    example="是",
)
SPECIAL = Column(
    "needs",
    "特殊需求",
    NEEDS,
    variants=("特殊情况", "特殊人群", "接送需求", "特殊需要"),
    privacy="health",
    example="轮椅",
    ditto=False,
)
FETCHED_BY = (
    words("fetch_unit", "接返单位", "接返乡镇 接返责任单位 接回单位 责任单位 包保单位", "duty"),
    words(
        "fetcher",
        "接返人",
        "接返人员 接返人及电话 接站人 接返责任人 接返司机 网格员 包保人",
        "duty",
    ),
)
MEASURES = (
    words(
        "measure",
        "管控措施",
        "措施 管控方式 管理措施 落实措施 采取措施 管控情况",
        "health",
        help="只按原文保留,不作决定:措施由有权的人在系统中逐人定级。",
    ),
    words(
        "starts",
        "管控起始时间",
        "管控开始时间 管控开始日期 隔离开始时间 起始时间 开始时间 开始日期 起止时间 "
        "管控起止时间 管控时间 管控期限 隔离起止时间",
        "health",
    ),
    words(
        "ends", "管控结束时间", "管控解除时间 解除时间 解除日期 隔离结束时间 结束时间 拟解除时间", "health"
    ),
)
REMARK = replace(
    words("remark", "备注", "说明 备注说明 其他情况", "identity", longest=500),
    ditto=False,
)

"""Twelve lists of arrivals, made the way offices make them; each with what must come of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from bulou.arrivals.tests.build import identity
from bulou.sheets.tests.offices import put, write

Rows = list[list[Any]]
DAY = date(2022, 4, 9)


@dataclass(frozen=True)
class Layout:
    """A list: its file, its kind, how many journeys it makes, and (row, column, code) of what is refused."""

    path: Path
    kind: str
    new: int
    refused: tuple[tuple[int, str, str], ...] = ()
    told: tuple[str, ...] = ()
    """Codes that some row must be told."""


def name(number: int) -> str:
    return f"王某{'甲乙丙丁戊己庚辛壬癸'[number % 10]}"


def phone(number: int) -> str:
    return f"1990000{number:04}"


def old_identity(number: int) -> str:
    """The same number as fifteen digits, as it was given before 1999."""
    full = identity(number)
    return full[:6] + full[8:17]


def titled(folder: Path) -> Layout:
    """A merged title, who filled it in, serial numbers, a total, a signature."""
    header = [
        "序号",
        "姓名",
        "身份证号",
        "联系电话",
        "现居地",
        "离开时间",
        "交通方式",
        "车次/航班/车牌",
        "到达时间",
    ]
    header += ["拟住地址", "管控措施", "起止时间", "备注"]
    width = [""] * (len(header) - 1)
    rows: Rows = [["唐兴镇返乡人员摸排台账", *width], ["填报单位:唐兴镇人民政府", *width], header]
    for n in (1, 2, 3):
        rows.append(
            [
                *(n, name(n), identity(n), phone(n), "上海市浦东新区", "4月8日", "高铁", "G1234"),
                *("4月9日 18:30", "唐兴镇文昌社区绿苑小区", "居家隔离", "4.9-4.23", ""),
            ]
        )
    rows += [["合计", "3", *width[1:]], ["填表人:李某    审核人:赵某", *width]]
    path = write(folder / "返乡人员台账.xlsx", ("Sheet1", rows), merges=[(0, 0, 0, len(header) - 1)])
    return Layout(path, "arrivals", 3, told=("measure-is-words", "date-year-completed", "choice-read"))


def two_headers(folder: Path) -> Layout:
    """Headers in two rows, merged groups; an identity number that Excel has rounded."""
    top = ["序号", "基本信息", "", "", "行程信息", "", "", "", "返乡后住址", "", ""]
    low = [
        "",
        "姓名",
        "公民身份号码",
        "手机号",
        "来自地区",
        "返回日期",
        "车次",
        "到达站点",
        "乡镇",
        "村(社区)",
        "住址",
    ]
    good = [
        "",
        "",
        "",
        "",
        "江苏省苏州市虎丘区",
        date(2022, 4, 9),
        "D1234",
        "翼城东站",
        "唐兴镇",
        "文昌社区",
        "3号楼",
    ]
    rows: Rows = [["返乡人员报备表", *[""] * 10], top, low]
    for n in (1, 2):
        rows.append([n, name(n), identity(n), phone(n), *good[4:]])
    rows.append([3, name(3), 1.41099199001e17, phone(3), *good[4:]])
    merges = [(0, 0, 0, 10), (1, 1, 1, 3), (1, 4, 1, 7), (1, 8, 1, 10)]
    path = write(folder / "报备.xlsx", ("报备", rows), merges=merges)
    refused = ((6, "公民身份号码", "id-number-excel-float"),)
    return Layout(path, "arrivals", 2, refused, ("arrival-without-time",))


def ditto(folder: Path) -> Layout:
    """同上, 〃 and merged cells for what repeats; dates as 4.9; a form of address nobody can place."""
    header = ["乡镇", "村(社区)", "姓名", "身份证号码", "电话", "来源地", "返乡时间", "交通工具", "车次航班"]
    rows: Rows = [
        header,
        ["唐兴镇", "文昌社区", name(1), identity(1), phone(1), "杭州市西湖区", "4.9", "火车", "K102"],
        ["", "", name(2), identity(2), phone(2), "同上", "同上", "同上", "同上"],
        ["〃", "〃", name(3), identity(3), phone(3), "〃", "〃", "〃", "〃"],
        ["同上", "同上", name(4), identity(4), phone(4), "外地", "4.9", "自驾", "晋L12345"],
    ]
    path = write(folder / "摸排.xlsx", ("摸排", rows), merges=[(1, 0, 2, 0), (1, 1, 2, 1)])
    return Layout(path, "arrivals", 4, told=("ditto", "merged-cell", "visit-unknown", "no-visit"))


def gbk(folder: Path) -> Layout:
    """A csv in GBK from an old system: the address in columns, full-width digits, a small x."""
    lines = ["姓名,证件号码,联系方式,省,市,县(市、区),到达日期,航班号,返乡乡镇,返乡村,同行人"]
    numbers = [
        identity(1),
        identity(2).lower(),
        identity(3).translate(str.maketrans("0123456789", "".join(chr(0xFF10 + n) for n in range(10)))),
    ]
    for n, number in enumerate(numbers, 1):
        lines.append(
            f"{name(n)},{number},{phone(n)},广东省,深圳市,南山区,2022/4/9 21:05,CZ3456,"
            f"南梁镇,庄里村,{name(n % 3 + 1)}"
        )
    path = folder / "返乡报备导出.csv"
    path.write_bytes("\r\n".join(lines).encode("gbk"))
    return Layout(path, "arrivals", 3, told=("date-read",))


def gbk_with_totals(folder: Path) -> Layout:
    """A csv in GBK saved from a sheet: a title, a total that disagrees, a number with a digit wrong."""
    wrong = identity(3)[:-1] + ("0" if identity(3)[-1] != "0" else "1")
    lines = [
        "翼城县南梁镇返翼人员排查表,,,,,",
        "姓名,身份证号,电话,从何地返回,返翼时间,拟住地址",
        f"{name(1)},{identity(1)},{phone(1)},上海闵行,2022.04.09,庄里村",
        f"{name(2)},{identity(2)},{phone(2)},河南省,2022.04.09,庄里村",
        f"{name(3)},{wrong},{phone(3)},上海闵行,2022.04.09,庄里村",
        "合计,5,,,,",
        "审核人:赵某,,,,,",
    ]
    path = folder / "排查表.csv"
    path.write_bytes("\n".join(lines).encode("gbk"))
    refused = ((5, "身份证号", "id-number-check-digit"),)
    return Layout(path, "arrivals", 2, refused, ("total-disagrees", "visit-too-wide", "no-visit"))


def sheet_per_village(folder: Path) -> Layout:
    """One sheet a village, no column of places; the second has no rows."""
    header = ["序号", "姓名", "身份证号", "手机号码", "务工地", "预计返乡时间", "返乡方式"]
    first: Rows = [["外出务工返乡人员摸排", *[""] * 6], header]
    first += [[n, name(n), identity(n), phone(n), "天津市滨海新区", "4月9号晚上8点", "大巴"] for n in (1, 2)]
    path = write(
        folder / "各村.xlsx", ("文昌社区", first), ("庄里村", [header]), ("说明", [["请各村按时报"]])
    )
    return Layout(path, "arrivals", 2, told=("value-from-sheet-name",))


def numbers(folder: Path) -> Layout:
    """Phones as numbers, old identity numbers, an apostrophe, the time of day in a column of its own."""
    header = [
        "姓名",
        "身份证号",
        "手机号",
        "旅居地",
        "到达日期",
        "到达时刻",
        "乘坐车次",
        "村(社区)",
        "48小时核酸",
    ]
    rows: Rows = [
        header,
        [name(1), old_identity(1), int(phone(1)), "北京市朝阳区", 44660, "18:30", "G609", "文昌", DAY],
        [
            name(2),
            f"'{identity(2)}",
            f"{phone(2)}、{phone(3)}",
            "北京朝阳",
            "44660",
            0.75,
            "G609",
            "文昌社区",
            "阴性",
        ],
        [name(3), identity(3), "1990000", "北京朝阳", "2022-13-09", "", "G609", "文昌社区", ""],
        [name(4), "", phone(4), "北京朝阳", "2022-04-09", "", "G609", "文昌社区", ""],
    ]
    path = write(folder / "数字.xlsx", ("台账", rows))
    refused = ((4, "到达日期", "date-impossible"), (5, "身份证号", "required-empty"))
    return Layout(
        path, "arrivals", 2, refused, ("id-number-15-digits", "phone-two-in-cell", "place-name-read")
    )


def several_tables(folder: Path) -> Layout:
    """Two townships one below the other on a sheet, each with its title, header and total."""
    header = [
        "序号",
        "姓名",
        "身份证号",
        "联系电话",
        "来自何地",
        "到达时间",
        "乡镇",
        "村(社区)",
        "接返人及电话",
    ]

    def table(town: str, village: str, people: Sequence[int]) -> Rows:
        rows: Rows = [[f"{town}返乡人员", *[""] * 8], header]
        for at, n in enumerate(people, 1):
            rows.append(
                [at, name(n), identity(n), phone(n), "四川成都武侯区", "2022-04-09 09:00", town, village]
            )
            rows[-1].append(f"赵某 {phone(9)}")
        return [*rows, ["合计", str(len(people)), *[""] * 7]]

    rows = [*table("唐兴镇", "文昌社区", (1, 2)), [""] * 9, *table("南梁镇", "庄里村", (3,))]
    return Layout(write(folder / "两镇.xlsx", ("汇总", rows)), "arrivals", 3)


def hidden_rows(folder: Path) -> Layout:
    """A filter was left on: hidden rows, a township that is none of ours, a village of the other town."""
    header = ["姓名", "身份证号", "联系电话", "所属乡镇", "所属村", "返回地", "返回时间", "健康码", "行程码"]
    rows: Rows = [
        header,
        [name(1), identity(1), phone(1), "唐兴", "文昌", "西安市雁塔区", "2022年4月9日", "绿", "带*"],
        [
            name(2),
            identity(2),
            phone(2),
            "唐兴镇",
            "文昌社区",
            "西安市雁塔区",
            "2022年4月9日",
            "绿码",
            "正常",
        ],
        [name(3), identity(3), phone(3), "城关镇", "", "西安市雁塔区", "2022年4月9日", "绿", ""],
        [name(4), identity(4), phone(4), "唐兴镇", "庄里村", "西安市雁塔区", "2022年4月9日", "绿", ""],
    ]
    path = folder / "筛选.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("台账")
        day = book.add_format({"num_format": "yyyy/m/d"})
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                put(sheet, at, place, cell, day)
        sheet.autofilter(0, 0, len(rows) - 1, len(header) - 1)
        sheet.set_row(2, options={"hidden": True})
    refused = ((4, "所属乡镇", "unknown-township"), (5, "所属村", "village-elsewhere"))
    return Layout(path, "arrivals", 2, refused, ("rows-hidden",))


def railway(folder: Path) -> Layout:
    """What the railway sends: train, seat, stations; no phone of some, no place where they will live."""
    header = [
        "序号",
        "乘车日期",
        "车次",
        "车厢",
        "席位号",
        "发站",
        "到站",
        "旅客姓名",
        "姓名",
        "证件号码",
        "手机号",
    ]
    rows: Rows = [["铁路推送数据", *[""] * 10], header]
    for n in (1, 2):
        rows.append([n, "20220409", "D1234", "05", "12A", "上海虹桥", "翼城东", "", name(n), identity(n), ""])
    return Layout(
        write(folder / "铁路推送0409.xlsx", ("Sheet1", rows)), "arrivals_railway", 2, told=("home-missing",)
    )


def big_data(folder: Path) -> Layout:
    """What the big-data desk sends: where a phone was seen, when; times to the second."""
    header = ["姓名", "身份证号", "手机号", "漫游地", "入晋时间", "推送时间", "详细地址"]
    seen = "3月28日-4月5日上海市浦东新区;4月6日-4月8日江苏省苏州市虎丘区"
    came, pushed = datetime(2022, 4, 9, 7, 12, 33), "2022-04-09 08:00"
    rows: Rows = [header]
    for n in (1, 2):
        rows.append([name(n), identity(n), phone(n), seen, came, pushed, "唐兴镇文昌社区"])
    return Layout(write(folder / "大数据推送.xlsx", ("data", rows)), "arrivals_big_data", 2)


LONG_HEADER = (
    "姓名 身份证件号码 联系电话 来源省 来源市 来源县 来源乡 风险等级 返乡原因 交通方式 航班/车牌 "
    "出发时间 返乡日期 目的地乡镇 目的地村(社区) 目的地详细地址 是否单人单间 特殊需求 同行人员 接返单位 "
    "接返人 管控措施 开始日期 解除日期"
)


def long_form(folder: Path) -> Layout:
    """The long form of a prefecture: where from in four columns, needs, who fetches, measures, one twice."""
    came = ["上海市", "市辖区", "浦东新区", "周浦镇", "中风险", "务工", "飞机", "MU2345"]
    times = ["2022-04-09 06:00", "2022-04-09 11:20", "南梁镇", "庄里村", "12号", "是"]
    kept = ["南梁镇政府", "赵某", "居家隔离", date(2022, 4, 9), date(2022, 4, 23)]
    rows: Rows = [LONG_HEADER.split()]
    for n, needs in ((1, "轮椅"), (2, "带孩子"), (3, "吸氧"), (1, "轮椅")):
        who = [name(n), identity(n), phone(n)]
        rows.append([*who, *came, *times, needs, f"{name(2)}、{name(3)}", *kept])
    path = write(folder / "返乡长表.xlsx", ("Sheet1", rows))
    told = ("row-repeated", "measure-is-words", "choice-partly-unknown", "column-unknown")
    return Layout(path, "arrivals", 3, told=told)


LAYOUTS: tuple[Callable[[Path], Layout], ...] = (
    *(titled, two_headers, ditto, gbk, gbk_with_totals, sheet_per_village, numbers, several_tables),
    *(hidden_rows, railway, big_data, long_form),
)

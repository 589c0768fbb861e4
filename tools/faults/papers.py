"""What the runs bring in: workbooks as an office would send them, and events as phones would."""

from __future__ import annotations

import hashlib
import json
import random
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
from python_calamine import CalamineWorkbook

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2022, 4, 16)
LOADED, BASE, TOKEN_AT, AT = "00:30", "00:40", "00:45", "21:30"
"""Times of the day: the county is loaded, the first list comes, a token is made, the runs happen."""

RESIDENTS = (
    *("乡镇", "村(社区)", "小区(自然村)", "楼栋", "单元", "户号", "姓名", "与户主关系", "身份证号", "手机号"),
    *("现居状态", "外出地址", "疫苗剂次", "末次接种日期", "特殊需求", "备注"),
)
MONITORING = (
    *("姓名", "身份证号", "手机号", "乡镇", "村(社区)", "详细地址", "来自何地", "返回日期", "管控措施"),
    *("开始日期", "结束日期", "依据", "决定人", "乡镇干部", "村(社区)干部", "网格员", "医务人员", "民警"),
)
HEALTH_REPORTS = ("姓名", "身份证号", "日期", "时间段", "体温", "症状", "测量时间", "登记人")

Row = dict[str, Any]
Event = dict[str, Any]


def moment(clock: str, day: date = DAY) -> str:
    """A time of a day as `--at` takes it."""
    return f"{day.isoformat()}T{clock}+08:00"


def read(path: Path) -> list[Row]:
    """The rows of an exported workbook, by their headers."""
    found = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    head = next(index for index, row in enumerate(found) if "姓名" in row)
    return [dict(zip(map(str, found[head]), row, strict=True)) for row in found[head + 1 :]]


def write(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> Path:
    """A workbook of one sheet."""
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet("名单")
        sheet.write_row(0, 0, columns)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, [row.get(column, "") for column in columns])
    return path


def identity(serial: int) -> str:
    """An identity number of the unassigned division 141099 with its check digit (GB 11643)."""
    born = f"19{60 + serial // 336 % 40:02d}{1 + serial // 28 % 12:02d}{1 + serial % 28:02d}"
    body = f"141099{born}9{serial % 50:02d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def changed_residents(registered: Sequence[Row]) -> Iterator[Row]:
    """The register as it comes back: every third row changed, every eighth household with a new child."""
    for number, row in enumerate(registered):
        away = {"备注": f"核对{number}", "现居状态": "外出", "外出地址": "山西省太原市小店区"}
        yield {**row, **away} if number % 3 == 0 else row
        if number % 8 == 0 and row["户号"]:
            yield {
                **{column: row[column] for column in RESIDENTS[:6]},
                "姓名": f"甄漏{number:03d}",
                "与户主关系": "子",
                "身份证号": identity(number),
                "现居状态": "在家",
            }


def monitored(registered: Sequence[Row], example: Row, start: date) -> Iterator[Row]:
    """Rows of a list: these residents came back two days before, with the seats of the example."""
    seats = {column: example[column] for column in MONITORING[13:]}
    for row in registered:
        yield {
            "姓名": row["姓名"],
            "身份证号": row["身份证号"],
            "手机号": row["手机号"] or "19900000001",
            "乡镇": row["乡镇"],
            "村(社区)": row["村(社区)"],
            "详细地址": f"{row['小区(自然村)']}{row['户号']}号",
            "来自何地": "上海市浦东新区",
            "返回日期": start - timedelta(days=1),
            "管控措施": "居家健康监测",
            "开始日期": start,
            "结束日期": start + timedelta(days=13),
            "依据": "传染病防治法第三十九条",
            "决定人": "县疫情防控指挥部",
            **seats,
        }


def register_of_a_day(cases: Sequence[Row]) -> Iterator[Row]:
    """The temperature register: two rows a case, some hot, some without a time."""
    for number, case in enumerate(cases):
        for window, hour in (("上午", 8), ("下午", 15)):
            yield {
                "姓名": case["姓名"],
                "身份证号": case["身份证号"],
                "日期": DAY,
                "时间段": window,
                "体温": 37.6 if number % 9 == 0 else 36.5,
                "症状": "干咳" if number % 9 == 0 else "无",
                "测量时间": f"{hour}:{number % 60:02d}" if number % 2 else "",
                "登记人": "李某",
            }


def events(numbers: Sequence[str], seed: str) -> list[Event]:
    """What phones tell of a day: reports, some hot; contacts; needs; a correction; one about nobody known."""
    made: list[Event] = []
    for index, number in enumerate(numbers):
        at = datetime(DAY.year, DAY.month, DAY.day, 7, tzinfo=ZONE) + timedelta(seconds=37 * index)
        hot = {"temperature": 38.1, "symptoms": ["fever"]} if index % 9 == 1 else {"temperature": 36.4}
        made += [
            _event("monitoring.health_reported", number, at, hot, seed),
            _event("monitoring.contacted", number, at + timedelta(hours=2), CONTACT, seed),
            _event("monitoring.needs_checked", number, at + timedelta(hours=3), NEEDS, seed),
            _event(
                "monitoring.health_reported", number, at + timedelta(hours=7), {"temperature": 36.8}, seed
            ),
        ]
        if index % 5 == 0:
            right = {"temperature": 36.9, "symptoms": [], "window": "am"}
            made.append(
                {
                    **_event("monitoring.health_reported", number, at + timedelta(hours=8), right, seed),
                    "corrects": made[-4]["id"],
                }
            )
    nobody = _event(
        "monitoring.contacted", "JK22-999999", datetime(2022, 4, 16, 9, tzinfo=ZONE), CONTACT, seed
    )
    return [*made, nobody]


CONTACT = {"seat": "grid_worker", "method": "call"}
NEEDS = {"food": True, "medicine": True}


def _event(kind: str, subject: str, at: datetime, data: dict[str, Any], seed: str) -> Event:
    text = f"{seed}:{kind}:{subject}:{at.isoformat()}:{sorted(data.items())}"
    return {
        "id": str(uuid7(at, text)),
        "kind": kind,
        "subject": subject,
        "happened_at": at.isoformat(),
        "data": data,
    }


def uuid7(at: datetime, text: str) -> uuid.UUID:
    """The UUID version 7 of a moment whose random part is drawn from a text."""
    tail = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=10).digest(), "big")
    value = int(at.timestamp() * 1000) << 80 | 0x7 << 76 | (tail >> 68 & 0xFFF) << 64
    return uuid.UUID(int=value | 0b10 << 62 | tail & (2**62 - 1))


def batches(many: Sequence[Event], size: int) -> list[list[Event]]:
    """Events in the portions in which they are sent."""
    rest = iter(many)
    return list(iter(lambda: list(islice(rest, size)), []))


def in_another_order(many: Sequence[list[Event]], draw: random.Random) -> list[list[Event]]:
    """The same portions as a phone with a shuffled outbox sends them."""
    mixed = [draw.sample(batch, len(batch)) for batch in many]
    draw.shuffle(mixed)
    return mixed


def save(path: Path, batch: Sequence[Event]) -> Path:
    """A file for `bulou intake`."""
    path.write_text(json.dumps({"events": list(batch)}), "utf-8")
    return path


def every(rows: Sequence[Row], step: int, start: int, count: int) -> list[Row]:
    """So many rows that can be monitored (with an identity number), each so many rows apart."""
    fit = [row for row in rows if len(str(row["身份证号"])) == 18 and row["户号"]]
    return list(
        islice((row for row, turn in zip(fit, cycle(range(step)), strict=False) if turn == start), count)
    )

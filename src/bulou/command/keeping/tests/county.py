"""A county of a few rows, brought in through the real import, with canaries wherever a name can stand."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path

from bulou.command.tests.world import identity
from bulou.kernel import clock
from bulou.monitoring import actions as monitoring
from bulou.monitoring.models import Case
from bulou.obligations import directives, engine
from bulou.people import actions as people
from bulou.people.models import Person
from bulou.places import divisions
from bulou.sheets.importing import import_file

DAY = datetime.fromisoformat("2022-04-16T14:00+08:00")
TOWN, VILLAGE, COMPOUND = "唐兴镇", "文昌社区", "绿苑小区"
WHERE = ("乡镇", "村(社区)", "小区(自然村)")
STAYS, LEAVES, MONITORED, PASSES, UNKNOWN = range(5)
NAMES = ("金丝雀留", "金丝雀走", "金丝雀测", "金丝雀过", "金丝雀无")
PHONES = tuple(f"1990000{7100 + n}" for n in range(5))
NUMBERS = tuple(identity(700 + n) for n in range(5))
AWAY = "金丝雀路七号"
ORIGIN = "金丝雀市来处区"
CADRES = ("金丝雀甲", "金丝雀乙")

RESIDENTS = (
    *WHERE,
    "楼栋",
    "单元",
    "户号",
    "姓名",
    "与户主关系",
    "身份证号",
    "手机号",
    "现居状态",
    "外出地址",
    "备注",
)
MONITORING = (
    *("姓名", "身份证号", "手机号", "乡镇", "村(社区)", "详细地址", "来自何地", "返回日期", "管控措施"),
    *("开始日期", "结束日期", "依据", "决定人", "网格员", "医务人员"),
)
REPORTS = ("姓名", "身份证号", "日期", "时间段", "体温", "症状")


def write(path: Path, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
    return path


def _resident(n: int, door: str, status: str = "在家", away: str = "") -> tuple[str, ...]:
    where = (TOWN, VILLAGE, COMPOUND, "1号楼", "1单元", door)
    return (*where, NAMES[n], "户主", NUMBERS[n], PHONES[n], status, away, f"{NAMES[n]}的备注")


def _monitored(n: int) -> tuple[str, ...]:
    who = (NAMES[n], NUMBERS[n], PHONES[n], TOWN, VILLAGE, AWAY, ORIGIN, "2022-04-14", "居家健康监测")
    cadres = (f"{CADRES[0]} 19900007201", f"{CADRES[1]} 19900007202")
    return (*who, "2022-04-15", "2022-04-21", "县防控办〔2022〕7号", "指挥部", *cadres)


def folder(path: Path) -> list[tuple[str, Path]]:
    """The county's files, in the order of their import."""
    path.mkdir()
    residents = [_resident(STAYS, "101"), _resident(LEAVES, "102", "外出", AWAY), _resident(MONITORED, "103")]
    places = [(TOWN, VILLAGE, COMPOUND, "1号楼", "1单元", door, "楼房") for door in ("101", "102", "103")]
    reports = [(NAMES[n], NUMBERS[n], "2022-04-15", "上午", "38.4", "发热") for n in (MONITORED, UNKNOWN)]
    return [
        ("places", write(path / "places.csv", (*WHERE, "楼栋", "单元", "户号", "类型"), places)),
        ("residents", write(path / f"residents-{NAMES[LEAVES]}.csv", RESIDENTS, residents)),
        (
            "monitoring",
            write(path / "monitoring.csv", MONITORING, [_monitored(MONITORED), _monitored(PASSES)]),
        ),
        ("health_reports", write(path / "health_reports.csv", REPORTS, reports)),
    ]


def build(path: Path) -> list[tuple[str, Path]]:
    """Bring the county in at noon of `DAY`, run its books, let one person leave and one go to hospital."""
    with clock.at(DAY):
        divisions.load("141022")
        directives.start_defaults("141022")
        files = folder(path)
        for kind, file in files:
            report = import_file(kind, file, by="user:1")
            assert report.new, (kind, [str(one) for one in report.problems])
        engine.tick(DAY)
    with clock.at(DAY + timedelta(hours=1)):
        leaver = Person.objects.order_by("id")[1]
        people.leave(leaver.pk, by="user:1")
        one = Case.objects.order_by("id").first()
        assert one is not None
        monitoring.record(case=one, fact=monitoring.facts.NeedsChecked(food=True, medicine=True), by="post:1")
        engine.tick(DAY + timedelta(hours=1))
    return files


def canaries() -> list[str]:
    """What must be nowhere when time is over: names, numbers, phones, an address. Two still live here."""
    registered = (LEAVES, PASSES)
    known = [*(NAMES[n] for n in (*registered, UNKNOWN)), *(NUMBERS[n] for n in (*registered, UNKNOWN))]
    return [*known, *(PHONES[n] for n in registered), AWAY, ORIGIN, "金丝雀走的备注"]

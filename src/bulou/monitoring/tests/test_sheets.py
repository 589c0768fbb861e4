"""The workbooks of home monitoring are read as offices keep them."""

import pickle
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest

from bulou.facts.health import Symptom
from bulou.monitoring.models import Seat
from bulou.monitoring.sheets import HEALTH_REPORTS, MONITORING, SYMPTOMS
from bulou.sheets.phones import NamePhone
from bulou.sheets.tests.offices import check, identity, said, write

MONITORING_HEADER = [column.title for column in MONITORING.columns]
HEALTH_HEADER = [column.title for column in HEALTH_REPORTS.columns]


def monitored(**changes: object) -> list[object]:
    cells = {column.title: column.example for column in MONITORING.columns} | {"身份证号": identity()}
    return list((cells | changes).values())


def report(**changes: object) -> list[object]:
    cells = {
        **{"姓名": "王某", "身份证号": identity(), "日期": "2022-04-16", "时间段": "上午", "体温": 36.6},
        **{"症状": "", "测量时间": "08:10", "登记人": "李某"},
    }
    return list((cells | changes).values())


def test_a_clean_row_of_each_book_is_taken_literally(tmp_path: Path) -> None:
    rows, problems = check(write(tmp_path / "m.xlsx", ("表", [MONITORING_HEADER, monitored()])), "monitoring")
    assert problems == [] and rows[0][9:11] == (date(2022, 4, 10), date(2022, 4, 16))
    rows, problems = check(write(tmp_path / "h.xlsx", ("表", [HEALTH_HEADER, report()])), "health_reports")
    assert problems == [] and rows[0][3:7] == ("am", Decimal("36.6"), "", time(8, 10))


def _two_row_monitoring() -> tuple[list[str], list[str], list[str]]:
    upper = [
        "序号",
        "姓名",
        "身份证号",
        "手机号",
        "乡镇",
        "村(社区)",
        "现住址",
        "来自何地",
        "返回日期",
        "管控措施",
        "管控日期",
        "",
    ]
    upper += ["依据", "决定人", "五包一责任人", "", "", "", ""]
    lower = [""] * 10 + ["开始日期", "解除日期", "", "", "乡镇干部", "村干部", "网格员", "医务人员", "民警"]
    row = [
        "1",
        "王某",
        identity(),
        "19900000001",
        "唐兴镇",
        "文昌社区",
        "绿苑小区1号楼",
        "上海市",
        "2022-04-09",
    ]
    row += ["居家健康监测", "2022-04-10", "2022-04-16", "传染病防治法第三十九条", "县指挥部"]
    row += [f"王某 1990000001{n}" for n in range(5)]
    return upper, lower, row


def test_the_five_seats_under_one_merged_title(tmp_path: Path) -> None:
    upper, lower, row = _two_row_monitoring()
    path = write(
        tmp_path / "m.xlsx",
        ("表", [upper, lower, row]),
        merges=[(0, 14, 0, 18), (0, 10, 0, 11), (0, 1, 1, 1)],
    )
    rows, problems = check(path, "monitoring")
    assert said(problems) == [(2, "序号", "ignored", "column-unknown")]
    assert rows[0][13] == ("王某", "19900000010") and rows[0][17] == ("王某", "19900000014")


def test_two_rows_whose_words_make_a_header_together(tmp_path: Path) -> None:
    upper = ["姓名", "身份证号", "日期", "体温", "时间", ""]
    lower = ["", "", "", "", "段", "登记人"]
    row = ["王某", identity(), "2022-04-16", 36.6, "上午", "李某"]
    rows, problems = check(write(tmp_path / "h.xlsx", ("表", [upper, lower, row])), "health_reports")
    assert rows[0][3] == "am" and rows[0][7] == "李某"
    assert said(problems) == [(2, "", "ignored", "measured-in-window")]


@pytest.mark.parametrize(
    ("column", "value", "action", "code"),
    [
        ("依据", "", "refused", "required-empty"),
        ("决定人", "", "refused", "required-empty"),
        ("来自何地", "", "refused", "required-empty"),
        ("结束日期", "2022-04-01", "refused", "dates-out-of-order"),
        ("开始日期", "4.1", "repaired", "date-year-completed"),
        ("手机号", "", "ignored", "phone-empty"),
        ("手机号", "1990000", "ignored", "phone-length"),
        ("管控措施", "封门贴封条", "ignored", "door-seal-not-a-measure"),
        ("民警", "", "ignored", "seat-empty"),
        ("民警", "王某", "repaired", "name-without-phone"),
        ("民警", "1990000", "ignored", "name-phone-form"),
        ("民警", "王某（199-0000-0001）", "repaired", "name-phone-read"),
        ("民警", "王某 19900000001 李某 19900000002", "repaired", "name-phone-several"),
    ],
)
def test_each_slip_in_the_monitoring_list(
    tmp_path: Path, column: str, value: str, action: str, code: str
) -> None:
    path = write(tmp_path / "m.xlsx", ("表", [MONITORING_HEADER, monitored(**{column: value})]))
    rows, problems = check(path, "monitoring")
    assert (2, column, action, code) in said(problems)
    assert len(rows) == (action != "refused")


@pytest.mark.parametrize(
    ("column", "value", "read"),
    [
        ("时间段", "早", "am"),
        ("时间段", "晚上", "pm"),
        ("体温", "36.6℃", Decimal("36.6")),
        ("体温", "３６。８", Decimal("36.8")),
        ("症状", "发烧,嗓子疼", "fever,sore_throat"),
        ("症状", "头晕", "other"),
        ("测量时间", "8点10分", time(8, 10)),
        ("测量时间", "2022年4月16日 8:10", datetime(2022, 4, 16, 8, 10)),
    ],
)
def test_other_words_in_the_temperature_register(
    tmp_path: Path, column: str, value: object, read: object
) -> None:
    path = write(tmp_path / "h.xlsx", ("表", [HEALTH_HEADER, report(**{column: value})]))
    rows, problems = check(path, "health_reports")
    assert rows[0][HEALTH_HEADER.index(column)] == read
    assert [(p.column, p.action, p.value) for p in problems] == [(column, "repaired", str(value))]


@pytest.mark.parametrize("nothing", ["无", "正常", "无症状", "", "/", 0.0])
def test_no_symptoms(tmp_path: Path, nothing: object) -> None:
    path = write(tmp_path / "h.xlsx", ("表", [HEALTH_HEADER, report(症状=nothing)]))
    rows, _ = check(path, "health_reports")
    assert rows[0][5] in ("", "other")


def test_a_row_without_the_time_says_that_its_window_counts(tmp_path: Path) -> None:
    path = write(tmp_path / "h.xlsx", ("表", [HEALTH_HEADER, report(测量时间="")]))
    rows, problems = check(path, "health_reports")
    assert rows[0][6] is None and said(problems) == [(2, "测量时间", "ignored", "measured-in-window")]


def test_a_temperature_that_cannot_be_refuses_its_row(tmp_path: Path) -> None:
    path = write(tmp_path / "h.xlsx", ("表", [HEALTH_HEADER, report(体温=98.6), report(体温="正常")]))
    rows, problems = check(path, "health_reports")
    assert rows == [] and {p.code for p in problems} == {"temperature-out-of-range"}


def test_the_columns_speak_the_words_of_the_models() -> None:
    assert {option.value for option in SYMPTOMS.options} == {symptom.value for symptom in Symptom}
    seats = {column.name for column in MONITORING.columns if isinstance(column.parse, NamePhone)}
    assert len(seats) == 5 and seats <= {seat.value for seat in Seat}


def test_the_kinds_can_be_given_to_the_reading_process() -> None:
    for kind in (MONITORING, HEALTH_REPORTS):
        assert pickle.loads(pickle.dumps(kind.bare())) == kind.bare()

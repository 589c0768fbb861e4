"""Cells are read the way people write them, and each reading but the literal one says so."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from stdnum.cn import uscc

from bulou.sheets.kinds.residents import NEEDS, PRESENCE
from bulou.sheets.tests.offices import TODAY, identity, identity_in_x
from bulou.sheets.values import (
    CreditCode,
    Date,
    Digits,
    IdentityNumber,
    Integer,
    Name,
    NamePhone,
    Parser,
    Phone,
    Temperature,
    Text,
    TimeOfDay,
    shown,
)

NUMBER = identity()
CREDIT = "11141099000000001" + uscc.calc_check_digit("11141099000000001")


def read(parser: Parser, raw: Any) -> tuple[Any, str, str]:
    return parser(raw, TODAY)[:3]


LITERAL: list[tuple[Parser, Any, Any]] = [
    (Text(), "绿苑小区（北区）", "绿苑小区（北区）"),
    (Text(), 101.0, "101"),
    (Text(), 1.5, "1.5"),
    (Text(), "  ", ""),
    (Text(), "无", ""),
    (Name(), "王某", "王某"),
    (Name(), "买买提·某", "买买提·某"),
    (Name(), "㛃𬭚", "㛃𬭚"),
    (Name(), "Anna Müller", "Anna Müller"),
    (IdentityNumber(), NUMBER, NUMBER),
    (Phone(), "19900000001", "19900000001"),
    (Phone(), 19900000001.0, "19900000001"),
    (Phone(), "0357-4920000", "0357-4920000"),
    (Phone(), "", None),
    (Phone(), "/", None),
    (NamePhone(), "王某 19900000001", ("王某", "19900000001")),
    (NamePhone(), "方某 0357-4920000", ("方某", "0357-4920000")),
    (Date(), "2022-04-09", date(2022, 4, 9)),
    (Date(), "2022/4/9", date(2022, 4, 9)),
    (Date(), date(2022, 4, 9), date(2022, 4, 9)),
    (Date(), datetime(2022, 4, 9), date(2022, 4, 9)),
    (TimeOfDay(), "08:10", time(8, 10)),
    (TimeOfDay(), "8:10", time(8, 10)),
    (TimeOfDay(), "2022-04-16 08:10", datetime(2022, 4, 16, 8, 10)),
    (TimeOfDay(), "2022-04-16T08:10:30", datetime(2022, 4, 16, 8, 10, 30)),
    (TimeOfDay(), time(8), time(8)),
    (TimeOfDay(), datetime(2022, 4, 16, 8), datetime(2022, 4, 16, 8)),
    (Temperature(), 36.6, Decimal("36.6")),
    (Temperature(), 37.0, Decimal("37.0")),
    (Temperature(), "36.65", Decimal("36.65")),
    (Integer(), "3", 3),
    (Integer(), 3.0, 3),
    (Digits((9, 12)), "141022100", "141022100"),
    (Digits((9, 12)), 141022100.0, "141022100"),
    (PRESENCE, "在家", "home"),
    (NEEDS, "独居、慢性病用药", "alone,chronic"),
    (NEEDS, "", ""),
]


@pytest.mark.parametrize(("parser", "raw", "value"), LITERAL)
def test_the_literal_reading_says_nothing(parser: Parser, raw: Any, value: Any) -> None:
    assert read(parser, raw) == (value, "", "")


REPAIRED: list[tuple[Parser, Any, Any, str]] = [
    (Text(), " 绿苑 ", "绿苑", "text-spaces"),
    (Text(), "绿苑\u200b小区", "绿苑小区", "text-spaces"),
    (Text(), "Ａ１号楼", "A1号楼", "text-fullwidth"),
    (Text(), "'101", "101", "text-apostrophe"),
    (Text(), True, "是", "text-boolean"),
    (Text(), False, "否", "text-boolean"),
    (Name(), "王　某", "王某", "text-spaces"),
    (Name(), "买买提•某", "买买提·某", "name-read"),
    (IdentityNumber(), identity_in_x().lower(), identity_in_x(), "id-number-lower-x"),
    (IdentityNumber(), f" {NUMBER[:6]}-{NUMBER[6:]}", NUMBER, "id-number-spaces"),
    (IdentityNumber(), f"’{NUMBER}", NUMBER, "id-number-apostrophe"),
    (IdentityNumber(), float(NUMBER[:6] + NUMBER[8:17]), NUMBER, "id-number-15-digits"),
    (Phone(), "199 0000 0001", "19900000001", "phone-read"),
    (Phone(), "+86-199-0000-0001", "19900000001", "phone-read"),
    (Phone(), "（0357）4920000", "0357-4920000", "phone-read"),
    (Phone(), "１９９００００000１", "19900000001", "phone-read"),
    (Phone(), "王某19900000001", "19900000001", "phone-read"),
    (Phone(), "19900000001、19900000002", "19900000001", "phone-two-in-cell"),
    (NamePhone(), "王某:199-0000-0001", ("王某", "19900000001"), "name-phone-read"),
    (NamePhone(), "电话19900000001 王某", ("王某", "19900000001"), "name-phone-read"),
    (NamePhone(), "姓名:机某 手机:19900000001", ("机某", "19900000001"), "name-phone-read"),
    (NamePhone(), "王某", ("王某", ""), "name-without-phone"),
    (Date(), "2022.4.9", date(2022, 4, 9), "date-read"),
    (Date(), "22-4-9", date(2022, 4, 9), "date-read"),
    (Date(), "2022 年 4 月 9 日", date(2022, 4, 9), "date-read"),
    (Date(), "20220409", date(2022, 4, 9), "date-read"),
    (Date(), 20220409.0, date(2022, 4, 9), "date-read"),
    (Date(), "2022-4-1 18:10", date(2022, 4, 1), "date-read"),
    (Date(), "4月9号晚", date(2022, 4, 9), "date-year-completed"),
    (Date(), "12.31", date(2021, 12, 31), "date-year-completed"),
    (Date(), 4.9, date(2022, 4, 9), "date-year-completed"),
    (Date(), 2.3, date(2022, 2, 3), "date-year-completed"),
    (Date(), 44660.0, date(2022, 4, 9), "date-serial"),
    (Date(), "44660", date(2022, 4, 9), "date-serial"),
    (Date(), datetime(2022, 4, 9, 8), date(2022, 4, 9), "date-time-dropped"),
    (Date(past=True), "6.20", date(2021, 6, 20), "date-year-completed"),
    (TimeOfDay(), "晚8点半", time(20, 30), "time-read"),
    (TimeOfDay(), "8时", time(8), "time-read"),
    (TimeOfDay(), "中午12:05", time(12, 5), "time-read"),
    (TimeOfDay(), 0.5, time(12), "time-read"),
    (TimeOfDay(), "2022-4-16 8:10", datetime(2022, 4, 16, 8, 10), "time-read"),
    (TimeOfDay(), "4.16 8:10", datetime(2022, 4, 16, 8, 10), "date-year-completed"),
    (Temperature(), "36。6°C", Decimal("36.6"), "temperature-read"),
    (Integer(), "三针", 3, "number-read"),
    (Integer(words=(("加强针", 3),)), "加强针", 3, "number-read"),
    (Integer(), "３", 3, "number-read"),
    (Digits((9,)), "141 022 100", "141022100", "text-spaces"),
    (CreditCode(), f" {CREDIT}", CREDIT, "text-spaces"),
    (PRESENCE, "租户", "tenant", "choice-read"),
    (NEEDS, "血透/孕妇", "dialysis,pregnancy", "choice-read"),
]


@pytest.mark.parametrize(("parser", "raw", "value", "code"), REPAIRED)
def test_another_reading_is_reported(parser: Parser, raw: Any, value: Any, code: str) -> None:
    assert read(parser, raw) == (value, "repaired", code)


REFUSED: list[tuple[Parser, Any, str]] = [
    (Text(), date(2022, 3, 2), "text-became-date"),
    (Text(), time(8), "text-became-date"),
    (Text(), 1.41e17, "number-digits-lost"),
    (Text(), float("nan"), "number-digits-lost"),
    (Text(3), "四个字的", "text-too-long"),
    (Name(), "王某1", "name-unreadable"),
    (Name(), "王某(租)", "name-unreadable"),
    (Name(), "某" * 51, "name-unreadable"),
    (Name(), date(2022, 3, 2), "name-unreadable"),
    (IdentityNumber(), 1.41099199001e17, "id-number-excel-float"),
    (IdentityNumber(), "1.41099E+17", "id-number-excel-float"),
    (IdentityNumber(), "14109919900101", "id-number-length"),
    (IdentityNumber(), 1234.0, "id-number-length"),
    (IdentityNumber(), identity(1, "20220417"), "id-number-birth-date"),
    (IdentityNumber(), identity(1, "18000101"), "id-number-birth-date"),
    (IdentityNumber(), NUMBER[:17] + "Y", "id-number-form"),
    (IdentityNumber(), True, "id-number-form"),
    (IdentityNumber(), date(2022, 3, 2), "id-number-form"),
    (Phone(), "4920000", "phone-length"),
    (Phone(), "19900000001 4920000", "phone-length"),
    (Phone(), "没有电话", "phone-form"),
    (Phone(), True, "phone-form"),
    (NamePhone(), "王某、李某", "name-phone-form"),
    (NamePhone(), "王某 1990000", "name-phone-form"),
    (NamePhone(), 19900000001.0, "name-phone-form"),
    (NamePhone(), date(2022, 3, 2), "name-phone-form"),
    (Date(), 4.1, "date-ambiguous"),
    (Date(), 12.3, "date-ambiguous"),
    (Date(), "2.29", "date-impossible"),
    (Date(), "2022年13月1日", "date-impossible"),
    (Date(), "2022年4月", "date-unreadable"),
    (Date(), "2022-4-118:10", "date-unreadable"),
    (Date(), "2022-04-09 左右", "date-unreadable"),
    (Date(), 5.0, "date-unreadable"),
    (Date(), -1.5, "date-unreadable"),
    (Date(), time(8), "date-unreadable"),
    (Date(), "2202-04-09", "date-out-of-range"),
    (Date(), date(1899, 12, 31), "date-out-of-range"),
    (Date(past=True), "2022-04-17", "date-in-future"),
    (TimeOfDay(), "20:61", "time-unreadable"),
    (TimeOfDay(), "2022-02-30 08:00", "time-unreadable"),
    (TimeOfDay(), "上午", "time-unreadable"),
    (TimeOfDay(), 8.0, "time-unreadable"),
    (TimeOfDay(), timedelta(hours=8), "time-unreadable"),
    (Temperature(), "98.6", "temperature-out-of-range"),
    (Temperature(), 366.0, "temperature-out-of-range"),
    (Temperature(), "正常", "temperature-out-of-range"),
    (Temperature(), True, "temperature-out-of-range"),
    (Integer(0, 9), "10", "number-out-of-range"),
    (Integer(), 1.5, "number-out-of-range"),
    (Integer(), 1e20, "number-out-of-range"),
    (Integer(), "好几个", "number-out-of-range"),
    (Integer(), True, "number-out-of-range"),
    (Digits((9,)), "14102210", "code-length"),
    (Digits((18,)), 1.4e17, "number-digits-lost"),
    (CreditCode(), CREDIT[:16], "credit-code"),
    (CreditCode(), 1.1e17, "number-digits-lost"),
    (PRESENCE, "看情况", "choice-unknown"),
    (NEEDS, date(2022, 3, 2), "choice-unknown"),
]


@pytest.mark.parametrize(("parser", "raw", "code"), REFUSED)
def test_what_cannot_be_read_is_refused(parser: Parser, raw: Any, code: str) -> None:
    assert read(parser, raw)[1:] == ("refused", code)


def test_an_unknown_need_is_named_and_the_others_are_kept() -> None:
    parsed = NEEDS("独居、爱喝茶", TODAY)
    assert parsed.value == "alone" and parsed.params is not None and parsed.params["unknown"] == "爱喝茶"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (19900000001.0, "19900000001"),
        (1.41099199001e17, "1.41099E+17"),
        (4.9, "4.9"),
        (True, "True"),
        (date(2022, 4, 9), "2022-04-09"),
        (datetime(2022, 4, 9, 8), "2022-04-09 08:00:00"),
        (time(8), "08:00:00"),
        (float("inf"), "INF"),
    ],
)
def test_cells_are_shown_as_they_stand(raw: Any, text: str) -> None:
    assert shown(raw) == text

"""Places and days out of the words of a list."""

from __future__ import annotations

from datetime import date

import pytest

from bulou.arrivals import whereabouts
from bulou.arrivals.whereabouts import Place, places_in

TODAY = date(2022, 4, 9)


def days(first: str, last: str) -> tuple[date, date]:
    return date.fromisoformat(f"2022-{first}"), date.fromisoformat(f"2022-{last}")


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("上海市浦东新区", [Place("上海市浦东新区", None, None)]),
        ("3月28日-4月5日上海市浦东新区", [Place("上海市浦东新区", *days("03-28", "04-05"))]),
        ("3.28-4.5 上海浦东", [Place("上海浦东", *days("03-28", "04-05"))]),
        ("4月1日至5日在上海", [Place("上海", *days("04-01", "04-05"))]),
        ("上海市浦东新区(4月2日)", [Place("上海市浦东新区", *days("04-02", "04-02"))]),
        ("2022年3月28日至2022年4月5日:上海", [Place("上海", *days("03-28", "04-05"))]),
        (
            "3月28日-4月5日上海;4月6日-4月8日苏州虎丘",
            [Place("上海", *days("03-28", "04-05")), Place("苏州虎丘", *days("04-06", "04-08"))],
        ),
        (
            "3.28-4.5上海、4.6-4.8苏州",
            [Place("上海", *days("03-28", "04-05")), Place("苏州", *days("04-06", "04-08"))],
        ),
        ("", []),
        (";;", []),
    ],
)
def test_places_and_their_days_as_lists_write_them(text, places):
    assert list(places_in(text, TODAY)) == places


def read(**values):
    found = whereabouts.read(values, date(2022, 4, 9), look_back=14, near="141022", today=TODAY)
    stops = [(stop.code, str(stop.since)[5:], str(stop.until)[5:]) for stop in found.stops]
    return stops, [(one.column, one.kind.code) for one in found.findings]


def test_a_place_without_days_counts_from_the_look_back_until_the_departure():
    departed = (date(2022, 4, 8), None, "")
    assert read(**{"from": "上海浦东", "departed": departed}) == ([("310115", "03-26", "04-08")], [])
    assert read(**{"from": "上海浦东", "departed": None}) == ([("310115", "03-26", "04-09")], [])


def test_a_municipality_is_each_of_its_prefectures():
    assert [code for code, *_days in read(**{"from": "重庆"})[0]] == ["5001", "5002"]


def test_an_address_in_columns_is_one_place():
    parts = {"from_province": "浙江", "from_city": "杭州", "from_county": "西湖区", "from_town": ""}
    assert read(**parts)[0] == [("330106", "03-26", "04-09")]


def test_where_a_train_was_boarded_counts_only_when_nothing_else_is_known():
    assert read(boarded="上海虹桥", visited="4月1日-4月8日苏州虎丘")[0] == [("320505", "04-01", "04-08")]
    assert read(boarded="太原南", visited="")[0] == [("1401", "03-26", "04-09")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("外地", ["visit-unknown", "no-visit"]),
        ("浙江省", ["visit-too-wide", "no-visit"]),
        ("朝阳区", ["visit-several", "no-visit"]),
        ("承德", ["visit-wider"]),
        ("", ["no-visit"]),
    ],
)
def test_what_cannot_be_judged_is_told(text, told):
    assert [code for _column, code in read(**{"from": text})[1]] == told

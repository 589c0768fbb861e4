"""Addresses become divisions of the country, or several candidates, and never silently another one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulou.places import country, country_names
from bulou.places.country import book, find


def names_of(code: str) -> list[tuple[str, str]]:
    """(code, name) of a division and those above it, from the province down, as people write them."""
    above = [code[:width] for width in country.WIDTHS if width <= len(code)]
    return [(one, book().names[one]) for one in above if book().names[one] not in country_names.PLACEHOLDERS]


def short_of(code: str) -> str:
    """The usual short form of a division behind those above it: 浙江杭州西湖."""
    steps = names_of(code)
    names = tuple(name for _code, name in steps)
    return "".join(
        [*country_names.spellings(one, name, names[:place])][-1] for place, (one, name) in enumerate(steps)
    )


written = st.sampled_from([code for code in book().codes if names_of(code)[-1][0] == code])


@given(written)
def test_every_division_is_found_by_its_full_name(code):
    found = find("".join(name for _code, name in names_of(code)))
    assert code in [one.code for one in found.candidates]


@given(written)
def test_every_division_is_found_by_its_short_form_or_named_among_several(code):
    found = find(short_of(code))
    assert code in [one.code for one in found.candidates]


@given(written)
def test_a_name_that_stands_alone_names_every_division_that_has_it(code):
    found = find(book().names[code])
    assert code in [one.code for one in found.candidates]
    assert found.ambiguous or found.division is not None


@given(written)
def test_what_holds_all_that_is_meant_is_never_one_that_does_not(code):
    found = find(short_of(code))
    if found.division is not None:
        assert all(one.code.startswith(found.division.code) for one in found.candidates)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("上海市浦东新区周浦镇瑞意路1号", "310115132"),
        ("浙江杭州西湖区", "330106"),
        ("上海 浦东", "310115"),
        ("上海市市辖区浦东新区", "310115"),
        ("来自上海市-浦东新区", "310115"),
        ("太原", "1401"),
        ("内蒙呼和浩特", "1501"),
        ("延边州延吉", "222401"),
        ("济源", "419001"),
        ("石家庄高新区", "130171"),
        ("江苏苏州工业园区", "320576"),
        ("310115", "310115"),
        ("310115000000", "310115"),
        ("310115132001", "310115132"),
        ("香港", "81"),
    ],
)
def test_places_as_lists_write_them(text, code):
    found = find(text)
    assert found.division is not None
    assert found.division.code == code


@pytest.mark.parametrize("text", ["", "美国", "外地", "12", "999999", "无", "绿苑小区3号楼"])
def test_what_names_no_division_is_none(text):
    assert find(text) == country.NOTHING


def test_several_divisions_of_a_name_are_named():
    found = find("朝阳区")
    assert found.division is None
    assert found.shown() == "北京市朝阳区、吉林省长春市朝阳区"


def test_of_several_the_only_one_of_the_province_is_taken_and_said():
    found = find("城区", "330106")
    assert (found.division, found.nearer) == (None, False)
    near = find("朝阳区", "220122")
    assert near.division is not None
    assert (near.division.code, near.nearer) == ("220104", True)


def test_of_several_below_one_division_that_one_is_meant_and_all_are_named():
    found = find("上海虹桥")
    assert found.division is not None
    assert (found.division.code, found.ambiguous) == ("3101", True)


def test_a_prefecture_and_its_county_of_one_name_are_the_prefecture_and_both_are_named():
    found = find("承德")
    assert found.division is not None
    assert (found.division.code, found.ambiguous) == ("1308", True)


def test_a_municipality_is_its_prefectures_and_a_province_is_too_wide_a_place():
    assert [one.stops for one in find("重庆").candidates] == [("5001", "5002")]
    assert [one.stops for one in find("上海市").candidates] == [("3101",)]
    assert [one.stops for one in find("浙江省").candidates] == [()]
    assert [one.stops for one in find("台湾").candidates] == [("7100",)]

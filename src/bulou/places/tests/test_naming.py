"""Names as people write them."""

import pytest

from bulou.places import naming
from bulou.places.models import Level


@pytest.mark.parametrize(
    ("level", "spellings"),
    [
        (
            Level.BUILDING,
            ["3号楼", "3栋", "3幢", "3#楼", "3#", "三号楼", "03号楼", "３号楼", " 3 号楼 ", "3"],
        ),
        (Level.UNIT, ["2单元", "二单元", "第二单元", "2", "02单元"]),
        (Level.GRID, ["第一网格", "1网格", "一网格", "1号网格"]),
        (Level.DOOR, ["301", "0301", "301室", "301号", "３０１"]),
        (Level.BUILDING, ["a座", "A座", "A栋"]),
        (Level.VILLAGE, ["庄里", "庄里村", "庄里村委会", "庄里村民委员会"]),
        (Level.VILLAGE, ["文昌", "文昌社区", "文昌社区居民委员会", "文昌社区居委会", "文 昌 社 区"]),
        (Level.TOWNSHIP, ["中卫", "中卫乡", "中卫乡人民政府", "中卫乡政府"]),
    ],
)
def test_spellings_of_one_place_have_one_plain_form(level, spellings):
    assert len({naming.plain(level, text) for text in spellings}) == 1


def test_the_plain_form_of_a_compound_keeps_its_name():
    assert naming.plain(Level.COMPOUND, "绿苑小区") != naming.plain(Level.COMPOUND, "绿苑")


@pytest.mark.parametrize(
    ("numeral", "number"),
    [("十", "10"), ("十二", "12"), ("二十", "20"), ("二十一", "21"), ("一百零三", "103"), ("三〇一", "301")],
)
def test_chinese_numerals_are_numbers(numeral, number):
    assert naming.plain(Level.BUILDING, f"{numeral}号楼") == number


def test_a_village_whose_name_ends_in_village_keeps_it():
    assert naming.village_name("西村村委会") == "西村村"
    assert naming.village_keys("西村村委会") == ("西村村", "西村")


@pytest.mark.parametrize(("plain", "number"), [("12", 12), ("0", None), ("A", None), ("12-3", None)])
def test_only_a_whole_number_above_zero_becomes_digits(plain, number):
    assert naming.number_in(plain) == number

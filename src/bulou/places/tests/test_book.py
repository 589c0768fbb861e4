"""Finding and making places by their names."""

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from bulou.kernel.problems import BulouError
from bulou.places import actions, codes, divisions, queries
from bulou.places.book import AreaNames, PlaceBook
from bulou.places.models import Level, Place

pytestmark = pytest.mark.usefixtures("county")
WENCHANG = "141022100003"


def code_of(*names, book=None):
    return (book or PlaceBook()).locate(AreaNames(*names)).code


def refusal(*names):
    with pytest.raises(BulouError) as caught:
        code_of(*names)
    return caught.value


def test_divisions_are_loaded_once():
    assert Place.objects.filter(level=Level.TOWNSHIP).count() == 9
    assert Place.objects.filter(level=Level.VILLAGE).count() == 160
    assert divisions.load("141022") == 0


def test_a_county_without_data_says_what_to_do():
    with pytest.raises(BulouError, match="999999"):
        divisions.load("999999")


@pytest.mark.parametrize(
    ("names", "path"),
    [
        (("唐兴镇", "文昌社区"), "唐兴镇 / 文昌社区"),
        (("唐兴", "文昌社区居民委员会"), "唐兴镇 / 文昌社区"),
        (("翼城县唐兴镇", "文昌"), "唐兴镇 / 文昌社区"),
        (("中卫", "辛庄村"), "中卫乡 / 辛庄村"),
        (("浇底乡", "浇底村"), "隆化镇 / 浇底村"),
        (("王庄乡", "王庄"), "王庄镇 / 王庄村"),
        (("南梁镇", "庄里村"), "南梁镇 / 庄里村"),
        (("桥上镇", "庄里"), "桥上镇 / 庄里村"),
        (("隆化镇", "西村"), "隆化镇 / 西村村"),
        (("唐兴镇", ""), "唐兴镇"),
        (("翼城县", ""), "翼城县"),
    ],
)
def test_a_division_is_found_by_every_name_it_goes_by(names, path):
    assert queries.name_path(code_of(*names)) == path


def test_a_name_read_as_another_is_told():
    found = PlaceBook().locate(AreaNames("中卫", "辛庄"))
    assert [(r.level, r.text, r.name) for r in found.readings] == [
        (Level.TOWNSHIP, "中卫", "中卫乡"),
        (Level.VILLAGE, "辛庄", "辛庄村"),
    ]
    assert PlaceBook().locate(AreaNames("中卫乡", "辛庄村")).readings == ()


def test_an_unknown_village_is_refused_and_the_nearest_are_named():
    error = refusal("唐兴镇", "文仓社区", "绿苑小区", "", "1号楼", "", "101")
    assert error.code == "unknown-village"
    assert "文昌社区" in str(error)


def test_an_unknown_township_is_refused():
    assert refusal("唐心镇", "文昌社区").code == "unknown-township"


def test_a_village_of_another_township_is_refused_with_its_owner():
    error = refusal("唐兴镇", "庄里村")
    assert error.code == "village-elsewhere"
    assert "南梁镇、桥上镇" in str(error)


def test_a_compound_without_its_village_is_refused():
    assert refusal("唐兴镇", "", "绿苑小区").code == "no-village"


def test_digits_come_from_the_labels():
    code = code_of("唐兴镇", "文昌社区", "绿苑小区", "第二网格", "3号楼", "2单元", "301")
    assert code == WENCHANG + "001" + "02" + "003" + "02" + "0301"


def test_a_label_without_a_free_number_gets_one_from_the_middle():
    book = PlaceBook()
    first = code_of("唐兴镇", "文昌社区", "绿苑小区", "", "A座", book=book)
    second = code_of("唐兴镇", "文昌社区", "绿苑小区", "", "B座", book=book)
    assert (first[-3:], second[-3:]) == ("501", "502")


def test_a_number_too_long_for_its_digits_still_gets_a_code():
    code = code_of("唐兴镇", "文昌社区", "绿苑小区", "", "", "", "12301")
    assert len(code) == 26


def test_another_spelling_finds_the_same_door():
    one = actions.ensure(("唐兴镇", "文昌社区", "绿苑小区", "", "3号楼", "2单元", "301"))
    assert code_of("唐兴镇", "文昌社区", "绿苑小区", "", "3栋", "二单元", "0301室") == one.code


def test_a_door_is_found_without_its_grid():
    one = actions.ensure(("唐兴镇", "文昌社区", "绿苑小区", "第一网格", "3号楼", "2单元", "301"))
    assert code_of("唐兴镇", "文昌社区", "绿苑小区", "", "3号楼", "2单元", "301") == one.code
    assert code_of("唐兴镇", "文昌社区", "绿苑小区", "", "3号楼", "2单元", "302")[:22] == one.code[:22]


def test_a_door_stays_in_its_grid_and_the_other_grid_is_told():
    one = actions.ensure(("唐兴镇", "文昌社区", "绿苑小区", "第一网格", "3号楼", "", "301"))
    found = PlaceBook().locate(AreaNames("唐兴镇", "文昌社区", "绿苑小区", "第二网格", "3号楼", "", "301"))
    assert found.code == one.code
    assert found.stays_in == "第一网格"
    door = actions.ensure(("唐兴镇", "文昌社区", "绿苑小区", "", "4号楼", "", "301"))
    found = PlaceBook().locate(AreaNames("唐兴镇", "文昌社区", "绿苑小区", "第二网格", "4号楼", "", "301"))
    assert (found.code, found.stays_in) == (door.code, "")


def test_one_building_may_lie_in_two_grids():
    names = ("唐兴镇", "文昌社区", "绿苑小区")
    one = actions.ensure((*names, "第一网格", "3号楼", "1单元", "101"))
    two = actions.ensure((*names, "第二网格", "3号楼", "2单元", "101"))
    assert code_of(*names, "", "3号楼", "1单元", "101") == one.code
    assert code_of(*names, "", "3号楼", "2单元", "101") == two.code
    assert code_of(*names, "", "3号楼", "2单元", "102")[:22] == two.code[:22]


def test_a_scattered_area_has_doors_without_buildings():
    code = code_of("唐兴镇", "文昌社区", "散户1片", "", "", "", "12")
    assert code == WENCHANG + "001" + "00" + "000" + "00" + "0012"
    assert codes.parent_of(code) == WENCHANG + "001"


def test_a_book_that_makes_nothing_refuses_what_is_not_registered():
    with pytest.raises(BulouError) as caught:
        queries.resolve(("唐兴镇", "文昌社区", "绿苑小区"))
    assert caught.value.code == "unknown-place"
    made = actions.ensure(("唐兴镇", "文昌社区", "绿苑小区"))
    assert queries.resolve(("唐兴镇", "文昌社区", "绿苑小区")) == made


def test_two_books_that_take_the_same_code_do_not_both_write():
    one, two = PlaceBook(), PlaceBook()
    names = AreaNames("唐兴镇", "文昌社区", "绿苑小区")
    one.locate(names)
    two.locate(names)
    one.flush()
    with pytest.raises(BulouError) as caught:
        two.flush()
    assert caught.value.code == "places-changed"


def test_a_full_range_is_refused():
    book = PlaceBook()
    compound = code_of("唐兴镇", "文昌社区", "绿苑小区", book=book)
    book._taken[compound] = set(range(100))
    with pytest.raises(BulouError) as caught:
        code_of("唐兴镇", "文昌社区", "绿苑小区", "东网格", book=book)
    assert caught.value.code == "no-number-left"


label = st.one_of(
    st.integers(1, 30).map(lambda n: f"{n}号楼"), st.sampled_from(["东楼", "西楼", "A座", "B座", "平房"])
)


@given(st.lists(st.tuples(label, st.sampled_from(["", "1单元", "2单元"]), st.integers(1, 9)), max_size=30))
def test_every_path_has_one_code_and_a_second_reading_finds_the_same(paths):
    names = [AreaNames("唐兴镇", "文昌社区", "绿苑小区", "", b, u, str(d)) for b, u, d in paths]
    with transaction.atomic():
        book = PlaceBook()
        first = [book.locate(path).code for path in names]
        made = book.flush()
        again = PlaceBook()
        assert [again.locate(path).code for path in names] == first
        assert again.flush() == 0
        assert len(set(paths)) == len(set(first))
        assert made == Place.objects.filter(code__gt=WENCHANG, code__startswith=WENCHANG).count()
        transaction.set_rollback(True)

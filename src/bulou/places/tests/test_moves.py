"""Places that get another name, another parent, or become part of another."""

from datetime import datetime

import pytest

from bulou.kernel import audit, clock
from bulou.kernel.models import Event
from bulou.kernel.problems import BulouError
from bulou.places import actions, posts, queries
from bulou.places.models import Gate, Place, PlaceName

pytestmark = pytest.mark.usefixtures("county")
AT = datetime(2022, 4, 16, 12, tzinfo=clock.COUNTY_ZONE)


def door(compound="绿苑小区", building="3号楼", number="301", grid=""):
    return actions.ensure(("唐兴镇", "文昌社区", compound, grid, building, "1单元", number)).code


def compound(name="绿苑小区"):
    return actions.ensure(("唐兴镇", "文昌社区", name)).code


def kinds():
    return list(Event.objects.order_by("seq").values_list("kind__name", flat=True))


def problem(call):
    with pytest.raises(BulouError) as caught:
        call()
    return caught.value.code


def test_a_renamed_place_is_found_by_both_names():
    code = compound()
    actions.rename(code, "绿苑家园", by="user:1")
    assert queries.place(code).name == "绿苑家园"
    assert compound("绿苑小区") == compound("绿苑家园") == code
    assert kinds() == ["places.renamed"]
    actions.rename(code, "绿苑家园", by="user:1")
    assert kinds() == ["places.renamed"]


def test_a_place_has_a_name():
    assert problem(lambda: actions.rename(compound(), "  ", by="user:1")) == "name-empty"


def test_gates_are_counted():
    code = compound()
    actions.set_gates(code, 3)
    actions.set_gates(code, 2)
    actions.set_gates(code, 2)
    assert list(Gate.objects.filter(compound=code).values_list("number", flat=True)) == [1, 2]


def test_a_merged_compound_is_found_by_its_old_name_and_its_doors_by_theirs():
    old, into = compound("东区"), compound("绿苑小区")
    first, second = door("绿苑小区"), door("东区")
    for code in (old, into):
        actions.set_gates(code, 2)
    post = posts.place_post("grid_worker", old)
    posts.place_post("grid_worker", into)
    actions.merge(old, into, by="user:1")
    moved = queries.place(second)
    assert moved.code.startswith(into) and moved.code != first
    assert door("东区", number="302")[:15] == into
    assert queries.place(old).code == into
    post.refresh_from_db()
    assert (post.place, post.number) == (into, 2)
    assert Gate.objects.filter(compound=into).count() == 4
    assert Place.objects.get(pk=old).retired_at is not None
    assert kinds() == ["places.merged"]
    assert audit.broken_at() is None


def test_a_building_of_the_same_name_keeps_its_own_door_after_a_merge():
    first, second = door("绿苑小区"), door("东区")
    actions.merge(compound("东区"), compound("绿苑小区"), by="user:1")
    names = {queries.name_path(code, above=compound()) for code in (first, queries.place(second).code)}
    assert names == {"3号楼 / 1单元 / 301", "东区3号楼 / 1单元 / 301"}


def test_a_whole_village_can_become_part_of_another():
    code = actions.ensure(("隆化镇", "浇底村", "浇底", "", "", "", "8")).code
    into = queries.resolve(("隆化镇", "石门村")).code
    actions.merge(code[:12], into, by="user:1")
    assert queries.resolve(("隆化镇", "浇底村")).code == into
    assert actions.ensure(("浇底乡", "浇底村", "浇底", "", "", "", "8")) == queries.place(code)


@pytest.mark.parametrize(
    ("source", "into", "expected"),
    [
        (compound, lambda: "141022100003", "levels-differ"),
        (compound, compound, "levels-differ"),
        (door, lambda: door(number="302"), "doors-stay"),
        (lambda: "999", compound, "no-such-place"),
    ],
)
def test_what_cannot_be_merged_is_refused(source, into, expected):
    assert problem(lambda: actions.merge(source(), into(), by="user:1")) == expected


def test_a_merged_place_is_not_changed_any_more():
    old, into = compound("东区"), compound("绿苑小区")
    actions.merge(old, into, by="user:1")
    assert problem(lambda: actions.rename(old, "西区", by="user:1")) == "place-retired"


def test_a_building_moves_into_a_grid_and_its_doors_go_along():
    code = door()
    grid = actions.ensure(("唐兴镇", "文昌社区", "绿苑小区", "第一网格")).code
    moved = actions.move(code[:20], grid, by="user:1")
    assert moved.code == grid + "003"
    assert door() == queries.place(code).code == grid + code[17:]
    assert kinds() == ["places.moved"]
    assert problem(lambda: actions.move(moved.code, door(), by="user:1")) == "not-below"


def test_a_compound_is_split_and_each_part_keeps_its_doors():
    first, second = door(building="1号楼"), door(building="2号楼")
    [part] = actions.split(compound(), {"绿苑东区": [second[:20]]}, by="user:1")
    assert queries.place(first).code == first
    assert queries.place(second).code.startswith(part.code)
    assert door("绿苑东区", "2号楼") == queries.place(second).code
    assert kinds() == ["places.split"]
    assert problem(lambda: actions.split(part.code, {"西区": [first[:20]]}, by="user:1")) == "not-below"


def test_another_name_is_noted_once():
    code = compound()
    actions.also_called(code, "绿苑")
    actions.also_called(code, "绿苑")
    assert PlaceName.objects.filter(place=code).count() == 1
    assert compound("绿苑") == code


def test_what_lies_below_is_listed_without_the_retired():
    old, into = compound("东区"), compound("绿苑小区")
    actions.merge(old, into, by="user:1")
    assert [p.code for p in queries.children("141022100003")] == [into]
    assert len(queries.children("141022100003", retired=True)) == 2
    assert old in set(queries.subtree("141022100003").values_list("code", flat=True))
    assert queries.area_names(into)["compound"] == "绿苑小区"

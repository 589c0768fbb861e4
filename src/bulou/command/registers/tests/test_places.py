"""Places: the tree with its figures, who answers, and changes shown before they are made."""

import pytest

from bulou.command.registers import tree
from bulou.command.tests.world import COUNTY, ELSEWHERE, HOME, NEXT_DOOR, VILLAGE
from bulou.kernel import clock
from bulou.kernel.models import AuditLine
from bulou.people.models import Household, Person
from bulou.places import actions, posts, workers
from bulou.places.models import Place

DOOR = HOME + "001" + "02" + "0301"


@pytest.fixture
def door(world):
    Place.objects.create(code=HOME + "001", level="building", name="1号楼", plain="1", parent_id=HOME)
    unit = HOME + "00102"
    Place.objects.create(code=unit, level="unit", name="2单元", plain="2", parent_id=HOME + "001")
    Place.objects.create(code=DOOR, level="door", name="301", plain="301", parent_id=unit)
    Household.objects.create(place_id=DOOR, registered_at=clock.now())
    return DOOR


def test_the_figures_of_a_branch_are_what_lies_under_it(world, door):
    found = {one.place.code: one.figures for one in tree.branches(COUNTY)}
    assert found["141022100"] == tree.Figures(households=1, persons=9, posts=10, vacant=1, children=1)
    assert found["141022101"] == tree.Figures(households=0, persons=1, posts=5, vacant=0, children=1)


def test_the_levels_come_one_by_one(world, log_in):
    browser = log_in("county")
    assert "唐兴镇" in browser.get("/places").content.decode()
    part = browser.get(f"/places?place={VILLAGE}", headers={"HX-Request": "true"}).content.decode()
    assert "绿苑小区" in part
    assert "<html" not in part


def test_a_place_outside_is_not_found(world, log_in):
    for who, status in (("owner", 200), ("colleague", 200), ("neighbour", 404), ("stranger", 404)):
        assert log_in(who).get(f"/places/{HOME}").status_code == status, who
    assert log_in("colleague").get(f"/places/{HOME}").content.decode().count("tel:") == 0


def test_who_answers_for_a_door_is_told_from_the_grid_up_to_the_county(world, log_in, door):
    for place, role in ((DOOR[:20], "building_head"), (VILLAGE, "village_cadre"), (COUNTY, "county_leader")):
        posts.hold(posts.place_post(role, place), workers.ensure(role, "19900007777"), clock.now(), by="t")
    page = log_in("owner").get(f"/places/{door}").content.decode()
    found = [page.index(title) for title in ("楼长", "医务人员", "第一网格", "县级领导")]
    assert found[0] < found[1] < found[3]
    assert page.count("tel:") == 8


def test_a_rename_is_made_and_taken_back(world, log_in):
    browser = log_in("county")
    answer = browser.post(f"/places/{HOME}/change", {"do": "rename", "words": "甲网格"}, follow=True)
    page = answer.content.decode()
    assert "改名:原名“第一网格”,现名“甲网格”" in page
    assert "do=rename" in page and "%E7%AC%AC%E4%B8%80%E7%BD%91%E6%A0%BC" in page
    browser.post(f"/places/{HOME}/change", {"do": "rename", "words": "第一网格"})
    assert Place.objects.get(pk=HOME).name == "第一网格"
    assert AuditLine.objects.filter(action=actions.RENAMED).count() == 2


def test_what_moves_is_shown_before_it_moves(world, log_in, door):
    browser = log_in("county")
    building = DOOR[:20]
    page = browser.get(f"/places/{building}/change?do=move&to={NEXT_DOOR}").content.decode()
    assert "会动什么" in page
    assert Place.objects.get(pk=building).retired_at is None
    assert tree.what_moves([HOME]) == tree.Moved(doors=1, persons=6, posts=5, cases=6, mandates=2)
    moved = browser.post(f"/places/{building}/change", {"do": "move", "to": NEXT_DOOR}, follow=True)
    assert Place.objects.get(pk=building).successor_id == NEXT_DOOR + "001"
    assert f"do=move&amp;to={HOME}" in moved.content.decode()


def test_a_merge_says_that_it_stays(world, log_in):
    browser = log_in("county")
    page = browser.get(f"/places/{VILLAGE}001/change?do=merge&to={VILLAGE}002").content.decode()
    assert "合并没有撤回" in page
    assert (
        browser.post(f"/places/{VILLAGE}001/change", {"do": "merge", "to": VILLAGE + "002"}).status_code
        == 302
    )
    assert Person.objects.filter(place__startswith=VILLAGE + "002").count() == 9


def test_a_part_is_split_off(world, log_in, door):
    browser = log_in("county")
    page = browser.get(f"/places/{HOME}/change?do=split&child={HOME}001").content.decode()
    assert "新地点的名称" in page
    made = browser.post(f"/places/{HOME}/change", {"do": "split", "child": HOME + "001", "words": "第三网格"})
    assert Place.objects.get(pk=made["Location"].rsplit("/", 1)[1]).name == "第三网格"


def test_what_is_lived_in_is_not_retired(world, log_in):
    browser = log_in("county")
    page = browser.get(f"/places/{HOME}/change?do=retire").content.decode()
    assert "还不能撤销" in page
    assert "名在册居民" in page
    assert browser.post(f"/places/{HOME}/change", {"do": "retire"}).status_code == 409


def test_names_and_gates_are_kept(world, log_in):
    browser = log_in("county")
    compound = VILLAGE + "001"
    for body in ({"do": "name", "words": "老绿苑"}, {"do": "gates", "words": "3"}):
        assert browser.post(f"/places/{compound}/change", body).status_code == 302
    page = browser.get(f"/places/{compound}").content.decode()
    assert "老绿苑" in page and "大门 3 个" in page
    assert browser.post(f"/places/{compound}/change", {"do": "unname", "words": "老绿苑"}).status_code == 302
    assert browser.post(f"/places/{HOME}/change", {"do": "gates", "words": "3"}).status_code == 422


def test_only_who_keeps_places_changes_them(world, log_in):
    for who in ("owner", "colleague"):
        assert log_in(who).post(f"/places/{HOME}/change", {"do": "rename", "words": "x"}).status_code == 403
    county = log_in("county")
    assert county.get(f"/places/{HOME}/change?do=nonsense").status_code == 404
    assert county.get(f"/places/{ELSEWHERE}/change?do=move&to=999999").status_code == 404


def test_pages_ask_the_database_no_more_for_many(world, log_in, door, django_assert_max_num_queries):
    browser = log_in("county")
    browser.get("/places")
    for number in range(2, 30):
        code = f"{HOME}{number:03d}"
        Place.objects.create(
            code=code, level="building", name=f"{number}号楼", plain=str(number), parent_id=HOME
        )
        posts.place_post("building_head", code)
    for address in (
        "/places",
        f"/places?place={HOME}",
        f"/places/{HOME}",
        f"/places/{DOOR}",
        f"/places/{VILLAGE}001",
    ):
        with django_assert_max_num_queries(12):
            assert browser.get(address).status_code == 200, address

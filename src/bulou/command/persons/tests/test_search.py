"""The search box: what it finds for whom, that nothing of it stands anywhere, and what it costs."""

import pytest

from bulou.command.persons import place_names
from bulou.command.tests.world import HOME, NEXT_DOOR, identity
from bulou.kernel.models import AuditLine
from bulou.people import finding
from bulou.people.models import Person
from bulou.places.models import Place, Post

pytestmark = pytest.mark.django_db
DOOR = HOME + "003010301"


@pytest.fixture(autouse=True)
def indexed(world):
    """The index follows the register, and the grid has a building with a unit and a door."""
    place_names._known.clear()
    finding.index(Person.objects.all())
    for code, level, name in (
        (HOME + "003", "building", "3号楼"),
        (HOME + "00301", "unit", "1单元"),
        (DOOR, "door", "301室"),
    ):
        Place.objects.create(
            code=code,
            level=level,
            name=name,
            plain=name.rstrip("号楼单元室"),
            parent_id=code[:-3] if level == "building" else code[: {"unit": -2, "door": -4}[level]],
        )
    return world


def find(browser, words):
    return browser.post("/search", {"q": words}, headers={"HX-Request": "true"})


def results(browser, words):
    return find(browser, words).context["results"]


@pytest.mark.parametrize("words", ["绿苑", "绿苑小区", "ly", "LY", "lvyuan", "yuan"])
def test_a_place_is_found_by_name_pinyin_and_initials(log_in, words):
    places = [place.code for place in results(log_in("county"), words).places]
    assert (HOME[:15] in places) is (words != "yuan")


@pytest.mark.parametrize("words", ["绿苑 3-1-301", "绿苑小区3号楼1单元301室", "ly 3 1 301", "绿苑 3 301"])
def test_a_door_is_found_below_a_named_place_with_who_answers(log_in, words):
    found = results(log_in("owner"), words)
    assert [place.code for place in found.places] == [DOOR]
    doctor = next(post for post in found.posts if "医务人员" in post.label)
    assert doctor.owner.phone == "19900009003"


def test_a_post_is_found_by_its_role_and_place(log_in):
    assert {post.where for post in results(log_in("county"), "绿苑 医务人员").posts} == {HOME}
    assert results(log_in("county"), "ywry").posts
    assert results(log_in("county"), "责任4").posts


@pytest.mark.parametrize("words", ["甄漏01", "zl", "zhenlou", "19900000001", "甄0001", "JK22-000001"])
def test_a_person_is_found_by_right_and_scope_alone(log_in, world, words):
    uid = world.cases["home"][0].person.uid
    assert uid in [one.uid for one in results(log_in("owner"), words).persons]
    assert uid not in [one.uid for one in results(log_in("neighbour"), words).persons]
    assert results(log_in("colleague"), words).persons == []


def test_persons_with_needs_stand_first_and_masked(log_in):
    answer = find(log_in("owner"), "zl")
    assert answer.context["results"].persons[0].face.needs == ("透析",)
    assert "甄漏0" not in answer.content.decode()


def test_a_whole_identity_number_is_recorded_as_ever(log_in, world):
    assert results(log_in("owner"), identity(1)).persons
    line = AuditLine.objects.get(action="people.searched")
    assert line.subject == f"person:{world.cases['home'][0].person.pk}"
    results(log_in("owner"), "zl")
    assert AuditLine.objects.filter(action="people.searched").count() == 1


def test_who_sees_only_numbers_gets_no_phone(log_in):
    answer = find(log_in("colleague"), "第一网格")
    assert answer.context["results"].posts
    assert "tel:" not in answer.content.decode()


def test_what_is_looked_for_stands_in_no_address(log_in):
    page = log_in("owner").get("/search?q=zhenlou")
    assert not page.context["results"]
    box = page.content.decode()
    assert 'method="post" action="/search"' in box


def test_nothing_found_says_what_to_do_and_how_far_the_index_is(log_in):
    answer = find(log_in("owner"), "不存在的人")
    assert "换一个写法" in answer.content.decode()


@pytest.mark.parametrize(
    "words", ["", " ", "x" * 500, "%", "'", "\\", "张", "-", "1", "绿苑 999999999999999999999"]
)
def test_odd_words_find_nothing_and_break_nothing(log_in, words):
    assert find(log_in("county"), words).status_code == 200


@pytest.mark.parametrize("words", ["zl", "绿苑 3-1-301", "绿苑 医务人员", "甄漏01", "nobody"])
def test_a_search_asks_twelve_times_at_most(log_in, django_assert_max_num_queries, words):
    browser = log_in("county")
    find(browser, words)
    with django_assert_max_num_queries(12):
        find(browser, words)


def test_a_place_of_others_is_not_found(log_in):
    assert [place.code for place in results(log_in("owner"), "北关").places] == []
    assert Post.objects.filter(place=NEXT_DOOR).exists()

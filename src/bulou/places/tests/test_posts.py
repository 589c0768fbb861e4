"""Posts, who holds them in time, and who answers for a place."""

from datetime import datetime, timedelta

import pytest

from bulou.kernel import clock
from bulou.kernel.models import Event
from bulou.kernel.problems import BulouError
from bulou.places import posts, queries, workers
from bulou.places.actions import ensure
from bulou.places.models import Holding, Worker

pytestmark = pytest.mark.usefixtures("county")
START = datetime(2022, 4, 1, tzinfo=clock.COUNTY_ZONE)
NOON = datetime(2022, 4, 16, 12, tzinfo=clock.COUNTY_ZONE)


@pytest.fixture
def compound():
    return ensure(("唐兴镇", "文昌社区", "绿苑小区")).code


@pytest.fixture
def owner():
    return workers.ensure("王某", "19900000001")


@pytest.fixture
def colleague():
    return workers.ensure("李某", "19900000002")


@pytest.fixture
def post(compound):
    return posts.place_post("grid_worker", compound)


def test_a_worker_is_found_by_name_and_phone_and_made_once(owner):
    assert workers.ensure("王某", "19900000001") == owner
    assert workers.ensure("王某", "19900000003") != owner
    assert workers.find("王某", "19900000001").pk == owner
    assert workers.find("赵某", "19900000001") is None


def test_name_and_phone_do_not_stand_in_the_database(owner):
    sealed = bytes(Worker.objects.get(pk=owner).sealed)
    assert "王某".encode() not in sealed and b"19900000001" not in sealed


def test_the_holder_answers_for_the_post(post, owner):
    posts.hold(post, owner, START, by="user:1")
    found = queries.owners([post.pk], NOON)[post.pk]
    assert (found.label, found.name, found.phone, found.deputy) == (
        "绿苑小区 网格员",
        "王某",
        "19900000001",
        False,
    )
    assert list(queries.held_at(NOON)) == [post.pk]
    assert list(queries.held_by(owner, NOON)) == [post]


def test_a_post_left_without_a_successor_is_unowned_at_once(post, owner):
    posts.hold(post, owner, START, by="user:1")
    posts.leave(post, owner, NOON, by="user:1")
    assert list(queries.held_at(NOON)) == []
    assert list(queries.held_at(NOON - timedelta(microseconds=1))) == [post.pk]
    assert queries.owners([post.pk], NOON) == {}


def test_a_hand_over_rewrites_nothing(post, owner, colleague):
    posts.hold(post, owner, START, by="user:1")
    posts.leave(post, owner, NOON, by="user:1")
    posts.hold(post, colleague, NOON, by="user:1")
    assert queries.owners([post.pk], NOON - timedelta(hours=1))[post.pk].name == "王某"
    assert queries.owners([post.pk], NOON)[post.pk].name == "李某"
    kinds = Event.objects.filter(subject=post.pk).order_by("seq").values_list("kind__name", flat=True)
    assert list(kinds) == ["places.post_held", "places.post_left", "places.post_held"]


def test_a_deputy_answers_when_there_is_no_holder(post, owner, colleague):
    posts.hold(post, owner, START, by="user:1")
    posts.hold(post, colleague, START, deputy=True, by="user:1")
    assert queries.owners([post.pk], NOON)[post.pk].name == "王某"
    posts.leave(post, owner, NOON, by="user:1")
    assert queries.owners([post.pk], NOON)[post.pk].deputy


def test_a_post_is_held_by_one_at_a_time(post, owner, colleague):
    posts.hold(post, owner, START, by="user:1")
    with pytest.raises(BulouError) as caught:
        posts.hold(post, colleague, NOON, by="user:1")
    assert caught.value.code == "post-taken"


def test_the_same_holding_said_twice_is_one(post, owner):
    assert posts.hold(post, owner, START, by="user:1") == posts.hold(post, owner, START, by="user:1")
    assert Holding.objects.count() == 1
    assert Event.objects.filter(subject=post.pk).count() == 1


def test_a_holding_with_an_end_tells_both(post, owner):
    posts.hold(post.pk, owner, START, ends_at=NOON, by="user:1")
    assert list(queries.held_at(NOON)) == []
    assert Event.objects.filter(subject=post.pk).count() == 2


def test_nobody_leaves_a_post_that_they_do_not_hold(post, owner):
    with pytest.raises(BulouError) as caught:
        posts.leave(post, owner, NOON, by="user:1")
    assert caught.value.code == "not-holding"


def test_a_closed_post_is_held_by_nobody(post, owner):
    posts.hold(post, owner, START, by="user:1")
    post.closed_at = NOON
    post.save()
    assert list(queries.held_at(NOON)) == []
    assert posts.find("grid_worker", post.place, NOON) is None


def test_the_deepest_post_answers_even_when_it_is_vacant(compound, owner):
    wide = posts.place_post("grid_worker", compound[:12])
    posts.hold(wide, owner, START, by="user:1")
    door = ensure(("唐兴镇", "文昌社区", "绿苑小区", "", "3号楼", "", "301")).code
    assert posts.find("grid_worker", door, NOON) == wide
    narrow = posts.place_post("grid_worker", compound)
    assert posts.find("grid_worker", door, NOON) == narrow
    assert posts.find("doctor", door, NOON) is None


def test_of_several_seats_a_held_one_answers(compound, owner):
    posts.place_post("village_cadre", compound[:12], number=1)
    second = posts.place_post("village_cadre", compound[:12], number=2)
    posts.hold(second, owner, START, by="user:1")
    assert posts.covering("village_cadre", [compound], NOON) == {compound: second.pk}
    assert queries.label(second) == "文昌社区 村(社区)干部"

"""Places that are no more, and stand again."""

from contextlib import contextmanager

import pytest

from bulou.kernel import clock
from bulou.kernel.problems import BulouError
from bulou.places import actions, posts, retiring, workers
from bulou.places.models import Place, Post
from bulou.places.queries import children

pytestmark = pytest.mark.usefixtures("county")
NAMES = ("唐兴镇", "文昌社区", "绿苑小区", "", "3号楼")


@contextmanager
def refused(code):
    """The block must be refused with this code."""
    with pytest.raises(BulouError) as error:
        yield
    assert error.value.code == code


def test_an_empty_place_is_retired_with_all_below_it_and_brought_back():
    building = actions.ensure(NAMES)
    compound = str(building.parent_id)
    post = posts.place_post("building_head", building.code)
    retiring.retire(compound, by="t")
    assert not Place.objects.filter(code__in=[compound, building.code], retired_at__isnull=True).exists()
    assert Post.objects.get(pk=post.pk).closed_at == Place.objects.get(pk=compound).retired_at
    retiring.bring_back(compound, by="t")
    assert [one.code for one in children(compound)] == [building.code]
    assert Post.objects.get(pk=post.pk).closed_at is None


def test_what_somebody_answers_for_is_not_retired():
    building = actions.ensure(NAMES)
    posts.hold(
        posts.place_post("building_head", building.code),
        workers.ensure("甲", "19900000001"),
        clock.now(),
        by="t",
    )
    with refused("place-still-used"):
        retiring.retire(str(building.parent_id), by="t")


def test_what_was_merged_is_not_brought_back():
    one, two = (actions.ensure((*NAMES[:4], name)) for name in ("1号楼", "2号楼"))
    actions.merge(one.code, two.code, by="t")
    with refused("place-not-retired"):
        retiring.bring_back(one.code, by="t")


def test_another_name_is_taken_back():
    building = actions.ensure(NAMES)
    actions.also_called(building.code, "老三楼")
    retiring.not_called(building.code, building.other_names.get().plain, by="t")
    assert not building.other_names.exists()

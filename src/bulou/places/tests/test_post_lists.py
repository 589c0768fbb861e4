"""The list of posts below a place."""

from datetime import datetime

import pytest

from bulou.kernel import clock
from bulou.places import posts, queries, workers
from bulou.places.actions import ensure

START = datetime(2022, 4, 1, tzinfo=clock.COUNTY_ZONE)
NOON = datetime(2022, 4, 16, 12, tzinfo=clock.COUNTY_ZONE)


@pytest.mark.usefixtures("county")
def test_posts_below_a_place_say_whether_they_are_held():
    compound = ensure(("唐兴镇", "文昌社区", "绿苑小区")).code
    held, vacant = (posts.place_post(role, compound) for role in ("grid_worker", "doctor"))
    elsewhere = posts.place_post("doctor", "141022101")
    posts.hold(held, workers.ensure("王某", "19900000001"), START, by="test")
    found = {row["id"]: row for row in queries.posts_under(compound[:9], NOON)}
    assert (found[held.pk]["held"], found[vacant.pk]["held"]) == (True, False)
    assert found[held.pk]["label"] == queries.label(held)
    assert elsewhere.pk not in found

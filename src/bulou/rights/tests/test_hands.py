"""Four eyes are two humans': every pair of a log-in and a post, however the one human is written."""

from __future__ import annotations

import datetime as dt

import pytest

from bulou.kernel import clock
from bulou.places import posts, workers
from bulou.places.models import Post, Worker
from bulou.rights import accounts
from bulou.rights.hands import Hands, compare, log_ins

DAY = dt.timedelta(days=1)
NOW = clock.parse_instant("2022-04-16T12:00+08:00")
ONE, TWO, UNKNOWN = Hands.ONE, Hands.TWO, Hands.UNKNOWN


@pytest.fixture
def people(county):
    """Actors by name: two workers with log-ins and posts, a worker without one, a log-in of no worker."""
    with clock.at(NOW - DAY):
        found = {}
        for number, name in enumerate(("an", "bo", "chen")):
            worker = Worker.objects.get(pk=workers.ensure(name, f"1990000650{number}"))
            post = Post.objects.create(role=f"岗{number}", place="141022100")
            posts.hold(post, worker.pk, NOW - DAY, by="test:1")
            found[f"{name} by token"] = f"post:{post.pk}"
            if name != "chen":
                account = accounts.make_account(name, "long-enough-1", title=name, worker=worker, by="test:1")
                found[name] = f"user:{account.user_id}"
        second = accounts.make_account(
            "an2", "long-enough-1", title="an", worker=Worker.objects.first(), by="test:1"
        )
        nobody = accounts.make_account("office", "long-enough-1", title="office", by="test:1")
        empty = Post.objects.create(role="空岗", place="141022100")
    found |= {"an's second log-in": f"user:{second.user_id}", "office": f"user:{nobody.user_id}"}
    with clock.at(NOW):
        yield found | {"empty post": f"post:{empty.pk}", "a job": "job:1", "system": "system"}


HUMAN = {
    "an": "an",
    "an's second log-in": "an",
    "an by token": "an",
    "bo": "bo",
    "bo by token": "bo",
    "chen by token": "chen",
    "office": "office",
    "empty post": None,
    "a job": None,
    "system": None,
}


def test_all_log_ins_of_one_human(people):
    both = {int(people[name].removeprefix("user:")) for name in ("an", "an's second log-in")}
    assert all(log_ins(people[name]) == both for name in ("an", "an's second log-in", "an by token"))
    assert log_ins(people["office"]) == {int(people["office"].removeprefix("user:"))}
    assert log_ins(people["a job"]) == log_ins(people["empty post"]) == set()


@pytest.mark.parametrize("first", HUMAN)
@pytest.mark.parametrize("second", HUMAN)
def test_each_pair_is_two_one_or_unknown(people, first, second):
    one, other = HUMAN[first], HUMAN[second]
    if first == second or (one and one == other):
        expected = ONE
    elif one is None or other is None or {one, other} == {"office", "chen"}:
        # "office" is tied to no worker, "chen" has no log-in: nothing tells them apart.
        expected = UNKNOWN
    else:
        expected = TWO
    assert compare(people[first], people[second]) is expected


def test_who_held_the_post_when_it_acted_counts_not_who_holds_it_now(people):
    post = int(people["an by token"].removeprefix("post:"))
    bo = Worker.objects.order_by("pk")[1]
    posts.leave(post, Worker.objects.order_by("pk")[0].pk, NOW, by="test:1")
    posts.hold(post, bo.pk, NOW, by="test:1")
    before = NOW - dt.timedelta(hours=1)
    assert compare(people["an by token"], people["an"], first_at=before) is ONE
    assert compare(people["an by token"], people["bo"], first_at=before) is TWO
    assert compare(people["an by token"], people["bo"], first_at=NOW) is ONE


def test_a_deputy_of_the_post_is_one_who_may_have_acted(people):
    bo = Worker.objects.order_by("pk")[1]
    posts.hold(int(people["an by token"].removeprefix("post:")), bo.pk, NOW, deputy=True, by="test:1")
    assert compare(people["an by token"], people["bo"]) is ONE


@pytest.mark.parametrize("how", ["identity", "merged"])
def test_two_entries_of_one_human_are_one(people, how):
    an, bo = Worker.objects.order_by("pk")[:2]
    if how == "merged":
        Worker.objects.filter(pk=bo.pk).update(merged_into=an)
    else:
        Worker.objects.filter(pk__in=(an.pk, bo.pk)).update(id_key=b"k" * 16)
    assert compare(people["an"], people["bo by token"]) is ONE

"""Handing a post over: told to both, refused where it cannot be, and nothing rewritten."""

from contextlib import contextmanager
from datetime import timedelta

import pytest

from bulou.kernel import clock
from bulou.kernel.models import AuditLine, Event
from bulou.kernel.problems import BulouError
from bulou.places import handing, posts, staffing, workers
from bulou.places.models import Handover, Holding, Worker
from bulou.places.queries import owners

pytestmark = pytest.mark.django_db
PLACE = "14102210000300101"
NOW = "2022-04-16T14:00+08:00"


@contextmanager
def refused(code):
    """The block must be refused with this code."""
    with pytest.raises(BulouError) as error:
        yield
    assert error.value.code == code


@pytest.fixture(autouse=True)
def at_two():
    with clock.at(NOW) as moment:
        yield moment


@pytest.fixture
def post():
    return posts.place_post("grid_worker", PLACE)


def somebody(serial):
    return workers.ensure(f"甲某{serial}", f"1990000{serial:04d}")


def codes_of(post, taker, at=None):
    found = handing.conflicts(post, Worker.objects.get(pk=taker), at)
    return [(one.problem.code, one.final) for one in found]


def test_the_giver_is_relieved_and_the_taker_answers_from_the_instant(post, at_two):
    one, two = somebody(1), somebody(2)
    posts.hold(post, one, at_two - timedelta(days=3), by="t")
    made = handing.hand_over(post.pk, two, words="轮岗", by="user:1")
    assert (made.giver_id, made.taker_id, made.at) == (one, two, clock.now())
    before, after = (owners([post.pk], at_two + timedelta(seconds=n))[post.pk].name for n in (-1, 0))
    assert (before, after) == ("甲某1", "甲某2")
    kinds = list(Event.objects.order_by("seq").values_list("kind__name", flat=True))
    assert kinds == ["places.post_held", "places.post_left", "places.post_held", "places.handed_over"]
    assert AuditLine.objects.get(action=handing.HANDED_OVER).reason == "轮岗"


def test_both_sides_are_told_until_each_has_seen_it(post, at_two):
    one, two, other = somebody(1), somebody(2), somebody(3)
    posts.hold(post, one, at_two - timedelta(days=3), by="t")
    made = handing.hand_over(post.pk, two, by="t")
    assert [handing.unseen_by(who).count() for who in (one, two, other)] == [1, 1, 0]
    handing.see(made.pk, one, by="t")
    handing.see(made.pk, one, by="t")
    assert [handing.unseen_by(who).count() for who in (one, two)] == [0, 1]
    assert Event.objects.filter(kind__name=handing.HANDOVER_SEEN).count() == 1
    with refused("handover-not-yours"):
        handing.see(made.pk, other, by="t")


def test_a_vacant_post_is_taken_and_only_the_taker_is_told(post):
    two = somebody(2)
    assert codes_of(post, two) == []
    assert handing.hand_over(post.pk, two, by="t").giver is None
    assert handing.unseen_by(two).count() == 1


def test_what_stands_against_it_is_said_before(post, at_two):
    one, two = somebody(1), somebody(2)
    posts.hold(post, one, at_two - timedelta(days=3), by="t")
    posts.hold(posts.place_post("grid_worker", PLACE, number=2), two, at_two, by="t")
    assert codes_of(post, two) == [("taker-holds-others", False)]
    assert codes_of(post, one) == [("holds-it-already", True)]
    assert ("handover-in-the-past", False) in codes_of(post, two, at_two - timedelta(hours=2))
    assert ("handover-before-holder", True) in codes_of(post, two, at_two - timedelta(days=4))
    posts.leave(post, one, by="t")
    posts.hold(post, one, at_two + timedelta(days=1), by="t")
    assert ("post-taken-later", True) in codes_of(post, two)
    with refused("post-taken-later"):
        handing.hand_over(post.pk, two, by="t")
    assert not Handover.objects.exists()


def test_who_has_no_phone_is_told_so(post):
    worker = Worker.objects.get(pk=somebody(4))
    from bulou.kernel import seal

    worker.sealed = seal.seal({"name": "甲某4"})
    worker.save()
    assert codes_of(post, worker.pk) == [("taker-without-phone", False)]


def test_a_deputy_who_takes_over_is_deputy_no_more(post, at_two):
    one, two = somebody(1), somebody(2)
    posts.hold(post, one, at_two - timedelta(days=3), by="t")
    handing.deputise(post.pk, two, clock.now(), at_two + timedelta(days=1), by="t")
    handing.hand_over(post.pk, two, by="t")
    running = Holding.objects.filter(post=post, ends_at__isnull=True)
    assert [(one.worker_id, one.deputy) for one in running] == [(two, False)]


def test_a_deputy_needs_an_end(post):
    with refused("deputy-end-missing"):
        handing.deputise(post.pk, somebody(1), clock.now(), None, by="t")


def test_it_is_handed_back_by_another_hand_over(post, at_two):
    one, two = somebody(1), somebody(2)
    posts.hold(post, one, at_two - timedelta(days=3), by="t")
    handing.hand_over(post.pk, two, by="t")
    with clock.at(at_two + timedelta(minutes=1)):
        handing.hand_over(post.pk, one, by="t")
        assert owners([post.pk])[post.pk].name == "甲某1"
    assert Holding.objects.filter(post=post).count() == 3


def test_leaving_vacates_every_post_and_says_which_nobody_answers_for_then(post, at_two):
    one, two = somebody(1), somebody(2)
    second = posts.place_post("building_head", PLACE)
    posts.hold(post, one, at_two - timedelta(days=3), by="t")
    posts.hold(second, one, at_two - timedelta(days=3), by="t")
    posts.hold(second, two, at_two - timedelta(days=3), deputy=True, by="t")
    assert [(row.post, row.unowned) for row in staffing.leaving(one)] == [(post.pk, True), (second.pk, False)]
    staffing.leave(one, words="调离", by="t")
    assert set(owners([post.pk, second.pk])) == {second.pk}
    with refused("holds-nothing"):
        staffing.leave(one, by="t")


def test_two_entries_of_one_worker_are_merged_and_split_again(post, at_two):
    keep, gone = somebody(1), somebody(2)
    posts.hold(post, gone, at_two - timedelta(days=3), by="t")
    staffing.merge(keep, gone, by="t")
    assert Holding.objects.get().worker_id == keep
    assert workers.ensure("甲某2", "19900000002") == keep
    assert codes_of(post, gone)[0][0] == "worker-merged"
    with refused("worker-merged-already"):
        staffing.merge(keep, gone, by="t")
    staffing.split(gone, by="t")
    assert Holding.objects.get().worker_id == gone


def test_a_worker_is_corrected_under_the_same_number(at_two):
    worker = Worker.objects.get(pk=somebody(1))
    data = staffing.data_of(worker)
    staffing.change(worker.pk, staffing.WorkerData("甲某一", data.phone, title="主任"), by="t")
    assert workers.find("甲某一", data.phone).pk == worker.pk
    assert Event.objects.get().data == {"fields": ["name", "title"]}
    somebody(2)
    with refused("worker-stands"):
        staffing.change(worker.pk, staffing.WorkerData("甲某2", "19900000002"), by="t")
    with refused("worker-stands"):
        staffing.add(staffing.WorkerData("甲某2", "19900000002"), by="t")

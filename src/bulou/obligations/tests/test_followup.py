"""Following up: what is noted, what is refused, and that the books stay as they are."""

import datetime as dt
from uuid import uuid4

import pytest

from bulou.kernel import audit, clock, seal
from bulou.kernel.models import AuditLine, Event
from bulou.kernel.problems import BulouError
from bulou.obligations import followup
from bulou.obligations.balance import balance
from bulou.obligations.followup import Call, Hand, Postpone, TakeBack
from bulou.obligations.followup_model import FollowUp, Outcome, Why
from bulou.obligations.gaps import Gap, Narrow, counts, gaps, lines
from bulou.obligations.positions import Position
from bulou.obligations.tests.world import COUNTY, GRID, NEXT_DOOR, at, post

pytestmark = pytest.mark.django_db
NOW = at("16 13:00")


@pytest.fixture
def day(twice):
    """Three silent people at 13:00: each owes the morning, and the afternoon is open."""
    twice.held = post()
    twice.people = [twice.person(post=twice.held), twice.person(post=twice.held, place=NEXT_DOOR)]
    twice.people.append(twice.person(post=twice.held))
    twice.tick("16 13:00")
    with clock.at(NOW):
        yield twice


def undone(**asked):
    return [row.id for row in gaps(COUNTY, gap="undone", now=clock.now(), **asked)]


def refused(act, ids, **more):
    with pytest.raises(BulouError) as caught:
        followup.apply(act, ids, by="user:1", key=uuid4(), **more)
    return caught.value.code


def postpone(until="16 18:00", why=Why.AGREED, **more):
    return Postpone(until=at(until), why=why, **more)


def test_a_call_is_an_event_once_and_its_words_go_to_the_audit_chain(day):
    id, key = undone()[0], uuid4()
    act = Call(outcome=Outcome.DOING, words="已联系")
    assert followup.apply(act, [id], by="user:1", key=key).done == 1
    event = Event.objects.get(kind__name=followup.CALLED)
    assert (event.subject, event.actor, event.data) == (id, "user:1", {"outcome": "doing"})
    said = AuditLine.objects.order_by("seq").last()
    assert (said.action, said.subject, said.reason) == (followup.CALLED, f"obligation:{id}", "已联系")
    again = followup.apply(act, [id], by="user:1", key=key)
    assert (again.done, again.repeated) == (0, 1)
    assert AuditLine.objects.order_by("seq").last().pk == said.pk
    assert FollowUp.objects.get(pk=id).calls == 1
    assert audit.broken_at() is None


def test_calls_are_counted_and_the_last_outcome_stays(day):
    id = undone()[0]
    for outcome in (Outcome.NOBODY, Outcome.DOING):
        followup.one(Call(outcome=outcome), id, by="user:1")
    kept = FollowUp.objects.get(pk=id)
    assert (kept.calls, kept.outcome, kept.called_at, kept.subject) == (2, "doing", NOW, day.people[0].pk)


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (Call(outcome="nonsense"), "call-without-outcome"),
        (Call(outcome="other"), "call-without-outcome"),
        (postpone(why="nonsense"), "postponed-without-reason"),
        (postpone(why="other"), "postponed-without-reason"),
        (postpone("16 13:00"), "postponed-not-later"),
        (postpone("18 00:01"), "postponed-too-long"),
        (Postpone(why=Why.AGREED), "postponed-not-later"),
    ],
)
def test_an_act_that_cannot_be_done_is_refused_and_says_why(day, act, code):
    assert refused(act, undone()) == code
    assert not FollowUp.objects.exists()


def test_what_is_postponed_stays_overdue_and_counted_and_sinks(day):
    before = balance(COUNTY, now=NOW)
    first = undone()[0]
    followup.one(postpone("17 23:59", why=Why.OTHER, words="约在明晚"), first, by="user:1")
    assert balance(COUNTY, now=NOW) == before
    assert undone()[-1] == first
    assert counts(COUNTY, now=NOW)[Gap.UNDONE] == 3
    assert seal.unseal(FollowUp.objects.get(pk=first).sealed) == {"words": "约在明晚"}
    with clock.at(at("18 00:00")):
        assert [row.sunk for row in lines(COUNTY, gap="undone") if row.id == first] == [False]


def test_the_end_of_tomorrow_is_still_near_enough(day):
    assert followup.one(postpone("18 00:00"), undone()[0], by="user:1").done == 1


def test_those_set_apart_are_not_postponed_with_the_others(day):
    result = followup.apply(postpone(apart={day.people[0].pk}), undone(), by="user:1", key=uuid4())
    assert (result.done, dict(result.refused)) == (2, {"gap-needs-first": 1})


def test_what_is_handed_on_stays_the_owners_until_it_is_taken_back(day):
    id, other = undone()[0], post(NEXT_DOOR).pk
    owner = gaps(COUNTY, gap="undone", now=NOW)[0].post_id
    followup.one(Hand(post=other), id, by="user:1")
    row = next(row for row in gaps(COUNTY, gap="undone", now=NOW) if row.id == id)
    assert row.post_id == owner
    assert undone(narrow=Narrow(handed_to=(other,))) == [id]
    assert undone(narrow=Narrow(handed_by="user:1")) == [id]
    with pytest.raises(BulouError) as caught:
        followup.one(Hand(post=other), id, by="user:1")
    assert caught.value.code == "gap-handed-already"
    followup.one(TakeBack(), id, by="user:2")
    assert undone(narrow=Narrow(handed_to=(other,))) == []
    with pytest.raises(BulouError) as caught:
        followup.one(TakeBack(), id, by="user:2")
    assert caught.value.code == "gap-not-handed"


def test_what_is_done_already_is_refused(day):
    id = undone()[0]
    day.prove(day.people[0], "16 11:00")
    day.tick("16 13:00")
    with pytest.raises(BulouError) as caught:
        followup.one(Call(outcome=Outcome.DOING), id, by="user:1")
    assert caught.value.code == "gap-closed"


def test_many_are_done_at_once_with_one_line_in_the_chain(day):
    key = uuid4()
    act = Call(outcome=Outcome.NOBODY)
    assert followup.preview(act, undone()).done == 3
    assert not Event.objects.filter(kind__name=followup.CALLED).exists()
    assert followup.apply(act, undone(), by="user:1", key=key).done == 3
    assert AuditLine.objects.filter(action=followup.CALLED).count() == 1
    assert AuditLine.objects.get(action=followup.CALLED).detail["lines"] == 3
    assert followup.apply(act, undone(), by="user:1", key=key).repeated == 3
    assert Event.objects.filter(kind__name=followup.CALLED).count() == 3


def test_a_call_about_nothing_is_refused(twice):
    with pytest.raises(BulouError) as caught:
        followup.one(Call(outcome=Outcome.DOING), 1, by="user:1")
    assert (caught.value.code, caught.value.kind.status) == ("no-such-obligation", 404)


def test_lists_are_narrowed_to_the_called_the_postponed_and_owners(day):
    first, second, third = undone()
    followup.one(Call(outcome=Outcome.DOING), first, by="user:1")
    followup.one(postpone(), second, by="user:1")
    assert undone(narrow=Narrow(called=True)) == [first]
    assert undone(narrow=Narrow(called=False)) == [third, second]
    assert undone(narrow=Narrow(postponed=True)) == [second]
    assert undone(narrow=Narrow(postponed=False)) == [first, third]
    assert undone(narrow=Narrow(posts=(day.held.pk,))) == [first, third, second]
    assert undone(narrow=Narrow(posts=())) == []
    assert counts(COUNTY, now=NOW, narrow=Narrow(called=True))[Gap.UNDONE] == 1


def test_pages_by_position_have_every_row_once_both_ways(day):
    followup.one(postpone(), undone()[1], by="user:1")
    whole = lines(COUNTY, now=NOW)
    forward, position = [], None
    while part := lines(COUNTY, now=NOW, position=position, limit=2):
        forward += part
        position = Position(part[-1].key)
    assert forward == whole
    back = lines(COUNTY, now=NOW, position=Position(whole[-1].key, back=True), limit=2)
    assert back == whole[-3:-1]


@pytest.mark.parametrize("place", [COUNTY, GRID, GRID + "001"])
def test_counts_are_the_lengths_of_the_lists(day, place):
    with clock.at(NOW + dt.timedelta(hours=1)):
        for gap, number in counts(place).items():
            assert number == len(gaps(place, gap=gap))

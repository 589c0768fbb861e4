"""Isolation points: rooms, what is owed to those who stay there, and how full they will be."""

from __future__ import annotations

from datetime import date

import pytest

from bulou.arrivals import points
from bulou.arrivals.models import Lodging, Room
from bulou.arrivals.stays.tests.test_keeping import (
    CENTRAL,
    DAY,
    FREE,
    MIDNIGHT,
    again,
    close,
    decided,
    since,
    to_point,
)
from bulou.arrivals.tests import build
from bulou.arrivals.tests.build import minutes, took
from bulou.kernel import clock
from bulou.kernel.ids import uuid7
from bulou.kernel.models import AuditLine
from bulou.kernel.problems import BulouError
from bulou.obligations import engine
from bulou.obligations.models import Obligation
from bulou.sync.intake import receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def posts():
    return build.county()


@pytest.fixture
def point(posts):
    with clock.at(minutes(0)):
        made = points.open_point(
            name="城西隔离点",
            post=posts.point,
            place=build.VILLAGE,
            longitude=111.7,
            latitude=35.7,
            by="user:1",
        )
        points.set_rooms(made, [points.NewRoom("101"), points.NewRoom("102", beds=2)])
    return made


@pytest.fixture
def journey(posts):
    return build.journey()


def room(name):
    return Room.objects.get(name=name)


def lodge(journey, name, at=100):
    with clock.at(minutes(at)):
        return points.lodge(journey=journey, room=room(name), by="user:1")


def owed(kind, at):
    """Opened and met (minutes after noon), excuse, of each duty of a kind in the books, oldest first."""
    with clock.at(minutes(at)):
        engine.tick(minutes(at))
    found = Obligation.objects.filter(window__kind__name=f"arrivals.{kind}").order_by("opens_at", "id")
    return [(since(one.opens_at), since(one.met_at), one.excuse) for one in found]


def tell(kind, journey, by, at, **data):
    """What the point's phone tells about the stay that runs."""
    stay = journey.stays.filter(begun_at__isnull=False).last()
    item = {
        "id": str(uuid7()),
        "kind": f"arrivals.{kind}",
        "subject": f"{journey.number}/{stay.pk}",
        "happened_at": minutes(at).isoformat(),
        "data": data,
    }
    with clock.at(minutes(at)):
        (answer,) = receive([item], actor=f"post:{by.pk}", scope=build.COUNTY)
    assert answer["status"] == "new", answer
    return item


def isolated(journey, posts):
    decided(journey, CENTRAL)
    to_point(journey, posts)


class TestRooms:
    def test_a_room_is_owed_from_the_taking_and_given_once(self, journey, posts, point):
        isolated(journey, posts)
        assert owed("room", 95) == [(90, None, "")]
        first = lodge(journey, "101")
        assert lodge(journey, "101") == first
        assert owed("room", 110) == [(90, 100, "")]

    def test_nobody_shares_with_strangers(self, journey, posts, point):
        other = build.journey(2)
        for one in (journey, other):
            isolated(one, posts)
        lodge(journey, "102")
        assert refused(other, "102") == "room-taken"

    def test_who_travels_together_may_share_as_far_as_the_beds_go(self, posts, point):
        family = [build.journey(number) for number in (3, 4, 5)]
        for one in family:
            type(one).objects.filter(pk=one.pk).update(party="F")
            one.refresh_from_db()
            isolated(one, posts)
        lodge(family[0], "102")
        lodge(family[1], "102")
        assert refused(family[2], "102") == "room-taken"

    def test_who_is_not_there_gets_no_room(self, journey, point):
        assert refused(journey, "101") == "not-at-point"

    def test_a_room_of_another_point_is_refused(self, journey, posts, point):
        isolated(journey, posts)
        with clock.at(minutes(0)):
            other = points.open_point(
                name="城东隔离点",
                post=build.post("isolation_point", build.OTHER_TOWNSHIP),
                place=build.VILLAGE,
                longitude=111.7,
                latitude=35.7,
                by="user:1",
            )
            points.set_rooms(other, [points.NewRoom("901")])
        assert refused(journey, "901") == "other-point"

    def test_the_room_is_free_when_they_leave(self, journey, posts, point):
        isolated(journey, posts)
        lodge(journey, "101")
        took(journey, posts.village, posts.point, 14 * DAY)
        assert since(Lodging.objects.get().ends_at) == 14 * DAY
        assert points.free_rooms(point).count() == 2

    def test_a_new_decision_keeps_the_room(self, journey, posts, point):
        isolated(journey, posts)
        lodge(journey, "101")
        again(journey, DAY)
        decided(journey, CENTRAL, at=DAY)
        assert Lodging.objects.filter(ends_at__isnull=True).count() == 1
        assert owed("room", DAY + 5) == [(90, 100, ""), (DAY, DAY, "")]

    def test_a_point_with_people_does_not_close(self, journey, posts, point):
        isolated(journey, posts)
        lodge(journey, "101")
        with pytest.raises(BulouError) as refusal:
            points.close_point(point, by="user:1")
        assert refusal.value.kind.code == "point-in-use"

    def test_a_room_closes_once_and_only_when_it_is_empty(self, journey, posts, point):
        isolated(journey, posts)
        lodge(journey, "101")
        with pytest.raises(BulouError) as refusal:
            points.close_room(room("101"), by="user:1")
        assert refusal.value.kind.code == "room-in-use"
        for _click in range(2):
            points.close_room(room("102"), by="user:1")
        assert AuditLine.objects.filter(action="arrivals.room_closed").count() == 1
        assert refused(journey, "102") == "room-closed"
        assert points.forecast(days=1)[0].rooms == 1

    def test_beds_are_counted_in_reason(self, point):
        with pytest.raises(BulouError):
            points.set_rooms(point, [points.NewRoom("103", beds=0)])


def refused(journey, name):
    with pytest.raises(BulouError) as refusal:
        lodge(journey, name)
    return refusal.value.kind.code


class TestCare:
    def test_checks_and_meals_are_owed_while_they_are_there(self, journey, posts, point):
        isolated(journey, posts)
        tell(
            "point_checked",
            journey,
            posts.point,
            DAY + 60,
            temperature="36.5",
            window="pm",
            date="2022-04-10",
        )
        took(journey, posts.village, posts.point, 2 * DAY)
        found = owed("point_check", 3 * DAY)
        # Whoever came at 13:30 owes nothing of the morning; who left at noon nothing of the afternoon.
        assert found == [(DAY - 360, None, ""), (DAY, DAY + 60, ""), (2 * DAY - 360, None, "")]
        assert [row[0] for row in owed("meal", 3 * DAY)] == [
            300,
            DAY - 330,
            DAY - 60,
            DAY + 300,
            2 * DAY - 330,
            2 * DAY - 60,
        ]

    def test_fever_is_answered_by_a_clinician_unless_it_was_a_slip(self, journey, posts, point):
        isolated(journey, posts)
        tell("point_checked", journey, posts.point, DAY, temperature="38.2")
        tell("alert_answered", journey, posts.point, DAY + 3, outcome="observe")
        slip = tell("point_checked", journey, posts.point, DAY + 5, temperature="39.9")
        item = slip | {"id": str(uuid7()), "corrects": slip["id"]}
        item["data"] = {"temperature": "36.9"}
        with clock.at(minutes(DAY + 6)):
            (answer,) = receive([item], actor=f"post:{posts.point.pk}", scope=build.COUNTY)
        assert answer["status"] == "new", answer
        assert owed("answer_alert", DAY + 30) == [(DAY, DAY + 3, ""), (DAY + 5, None, "corrected")]

    def test_samples_are_owed_on_the_days_that_were_decided(self, journey, posts, point):
        isolated(journey, posts)
        tell("sampled", journey, posts.point, 120)
        close(20 * DAY)
        took(journey, posts.village, posts.point, 14 * DAY)
        # Day 16 is of the part at home, which another room carries out.
        assert [row[:2] for row in owed("sample", 20 * DAY)] == [(MIDNIGHT, 120), (MIDNIGHT + 13 * DAY, None)]

    def test_whom_nothing_binds_is_tested_too(self, journey, posts):
        decided(journey, FREE)
        took(journey, posts.village, posts.desk, 60)
        tell("sampled", journey, posts.village, 70, result="negative")
        assert [row[:2] for row in owed("sample", 5 * DAY)] == [(MIDNIGHT, 70), (MIDNIGHT + 2 * DAY, None)]

    def test_whose_isolation_is_over_is_handed_over(self, journey, posts, point):
        isolated(journey, posts)
        close(14 * DAY)
        end = MIDNIGHT + 14 * DAY
        assert owed("discharge", 14 * DAY - 60) == [(end, None, "")]
        took(journey, posts.driver, posts.point, 14 * DAY)
        assert owed("discharge", 14 * DAY + 5) == [(end, 14 * DAY, "")]


class TestForecast:
    def test_it_says_two_days_before_when_rooms_run_out(self, posts, point):
        for number in (1, 2, 3):
            one = build.journey(number, arrives_at=minutes(60 + 2 * DAY if number > 1 else 60))
            decided(one, CENTRAL)
        with clock.at(minutes(30)):
            days = points.forecast(days=4)
        assert [(one.day, one.needed, one.expected, one.short) for one in days] == [
            (date(2022, 4, 9), 1, 1, 0),
            (date(2022, 4, 10), 1, 1, 0),
            (date(2022, 4, 11), 3, 3, 1),
            (date(2022, 4, 12), 3, 3, 1),
        ]

    def test_who_is_still_there_after_the_end_needs_a_room(self, journey, posts, point):
        isolated(journey, posts)
        close(14 * DAY)
        with clock.at(minutes(14 * DAY)):
            assert points.forecast(days=1)[0].needed == 1

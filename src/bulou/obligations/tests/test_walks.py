"""The first lines found through the windows are those of the whole list, from every position, both ways."""

import datetime as dt

import pytest

from bulou.obligations import walks
from bulou.obligations.followup_model import FollowUp, Why
from bulou.obligations.gaps import Gap, lines
from bulou.obligations.models import Obligation
from bulou.obligations.positions import Position
from bulou.obligations.tests.world import (
    COUNTY,
    DOOR,
    GRID,
    NEXT_DOOR,
    OTHER_TOWN,
    TOWN,
    Notice,
    Once,
    Twice,
    at,
    post,
)
from bulou.people.models import Person

pytestmark = pytest.mark.django_db
NOW = at("18 13:00")
URGENT, POSTPONED, EMPTY = 4, 3, (0, 1, 4, 5, 7)
"""Each fourth person comes first; each third line is postponed."""


@pytest.fixture
def days(only):
    """Three days of windows that are due at once, and one whose lines are each due at their own time."""
    twice, _once, _notice = only(Twice, Once, Notice)
    held, empty = post(), post(since=None)
    for number in range(8):
        twice.person(
            f"16 0{number}:30",
            post=empty if number in EMPTY else held,
            place=NEXT_DOOR if number % 3 else DOOR,
        )
    twice.person("16 05:00", post=held, place=OTHER_TOWN)
    twice.tick("18 13:00")
    for one in Obligation.objects.order_by("id")[::POSTPONED]:
        FollowUp.objects.create(
            obligation=one,
            subject=one.subject,
            postponed_until=NOW + dt.timedelta(hours=1),
            why=Why.AGREED,
            changed_at=NOW,
        )
    return twice


def first():
    urgent = list(Person.objects.order_by("id").values_list("pk", flat=True))[::URGENT]
    return {"testing.person": Person.objects.filter(pk__in=urgent).order_by().values("pk")}


@pytest.mark.parametrize("place", [COUNTY, TOWN, GRID])
@pytest.mark.parametrize("gap", [Gap.UNDONE, Gap.UNOWNED])
@pytest.mark.parametrize("urgent", [True, False])
def test_every_part_from_every_position_is_that_of_the_whole(days, place, gap, urgent):
    asked = {"gap": gap, "now": NOW, "first": first() if urgent else {}}
    whole = lines(place, **asked)
    assert len({line.key[1:3] for line in whole}) >= 2
    for size in (1, 2, 5, 100):
        assert lines(place, limit=size, **asked) == whole[:size]
        for n, line in enumerate(whole):
            on, back = Position(line.key), Position(line.key, back=True)
            assert lines(place, limit=size, position=on, **asked) == whole[n + 1 :][:size]
            assert lines(place, limit=size, position=back, **asked) == whole[:n][-size:]


@pytest.mark.parametrize("kind", [Twice.name, Notice.name])
def test_one_kind_alone(days, kind):
    asked = {"gap": Gap.UNDONE, "kind": kind, "now": NOW, "opened_from": at("16 06:00")}
    assert lines(COUNTY, limit=7, **asked) == lines(COUNTY, **asked)[:7]


def test_only_the_windows_of_a_page_are_read(days, monkeypatch):
    read = []
    real = walks.Walk._of_window
    monkeypatch.setattr(
        walks.Walk,
        "_of_window",
        lambda self, one, *more, **ways: read.append(one) or real(self, one, *more, **ways),
    )
    lines(COUNTY, gap=Gap.UNDONE, kind=Twice.name, now=NOW, limit=2)
    assert len(read) == 1


def test_where_nothing_is_left_nothing_is_listed(only):
    only(Twice)
    assert lines(COUNTY, gap=Gap.UNDONE, now=NOW, limit=5, first=first()) == []

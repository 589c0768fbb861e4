"""The three gaps: which rows, in which order, and that the count is the list."""

import pytest

from bulou.facts.subjects import SUBJECTS, SubjectType
from bulou.kernel import clock
from bulou.kernel.problems import BulouError
from bulou.obligations import gaps as lists
from bulou.obligations import unknowns
from bulou.obligations.gaps import Gap, count, counts, gaps
from bulou.obligations.models import Unknown
from bulou.obligations.tests.world import (
    COUNTY,
    DOOR,
    GRID,
    NEXT_DOOR,
    NEXT_GRID,
    OTHER_TOWN,
    Once,
    Twice,
    at,
    post,
)
from bulou.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(twice):
    """Two silent people, one of them with nobody to answer; one who reported; one who died; one unknown."""
    held = post()
    twice.first = twice.person(post=held)
    twice.second = twice.person(post=post(since=None), place=NEXT_DOOR)
    well, dead = twice.person(post=held), twice.person(post=held)
    twice.prove(well, "16 08:00")
    twice.prove(well, "16 12:30")
    twice.tick("16 12:00")
    twice.change(dead, died="16 11:00")
    twice.tick("16 13:00")
    unknowns.note(Twice.name, place=GRID, evidence="outside-1", at=at("16 09:00"))
    return twice


def shown(found):
    return [
        (row.gap.value, int(row.subject), row.opens_at.astimezone(clock.COUNTY_ZONE).hour) for row in found
    ]


def test_undone_then_unowned_then_unknown(day):
    found = gaps(COUNTY, now=at("16 13:00"))
    first, second = day.first.pk, day.second.pk
    assert shown(found[:-1]) == [
        ("undone", first, 6),
        ("undone", second, 6),
        ("unowned", second, 6),
        ("unowned", second, 12),
    ]
    last = found[-1]
    assert (last.gap, last.subject, last.place, last.owner) == (Gap.UNKNOWN, "outside-1", GRID, None)
    assert (last.opens_at, last.due_at, last.level, last.post_id) == (at("16 09:00"), None, 0, None)


def test_a_row_says_what_stands_in_the_books(day):
    row = gaps(COUNTY, gap="undone", now=at("16 13:00"))[0]
    line = day.obligations()[0]
    assert (row.id, row.kind, row.place, row.post_id) == (line.pk, Twice.name, DOOR, line.post_id)
    assert (row.opens_at, row.due_at, row.level) == (at("16 06:00"), at("16 12:00"), 1)
    assert row.owner
    assert gaps(COUNTY, gap="unowned", now=at("16 13:00"))[0].owner


def test_the_due_instant_is_not_yet_undone(day):
    assert count(COUNTY, gap=Gap.UNDONE, now=at("16 12:00")) == 0
    assert count(COUNTY, gap=Gap.UNDONE, now=at("16 12:00:00.000001")) == 2


def test_what_has_not_opened_is_not_unowned(day):
    assert count(COUNTY, gap="unowned", now=at("16 11:59")) == 1
    assert count(COUNTY, gap="unowned", now=at("16 12:00")) == 2


def test_a_post_that_is_left_makes_its_open_lines_unowned_from_then_on(twice):
    twice.person(post=post(until="16 07:00"), until="16 12:00")
    twice.tick("16 06:00")
    assert [count(GRID, gap="unowned", now=at(f"16 {t}")) for t in ("06:59", "07:00")] == [0, 1]


def test_a_line_without_a_post_is_unowned(twice):
    twice.person(until="16 12:00")
    twice.tick("16 06:00")
    assert [row.owner for row in gaps(GRID, gap="unowned", now=at("16 07:00"))] == [None]


def test_counts_are_the_lengths_of_the_lists(day):
    now = at("16 13:00")
    assert counts(COUNTY, now=now) == {Gap.UNDONE: 2, Gap.UNOWNED: 2, Gap.UNKNOWN: 1}
    for gap in Gap:
        assert count(COUNTY, gap=gap, now=now) == len(gaps(COUNTY, gap=gap, now=now))
    assert count(COUNTY, now=now) == 5
    with clock.at(now):
        assert (count(COUNTY), sum(counts(COUNTY).values()), len(gaps(COUNTY))) == (5, 5, 5)
    assert counts(OTHER_TOWN, now=now) == dict.fromkeys(Gap, 0)


def test_a_place_shows_what_lies_under_it(day):
    now = at("16 13:00")
    assert [count(place, now=now) for place in (COUNTY, GRID, NEXT_GRID, NEXT_DOOR, OTHER_TOWN)] == [
        5,
        2,
        3,
        3,
        0,
    ]


def test_a_span_bounds_the_opening_as_in_a_balance(day):
    bounds = {"opened_from": at("16 06:00"), "opened_to": at("16 12:00")}
    assert counts(COUNTY, now=at("16 21:00"), **bounds) == {Gap.UNDONE: 2, Gap.UNOWNED: 1, Gap.UNKNOWN: 1}
    later = {"opened_from": at("16 12:00")}
    assert counts(COUNTY, now=at("16 21:00"), **later) == {Gap.UNDONE: 2, Gap.UNOWNED: 1, Gap.UNKNOWN: 0}


def test_kinds_can_be_chosen(only):
    twice, _daily = only(Twice, Once)
    twice.person()
    twice.tick("17 13:00")
    now = at("17 13:00")
    assert {row.kind for row in gaps(GRID, now=now)} == {Twice.name, Once.name}
    assert {row.kind for row in gaps(GRID, kind=Once.name, now=now)} == {Once.name}
    assert count(GRID, kind=Once.name, gap="undone", now=now) == 1
    assert counts(GRID, kind=Once.name, now=now)[Gap.UNDONE] == 1
    with pytest.raises(BulouError):
        gaps(GRID, kind="nothing")


def test_without_any_kind_there_is_no_gap(only):
    from bulou.obligations.kinds import KINDS

    only()
    assert KINDS == {}
    assert gaps(COUNTY) == []


def test_a_page_is_cut_from_the_list_and_has_an_order(twice):
    for since in ("17", "16", "15"):
        twice.person(since, until=f"{since} 13:00")
    twice.tick("18")
    every = gaps(GRID, gap="undone", now=at("18"))
    assert [row.due_at for row in every] == sorted(row.due_at for row in every)
    pages = [gaps(GRID, gap="undone", now=at("18"), limit=2, offset=offset) for offset in (0, 2, 4)]
    assert [row for page in pages for row in page] == every
    assert [len(page) for page in pages] == [2, 2, 2]
    assert gaps(GRID, gap="undone", now=at("18"), limit=0) == []


def test_those_with_needs_stand_before_the_others_of_their_part(day):
    first = {"testing.person": Person.objects.filter(pk=day.second.pk).values("pk")}
    found = gaps(COUNTY, now=at("16 13:00"), first=first)
    assert [int(row.subject) for row in found[:2]] == [day.second.pk, day.first.pk]
    nobody = {"testing.nothing": Person.objects.filter(pk=day.second.pk).values("pk")}
    assert [int(row.subject) for row in gaps(COUNTY, now=at("16 13:00"), first=nobody)[:2]] == [
        day.first.pk,
        day.second.pk,
    ]


def test_two_groups_may_stand_first(only):
    twice, daily = only(Twice, Once)
    people = [twice.person(until="16 07:00") for _ in range(3)]
    twice.tick("18")
    type(daily.kind).subject_type = "testing.other"
    try:
        first = {
            "testing.person": Person.objects.filter(pk=people[2].pk).values("pk"),
            "testing.other": Person.objects.filter(pk=people[1].pk).values("pk"),
        }
        found = gaps(GRID, gap="undone", now=at("18"), first=first)
    finally:
        del type(daily.kind).subject_type
    assert [(row.kind, int(row.subject) - people[0].pk) for row in found] == [
        (Twice.name, 2),
        (Once.name, 1),
        (Twice.name, 0),
        (Twice.name, 1),
        (Once.name, 0),
        (Once.name, 2),
    ]


def test_a_subject_goes_by_its_code_where_it_has_one(day, monkeypatch):
    def code_of(ids):
        return {day.first.pk: "P-1"}

    monkeypatch.setitem(SUBJECTS, "testing.person", SubjectType("testing.person", lambda codes: {}, code_of))
    found = gaps(COUNTY, gap="undone", now=at("16 13:00"))
    assert [row.subject for row in found] == ["P-1", str(day.second.pk)]


def test_evidence_that_was_settled_or_is_not_there_yet_is_no_gap(day):
    assert count(GRID, gap="unknown", now=at("16 08:59")) == 0
    assert count(GRID, gap="unknown", now=at("16 09:00")) == 1
    Unknown.objects.update(settled_at=at("16 10:00"), settled_by="user:1")
    assert count(GRID, gap="unknown", now=at("16 13:00")) == 0


def test_every_gap_has_a_title():
    assert set(lists.TITLES) == set(Gap)

"""The balance, from roll-ups and from single obligations, owned and unowned."""

import pytest

from bulou.kernel import clock
from bulou.kernel.problems import BulouError
from bulou.obligations import balance as balances
from bulou.obligations import gaps as gap_lists
from bulou.obligations import unknowns
from bulou.obligations.balance import balance, totals
from bulou.obligations.tests.world import (
    COUNTY,
    DOOR,
    GRID,
    NEXT_DOOR,
    NEXT_GRID,
    OTHER_TOWN,
    TOWN,
    VILLAGE,
    Once,
    Twice,
    at,
    post,
)
from bulou.places.models import Holding, Place

pytestmark = pytest.mark.django_db
COLUMNS = ("universe", "met", "late", "open", "overdue", "excused", "owned", "unowned", "unknown")


def counts(place, when, **bounds):
    """The line of the place itself."""
    return columns(balance(place, now=at(when), **bounds)[0])


def columns(row):
    return tuple(getattr(row, name) for name in COLUMNS)


@pytest.fixture
def day(twice):
    """Six in one grid: one on time, one late, one dead, three silent; for one of these nobody answers."""
    held = post()
    people = [twice.person(post=held) for _ in range(5)] + [twice.person(post=post(since=None))]
    twice.prove(people[0], "16 08:00")
    twice.prove(people[1], "16 13:00", "20220416am")
    twice.tick("16 11:00")
    twice.change(people[2], died="16 11:30")
    twice.tick("16 13:30")
    return twice


def test_every_member_stands_in_one_column(day):
    assert counts(GRID, "16 13:30", opened_to=at("16 12:00")) == (6, 1, 1, 0, 3, 1, 5, 1, 0)
    assert counts(GRID, "16 13:30", opened_from=at("16 12:00")) == (5, 0, 0, 5, 0, 0, 4, 1, 0)
    assert counts(GRID, "16 13:30") == (11, 1, 1, 5, 3, 1, 9, 2, 0)


def test_open_becomes_overdue_after_the_due_instant_without_a_tick(day):
    assert counts(GRID, "16 12:00", opened_to=at("16 12:00"))[3:5] == (3, 0)
    assert counts(GRID, "16 12:00:00.000001", opened_to=at("16 12:00"))[3:5] == (0, 3)


def test_each_level_says_the_same_down_to_the_door(day):
    for place in (COUNTY, TOWN, VILLAGE, GRID, DOOR):
        assert counts(place, "16 13:30") == (11, 1, 1, 5, 3, 1, 9, 2, 0)
    assert counts(OTHER_TOWN, "16 13:30") == (0,) * 9


def test_below_the_place_each_place_has_its_line_in_order_of_codes(day):
    day.person(place=NEXT_DOOR)
    day.tick("16 13:31")
    found = balance(VILLAGE, now=at("16 13:31"))
    assert [(row.place, row.name, row.universe) for row in found] == [
        (VILLAGE, "文昌社区", 13),
        (GRID, GRID[-4:], 11),
        (NEXT_GRID, NEXT_GRID[-4:], 2),
    ]
    assert [(row.place, row.universe) for row in balance(COUNTY, now=at("16 13:31"))] == [
        (COUNTY, 13),
        (TOWN, 13),
        (OTHER_TOWN, 0),
    ]
    assert totals(found[1:]) == totals(found[:1])


def test_places_that_are_retired_have_no_line(day):
    Place.objects.filter(code=NEXT_GRID).update(retired_at=at("1"))
    assert [row.place for row in balance(VILLAGE, now=at("16 13:30"))] == [VILLAGE, GRID]


def test_a_place_that_is_not_there_has_an_empty_line_without_a_name(day):
    found = balance("141022109", now=at("16 13:30"))
    assert [(row.name, row.universe) for row in found] == [("", 0)]


def test_lines_of_doors_stand_beside_the_grid(day):
    found = balance(GRID, now=at("16 13:30"))
    assert [(row.place, row.universe, row.owned) for row in found] == [(GRID, 11, 9), (DOOR, 11, 9)]


def test_nothing_that_opens_later_is_counted(day):
    assert counts(GRID, "16 11:59:59.999999")[0] == 6
    assert counts(GRID, "16 12:00")[0] == 11
    assert counts(GRID, "16 12:00", opened_to=at("16 12:00"))[0] == 6
    assert counts(GRID, "16 12:00", opened_from=at("16 12:00"))[0] == 5
    assert counts(GRID, "16 12:00", opened_from=at("16 12:00:00.000001"))[0] == 0


def test_the_time_is_the_clocks_unless_one_is_given(day):
    with clock.at(at("16 11:00")):
        assert balance(GRID)[0].universe == 6


def test_kinds_can_be_chosen_and_each_has_its_lines(only):
    twice, _daily = only(Twice, Once)
    twice.person()
    twice.tick("16 07:00")
    assert [row.kind for row in balance(DOOR, now=at("16 07:00"))] == [Twice.name, Once.name]
    found = balance(DOOR, kinds=[Once.name], now=at("16 07:00"))
    assert [(row.kind, row.universe) for row in found] == [(Once.name, 1)]
    with pytest.raises(BulouError) as caught:
        balance(DOOR, kinds=["nothing"])
    assert caught.value.code == "no-such-kind"


def test_kinds_that_are_registered_no_longer_are_left_out(only):
    from bulou.obligations.kinds import KINDS

    twice, _daily = only(Twice, Once)
    twice.person()
    unknowns.note(Once.name, place=GRID, evidence="e", at=at("16"))
    twice.tick("16 07:00")
    del KINDS[Once.name]
    assert [(row.kind, row.universe, row.unknown) for row in balance(DOOR, now=at("16 07:00"))] == [
        (Twice.name, 1, 0)
    ]


def test_a_post_without_a_successor_shows_at_once_and_last_week_stays(twice):
    twice.person(post=post(until="16 12:30"), until="17")
    twice.tick("16 12:00")
    morning = {"opened_to": at("16 12:00")}
    assert counts(GRID, "16 12:10", **morning)[6:8] == (1, 0)
    assert counts(GRID, "16 12:29", **morning)[6:8] == (1, 0)
    assert counts(GRID, "16 12:30", **morning)[6:8] == (0, 1)


def test_what_is_closed_is_judged_at_its_due_time_or_now_when_that_is_to_come(twice):
    someone = twice.person(post=post(until="16 12:30"), until="17")
    twice.prove(someone, "16 08:00")
    twice.prove(someone, "16 12:10")
    twice.tick("16 12:20")
    assert counts(GRID, "16 12:20")[6:8] == (2, 0)
    assert counts(GRID, "16 12:30")[6:8] == (1, 1)
    assert counts(GRID, "20", opened_to=at("16 12:00"))[6:8] == (1, 0)
    assert counts(DOOR, "20")[6:8] == (1, 1)


def test_a_holding_counts_from_its_start_and_not_at_its_end(twice):
    twice.person(post=post(since="16 10:00", until="16 11:00"), until="16 07:00")
    twice.tick("16 06:00")
    owned = [counts(GRID, f"16 {time}")[6] for time in ("09:59", "10:00", "10:59", "11:00")]
    assert owned == [0, 1, 1, 0]


def test_two_who_hold_a_post_own_it_once_and_another_posts_holder_does_not(twice):
    from bulou.places.models import Worker

    held, empty = post(), post(since=None)
    deputy = Worker.objects.create(sealed=b"", phone_key=b"d", name_key=b"d")
    Holding.objects.create(post=held, worker=deputy, starts_at=at("1"), deputy=True)
    twice.person(post=held, until="16 07:00")
    twice.person(post=empty, until="16 07:00")
    twice.person(until="16 07:00")
    twice.tick("16 06:00")
    assert counts(GRID, "16 07:00") == (3, 0, 0, 3, 0, 0, 1, 2, 0)
    assert counts(DOOR, "16 07:00") == (3, 0, 0, 3, 0, 0, 1, 2, 0)


def test_unknown_evidence_stands_beside_the_equation(twice):
    for number, (place, when) in enumerate(
        ((GRID, "16 06:00"), (GRID, "16 12:00"), (NEXT_GRID, "16 07:00"), (OTHER_TOWN, "16 07:00"))
    ):
        unknowns.note(Twice.name, place=place, evidence=f"e{number}", at=at(when))
    from bulou.obligations.models import Unknown

    assert counts(COUNTY, "16 13:00") == (0,) * 8 + (4,)
    assert [row.unknown for row in balance(VILLAGE, now=at("16 13:00"))] == [3, 2, 1]
    assert counts(GRID, "16 13:00", opened_from=at("16 06:00"), opened_to=at("16 12:00"))[8] == 1
    assert counts(GRID, "16 11:59")[8] == 1
    Unknown.objects.filter(evidence="e0").update(settled_at=at("16 10:00"), settled_by="user:1")
    assert counts(GRID, "16 13:00")[8] == 1


def test_the_count_is_the_list(day):
    row = balance(GRID, now=at("16 13:30"))[0]
    assert gap_lists.count(GRID, gap="undone", now=at("16 13:30")) == row.overdue == 3


def test_counts_are_added_column_by_column():
    ones = balances.Counts(*range(1, 10))
    assert ones + ones == balances.Counts(*range(2, 20, 2))
    assert totals([]) == balances.Counts()
    assert columns(balances.Counts()) == (0,) * 9

"""The history of the board: what is stored at each full hour, late or not, and how long it stays."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulou.kernel import clock
from bulou.obligations import snapshots, unknowns
from bulou.obligations.balance import Counts, balance, counts_below, overdue_before
from bulou.obligations.gaps import Gap, count
from bulou.obligations.snapshot_models import Hour, Snapshot
from bulou.obligations.tests.world import COUNTY, DOOR, GRID, NEXT_DOOR, OTHER_TOWN, TOWN, VILLAGE, at, post
from bulou.places.models import Holding

pytestmark = pytest.mark.django_db
EQUATION = ("universe", "met", "late", "open", "overdue", "excused")


def stored(place, when):
    """The counts of the one kind at an hour."""
    return snapshots.at_hour(at(when), [place]).get(("testing.twice", place), Counts())


def now_counts(place, when):
    """What the balance says of the day at a moment."""
    moment = at(when)
    start = clock.start_of(snapshots.day_of(moment))
    row = balance(place, opened_from=start, opened_to=start + clock.DAY, now=moment)[0]
    return Counts(**{name: getattr(row, name) for name in Counts.__dataclass_fields__})


def naive(books, place, moment, *, known):
    """The same, one obligation at a time; `known` are those that are in the books."""
    start = clock.start_of(snapshots.day_of(moment))
    counted = dict.fromkeys([*EQUATION, "owned", "adrift"], 0)
    for one in books.obligations():
        if not (one.place.startswith(place) and start <= one.opens_at <= moment):
            continue
        counted["universe"] += 1
        met = one.met_at is not None and (known or one.met_at <= moment)
        excused = one.excused_at is not None and (known or one.excused_at <= moment)
        if met:
            column = "met" if one.met_at <= one.due_at else "late"
        elif excused:
            column = "excused"
        else:
            column = "open" if one.due_at >= moment else "overdue"
        counted[column] += 1
        undone = column in ("open", "overdue")
        judged = moment if undone else min(one.due_at, moment)
        owned = any(
            hold.starts_at <= judged and (hold.ends_at is None or hold.ends_at > judged)
            for hold in Holding.objects.filter(post=one.post)
        )
        counted["owned"] += owned
        counted["adrift"] += undone and not owned
    return Counts(**counted, unowned=counted["universe"] - counted["owned"])


@pytest.fixture
def day(twice):
    """Five in one grid, one of them without an owner, one next door, at 13:00 of the day."""
    held = post()
    people = [twice.person(post=held) for _ in range(4)] + [twice.person(post=post(since=None))]
    people.append(twice.person(post=held, place=NEXT_DOOR))
    twice.tick("16 11:00")
    twice.prove(people[0], "16 08:00")
    twice.prove(people[1], "16 12:30", "20220416am")
    twice.change(people[2], died="16 11:30")
    twice.tick("16 13:00")
    twice.people = people
    return twice


@pytest.mark.parametrize("place", [COUNTY, TOWN, VILLAGE])
def test_a_punctual_hour_is_the_balance_of_that_hour(day, place):
    assert stored(place, "16 13:00") == now_counts(place, "16 13:00")
    assert stored(place, "16 13:00").universe == 11


def test_places_with_nothing_and_places_below_the_village_have_no_row(day):
    assert {row.place for row in Snapshot.objects.all()} == {COUNTY, TOWN, VILLAGE}
    assert stored(OTHER_TOWN, "16 13:00") == stored(GRID, "16 13:00") == Counts()


def test_the_second_tick_of_an_hour_takes_nothing(day):
    before = list(Snapshot.objects.order_by("pk").values())
    day.prove(day.people[3], "16 13:01")
    day.tick("16 13:02")
    assert list(Snapshot.objects.order_by("pk").values()) == before
    assert snapshots.take_due(at("16 13:59")) == 0
    assert snapshots.take_due(at("16 12:00")) == 0


def test_an_hour_stays_as_it_was_known(day):
    day.prove(day.people[3], "16 07:00", "20220416am")
    day.tick("16 14:00")
    assert (stored(COUNTY, "16 13:00").met, stored(COUNTY, "16 14:00").met) == (1, 2)


def test_a_tick_some_minutes_after_the_hour_is_punctual_and_later_is_late(day):
    day.tick("16 14:05")
    day.tick("16 15:06")
    found = {hour.at: hour for hour in Hour.objects.all()}
    assert not found[at("16 14:00")].late
    assert found[at("16 15:00")].late
    assert found[at("16 15:00")].taken_at == at("16 15:06")


def test_hours_without_a_tick_are_made_up_from_what_is_known_and_say_so(day):
    day.prove(day.people[3], "16 17:30")
    day.tick("16 19:30")
    taken = snapshots.trend(COUNTY, at("16"), at("17"))
    assert [clock.local(one.at).hour for one in taken] == list(range(6, 20))
    assert [one.late for one in taken if one.at > at("16 13:00")] == [True] * 6
    for one in taken:
        if one.taken_at == at("16 19:30"):
            assert one.counts == naive(day, COUNTY, one.at, known=False), one.at
    assert [one.counts.met for one in taken[-3:]] == [1, 2, 2]


def test_the_hour_24_closes_its_day(day):
    day.tick("17 00:01")
    assert stored(COUNTY, "16 24:00") == now_counts(COUNTY, "16 24:00")
    assert stored(COUNTY, "16 24:00").universe == 11
    assert snapshots.day_of(at("16 24:00")) == at("16").date()


def test_a_long_pause_is_made_up_for_two_days_only(day):
    day.tick("20 09:00")
    hours = list(Hour.objects.order_by("at").values_list("at", flat=True))
    assert hours[-1] == at("20 09:00")
    assert at("18 10:00") in hours
    assert at("18 09:00") not in hours


def test_empty_books_are_taken_too_so_that_no_tick_starts_again(twice):
    twice.tick("16 10:20")
    assert [hour.at for hour in Hour.objects.all()] == [at("16 10:00")]
    assert not Snapshot.objects.exists()
    assert [one.counts for one in snapshots.trend(COUNTY, at("16"), at("17"))] == [Counts()]


def test_old_hours_are_let_go(day, settings):
    settings.BULOU_HISTORY_DAYS = 1
    day.tick("17 14:00")
    assert Hour.objects.order_by("at").first().at == at("16 14:00")
    assert not Snapshot.objects.filter(hour_id__lt=at("16 14:00")).exists()


def test_evidence_about_nobody_known_is_counted_at_its_hour(twice):
    twice.person(post=post())
    unknowns.note("testing.twice", place=DOOR, evidence="a", at=at("16 09:30"))
    twice.tick("16 09:00")
    twice.tick("16 10:00")
    unknowns.note("testing.twice", place=DOOR, evidence="b", at=at("16 10:30"))
    twice.tick("16 12:10")
    assert [stored(VILLAGE, f"16 {hour}:00").unknown for hour in ("09", 10, 11, 12)] == [0, 1, 2, 2]


def test_an_hour_tells_how_it_was_taken(day):
    assert snapshots.hour_taken(at("16 13:00")).taken_at == at("16 13:00")
    assert snapshots.hour_taken(at("15 13:00")) is None


def test_counts_of_places_below_come_with_one_statement(day, django_assert_num_queries):
    start = at("16")
    # Counts, evidence, and the number of a kind that this test has made.
    with django_assert_num_queries(3):
        found = counts_below(
            TOWN, [VILLAGE], opened_from=start, opened_to=start + clock.DAY, now=at("16 13:00")
        )
    assert found["testing.twice", TOWN] == now_counts(TOWN, "16 13:00")
    assert found["testing.twice", VILLAGE] == now_counts(VILLAGE, "16 13:00")
    below = counts_below(VILLAGE, [GRID], now=at("16 13:00"))
    assert below["testing.twice", GRID] + below_of(day) == below["testing.twice", VILLAGE]


def below_of(books):
    return naive(books, NEXT_DOOR[:17], at("16 13:00"), known=True)


def test_what_is_overdue_from_before_is_as_long_as_its_list(day):
    day.tick("17 13:00")
    for place in (COUNTY, GRID, DOOR):
        listed = count(place, gap=Gap.UNDONE, opened_to=at("17"), now=at("17 13:00"))
        assert overdue_before(place, at("17"), now=at("17 13:00")) == listed > 0


moments = st.integers(0, 47).map(lambda halves: timedelta(minutes=30 * halves))


@given(
    proofs=st.lists(st.tuples(st.integers(0, 3), moments), max_size=6),
    ticks=st.lists(st.integers(0, 47), min_size=1, max_size=4, unique=True),
    left=st.one_of(st.none(), st.integers(1, 23)),
)
def test_every_hour_is_the_balance_or_what_a_naive_count_gives(twice, rolled_back, proofs, ticks, left):
    with rolled_back():
        start = at("16")
        held = post(until=f"16 {left:02}:30" if left else None)
        people = [twice.person(post=held) for _ in range(3)] + [twice.person(post=post(since=None))]
        for half in sorted(ticks):
            now = start + timedelta(minutes=30 * half)
            for who, when in [proof for proof in proofs if start + proof[1] <= now]:
                moment = start + when
                twice.prove(people[who], f"16 {clock.local(moment):%H:%M}")
            proofs = [proof for proof in proofs if start + proof[1] > now]
            twice.tick(f"16 {clock.local(now):%H:%M}")
            top = snapshots.floor(now)
            if now == top:
                key = ("testing.twice", COUNTY)
                expected = naive(twice, COUNTY, now, known=True)
                assert snapshots.at_hour(top, [COUNTY]).get(key, Counts()) == expected
                assert now_counts(COUNTY, f"16 {clock.local(now):%H:%M}") == expected or top == start
            for one in snapshots.trend(COUNTY, start, now):
                if one.taken_at == now and one.late:
                    assert one.counts == naive(twice, COUNTY, one.at, known=False)

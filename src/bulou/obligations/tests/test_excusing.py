"""Deaths, ends and changed terms of what stands in the books (docs/books.md, 3)."""

import pytest

from bulou.obligations import engine, excusing
from bulou.obligations.tests.world import CHANGED, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def opened(twice):
    """Somebody whose two windows of the 16th stand in the books."""
    someone = twice.person()
    twice.tick("16 12:30")
    return twice, someone


@pytest.mark.parametrize(
    ("died", "lines"),
    [
        ("16 13:00", ["16 06:00-12:00", "16 12:00-20:00 died 16 13:00"]),
        ("16 12:00", ["16 06:00-12:00", "16 12:00-20:00 died 16 12:00"]),
        ("16 11:59", ["16 06:00-12:00 died 16 11:59", "16 12:00-20:00 died 16 11:59"]),
        ("16 20:00", ["16 06:00-12:00", "16 12:00-20:00"]),
        ("16 19:59", ["16 06:00-12:00", "16 12:00-20:00 died 16 19:59"]),
    ],
)
def test_what_is_due_after_a_death_is_excused(opened, died, lines):
    books, someone = opened
    books.change(someone, died=died)
    books.tick("17 13:00")
    assert books.lines() == lines
    assert [cell[6] for cell in books.cells()] == [int("died" in line) for line in lines]
    assert books.differences() == []


def test_it_is_excused_at_once_and_no_second_time(opened):
    books, someone = opened
    before = engine.newest_event()
    books.change(someone, died="16 13:00")
    assert engine.settle({CHANGED}, before) == 0
    assert books.lines()[1] == "16 12:00-20:00 died 16 13:00"
    assert excusing.excuse(books.kind, before) == []
    assert [cell[6] for cell in books.cells()] == [0, 1]


def test_a_death_that_was_a_mistake_gives_the_line_back(opened):
    books, someone = opened
    books.change(someone, died="16 13:00")
    books.tick("16 21:00")
    assert books.levels() == [5, 0]
    books.change(someone, died=None)
    assert books.tick("16 21:00")[2] == 1
    assert books.lines() == ["16 06:00-12:00", "16 12:00-20:00"]
    assert books.levels() == [5, 1]
    assert [cell[6] for cell in books.cells()] == [0, 0]
    assert books.differences() == []


def test_another_time_of_death_moves_the_excuse_and_counts_it_once(opened):
    books, someone = opened
    books.change(someone, died="16 13:00")
    books.tick("16 13:30")
    books.change(someone, died="16 14:00")
    books.tick("16 14:30")
    assert books.lines()[1] == "16 12:00-20:00 died 16 14:00"
    assert [cell[6] for cell in books.cells()] == [0, 1]
    assert books.differences() == []


def test_what_opened_outside_the_term_that_now_holds_is_excused(opened):
    books, someone = opened
    books.change(someone, until="16 12:00")
    books.tick("16 21:00")
    assert books.lines() == ["16 06:00-12:00", "16 12:00-20:00 term 16 12:00"]
    books.change(someone, since="16 06:01", until="18")
    books.tick("16 22:00")
    assert books.lines() == ["16 06:00-12:00 term 16 06:00", "16 12:00-20:00"]
    assert books.differences() == []


def test_the_term_goes_before_a_death(opened):
    books, someone = opened
    books.change(someone, until="16 12:00", died="16 11:00")
    books.tick("16 21:00")
    assert books.lines() == ["16 06:00-12:00 died 16 11:00", "16 12:00-20:00 term 16 12:00"]


def test_the_first_opening_of_a_term_belongs_to_it(opened):
    books, someone = opened
    books.change(someone, since="16 06:00")
    books.tick("16 21:00")
    assert books.lines() == ["16 06:00-12:00", "16 12:00-20:00"]


def test_a_longer_term_opens_the_windows_in_between(twice):
    someone = twice.person(until="17")
    twice.tick("18 13:00")
    assert len(twice.lines()) == 2
    twice.change(someone, until="19")
    assert twice.tick("18 13:00")[0] == 4
    assert twice.differences() == []


def test_what_was_met_stays_met_and_is_counted_as_that(opened):
    books, someone = opened
    books.prove(someone, "16 12:10")
    books.tick("16 12:40")
    books.change(someone, died="16 13:00")
    books.tick("16 13:30")
    assert books.lines()[1] == "16 12:00-20:00 met 16 12:10 died 16 13:00"
    assert books.cells()[1][3:] == (1, 1, 0, 0)
    assert books.differences() == []


def test_others_are_left_alone(opened):
    books, someone = opened
    other = books.person()
    books.tick("16 12:40")
    books.change(someone, died="16 13:00")
    books.tick("16 13:30")
    assert books.obligations().filter(subject=other.pk, excuse="").count() == 2


def test_only_the_windows_of_the_kind_are_touched(only):
    from bulou.obligations.tests.world import Once, Twice

    twice, daily = only(Twice, Once)
    someone = twice.person()
    twice.tick("16 12:30")
    before = engine.newest_event()
    twice.change(someone, died="16 13:00")
    touched = excusing.excuse(twice.kind, before)
    assert touched == [twice.obligations().last().window_id]
    assert daily.lines() == ["16 00:00-17 00:00"]


def test_an_ending_may_speak_of_one_obligation_only(notice, monkeypatch):
    first, second = notice.person("16 08:00"), notice.person("16 09:00")
    notice.tick("16 09:10")
    notice.change(first, died="16 08:30")
    kind, endings = notice.kind, notice.kind.endings

    def at_nine(seq):
        from django.db.models import F

        return endings(seq).annotate(opens_at=F("registered_at")).values("opens_at", *COLUMNS)

    from bulou.obligations.tests.world import COLUMNS

    monkeypatch.setattr(type(kind), "ends_each", True)
    monkeypatch.setattr(kind, "endings", at_nine)
    notice.tick("16 09:20")
    assert notice.lines() == ["16 08:00-09:00 died 16 08:30", "16 09:00-10:00"]
    assert second.registered_at == at("16 09:00")

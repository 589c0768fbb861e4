from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulou.kernel import clock
from bulou.kernel.problems import BulouError

NOON = datetime(2022, 4, 16, 4, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2022-04-16T12:00+08:00", "2022-04-16T12:00", "2022-04-16T04:00Z"])
def test_an_instant_without_offset_is_the_countys(text):
    assert clock.parse_instant(text) == NOON


@pytest.mark.parametrize("text", ["", "noon", "2022-13-01T00:00"])
def test_an_unreadable_instant_is_refused_with_the_text(text):
    with pytest.raises(BulouError) as refusal:
        clock.parse_instant(text)
    assert refusal.value.code == "bad-instant"
    assert f"“{text}”" in str(refusal.value)


def test_the_clock_runs():
    assert clock.now().tzinfo is UTC
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_the_clock_stops_for_a_process(monkeypatch):
    monkeypatch.setenv("BULOU_CLOCK", "2022-04-16T12:00+08:00")
    assert clock.now() == NOON
    with clock.at("2022-04-17T00:00"):
        assert clock.today() == date(2022, 4, 17)
    assert clock.today() == date(2022, 4, 16)


def test_the_clock_stops_for_a_block_and_goes_on_after_an_error():
    with pytest.raises(ZeroDivisionError), clock.at(NOON):
        assert clock.now() == NOON
        raise ZeroDivisionError
    assert clock.now() != NOON


def test_the_countys_day_changes_at_its_own_midnight():
    with clock.at("2022-04-16T16:30Z"):
        assert clock.today() == date(2022, 4, 17)
    assert clock.start_of(date(2022, 4, 17)) == datetime(2022, 4, 16, 16, tzinfo=UTC)
    assert clock.end_of(date(2022, 4, 16)) == clock.start_of(date(2022, 4, 17))


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)))
def test_every_moment_lies_in_its_own_day(moment):
    instant = moment.replace(tzinfo=UTC)
    day = clock.local(instant).date()
    assert clock.start_of(day) <= instant < clock.end_of(day)

"""Windows and typed values of directives; no database."""

from datetime import timedelta

import pytest

from bulou.kernel.problems import BulouError
from bulou.obligations.kinds import (
    KINDS,
    NEVER,
    Daily,
    DailyKind,
    Kind,
    OnceKind,
    Within,
    kind_named,
    minutes_of,
)
from bulou.obligations.tests.world import at, said


class Some(DailyKind, abstract=True):
    name, title = "testing.some", "some"


def spans(windows, since, until, **more):
    params = Daily.read("k", {"windows": windows, **more})
    return list(Some().windows(params, at(since), at(until)))


def test_each_window_of_a_day_with_its_times():
    found = spans([["am", "06:00", "12:00"], ["pm", "12:00", "20:00"]], "16", "17 06:00")
    assert [
        (one.label, said(one.opens_at), said(one.closes_at), said(one.due_at), said(one.late_until))
        for one in found
    ] == [
        ("20220416am", "16 06:00", "16 12:00", "16 12:00", "17 12:00"),
        ("20220416pm", "16 12:00", "17 06:00", "16 20:00", "17 20:00"),
        ("20220417am", "17 06:00", "17 12:00", "17 12:00", "18 12:00"),
    ]


def test_a_window_belongs_to_a_span_from_its_opening_on_both_ends_included():
    windows = [["", "06:00", "12:00"]]
    assert len(spans(windows, "16 06:00", "16 06:00")) == 1
    assert spans(windows, "16 06:01", "17 05:59") == []
    assert [said(one.opens_at) for one in spans(windows, "16 06:01", "18 05:59")] == ["17 06:00"]


def test_a_window_without_a_name_has_no_label_and_may_end_with_the_day():
    (one,) = spans([["", "00:00", "24:00"]], "16", "16 23:00")
    assert (one.label, said(one.due_at), said(one.closes_at)) == ("", "17 00:00", "17 00:00")


def test_a_window_that_reaches_over_the_next_opening_closes_when_it_is_due():
    found = spans([["a", "06:00", "14:00"], ["b", "12:00", "20:00"]], "16", "16 23:00")
    assert [said(one.closes_at) for one in found] == ["16 14:00", "17 06:00"]


def test_a_window_closes_when_a_late_proof_counts_no_more():
    found = spans([["a", "06:00", "12:00"]], "16", "16 23:00", late_hours=2)
    assert (said(found[0].closes_at), said(found[0].late_until)) == ("16 14:00", "16 14:00")


def test_a_window_that_opens_late_in_the_evening_of_the_county_day():
    found = spans([["n", "23:30", "24:00"]], "16 00:00", "17 23:29")
    assert [one.label for one in found] == ["20220416n"]
    assert [one.label for one in spans([["n", "00:30", "01:00"]], "16 00:30", "16 00:30")] == ["20220416n"]


def test_a_one_time_kind_has_one_window_over_the_whole_span():
    class Single(OnceKind, abstract=True):
        name, title = "testing.single", "single"

    (one,) = Single().windows(Within(minutes=5), at("16"), at("17"))
    assert (one.label, one.opens_at, one.closes_at) == ("", at("16"), at("17") + timedelta(microseconds=1))
    assert one.due_at == one.late_until == NEVER
    assert NEVER.year > 8999
    assert (Single.own_times, Single.early, Single.ends_each, Some.own_times) == (True, False, False, False)


@pytest.mark.parametrize(
    ("text", "minutes"), [("00:00", 0), ("06:30", 390), ("23:59", 1439), ("24:00", 1440)]
)
def test_minutes_of_a_clock_time(text, minutes):
    assert minutes_of(text) == minutes


@pytest.mark.parametrize("text", ["24:01", "12:60", "-1:00", "12:-1", "12", "x:00", "25:00", "00:-0:1"])
def test_what_is_no_clock_time(text):
    with pytest.raises(ValueError):
        minutes_of(text)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"windows": [], "late_hours": 1}, "windows"),
        ({"windows": [["a", "12:00", "12:00"]]}, "windows"),
        ({"windows": [["a", "13:00", "12:00"]]}, "windows"),
        ({"windows": [["a", "13:00", "24:30"]]}, "windows"),
        ({"windows": [["a", "13:00"]]}, "windows"),
        ({"windows": [["a", "9 o'clock", "12:00"]]}, "windows"),
        ({"windows": "06:00"}, "windows"),
        ({"late_hours": "24"}, "late_hours"),
        ({"late_hours": -1}, "late_hours"),
        ({"late_hours": 24 * 30 + 1}, "late_hours"),
        ({"hours": 1}, "hours"),
    ],
)
def test_values_that_make_no_windows_are_named(values, field):
    with pytest.raises(BulouError) as caught:
        Daily.read("k", values)
    assert caught.value.code == "bad-directive-values"
    assert field in str(caught.value)
    assert "k" in str(caught.value)


def test_lists_become_tuples_all_the_way_down():
    assert Daily.read("k", {"windows": [["a", "06:00", "24:00"]]}).windows == (("a", "06:00", "24:00"),)
    assert Daily.read("k", {}) == Daily()
    assert (Daily().late_hours, Daily().owner, Daily().windows) == (24, "", (("", "00:00", "24:00"),))


def test_a_span_of_minutes_is_positive_and_has_to_be_given():
    assert Within.read("k", {"minutes": 1}).minutes == 1
    for values in ({"minutes": 0}, {"minutes": -5}, {}, {"minutes": "x"}):
        with pytest.raises(BulouError) as caught:
            Within.read("k", values)
        assert caught.value.params["field"] == "minutes"


def test_a_kind_registers_itself_unless_it_is_abstract():
    class Real(Some):
        name = "testing.real"

    try:
        assert kind_named("testing.real") is KINDS["testing.real"]
        assert isinstance(KINDS["testing.real"], Real)
    finally:
        del KINDS["testing.real"]
    assert Some.name not in KINDS


def test_a_kind_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(BulouError) as caught:
        kind_named("nothing")
    assert (caught.value.code, caught.value.kind.status) == ("no-such-kind", 404)
    assert "nothing" in str(caught.value)
    assert all(name in str(caught.value) for name in KINDS)
    assert caught.value.__suppress_context__


def test_what_a_kind_leaves_out_is_an_error_when_it_is_asked():
    class Empty(Kind, abstract=True):
        name, title = "testing.empty", "empty"

    kind = Empty()
    for call in (
        lambda: kind.windows(None, at("16"), at("17")),
        lambda: kind.universe(None, None),
        lambda: kind.owed_since(0),
        lambda: kind.endings(0),
    ):
        with pytest.raises(NotImplementedError):
            call()

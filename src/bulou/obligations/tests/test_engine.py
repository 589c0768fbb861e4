"""The tick as a whole, its cursors, and settling at once."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from bulou.kernel import clock
from bulou.obligations import directives, engine
from bulou.obligations.engine import TickResult
from bulou.obligations.models import Cursor, Escalation, Obligation, RollUp, Tick, Window
from bulou.obligations.tests.world import CHANGED, Once, Shown, Told, Twice, at

pytestmark = pytest.mark.django_db


def test_a_tick_adds_up_what_it_did_with_every_kind(only):
    twice, _daily = only(Twice, Once)
    someone = twice.person()
    twice.event(Told.kind, someone, "16 08:00")
    done = engine.tick(at("16 21:00"))
    assert (done.opened, done.met, done.escalated) == (3, 2, 1)
    assert 0 < done.seconds < 60
    assert done.seconds == round(done.seconds, 3)


def test_the_time_is_the_clocks_unless_one_is_given(twice):
    twice.person()
    with clock.at(at("16 07:00")):
        assert engine.tick().opened == 1


def test_what_was_opened_with_its_proof_and_what_is_met_later_are_both_met(twice):
    first, second = twice.person(until="16 07:00"), twice.person("16 06:01")
    twice.tick("16 07:00")
    twice.prove(first, "16 08:00")
    twice.prove(second, "16 12:30")
    assert twice.tick("16 13:00")[:2] == (1, 2)


def test_a_tick_leaves_its_mark(twice):
    before = datetime.now(UTC)
    twice.tick("16 07:00")
    twice.tick("16 08:00")
    mark = Tick.objects.get(pk=1)
    assert Tick.objects.count() == 1
    assert mark.for_instant == at("16 08:00")
    assert before <= mark.ended_at <= datetime.now(UTC)
    assert str(mark).startswith("tick 2022-04-16")


def test_cursors_go_on_and_never_back(twice):
    twice.person()
    twice.tick("16 13:00")
    cursor = Cursor.objects.get()
    assert (cursor.opened_until, cursor.lapsed_until) == (at("16 13:00"), at("16 13:00"))
    first = engine.newest_event()
    assert cursor.event_seq == first > 0
    twice.prove(twice.person(), "16 08:00")
    twice.tick("16 10:00")
    cursor.refresh_from_db()
    assert (cursor.opened_until, cursor.lapsed_until) == (at("16 13:00"), at("16 13:00"))
    assert cursor.event_seq == engine.newest_event() == first + 2


def test_no_event_at_all_is_number_zero(twice):
    assert engine.newest_event() == 0
    twice.tick("16")
    assert Cursor.objects.get().event_seq == 0


def test_a_kind_that_fails_leaves_the_others_as_they_are(only, monkeypatch):
    twice, daily = only(Twice, Once)
    twice.person()

    def broken(*_):
        raise RuntimeError("broken")

    monkeypatch.setattr(daily.kind, "universe", broken)
    with pytest.raises(RuntimeError):
        twice.tick("16 07:00")
    assert (len(twice.lines()), len(daily.lines())) == (1, 0)
    monkeypatch.undo()


def test_settling_takes_what_came_after_a_number_and_moves_no_cursor(only):
    twice, daily = only(Twice, Once)
    someone = twice.person()
    twice.tick("16 13:00")
    before = Cursor.objects.get(kind__name=Twice.name).event_seq
    twice.event(Shown.kind, someone, "16 08:00")
    after_first = engine.newest_event()
    assert engine.settle([Shown.kind], after_first) == 0
    assert engine.settle([Shown.kind], after_first - 1) == 1
    assert daily.lines() == ["16 00:00-17 00:00"]
    assert Cursor.objects.get(kind__name=Twice.name).event_seq == before


def test_settling_a_change_excuses_and_opens_nothing(twice):
    someone = twice.person()
    twice.tick("16 07:00")
    before = engine.newest_event()
    twice.change(someone, died="16 08:00")
    other = twice.person()
    assert engine.settle(iter([CHANGED]), before) == 0
    assert twice.lines() == ["16 06:00-12:00 died 16 08:00"]
    twice.tick("16 07:10")
    assert twice.obligations().filter(subject=other.pk).count() == 1


def test_results_add_up():
    total = TickResult()
    assert (total.opened, total.met, total.escalated, total.seconds) == (0, 0, 0, 0.0)
    for _ in range(2):
        total.add(TickResult(1, 2, 3, 4.0))
    assert (total.opened, total.met, total.escalated, total.seconds) == (2, 4, 6, 0.0)


def test_the_engines_events_are_heard_by_the_books():
    from bulou.facts import hearers
    from bulou.obligations import unknowns

    assert engine.settle in hearers._after
    assert unknowns.note_event in hearers._unknown


@pytest.fixture
def line(twice):
    twice.person()
    twice.tick("16 13:00")
    return twice.obligations().first()


def test_the_database_refuses_what_cannot_be(line):
    for change in (
        {"met_at": at("16 08:00")},
        {"excused_at": at("16 08:00")},
        {"excuse": "died"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Obligation.objects.filter(pk=line.pk).update(**change)
    for change in ({"met": 2}, {"late": -1}, {"excused": 2}, {"universe": -1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RollUp.objects.filter(opens_at=line.opens_at).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Obligation.objects.create(
            window=line.window, subject=line.subject, place="1", opens_at=line.opens_at, due_at=line.due_at
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Escalation.objects.create(obligation=line, step=1, at=line.due_at)


def test_rows_have_names_for_the_log(line):
    window = Window.objects.first()
    assert str(line) == f"obligation {line.pk}"
    assert str(window) == f"window {window.pk} 20220416am"
    assert str(Cursor.objects.get()).startswith("cursor ")
    assert str(Escalation.objects.first()).startswith("escalation ")
    assert str(window.kind) == Twice.name
    assert str(directives.LadderStep.objects.first()).startswith("step ")

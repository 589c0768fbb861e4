from __future__ import annotations

import dataclasses
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from bulou.kernel import clock, events
from bulou.kernel.database import run, scalar
from bulou.kernel.events import NewEvent, Status, append, record
from bulou.kernel.models import AuditLine, Event, EventKind
from bulou.kernel.problems import BulouError

NOON = datetime(2022, 4, 16, 4, tzinfo=UTC)


def noted(**changes) -> NewEvent:
    given = {"kind": "test.noted", "subject": 31, "place": "141022100001", "actor": "post:12"}
    return NewEvent(**{**given, "happened_at": NOON, "data": {"text": "笔"}, **changes})


@pytest.mark.django_db
def test_an_event_is_kept_as_it_was_told():
    told = noted(window="20220416am", corrects=noted().id)
    with clock.at(NOON + timedelta(hours=1)):
        told = dataclasses.replace(told, received_at=clock.now())
    assert append([told]) == [Status.NEW]
    kept = Event.objects.select_related("kind").get()
    assert (kept.id, str(kept.kind), kept.subject, kept.place) == (told.id, "test.noted", 31, "141022100001")
    assert (kept.actor, kept.window, kept.corrects, kept.data) == (
        "post:12",
        "20220416am",
        told.corrects,
        {"text": "笔"},
    )
    assert (kept.happened_at, kept.received_at) == (NOON, NOON + timedelta(hours=1))
    assert bytes(kept.digest) == told.digest()
    assert str(told.id) in str(kept)


@pytest.mark.django_db
def test_a_replay_is_identical_and_adds_nothing():
    event = noted()
    later = dataclasses.replace(event, received_at=clock.now(), actor="user:3", place="141022100002")
    assert [append([event]), append([later])] == [[Status.NEW], [Status.IDENTICAL]]
    assert Event.objects.get().actor == "post:12"


CHANGES = {
    "kind": "test.seen",
    "subject": 32,
    "happened_at": NOON + timedelta(microseconds=1),
    "window": "20220416pm",
    "corrects": noted().id,
    "data": {"text": "纸"},
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", CHANGES)
def test_the_same_id_with_other_content_is_refused_and_what_stands_stays(name):
    event = noted()
    append([event])
    assert append([dataclasses.replace(event, **{name: CHANGES[name]})]) == [Status.REFUSED]
    assert bytes(Event.objects.get().digest) == event.digest()


@pytest.mark.django_db
def test_one_batch_may_hold_an_event_twice_and_a_forgery():
    event, other = noted(), noted(subject=32)
    forged = dataclasses.replace(event, subject=99)
    statuses = append([event, event, forged, other, forged])
    assert statuses == ["new", "identical", "refused", "new", "refused"]
    assert list(Event.objects.order_by("seq").values_list("subject", flat=True)) == [31, 32]


@pytest.mark.django_db
def test_nothing_handed_in_is_nothing_done():
    assert append([]) == []


@pytest.mark.django_db
def test_an_act_must_be_new():
    event = record(noted())
    with pytest.raises(BulouError) as refusal:
        record(event)
    assert refusal.value.code == "id-reused"
    assert str(event.id) in str(refusal.value)


@pytest.mark.django_db
@given(numbers=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2)), max_size=12), cut=st.integers(0, 12))
def test_each_id_stands_once_with_its_first_content(rolled_back, numbers, cut):
    ids = [noted().id for _ in range(5)]
    batch = [noted(id=ids[number], subject=content) for number, content in numbers]
    first = {}
    expected = []
    for event in batch:
        kept = first.setdefault(event.id, event.subject)
        new = kept == event.subject
        expected.append(
            "refused"
            if not new
            else "identical"
            if event.id in {e.id for e in batch[: len(expected)]}
            else "new"
        )
    with rolled_back():
        assert append(batch[:cut]) + append(batch[cut:]) == expected
        assert dict(Event.objects.values_list("id", "subject")) == first


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["kernel_event", "kernel_auditline"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET actor = 'x'", "DELETE FROM {}"])
def test_the_database_refuses_to_change_or_remove(table, statement):
    from bulou.kernel import audit

    append([noted()])
    audit.record("test.look", by="user:3")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        run(statement.format(table))
    assert (Event.objects.count(), AuditLine.objects.count()) == (1, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["kernel_event", "kernel_auditline"])
def test_the_database_refuses_to_empty(table):
    if connection.vendor == "sqlite":  # it has no TRUNCATE; DELETE is refused above
        return
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        run(f"TRUNCATE {table} CASCADE")


@pytest.mark.django_db
def test_the_database_refuses_a_second_row_of_one_id():
    append([noted()])
    with pytest.raises(DatabaseError), transaction.atomic():
        run(f"INSERT INTO kernel_event ({events._COLUMNS}) SELECT {events._COLUMNS} FROM kernel_event")


@pytest.mark.django_db
def test_declared_kinds_have_their_number_after_migrate():
    assert scalar("SELECT COUNT(*) FROM kernel_eventkind WHERE name = 'test.noted'") == 1
    assert events.kind_id("test.noted") == EventKind.objects.get(name="test.noted").pk
    events.number_declared_kinds()
    assert scalar("SELECT COUNT(*) FROM kernel_eventkind WHERE name = 'test.noted'") == 1


@pytest.mark.django_db
def test_a_number_that_was_rolled_back_is_not_remembered():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        append([noted(kind="test.unheard_of")])
        raise ZeroDivisionError
    append([noted(kind="test.unheard_of")])
    assert Event.objects.get().kind.name == "test.unheard_of"


@pytest.mark.usefixtures("own_database")
def test_two_phones_with_the_same_work_leave_each_event_once():
    batch = [noted(subject=number) for number in range(40)]
    answers: list[list[Status]] = []
    start = threading.Barrier(2)

    def phone() -> None:
        start.wait()
        answers.append(append(batch))
        connection.close()

    phones = [threading.Thread(target=phone) for _ in range(2)]
    for thread in phones:
        thread.start()
    for thread in phones:
        thread.join()
    assert sorted(map(set, answers), key=str) == [{Status.IDENTICAL}, {Status.NEW}]
    assert Event.objects.count() == 40


@pytest.mark.usefixtures("own_database")
def test_a_number_is_remembered_once_it_is_committed(django_assert_num_queries):
    with transaction.atomic():
        first = events.kind_id("test.new")
        assert events.kind_id("test.new") == first
        assert "test.new" not in events._kinds._known
    assert events.kind_id("test.new") == first
    with django_assert_num_queries(0):
        assert events.kind_id("test.new") == first
    del events._kinds._known["test.new"]


@pytest.mark.django_db
def test_the_newest_event_is_known():
    assert events.newest_seq() == 0
    append([noted(), noted()])
    assert events.newest_seq() == Event.objects.latest("seq").seq

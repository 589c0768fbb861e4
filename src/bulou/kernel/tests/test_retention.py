"""Each model that holds something personal has its rule, and the ledger can only be erased."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core import checks
from django.db import DatabaseError, transaction

from bulou.kernel import retention
from bulou.kernel.backup.dump import Plan
from bulou.kernel.backup.rows import backed_up
from bulou.kernel.events import NewEvent, record
from bulou.kernel.models import Event

DOOR = "14102210000300101001010101"


def test_every_personal_model_has_its_end():
    assert retention.every_personal_model_ends() == []
    assert retention.every_personal_model_ends in checks.registry.registry.registered_checks


def test_a_model_without_a_rule_is_named(monkeypatch):
    monkeypatch.setattr(retention, "RULES", {})
    found = {error.obj.__name__ for error in retention.every_personal_model_ends()}
    assert {"Person", "Case", "Refusal", "Unknown", "Worker"} <= found
    assert "Place" not in found


def test_a_backup_finds_every_column_that_a_rule_empties():
    """References too: a rule names them as their field is, a row holds their number."""
    for model in backed_up():
        plan = Plan(model, date(2022, 4, 16), [])
        for _rule, part in retention.parts_of(model):
            for name in (part.link, *part.becomes, *part.where):
                assert plan._at(name) >= 0


def test_every_rule_says_how_long_and_why():
    for one in retention.rules():
        assert one.days > 0
        assert len(str(one.why)) > 10, one.name


@pytest.fixture
def event(db):
    told = NewEvent(
        kind="test.noted",
        subject=1,
        place=DOOR,
        actor="post:1",
        happened_at=datetime(2022, 4, 16, tzinfo=UTC),
        data={"temperature": "38.4"},
    )
    record(told)
    return Event.objects.filter(id=told.id)


def test_an_event_can_be_erased(event):
    event.update(**retention.as_sql({"place": retention.Cut(), "data": retention.ERASED_DATA}))
    left = event.get()
    assert (left.place, left.data) == (DOOR[:17], retention.ERASED_DATA)


@pytest.mark.parametrize(
    "change",
    [
        {"data": {"temperature": "36.6"}},
        {"data": {}},
        {"place": DOOR[:18]},
        {"place": "14102299999999999"},
        {"actor": "post:2"},
        {"subject": 2},
        {"window": "20220416am"},
        {"digest": b"x" * 16},
        {"data": retention.ERASED_DATA, "subject": 2},
    ],
)
def test_nothing_but_erasing_is_let_in(event, change):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        event.update(**change)


def test_what_was_erased_cannot_be_told_anew(event):
    event.update(data=retention.ERASED_DATA)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        event.update(data={"temperature": "36.6"})


def test_an_event_is_never_deleted(event):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        event.delete()

"""A new key of look-ups: everybody is found as before, and nothing that was stored is what it was."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bulou.command.keeping import backups
from bulou.command.keeping.tests import county
from bulou.command.keeping.verify import verify
from bulou.kernel import clock, keyring, lookups, seal
from bulou.kernel.database import rows
from bulou.kernel.problems import BulouError
from bulou.people import finding, rekeying
from bulou.people import register as registers
from bulou.people.models import Person
from bulou.people.queries import with_identity
from bulou.places import workers
from bulou.sheets import undo
from bulou.sheets.importing import import_file
from bulou.sheets.models import ImportRun

LATER = county.DAY + timedelta(hours=2)
LIVES_HERE = (county.STAYS, county.MONITORED)


class Killed(Exception):
    pass


def dies(*_given, **_named):
    raise Killed


def stored() -> set[bytes]:
    """Every look-up key that the database holds, those of the blind index too."""
    found = {
        bytes(value)
        for model, columns in lookups.keyed_columns()
        for row in rows(f"SELECT {', '.join(columns)} FROM {model._meta.db_table}")
        for value in row
        if value
    }
    return found | {str(token).encode() for (token,) in rows("SELECT token FROM people_token")}


def who_is_found() -> list:
    """The same questions before and after: by number, by name and phone, by words."""
    numbers = [[found.pk for found in with_identity(one, purpose="test")] for one in county.NUMBERS]
    worker = workers.find(county.CADRES[0], "19900007201")
    words = [
        sorted(finding.persons(text, "141022", "test").values_list("pk", flat=True))
        for text in (*county.NAMES, *county.PHONES, "jsql")
    ]
    return [numbers, worker.pk if worker else None, words]


@pytest.fixture
def indexed(home):
    finding.follow({}, lambda *_: None)
    found = who_is_found()
    assert found[0][county.STAYS] and found[1] and any(found[2])
    with clock.at(LATER):
        yield found


def test_everybody_is_found_as_before_and_every_stored_key_is_another(indexed):
    before, count = stored(), Person.objects.count()
    done = lookups.rotate(by="user:1")
    assert done >= count and lookups.layers_here() == 1
    assert who_is_found() == indexed
    after = stored()
    assert not before & after and len(before) == len(after)
    assert [one.name for one in verify() if not one.well] == []
    lookups.rotate(by="user:1")
    assert who_is_found() == indexed and lookups.layers_here() == 2


def test_the_same_files_bring_nothing_new_after_it(indexed, tmp_path):
    lookups.rotate(by="user:1")
    for kind, file in county.folder(tmp_path / "again"):
        report = import_file(kind, file, by="user:1")
        assert (report.new, report.updated) == (0, 0), kind


def test_an_import_from_before_can_be_taken_back_after_it(indexed):
    lookups.rotate(by="user:1")
    for run in ImportRun.objects.order_by("-started_at"):
        undo.undo(run.pk, by="user:1")
    lookups.check_ring()
    assert [one.name for one in verify() if one.name == "lookups" and not one.well] == []


@pytest.mark.parametrize("where", ["bulou.kernel.lookups.audit.record", "bulou.people.rekeying.rows"])
def test_killed_before_it_is_written_it_is_as_if_it_had_not_begun(indexed, monkeypatch, where):
    before = stored()
    with monkeypatch.context() as patched:
        patched.setattr(where, dies)
        if where.endswith("rows"):
            patched.setattr("bulou.people.rekeying.run", dies)
        with pytest.raises(Killed):
            lookups.rotate(by="user:1")
    assert stored() == before and who_is_found() == indexed
    assert keyring.keys().pending and not keyring.keys().layers
    lookups.left_undone({}, lambda *_: None)
    assert who_is_found() == indexed and lookups.layers_here() == 1


def test_killed_after_it_is_written_the_next_minute_takes_the_key_into_use(indexed, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(keyring, "take_layer", dies)
        with pytest.raises(Killed):
            lookups.rotate(by="user:1")
    assert lookups.layers_here() == 1
    assert lookups.left_undone({}, lambda *_: None) == {"rows": 0}
    assert who_is_found() == indexed
    assert lookups.left_undone({}, lambda *_: None) == {}


def test_a_key_file_from_before_is_named(indexed):
    path = keyring.key_path()
    old = path.read_text()
    lookups.rotate(by="user:1")
    path.write_text(old)
    keyring.forget_read()
    with pytest.raises(BulouError) as refusal:
        lookups.finish(by="user:1")
    assert refusal.value.code == "lookup-keys-behind"
    assert "lookups" in [one.name for one in verify() if not one.well]


def test_a_backup_from_before_comes_back_under_the_keys_of_now(indexed, home, copies):
    backups.make(home / "before.bulou", by="user:1")
    lookups.rotate(by="user:1")
    with copies.borrowed(f"{copies.worker}_empty"):
        _done, checks = backups.restore(home / "before.bulou", by="user:2")
        assert [one.name for one in checks if not one.well] == []
        assert who_is_found() == indexed


def test_a_file_that_was_hashed_before_is_not_merged_after(indexed):
    register = registers.Register()
    try:
        lookups.rotate(by="user:1")
        with pytest.raises(BulouError) as refusal:
            register.merge(by="user:1")
    finally:
        register.close()
    assert refusal.value.code == "lookup-keys-changed"


def test_who_was_hashed_before_and_written_after_is_put_right(indexed):
    one = Person.objects.get(pk=indexed[0][county.STAYS][0])
    before = bytes(one.id_key or b"")
    lookups.rotate(by="user:1")
    Person.objects.filter(pk=one.pk).update(id_key=before)
    assert rekeying.mend() == 1
    assert who_is_found() == indexed
    assert rekeying.mend() == 0


def test_what_the_ledger_holds_is_told_by_the_same_ids_for_ever(indexed):
    before = seal.identifier_hasher("health-report")("x")
    lookups.rotate(by="user:1")
    assert seal.identifier_hasher("health-report")("x") == before
    assert seal.lookup("health-report", "x") != before

"""Sealing anew with a new key, in batches that may be cut off anywhere."""

from __future__ import annotations

from datetime import date

import pytest

from bulou.kernel import keyring, purging, seal, sealing


@pytest.fixture
def persons(db, tmp_path, settings):
    from bulou.kernel import clock
    from bulou.people.models import Person

    settings.BULOU_KEY_FILE = tmp_path / "county.json"
    settings.BULOU_BACKUP_FOLDER = ""
    for number in range(5):
        Person.objects.create(
            place="141022100", sealed=seal.seal({"n": number}), name_key=b"x", registered_at=clock.now()
        )
    Person.objects.create(place="141022100", sealed=b"", name_key=b"", registered_at=clock.now())
    return Person.objects.order_by("id")


def contents(persons) -> list:
    return [seal.unseal(one.sealed) for one in persons.all()]


def test_every_row_is_sealed_anew_and_says_the_same(persons):
    before = contents(persons)
    keyring.rotate("2022-04-16")
    assert sealing.left_behind() == {1}
    assert sealing.reseal() == 5
    assert contents(persons) == before
    assert {bytes(one.sealed)[:1] for one in persons.all()} == {b"\x02", b""}
    assert (sealing.left_behind(), sealing.reseal()) == (set(), 0)


def test_a_run_that_was_cut_off_goes_on(persons, monkeypatch):
    before = contents(persons)
    monkeypatch.setattr(sealing, "AT_ONCE", 2)
    keyring.rotate("2022-04-16")

    def dies(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sealing.reseal(dies)
    assert contents(persons) == before, "both keys open in between"
    assert sealing.reseal() == 3
    assert contents(persons) == before


def test_an_old_key_goes_when_no_row_and_no_backup_needs_it(persons, settings):
    keyring.rotate("2022-04-16")
    assert purging.forget_old_seals(date(2022, 5, 15)) == []
    assert purging.forget_old_seals(date(2022, 5, 16)) == [], "rows are still sealed with it"
    sealing.reseal()
    assert purging.forget_old_seals(date(2022, 5, 15)) == [], "a backup may still need it"
    assert purging.forget_old_seals(date(2022, 5, 16)) == [1]
    assert keyring.keys().seals.keys() == {2}


def test_a_sealed_column_of_any_name_is_sealed_anew(persons):
    from bulou.kernel import clock
    from bulou.kernel.ids import uuid7
    from bulou.sheets.models import ImportRun, Trace

    run = ImportRun.objects.create(
        id=uuid7(), kind="residents", started_at=clock.now(), problems=seal.seal({"rows": 1})
    )
    Trace.objects.create(run=run, model="person", before=seal.seal({"1": {}}))
    keyring.rotate("2022-04-16")
    sealing.reseal()
    assert bytes(ImportRun.objects.get().problems)[:1] == bytes(Trace.objects.get().before)[:1] == b"\x02"
    assert seal.unseal(Trace.objects.get().before) == {"1": {}}

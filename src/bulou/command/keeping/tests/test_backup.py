"""A backup restores the same county into an empty home of either kind, or nothing at all."""

from __future__ import annotations

import errno
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.db import connection
from openpyxl import load_workbook
from tests.support import Home
from tools import postgres

from bulou.command.keeping import backups
from bulou.command.keeping.tests import county
from bulou.command.keeping.verify import verify
from bulou.kernel import audit, clock, events, keyring
from bulou.kernel.backup import dump, load
from bulou.kernel.backup.container import Writer
from bulou.kernel.database import run
from bulou.kernel.models import AuditLine, Event
from bulou.kernel.problems import BulouError
from bulou.obligations.balance import balance
from bulou.people import actions as people
from bulou.people.models import Person
from bulou.people.register import Resident
from bulou.sheets.importing import export

NOON = county.DAY + timedelta(hours=2)


@pytest.fixture
def file(home):
    with clock.at(NOON):
        backups.make(home / "a.bulou", by="user:1")
    return home / "a.bulou"


def told(tmp_path, name: str) -> tuple:
    """What a county says of itself: its books, its audit chain, its exports."""
    whole = backups.whole_digest()
    chain = list(AuditLine.objects.exclude(action__startswith="backup.").values_list("hash", flat=True))
    out = tmp_path / f"{name}.xlsx"
    with clock.at(NOON):
        export("residents", out, place="141022", by="user:1", purpose="test")
    return [vars(line) for line in balance("141022", now=NOON)], chain, whole, sheet_of(out)


def sheet_of(path) -> list[list[str]]:
    """The cells of a workbook, in their order."""
    return [[str(cell.value) for cell in row] for sheet in load_workbook(path) for row in sheet.iter_rows()]


def test_the_same_county_comes_back(home, file, copies, tmp_path):
    before = told(tmp_path, "before")
    with copies.borrowed(f"{copies.worker}_empty"):
        done, checks = backups.restore(file, by="user:2")
        assert told(tmp_path, "after") == before
        assert [one.name for one in checks if not one.well] == []
        assert AuditLine.objects.filter(action=backups.RESTORED).count() == 1
        assert audit.broken_at() is None
        assert (done.periods, done.cut, done.gone) == ([], {}, 0)


def test_numbers_go_on_where_they_were(home, file, copies):
    """A number that was given and taken back before the backup is not given again."""
    with clock.at(NOON):
        last = people.register(_newcomer(), by="user:1").pk
        Person.objects.filter(pk=last).delete()
        backups.make(file, by="user:1")
    with copies.borrowed(f"{copies.worker}_empty"):
        backups.restore(file, by="user:2")
        with clock.at(NOON):
            assert people.register(_newcomer(), by="user:1").pk > last


def _newcomer() -> Resident:
    return Resident(
        Person.objects.order_by("id")[0].place, "金丝雀新", "", "", "", "home", "", None, "", "", ""
    )


def test_an_id_that_was_handed_in_before_is_still_known(home, file, copies):
    one = Event.objects.select_related("kind").filter(kind__name="monitoring.needs_checked").get()
    again = events.NewEvent(
        kind=one.kind.name,
        subject=one.subject,
        place=one.place,
        actor=one.actor,
        happened_at=one.happened_at,
        data=one.data,
        id=one.id,
    )
    with copies.borrowed(f"{copies.worker}_empty"):
        backups.restore(file, by="user:2")
        assert events.append([again]) == [events.Status.IDENTICAL]


def test_only_an_empty_home_is_restored_into(home, file):
    with pytest.raises(BulouError) as refusal:
        backups.restore(file, by="user:2")
    assert refusal.value.code == "home-not-empty"


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda raw: raw[: len(raw) // 2], "backup-cut-off"),
        (lambda raw: raw[:-1], "backup-cut-off"),
        (lambda raw: raw[:-30] + bytes([raw[-30] ^ 1]) + raw[-29:], "backup-damaged"),
    ],
)
def test_a_broken_file_restores_nothing(home, file, copies, spoil, code):
    file.write_bytes(spoil(file.read_bytes()))
    with copies.borrowed(f"{copies.worker}_empty"):
        with pytest.raises(BulouError) as refusal:
            backups.restore(file, by="user:2")
        assert refusal.value.code == code
        assert not Event.objects.exists()
        load.check_empty()


def test_what_does_not_verify_is_taken_back(home, file, copies, monkeypatch):
    """A row lost on the way, however it was lost, is noticed before anything becomes visible."""
    put = load.insert_rows
    monkeypatch.setattr(
        load,
        "insert_rows",
        lambda table, names, many: put(table, names, list(many)[1:] if table == "people_person" else many),
    )
    with copies.borrowed(f"{copies.worker}_empty"):
        with pytest.raises(Exception) as refusal:
            backups.restore(file, by="user:2")
        assert "people_person" in str(refusal.value)
        load.check_empty()


def test_the_audit_chain_of_a_backup_is_checked(home, file, copies, monkeypatch):
    monkeypatch.setattr(audit, "broken_at", lambda: 7)
    with copies.borrowed(f"{copies.worker}_empty"):
        with pytest.raises(BulouError) as refusal:
            backups.restore(file, by="user:2")
        assert refusal.value.code == "restore-not-whole"
        load.check_empty()


@pytest.mark.parametrize("newer", [True, False])
def test_a_backup_of_other_tables_is_refused(home, file, copies, monkeypatch, newer):
    theirs = load.migrations()
    ours = {**theirs, "people": "0000_older" if newer else "9999_newer"}
    monkeypatch.setattr(load, "migrations", lambda: ours)
    with copies.borrowed(f"{copies.worker}_empty"), pytest.raises(BulouError) as refusal:
        backups.restore(file, by="user:2")
    assert refusal.value.code == ("backup-of-newer-program" if newer else "backup-of-older-program")


def test_a_full_disk_leaves_the_backup_before(home, file, monkeypatch):
    before = file.read_bytes()

    def full(*_given):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Writer, "end", full)
    with clock.at(NOON), pytest.raises(OSError, match="No space"):
        backups.make(file, by="user:1")
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir() if "bulou" in path.name] == ["a.bulou"]
    assert AuditLine.objects.filter(action=backups.MADE).count() == 1


def test_a_backup_is_of_one_moment_while_others_write(home, file, copies, monkeypatch):
    """What is committed while it runs is not in it, not even in a table that it comes to later."""
    dump_one, wrote = dump.Plan.dump, []

    def and_meanwhile(plan, pages):
        if not wrote:
            wrote.append(True)
            other = threading.Thread(target=_write)
            other.start()
            other.join()
        return dump_one(plan, pages)

    monkeypatch.setattr(dump.Plan, "dump", and_meanwhile)
    persons, told = Person.objects.count(), Event.objects.count()
    with clock.at(NOON):
        backups.make(file, by="user:1")
    assert (Person.objects.count(), Event.objects.count()) == (persons + 1, told + 1)
    with copies.borrowed(f"{copies.worker}_empty"):
        backups.restore(file, by="user:2")
        assert (Person.objects.count(), Event.objects.count()) == (persons, told)


def _write() -> None:
    try:
        people.register(_newcomer(), by="user:1")
    finally:
        connection.close()


def test_the_schedule_keeps_the_newest_and_no_more(home, settings):
    settings.BULOU_BACKUP_KEEP = 2
    made = []
    for hours in (0, 1, 24, 48, 72):
        with clock.at(county.DAY + timedelta(hours=hours)):
            made.append(backups.due_backup() is not None)
    assert made == [True, False, True, True, True]
    assert [path.name for path in backups.kept()] == [
        "bulou-20220419T140000+0800.bulou",
        "bulou-20220418T140000+0800.bulou",
    ]
    settings.BULOU_BACKUP_FOLDER = ""
    assert backups.due_backup() is None


def test_old_backups_go_before_their_keys(home, settings):
    for days in (0, 1, 40):
        with clock.at(county.DAY + timedelta(days=days)):
            backups.due_backup()
    assert len(backups.kept()) == 1


def child(home: Home, code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        env=home.environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


KILLED = """
import os, sys
from bulou.kernel.backup import load
load._compare = lambda *given: os.kill(os.getpid(), 9)
sys.argv = ["bulou", "restore", {file!r}]
from bulou.command.cli import main
main()
"""


@pytest.mark.slow
def test_a_restore_that_was_killed_can_be_done_again(home, file, real_home, monkeypatch):
    monkeypatch.setenv("BULOU_KEY_FILE", str(keyring.key_path()))
    whole = backups.whole_digest()
    dead = child(
        real_home,
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'bulou.config.settings'\n"
        "import django; django.setup()\n" + KILLED.format(file=str(file)),
    )
    assert dead.returncode == -9, dead.stderr
    assert real_home.bulou("restore", file).returncode == 0
    assert whole in real_home.bulou("verify", "--digest", "--json").stdout


@pytest.mark.slow
def test_it_restores_into_the_other_database(home, file, tmp_path, monkeypatch):
    monkeypatch.setenv("BULOU_KEY_FILE", str(keyring.key_path()))
    whole = backups.whole_digest()
    if connection.vendor == "postgresql":
        checked_in(Home(tmp_path / "other", ""), file, whole)
        return
    with postgres.server() as address:
        postgres.copy_database(address, "template1", "bulou_other")
        checked_in(Home(tmp_path / "other", postgres.sibling(address, "bulou_other")), file, whole)


def checked_in(other: Home, file, whole: str) -> None:
    done = other.bulou("restore", file, "--json")
    assert done.returncode == 0, done.stderr
    assert f'"digest": "{whole}"' in done.stdout
    assert other.bulou("reconcile").returncode == 0
    assert other.bulou("verify").returncode == 0


@pytest.mark.slow
def test_a_home_without_the_countys_keys_is_told_so(home, file, real_home):
    done = real_home.bulou("restore", file)
    assert (done.returncode, "keys recover" in done.stderr) == (3, True)
    assert not (real_home.path / "keys" / "county.json").exists(), "no new keys were made"


@pytest.mark.slow
def test_a_rehearsal_is_recorded_and_leaves_nothing(home, file):
    with clock.at(NOON):
        result = backups.rehearse(file, by="user:1")
    assert (result["same"], result["databases"]["sqlite"]["well"]) == (True, True), result
    assert result["databases"]["sqlite"]["digest"] == backups.whole_digest()
    assert AuditLine.objects.latest("seq").action == backups.REHEARSED
    assert [path.name for path in home.iterdir() if path.name.startswith(backups.REHEARSALS)] == []
    file.write_bytes(file.read_bytes()[:-5])
    with clock.at(NOON):
        assert backups.rehearse(file, by="user:1")["same"] is False


def names_of_what_is_wrong() -> list[str]:
    return [one.name for one in verify() if not one.well]


def unguarded(table: str, verb: str) -> None:
    """Take a guard away, as somebody with the database in hand could."""
    if connection.vendor == "postgresql":
        run(f"DROP TRIGGER {table}_append_only ON {table}")
    else:
        run(f"DROP TRIGGER {table}_no_{verb}")


def test_a_county_as_it_was_put_in_is_well(home):
    assert names_of_what_is_wrong() == []


def test_verify_finds_a_changed_audit_line(home):
    unguarded("kernel_auditline", "update")
    run("UPDATE kernel_auditline SET actor = 'user:9' WHERE seq = (SELECT max(seq) FROM kernel_auditline)")
    assert names_of_what_is_wrong() == ["schema", "audit"]


def test_verify_finds_a_changed_event(home):
    unguarded("kernel_event", "update")
    seq = Event.objects.filter(kind__name="monitoring.contacted").values_list("seq", flat=True).first()
    seq = seq or Event.objects.filter(kind__name="monitoring.needs_checked").get().seq
    run("UPDATE kernel_event SET subject = subject + 1000 WHERE seq = %s", [seq])
    assert {"schema", "events"} <= set(names_of_what_is_wrong())


def test_verify_finds_a_blob_that_no_key_opens(home):
    run("UPDATE people_person SET sealed = %s WHERE id = (SELECT min(id) FROM people_person)", [b"\x01" * 40])
    assert names_of_what_is_wrong() == ["sealed"]


@pytest.mark.parametrize("column", ["window_id", "post_id", "met_by_id"])
def test_verify_finds_what_points_at_nothing(home, column):
    proof = ", met_at = 1" if column == "met_by_id" else ""
    run(
        f"UPDATE obligations_obligation SET {column} = 999999{proof} "
        "WHERE id = (SELECT min(id) FROM obligations_obligation)"
    )
    assert "references" in names_of_what_is_wrong()
    from bulou.obligations.reconcile import reconcile

    assert any(column in one.what for one in reconcile())


def test_verify_finds_a_guard_that_was_taken_away(home):
    unguarded("kernel_event", "update")
    assert names_of_what_is_wrong() == ["schema"]
